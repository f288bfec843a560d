using System.Security.Cryptography;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;

namespace Risk.Worker.Screening;

/// <summary>Names what compares: another build of the matcher or of its policy is another version, and everything is screened again.</summary>
internal static class MatcherVersion
{
    public static string Current { get; } = Make();

    private static string Make()
    {
        Guid[] builds = [typeof(ScreeningIndex).Module.ModuleVersionId, typeof(ListScreener).Module.ModuleVersionId];
        byte[] both = [.. builds.SelectMany(b => b.ToByteArray())];
        return $"{typeof(ScreeningIndex).Assembly.GetName().Version!.ToString(3)}+{Convert.ToHexStringLower(SHA256.HashData(both).AsSpan(0, 4))}";
    }
}
