using System.Collections.Immutable;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>What the list says of a name.</summary>
public enum NameStrength
{
    Primary,
    /// <summary>Another, former or original-script name.</summary>
    Alias,
    /// <summary>Broad, generic or of low quality by the list's own account: of no use alone.</summary>
    Weak,
}

/// <summary>One name of an entry.</summary>
public sealed record ListedName(string Text, NameStrength Strength);

/// <summary>A number or code that the list gives for a party itself, not for its ships, accounts or documents.</summary>
/// <param name="Scheme">
/// One of <see cref="Risk.Rules.Suppliers.IdentifierScheme"/> where it proves to be one, else one of <see cref="ListedIdentifiers"/>: tax, registration, bic ...
/// </param>
/// <param name="Value">Upper-case letters and digits only; a domain in lower case.</param>
/// <param name="Country">ISO 3166-1 alpha-2 of who issued it, or "".</param>
public sealed record ListedIdentifier(string Scheme, string Value, string Country);

/// <summary>One listed party, in the words that all screening lists share. What a list source makes of its record; what screening and the event are made from.</summary>
public sealed record ListEntry
{
    /// <summary>Id of the event, stable over the list's versions: <c>sdn-101</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Which list, in a sentence: "the OFAC SDN list".</summary>
    public required string List { get; init; }

    /// <summary>Where the event goes.</summary>
    public required ListKind Kind { get; init; }

    /// <summary>The event's type: <c>ofac-sdn</c>, or which part of a list of lists.</summary>
    public required string Type { get; init; }

    /// <summary>The party's key in the list's own terms: <c>ent_num 101</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>Where a person can look the entry, or the list, up.</summary>
    public required string Url { get; init; }

    /// <summary>individual, entity, vessel ... in the list's own words.</summary>
    public required string PartyType { get; init; }

    /// <summary>Persons have namesakes: of them only full names count.</summary>
    public required bool IsPerson { get; init; }

    /// <summary>At least one; the first is the one to show.</summary>
    public required ImmutableArray<ListedName> Names { get; init; }

    /// <summary>Programmes, regimes or legal bases; "" where the list gives none.</summary>
    public required string Programme { get; init; }

    /// <summary>ISO codes of addresses, nationalities and flags.</summary>
    public required IReadOnlySet<string> Countries { get; init; }

    /// <summary>In the list's order, each once; empty where the list gives none.</summary>
    public ImmutableArray<ListedIdentifier> Identifiers { get; init; } = [];

    /// <summary>Since when the party is listed; null where the list does not say.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>Names the designation where another source's file tells the very same one; else "".</summary>
    public string Story { get; init; } = "";

    /// <summary>What else the list says, for the evidence.</summary>
    public string Remarks { get; init; } = "";

    public string Name => Names[0].Text;
}
