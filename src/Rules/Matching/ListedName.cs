namespace Risk.Rules.Matching;

/// <summary>How well a listed name stands for its party.</summary>
public enum NameStrength
{
    Primary,

    /// <summary>A strong alias: screened like the primary name.</summary>
    Alias,

    /// <summary>Short, generic or shared by many: the publisher does not expect it to be screened alone.</summary>
    WeakAlias,
}

/// <summary>What kind of party is listed.</summary>
public enum PartyKind
{
    Organization,
    Individual,
    Vessel,
    Aircraft,
}

/// <summary>One name of a listed party.</summary>
/// <param name="EntityId">The party; names with one id are names of one party.</param>
/// <param name="Name">As the list spells it.</param>
/// <param name="Country">As the list spells it; several with ';', "" where it says none.</param>
/// <param name="List">The list, by its short name.</param>
/// <param name="Identifiers">Registration and tax numbers and the like, with or without punctuation.</param>
public sealed record ListedName(string EntityId, string Name, NameStrength Strength, PartyKind Kind, string Country, string List, IReadOnlyList<string>? Identifiers = null);
