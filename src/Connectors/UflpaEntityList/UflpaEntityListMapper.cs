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
    /// <summary>The list is of companies in, or supplied from, the Xinjiang region of China; some are seated in Hong Kong.</summary>
    private static readonly ImmutableSortedSet<string> Countries = ImmutableSortedSet.Create(StringComparer.Ordinal, "CN", "HK");

    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One entry for each entity, since the first of its dates; subsidiaries that are named are entities of their own.</summary>
    public static IEnumerable<ListEntry> Map(IEnumerable<UflpaEntityListRecord> records) =>
        records.SelectMany(r => Parties(r.Name).Select(names => (Names: names, Record: r))).GroupBy(p => Key(p.Names[0].Text), StringComparer.Ordinal).Select(Map);

    public static DateTimeOffset? Date(string text) => RecordDates.Of(text, Latest);

    private static ListEntry Map(IGrouping<string, (ImmutableArray<ListedName> Names, UflpaEntityListRecord Record)> tables) => new()
    {
        Id = "uflpa-" + tables.Key,
        List = "the UFLPA Entity List (goods presumed to be made with forced labour)",
        Kind = ListKind.Restricting,
        Type = "uflpa",
        Reference = "UFLPA " + tables.First().Names[0].Text,
        Url = "https://www.dhs.gov/uflpa-entity-list",
        PartyType = "entity",
        IsPerson = false,
        Names = [.. tables.SelectMany(t => t.Names).DistinctBy(n => n.Text)],
        Programme = string.Join(", ", tables.Select(t => t.Record.Section).Where(s => s.Length > 0).Distinct().Order(StringComparer.Ordinal).Select(s => "section " + s)),
        Countries = Countries,
        ListedAt = tables.Min(t => Date(t.Record.EffectiveDate)),
        Remarks = string.Create(CultureInfo.InvariantCulture, $"{tables.First().Record.Name}; effective {tables.First().Record.EffectiveDate}"),
    };

    /// <summary>Who a cell names: the entity with its other names, then each subsidiary that is named.</summary>
    private static IEnumerable<ImmutableArray<ListedName>> Parties(string text)
    {
        Match group = Group().Match(text);
        yield return Names(group.Success ? text[..group.Index] : text);
        foreach (string subsidiary in Between().Split(group.Groups["named"].Value).SelectMany(n => Commas().Split(n)).Select(Trim).Where(n => n.Length > 1)) yield return [new ListedName(subsidiary, NameStrength.Primary)];
    }

    /// <summary>The name, and those in brackets behind "also known as", "formerly known as" and "including ... aliases". Brackets that are part of a name ("(Shanshan)") stay.</summary>
    private static ImmutableArray<ListedName> Names(string text)
    {
        Match others = Others().Match(text);
        string[] main = [Trim(others.Success ? text[..others.Index] : text)];
        IEnumerable<string> aliases = others.Success ? Between().Split(others.Groups["names"].Value).Select(Trim) : [];
        return [.. main.Concat(aliases).Where(n => n.Length > 1).Distinct(StringComparer.Ordinal).Select((n, i) => new ListedName(n, i == 0 ? NameStrength.Primary : NameStrength.Alias))];
    }

    private static string Trim(string name) => name.Trim(' ', ',', ';', ':', '*');

    private static string Key(string name) => string.Join('-', NameNormalizer.Words(name));

    [GeneratedRegex(@"[\s,(]*\b(?:also known as|formerly known as|including \w+ alias(?:es)?|and \w+ alias(?:es)?|with \w+ alias(?:es)?)\b:?\s*(?<names>.+?)\)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Others();

    [GeneratedRegex(@"\s*;\s*(?:and\s+)?|,?\s+and (?=formerly|also)|\b(?:also|formerly) known as\b:?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Between();

    /// <summary><c>and subsidiaries</c>, <c>and its subordinate and affiliated entities</c>, <c>and its eight Zhuhai-based subsidiaries, which include A, B, and C</c>, <c>and its subsidiary A</c>.</summary>
    [GeneratedRegex(@"[,\s]+(?:and|including|with)\s+(?:its\s+|all\s+)?(?:[\w-]+\s+){0,2}(?:subsidiar(?:y|ies)|subordinate and affiliated entities)\b[,:]?\s*(?:which include|including)?[,:]?\s*(?<named>[^)]*)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Group();

    /// <summary>Between names, not before a legal form.</summary>
    [GeneratedRegex(@",\s+(?:and\s+)?(?!(?:Co|Ltd|Inc|LLC|Limited|Corp)\b)", RegexOptions.CultureInvariant)]
    private static partial Regex Commas();
}
