using System.Text.RegularExpressions;

namespace Risk.Connectors.OfacSdn;

internal enum SdnNameKind
{
    Primary,
    /// <summary>From alt.csv.</summary>
    Alias,
    /// <summary>From the remarks, in quotes: broad or generic, by OFAC's own account of no use alone.</summary>
    WeakAlias,
}

/// <summary>One name of an entry.</summary>
/// <param name="Relation"><c>aka</c>, <c>fka</c>, <c>nka</c>, or "" for the primary name.</param>
internal sealed record SdnName(string Text, SdnNameKind Kind, string Relation);

/// <summary>One listed party: a row of sdn.csv with what joins it from alt.csv and add.csv.</summary>
internal sealed partial record OfacSdnRecord(int EntNum, string SdnName, string SdnType, string Program, string Remarks)
{
    private const string Null = "-0-";

    public List<SdnName> Names { get; } = [new SdnName(SdnName, SdnNameKind.Primary, ""), .. WeakAliases(Remarks)];

    /// <summary>ISO codes of the addresses' countries.</summary>
    public SortedSet<string> Countries { get; } = new(StringComparer.Ordinal);

    public bool IsIndividual => SdnType == "individual";

    /// <summary>"SDGT, SYRIA" for the file's <c>SDGT] [SYRIA</c>.</summary>
    public string Programmes => Program.Replace("] [", ", ", StringComparison.Ordinal);

    /// <summary>The field's text; "" where the file has its null, <c>-0- </c>.</summary>
    public static string Text(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> trimmed = field.Trim();
        return trimmed is Null ? "" : trimmed.ToString();
    }

    // The closing quote is the one before a semicolon, a full stop or the end: the names hold apostrophes themselves.
    private static IEnumerable<SdnName> WeakAliases(string remarks) =>
        QuotedAlias().Matches(remarks).Select(m => new SdnName(m.Groups["name"].Value, SdnNameKind.WeakAlias, m.Groups["kind"].Value + "ka"));

    [GeneratedRegex(@"(?<kind>[afn])\.k\.a\. '(?<name>[^;]+?)'(?=[;.]|$)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedAlias();
}
