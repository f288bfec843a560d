using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SamExclusions;

/// <summary>Makes an entry of an exclusion.</summary>
internal static class SamExclusionsMapper
{
    private static readonly string[] DateFormats = ["MM/dd/yyyy", "M/d/yyyy", "MM-dd-yyyy", "yyyy-MM-dd"];

    /// <summary>An exclusion counts to the end of its last day; <c>Indefinite</c> has none.</summary>
    public static bool IsInForce(SamExclusionsRecord record, DateTimeOffset at) => Date(record.TerminationDate) is not { } end || at < end.AddDays(1);

    /// <summary>The Treasury's parties come from its own lists, which block them; here they would only be excluded.</summary>
    public static bool IsTreasury(string agency) => agency.Contains("OFAC", StringComparison.Ordinal);

    /// <summary>One entry for each exclusion: several actions of one have its number in common.</summary>
    public static IEnumerable<ListEntry> Map(IEnumerable<SamExclusionsRecord> records) => records.GroupBy(r => r.SamNumber, StringComparer.Ordinal).Select(rows => rows.Select(Map).Aggregate(Join));

    private static ListEntry Join(ListEntry first, ListEntry further) => first with
    {
        Names = [.. first.Names.Concat(further.Names.Select(n => n with { Strength = NameStrength.Alias })).DistinctBy(n => n.Text)],
        Countries = first.Countries.Concat(further.Countries).ToImmutableSortedSet(StringComparer.Ordinal),
        Identifiers = [.. first.Identifiers.Concat(further.Identifiers).Distinct()],
        ListedAt = further.ListedAt < first.ListedAt ? further.ListedAt : first.ListedAt,
    };

    private static ListEntry Map(SamExclusionsRecord record)
    {
        bool isPerson = record.Classification == "Individual";
        return new ListEntry
        {
            Id = "sam-" + record.SamNumber,
            List = "the US list of parties excluded from federal contracts",
            Kind = ListKind.Debarring,
            Type = "sam-exclusions",
            Reference = "SAM number " + record.SamNumber,
            Url = "https://sam.gov/search/?index=ex",
            PartyType = record.Classification.ToLowerInvariant(),
            IsPerson = isPerson,
            Names = Names(record, isPerson),
            Programme = record.ExclusionType,
            Countries = CountryNames.CodeOfAlpha3(record.Country) is { Length: > 0 } code ? [code] : ImmutableSortedSet<string>.Empty,
            Identifiers =
            [
                .. new[] { ListedIdentifiers.Of(IdentifierScheme.Uei, record.UniqueEntityId, "US"), ListedIdentifiers.Of(ListedIdentifiers.Cage, record.Cage, "US") }.OfType<ListedIdentifier>(),
            ],
            ListedAt = Date(record.ActiveDate),
            Remarks = string.Join("; ", new[]
            {
                record.ExcludingAgency, record.ExclusionProgram, record.TerminationDate.Length == 0 ? "" : "until " + record.TerminationDate, record.AdditionalComments, record.CrossReference,
            }.Where(t => t.Length > 0)),
        };
    }

    public static DateTimeOffset? Date(string text) =>
        DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;

    /// <summary>Persons have their name in parts, and now and then written out as well.</summary>
    private static ImmutableArray<ListedName> Names(SamExclusionsRecord record, bool isPerson)
    {
        string given = string.Join(' ', new[] { record.First, record.Middle }.Where(n => n.Length > 0));
        string parts = record.Last.Length == 0 ? given : given.Length == 0 ? record.Last : isPerson ? $"{record.Last}, {given}" : $"{given} {record.Last}";
        string[] names = [.. new[] { isPerson ? parts : record.Name, isPerson ? record.Name : parts }.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal)];
        return [.. names.Select((n, i) => new ListedName(n, i == 0 ? NameStrength.Primary : NameStrength.Alias))];
    }
}
