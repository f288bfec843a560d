namespace Risk.Connectors.Sdk.Products;

/// <summary>The base score of a CVSS 3.0 or 3.1 vector, after section 7.1 of the specification.</summary>
internal static class CvssVector
{
    /// <param name="vector"><c>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</c>; further metrics are passed over.</param>
    /// <returns>Null where it is no such vector, or lacks a base metric.</returns>
    public static double? BaseScore(string vector)
    {
        string[] parts = vector.Split('/');
        if (parts[0] is not ("CVSS:3.0" or "CVSS:3.1")) return null;
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] pair in parts.Skip(1).Select(p => p.Split(':')))
        {
            if (pair.Length == 2) metrics.TryAdd(pair[0], pair[1]);
        }

        bool isChanged = Of("S") == "C";
        double? attack = Of("AV") switch { "N" => 0.85, "A" => 0.62, "L" => 0.55, "P" => 0.2, _ => null };
        double? complexity = Of("AC") switch { "L" => 0.77, "H" => 0.44, _ => null };
        double? privileges = Of("PR") switch { "N" => 0.85, "L" => isChanged ? 0.68 : 0.62, "H" => isChanged ? 0.5 : 0.27, _ => null };
        double? interaction = Of("UI") switch { "N" => 0.85, "R" => 0.62, _ => null };
        if (Of("S") is not ("U" or "C")) return null;
        double? lost = 1 - ((1 - Impact("C")) * (1 - Impact("I")) * (1 - Impact("A")));
        if ((lost * attack * complexity * privileges * interaction) is null) return null;
        double impact = isChanged ? (7.52 * (lost!.Value - 0.029)) - (3.25 * Math.Pow(lost.Value - 0.02, 15)) : 6.42 * lost!.Value;
        if (impact <= 0) return 0;
        double exploitability = 8.22 * attack!.Value * complexity!.Value * privileges!.Value * interaction!.Value;
        return RoundUp(Math.Min(isChanged ? 1.08 * (impact + exploitability) : impact + exploitability, 10));

        string Of(string name) => metrics.GetValueOrDefault(name, "");

        double? Impact(string name) => Of(name) switch { "H" => 0.56, "L" => 0.22, "N" => 0, _ => null };
    }

    /// <summary>Up to one decimal, in whole numbers: 4.02 must not become 4.1 by the way floating point holds it (appendix A).</summary>
    private static double RoundUp(double score)
    {
        long scaled = (long)Math.Round(score * 100_000);
        return scaled % 10_000 == 0 ? scaled / 100_000.0 : ((scaled / 10_000) + 1) / 10.0;
    }
}
