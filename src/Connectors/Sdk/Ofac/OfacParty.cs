using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Ofac;

/// <summary>One listed party: a row of the file of parties with what joins it from those of aliases and addresses.</summary>
internal sealed partial record OfacParty(int EntNum, string SdnName, string SdnType, string Program, string Remarks)
{
    private const string Null = "-0-";

    /// <summary>From the file of aliases.</summary>
    public List<string> Aliases { get; } = [];

    /// <summary>ISO codes of the addresses' countries.</summary>
    public SortedSet<string> Countries { get; } = new(StringComparer.Ordinal);

    /// <summary>Primary name, aliases of their file, and the weak ones of the remarks.</summary>
    public ImmutableArray<ListedName> Names =>
    [
        new ListedName(SdnName, NameStrength.Primary), .. QuotedAlias().Matches(Remarks).Select(m => new ListedName(m.Groups["name"].Value, NameStrength.Weak)),
        .. Aliases.Select(a => new ListedName(a, NameStrength.Alias)),
    ];

    public bool IsIndividual => SdnType == "individual";

    /// <summary>SDGT and SYRIA for the file's <c>SDGT] [SYRIA</c>.</summary>
    public string[] Programmes => Program.Split("] [");

    /// <summary>The field's text; "" where the file has its null, <c>-0- </c>.</summary>
    public static string Text(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> trimmed = field.Trim();
        return trimmed is Null ? "" : trimmed.ToString();
    }

    /// <summary>The party as an entry of the list.</summary>
    /// <param name="idPrefix">Starts the event's id: <c>sdn-</c>.</param>
    public ListEntry ToEntry(string idPrefix, string list, string type, ListKind kind) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{idPrefix}{EntNum}"),
        List = list,
        Kind = kind,
        Type = type,
        Reference = string.Create(CultureInfo.InvariantCulture, $"ent_num {EntNum}"),
        Url = string.Create(CultureInfo.InvariantCulture, $"https://sanctionssearch.ofac.treas.gov/Details.aspx?id={EntNum}"),
        PartyType = SdnType.Length == 0 ? "entity" : SdnType,
        IsPerson = IsIndividual,
        Names = Names,
        Programme = string.Join(", ", Programmes),
        Countries = Countries,
        Remarks = Remarks,
    };

    // The closing quote is the one before a semicolon, a full stop or the end: the names hold apostrophes themselves.
    [GeneratedRegex(@"[afn]\.k\.a\. '(?<name>[^;]+?)'(?=[;.]|$)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedAlias();
}
