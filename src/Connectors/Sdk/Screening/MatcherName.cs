using Risk.Rules.Matching;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>Listed names as the matcher takes them.</summary>
public static class MatcherName
{
    /// <param name="list">What a hit is to say of its list; "" for nothing.</param>
    public static Rules.Matching.ListedName Of(ListEntry entry, ListedName name, string list = "") => new(
        entry.Id, name.Text, name.Strength switch { NameStrength.Primary => Rules.Matching.NameStrength.Primary, NameStrength.Alias => Rules.Matching.NameStrength.Alias, _ => Rules.Matching.NameStrength.WeakAlias },
        KindOf(entry),
        string.Join(';', entry.Countries.Order(StringComparer.Ordinal)), list, [.. entry.Identifiers.Select(i => i.Value)]);

    public static PartyKind KindOf(ListEntry entry) => entry.IsPerson ? PartyKind.Individual : entry.PartyType switch { "vessel" => PartyKind.Vessel, "aircraft" => PartyKind.Aircraft, _ => PartyKind.Organization };
}
