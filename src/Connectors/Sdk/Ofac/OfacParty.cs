using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Ofac;

/// <summary>One listed party: a row of the file of parties with what joins it from those of aliases and addresses.</summary>
internal sealed partial record OfacParty(int EntNum, string SdnName, string SdnType, string Program, string Remarks)
{
    /// <summary>Where the export cuts remarks off, in the middle of a word.</summary>
    private const int RemarksLength = 1000;

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

    /// <summary>Whether the rest of the remarks is in the file of comments.</summary>
    public bool IsCut => Remarks.Length == RemarksLength;

    public bool IsIndividual => SdnType == "individual";

    /// <summary>SDGT and SYRIA for the file's <c>SDGT] [SYRIA</c>.</summary>
    public string[] Programmes => Program.Split("] [");

    /// <summary>The field's text; "" where the file has its null, <c>-0- </c>.</summary>
    public static string Text(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> trimmed = field.Trim();
        return trimmed is Null ? "" : trimmed.ToString();
    }

    /// <summary>As <see cref="Text"/>, but for the end of a text that was cut off there: a space belongs to it.</summary>
    public static string LongText(ReadOnlySpan<char> field) => field.Length == RemarksLength ? field.ToString() : Text(field);

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
        Identifiers = [.. ListedIdentifiers.In(Remarks).Distinct()],
        ListedAt = ListedAt(),
        Remarks = Remarks,
    };

    /// <summary>The earliest date that the remarks give: <c>Listing Date (CMIC) 03 Jun 2021</c>. Most parties have none.</summary>
    private DateTimeOffset? ListedAt() => ListingDate().Matches(Remarks)
        .Select(m => DateTimeOffset.TryParseExact(m.Groups["date"].Value, "dd MMM yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : (DateTimeOffset?)null)
        .Min();

    [GeneratedRegex(@"Listing Date \([^)]*(?:\([^)]*\))?\):? (?<date>\d{2} [A-Z][a-z]{2} \d{4})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex ListingDate();

    // The closing quote is the one before a semicolon, a full stop or the end: the names hold apostrophes themselves.
    [GeneratedRegex(@"[afn]\.k\.a\. '(?<name>[^;]+?)'(?=[;.]|$)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedAlias();
}
