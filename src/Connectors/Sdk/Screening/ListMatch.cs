using System.Collections.Immutable;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

public enum CountryVerdict
{
    /// <summary>The portfolio or the list names no country.</summary>
    Unknown,
    Agrees,
    Contradicts,
}

/// <summary>What a comparison of a supplier with a listed party comes to.</summary>
public enum MatchResult
{
    /// <summary>May be the party: a person has to decide.</summary>
    Possible,

    /// <summary>Is the party, as far as names, countries and numbers can tell.</summary>
    Hit,
}

/// <summary>A supplier that may be a listed party, and why.</summary>
/// <param name="OwnName">The supplier's name or alias that is most like the party's.</param>
/// <param name="Listed">The party's name that it is like.</param>
/// <param name="Score">0 to 1, of the names; 1 when an identifier decides.</param>
/// <param name="Identifier">What both have, or null.</param>
/// <param name="Reasons">In words, the weightiest first.</param>
/// <param name="OfficialScore">0 to 100: what OFAC's own search would show for the two names.</param>
public sealed record ListMatch(
    SupplierId Supplier, string SupplierCountry, string OwnName, ListEntry Entry, ListedName Listed, MatchResult Result, float Score, ListedIdentifier? Identifier, CountryVerdict Country,
    string Reasons, int OfficialScore);
