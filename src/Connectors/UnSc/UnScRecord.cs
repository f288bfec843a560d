using System.Collections.Immutable;

namespace Risk.Connectors.UnSc;

/// <param name="Quality"><c>Good</c>, <c>Low</c>, <c>a.k.a.</c> or <c>f.k.a.</c>.</param>
internal sealed record UnScAlias(string Name, string Quality);

/// <summary>One INDIVIDUAL or ENTITY.</summary>
/// <param name="Name">FIRST_NAME to FOURTH_NAME joined; the whole name of an entity is in the first.</param>
/// <param name="Notes">Of the addresses: registration numbers are among them.</param>
/// <param name="Countries">Of addresses and nationalities, as written.</param>
internal sealed record UnScRecord(
    string DataId, string ReferenceNumber, bool IsIndividual, string Name, string OriginalScript, string UnListType, string ListedOn, string Comments, string Notes, ImmutableArray<UnScAlias> Aliases,
    ImmutableArray<string> Countries);
