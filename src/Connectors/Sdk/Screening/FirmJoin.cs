using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Rules.Catalogs;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>A company as the records of a source name it: no register, no number, a name and at best a country.</summary>
/// <param name="Name">As it is written; what stands behind "dba", "formerly" and the like counts as a name too.</param>
/// <param name="Country">ISO 3166-1 alpha-2, or "".</param>
/// <param name="OtherName">Where the record has another, for example since a merger; or "".</param>
internal sealed record NamedFirm(string Name, string Country, string OtherName = "");

/// <summary>A supplier that a named company may be.</summary>
/// <param name="IsSure">The names are the same but for legal forms, and no country speaks against it. Else a person has to look.</param>
/// <param name="How">For the evidence: the names, the score and why.</param>
internal sealed record FirmMatch(SupplierId Supplier, bool IsSure, string How)
{
    /// <summary>Severity of the event: two less, but at least 1, where a person has to look first.</summary>
    public int Severity(int whenSure) => IsSure ? whenSure : Math.Max(1, whenSure - 2);

    /// <summary>The event's stage: <see cref="MatchStages.Possible"/> where a person has to look first.</summary>
    public string Stage(string whenSure) => IsSure ? whenSure : MatchStages.Possible;

    public string Title(string title) => IsSure ? title : $"Possibly the supplier, by name only: {title}";
}

/// <summary>Finds the suppliers that the companies of a source's records may be. The comparison is the one that lists are screened with.</summary>
internal static partial class FirmJoin
{
    /// <summary>What <see cref="ListEntry"/> wants to know of a list, and a record is on none.</summary>
    private static readonly ListKind None = new(new FeedDefinition("", TimeSpan.Zero, ""), 1);

    /// <summary>
    /// The matcher's score of names that are the same. Records spell companies as these spell themselves: Innoveix is no other spelling of Inovio, as it may be on a list of people who hide.
    /// </summary>
    private const double Same = 0.99;

    /// <summary>The suppliers of each company; none for most.</summary>
    /// <remarks>A like name in another country is left out: of records that only name a company it would be noise.</remarks>
    public static ILookup<NamedFirm, FirmMatch> Of(IEnumerable<NamedFirm> firms, IReadOnlyList<Supplier> suppliers, CancellationToken cancellationToken)
    {
        NamedFirm[] distinct = [.. firms.Where(f => f.Name.Length > 0).Distinct()];
        var screener = new ListScreener(distinct.Select((firm, i) => Entry(firm, i)));
        return screener.Screen(suppliers, cancellationToken)
            .Where(m => m.Result == MatchResult.Hit || m.Country != CountryVerdict.Contradicts)
            .ToLookup(m => distinct[int.Parse(m.Entry.Id, CultureInfo.InvariantCulture)], Match);
    }

    private static FirmMatch Match(ListMatch match)
    {
        string country = match.Country switch { CountryVerdict.Agrees => "the country agrees", CountryVerdict.Contradicts => "the country differs", _ => "no country to compare" };
        string how = string.Create(CultureInfo.InvariantCulture, $"joined by name: \"{match.Listed.Text}\" is like \"{match.OwnName}\", score {match.Score:0.00}; {match.Reasons}; {country}");
        bool isSameName = match.Score >= Same || Letters(match.Listed.Text) == Letters(match.OwnName);
        return new FirmMatch(match.Supplier, match.Result == MatchResult.Hit && match.Country != CountryVerdict.Contradicts && isSameName, how);
    }

    private static string Letters(string name) => NameNormalizer.Normalize(name).Replace(" ", "", StringComparison.Ordinal);

    private static ListEntry Entry(NamedFirm firm, int index) => new()
    {
        Id = index.ToString(CultureInfo.InvariantCulture),
        List = "",
        Kind = None,
        Type = "",
        Reference = "",
        Url = "",
        PartyType = "entity",
        IsPerson = false,
        Names = [new ListedName(firm.Name, NameStrength.Primary), .. OtherNames(firm).Select(n => new ListedName(n, NameStrength.Alias))],
        Programme = "",
        Countries = firm.Country.Length == 0 ? ImmutableSortedSet<string>.Empty : ImmutableSortedSet.Create(StringComparer.Ordinal, firm.Country),
    };

    private static IEnumerable<string> OtherNames(NamedFirm firm)
    {
        string[] parts = OtherName().Split(firm.Name);
        return (parts.Length > 1 ? parts : []).Append(firm.OtherName).Select(n => n.Trim(' ', ',', ';', '(', ')')).Where(n => n.Length > 1 && n != firm.Name).Distinct(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"[\s,(]+(?:d\.?/?b\.?/?a\.?|doing business as|a\.?/?k\.?/?a\.?|also known as|f\.?/?k\.?/?a\.?|formerly(?: known as)?|now known as)[\s:]+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex OtherName();
}
