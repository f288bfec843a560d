using System.Collections.Immutable;

namespace Risk.Rules.Identity;

/// <summary>What a name of a registered entity is to it.</summary>
public enum RegisteredNameKind
{
    Legal,
    Former,
    Trading,

    /// <summary>In another language, or in Latin letters.</summary>
    Translation,
}

/// <summary>One name that a register holds for an entity.</summary>
public sealed record RegisteredName(string Text, RegisteredNameKind Kind);

/// <summary>Whether the register holds the entity for alive.</summary>
public enum RegisteredState
{
    Unknown,
    Active,

    /// <summary>Dissolved, inactive, merged: it was there.</summary>
    Ended,

    /// <summary>The entry itself is void: annulled, or a duplicate of another.</summary>
    Void,
}

/// <summary>One entry of a register that a supplier may be.</summary>
/// <remarks>Text that the register does not state is "".</remarks>
public sealed record RegisteredEntity
{
    /// <summary>Identifier scheme to normalised value; the register's own scheme is always there.</summary>
    public required ImmutableSortedDictionary<string, string> Identifiers { get; init; }

    /// <summary>The legal name first.</summary>
    public required ImmutableArray<RegisteredName> Names { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string Country { get; init; } = "";

    /// <summary>Where it is incorporated, as the register writes it: US-DE, England and Wales.</summary>
    public string Jurisdiction { get; init; } = "";

    public string City { get; init; } = "";

    /// <summary>The register's word for the legal form; names carry it too.</summary>
    public string LegalForm { get; init; } = "";

    public RegisteredState State { get; init; }

    /// <summary>The register's words for <see cref="State"/>: ACTIVE, LEI LAPSED; dissolved 2019-04-02.</summary>
    public string StateText { get; init; } = "";

    /// <summary>Why the entry is no company of its own (branch of ..., fund managed by ..., sole trader), or "".</summary>
    public string Dependence { get; init; } = "";

    /// <summary>What is worth knowing and decides nothing: that a parent is reported, the exchange.</summary>
    public string Remark { get; init; } = "";

    /// <summary>A page where a person can look it up.</summary>
    public string Url { get; init; } = "";

    public string LegalName => Names[0].Text;

    public string Identifier(string scheme) => Identifiers.GetValueOrDefault(scheme, "");
}
