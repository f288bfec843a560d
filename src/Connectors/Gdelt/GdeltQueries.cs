using System.Globalization;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gdelt;

/// <summary>Suppliers that are asked for together.</summary>
internal sealed record GdeltBatch(IReadOnlyList<(Supplier Supplier, string Term)> Asked)
{
    /// <summary>Brackets are taken around alternatives only.</summary>
    public string Query => Terms.Length == 1 ? $"{Terms[0]} {GdeltQueries.Tone}" : $"({string.Join(" OR ", Terms)}) {GdeltQueries.Tone}";

    /// <summary>Suppliers of one name share a term.</summary>
    private string[] Terms => [.. Asked.Select(a => a.Term).Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <summary>Makes queries of suppliers.</summary>
internal static class GdeltQueries
{
    /// <summary>Articles that are rather negative: bad news is, and of a firm that is in the news daily the rest would fill the answer.</summary>
    public const string Tone = "tone<0";

    public const int MostArticles = 250;

    /// <summary>Longer ones are refused as "too long"; the limit is not published: 213 characters pass, 290 do not.</summary>
    private const int LongestQuery = 250;

    /// <summary>Shorter words are refused as "too short".</summary>
    private const int ShortestTerm = 4;

    private const int LongestTerm = 100;

    /// <summary>In the order of the suppliers. Who cannot be asked for is in none.</summary>
    public static IEnumerable<GdeltBatch> Batches(IEnumerable<Supplier> suppliers)
    {
        var batch = new List<(Supplier Supplier, string Term)>();
        int length = Tone.Length + 3;
        foreach (IGrouping<string, Supplier> named in suppliers.GroupBy(TermOf, StringComparer.OrdinalIgnoreCase).Where(g => g.Key.Length > 0))
        {
            if (batch.Count > 0 && length + named.Key.Length + 4 > LongestQuery)
            {
                yield return new GdeltBatch([.. batch]);
                batch.Clear();
                length = Tone.Length + 3;
            }

            batch.AddRange(named.Select(s => (s, named.Key)));
            length += named.Key.Length + 4;
        }

        if (batch.Count > 0) yield return new GdeltBatch(batch);
    }

    /// <summary>The supplier's name as a phrase, or the alias that it begins with: who searches for <c>Costco</c> finds <c>Costco Wholesale</c>. "" when there is none that the search takes.</summary>
    public static string TermOf(Supplier supplier)
    {
        string[] terms = [.. supplier.Aliases.Prepend(supplier.Name).Select(TermOf).Where(t => t.Length is >= ShortestTerm and <= LongestTerm)];
        string term = terms.Length == 0 ? "" : terms.Where(t => t == terms[0] || terms[0].StartsWith(t + " ", StringComparison.OrdinalIgnoreCase)).MinBy(t => t.Length)!;
        // In quotes it is a phrase, and may hold more than plain letters; a short word in quotes is refused.
        return term.All(char.IsAsciiLetterOrDigit) ? term : $"\"{term}\"";
    }

    private static string TermOf(string name) => Clean(NameMentions.SearchName(name)) is { Length: >= ShortestTerm } term ? term : Clean(name);

    public static Uri Address(string query, DateTimeOffset from, DateTimeOffset to) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"https://api.gdeltproject.org/api/v2/doc/doc?query={Uri.EscapeDataString(query)}&mode=artlist&format=json&maxrecords={MostArticles}&sort=datedesc&startdatetime={from.UtcDateTime:yyyyMMddHHmmss}&enddatetime={to.UtcDateTime:yyyyMMddHHmmss}"));

    /// <summary>Letters and digits of names in Latin letters; what has a meaning in queries becomes a space.</summary>
    private static string Clean(string name)
    {
        if (name.Any(c => char.IsLetter(c) && c > '\u024F')) return "";
        return string.Join(' ', string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '&' or '\'' ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
