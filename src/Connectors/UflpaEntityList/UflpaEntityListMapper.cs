using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using NameNormalizer = Risk.Rules.Matching.NameNormalizer;

namespace Risk.Connectors.UflpaEntityList;

/// <summary>Makes the entry of an entity, which may be in several tables.</summary>
internal static partial class UflpaEntityListMapper
{
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One entry for each entity, since the first of its dates.</summary>
    public static IEnumerable<ListEntry> Map(IEnumerable<UflpaEntityListRecord> records) => records.GroupBy(r => Key(Names(r.Name)[0].Text), StringComparer.Ordinal).Select(Map);

    public static DateTimeOffset? Date(string text) => RecordDates.Of(text, Latest);

    private static ListEntry Map(IGrouping<string, UflpaEntityListRecord> tables) => new()
    {
        Id = "uflpa-" + tables.Key,
        List = "the UFLPA Entity List (goods presumed to be made with forced labour)",
        Kind = ListKind.Restricting,
        Type = "uflpa",
        Reference = "UFLPA " + Names(tables.First().Name)[0].Text,
        Url = "https://www.dhs.gov/uflpa-entity-list",
        PartyType = "entity",
        IsPerson = false,
        Names = [.. tables.SelectMany(r => Names(r.Name)).DistinctBy(n => n.Text)],
        Programme = string.Join(", ", tables.Select(r => r.Section).Where(s => s.Length > 0).Distinct().Order(StringComparer.Ordinal).Select(s => "section " + s)),
        // The list is of companies in or supplied from the Xinjiang region of China.
        Countries = ImmutableSortedSet.Create(StringComparer.Ordinal, "CN"),
        ListedAt = tables.Min(r => Date(r.EffectiveDate)),
        Remarks = string.Create(CultureInfo.InvariantCulture, $"{tables.First().Name}; effective {tables.First().EffectiveDate}"),
    };

    /// <summary>The name, and those in brackets behind "also known as", "formerly known as" and "including ... aliases". Brackets that are part of a name ("(Shanshan)") stay.</summary>
    private static ImmutableArray<ListedName> Names(string text)
    {
        Match others = Others().Match(text);
        string[] main = [Trim(others.Success ? text[..others.Index] : text)];
        IEnumerable<string> aliases = others.Success ? Between().Split(others.Groups["names"].Value).Select(Trim) : [];
        return [.. main.Concat(aliases).Where(n => n.Length > 1).Distinct(StringComparer.Ordinal).Select((n, i) => new ListedName(n, i == 0 ? NameStrength.Primary : NameStrength.Alias))];
    }

    private static string Trim(string name) => Subsidiaries().Replace(name.Trim(' ', ',', ';', ':', '*'), "").Trim(' ', ',', ';');

    private static string Key(string name) => string.Join('-', NameNormalizer.Words(name));

    [GeneratedRegex(@"[\s,(]*\b(?:also known as|formerly known as|including \w+ alias(?:es)?|and \w+ alias(?:es)?|with \w+ alias(?:es)?)\b:?\s*(?<names>.+?)\)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Others();

    [GeneratedRegex(@"\s*;\s*(?:and\s+)?|,?\s+and (?=formerly|also)|\b(?:also|formerly) known as\b:?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Between();

    [GeneratedRegex(@",?\s*(?:and|including) (?:its |all )?subsidiaries.*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Subsidiaries();
}
