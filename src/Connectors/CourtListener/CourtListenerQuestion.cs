using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CourtListener;

/// <summary>Asks for the cases of many suppliers at once. Pure.</summary>
internal static class CourtListenerQuestion
{
    /// <summary>Web servers take 4,094 characters for path and query; the rest of the address needs its part of them.</summary>
    private const int LongestNames = 3500;

    private const int ShortestName = 3;

    /// <summary>Courts write either.</summary>
    private static readonly (string Long, string Short)[] LegalForms = [("Incorporated", "Inc"), ("Corporation", "Corp"), ("Company", "Co"), ("Limited", "Ltd")];

    private static readonly string[] SmallWords = ["and", "And", "AND"];

    /// <summary>The suppliers at the beginning of a list whose names fit into one question; at least one.</summary>
    public static int Fitting(ReadOnlySpan<Supplier> suppliers)
    {
        int length = 0;
        for (int i = 0; i < suppliers.Length; i++)
        {
            length += Names(suppliers[i]).Sum(n => n.Length + " OR ".Length);
            if (i > 0 && length > LongestNames) return i;
        }

        return suppliers.Length;
    }

    /// <summary>Dockets with one of the names in their caption, filed or ended since a day, newest first.</summary>
    public static Uri Of(IEnumerable<Supplier> suppliers, DateOnly since)
    {
        string names = string.Join("+OR+", suppliers.SelectMany(s => Names(s)).Distinct(StringComparer.Ordinal));
        string day = since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new Uri($"https://www.courtlistener.com/api/rest/v4/search/?type=d&order_by=dateFiled+desc&q=caseName:({names})+AND+(dateFiled:%5B{day}+TO+*%5D+OR+dateTerminated:%5B{day}+TO+*%5D)");
    }

    /// <summary>
    /// Phrases for the name and the aliases, escaped. Legal forms are left out where two words or more remain, since courts write them otherwise; a single word alone would be
    /// anybody's, so its legal form stays.
    /// </summary>
    public static ImmutableArray<string> Names(Supplier supplier) =>
        [.. supplier.Aliases.Prepend(supplier.Name).SelectMany(Phrases).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<string> Phrases(string name)
    {
        string[] words = Plain(name).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] core = words;
        while (core.Length > 1 && NameNormalizer.Normalize(string.Join(' ', core[..^1])) == NameNormalizer.Normalize(name)) core = core[..^1];
        if (words.Sum(w => w.Length) < ShortestName || !words.Any(w => w.Any(char.IsAsciiLetter))) yield break;
        if (core.Length > 1)
        {
            yield return Quoted(core);
            yield break;
        }

        yield return Quoted(words);
        foreach ((string form, string other) in LegalForms.Concat(LegalForms.Select(f => (f.Short, f.Long))))
        {
            if (words.Length > 1 && words[^1].Equals(form, StringComparison.OrdinalIgnoreCase)) yield return Quoted([.. words[..^1], other]);
        }
    }

    /// <summary>Names with an "and" are also found with an ampersand, which the index does not have: the words may stand one apart.</summary>
    private static string Quoted(string[] words)
    {
        string[] kept = [.. words.Where(w => !SmallWords.Contains(w))];
        return $"%22{string.Join('+', (kept.Length > 1 ? kept : words).Select(Uri.EscapeDataString))}%22{(kept.Length < words.Length && kept.Length > 1 ? "~1" : "")}";
    }

    /// <summary>Letters, digits and what stands within words; an ampersand between words is an "and". Everything else could be an operator of the query's language.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (char c in name.Replace(" & ", " and ", StringComparison.Ordinal)) plain.Append(char.IsLetterOrDigit(c) || c is '.' or '-' or '\'' ? c : ' ');
        return string.Join(' ', plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Trim('.', '-', '\'')));
    }
}
