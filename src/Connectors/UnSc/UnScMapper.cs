using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UnSc;

/// <summary>Every party of this list is subject to an asset freeze in all member states.</summary>
internal static partial class UnScMapper
{
    public static ListEntry Map(UnScRecord record) => new()
    {
        Id = "un-" + record.DataId,
        List = "the UN Security Council list",
        Kind = ListKind.Blocking,
        Type = "un-sc",
        Reference = record.ReferenceNumber.Length == 0 ? "DATAID " + record.DataId : record.ReferenceNumber,
        Url = "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list",
        PartyType = record.IsIndividual ? "individual" : "entity",
        IsPerson = record.IsIndividual,
        Names = [.. Names(record).DistinctBy(n => n.Text, StringComparer.Ordinal)],
        Programme = record.UnListType,
        Countries = record.Countries.Select(CountryNames.CodeOf).Where(c => c.Length > 0).ToImmutableSortedSet(StringComparer.Ordinal),
        Identifiers = [.. ListedIdentifiers.In(record.Comments).Concat(ListedIdentifiers.In(record.Notes)).Distinct()],
        ListedAt = ListedAt(record.ListedOn),
        Remarks = record.Comments,
    };

    private static IEnumerable<ListedName> Names(UnScRecord record)
    {
        string[] written = record.IsIndividual ? [record.Name] : record.Name.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        yield return new ListedName(written.Length == 0 ? record.Name : written[0], NameStrength.Primary);
        foreach (string name in written.Skip(1)) yield return new ListedName(name, NameStrength.Alias);

        // Entities carry their abbreviation behind the name, which nobody else writes so.
        foreach (string name in record.IsIndividual ? [] : written.Select(w => Abbreviation().Replace(w, "")).Where(w => w.Length > 0)) yield return new ListedName(name, NameStrength.Alias);
        if (record.OriginalScript.Length > 0) yield return new ListedName(record.OriginalScript, NameStrength.Alias);
        foreach (UnScAlias alias in record.Aliases)
            yield return new ListedName(alias.Name, alias.Quality.Equals("Low", StringComparison.OrdinalIgnoreCase) ? NameStrength.Weak : NameStrength.Alias);
    }

    /// <summary><c>2012-12-31</c>; some have an offset behind it, which does not change the day.</summary>
    private static DateTimeOffset? ListedAt(string text) =>
        text.Length >= 10 && DateTimeOffset.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;

    [GeneratedRegex(@"\s*\([\p{Lu}\d.\- ]{2,12}\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Abbreviation();
}
