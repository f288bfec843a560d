using System.Collections.Immutable;

namespace Risk.Rules.Identity;

/// <summary>How sure it is that a register's entry is the supplier. Measured: docs/identity.md.</summary>
public enum IdentityVerdict
{
    /// <summary>Nothing in the register has a name like this.</summary>
    None,

    /// <summary>A namesake, a sister, another legal form, or an entry that is dissolved or abroad: a person must tell.</summary>
    Ambiguous,

    /// <summary>Another spelling, or one thing short of confirmed.</summary>
    Likely,

    /// <summary>An identifier that both have, or the full name with its legal form, in the same country, once in the register, and alive.</summary>
    Confirmed,
}

/// <summary>A supplier as registers are asked for it.</summary>
/// <param name="OtherNames">Aliases of the portfolio.</param>
/// <param name="Country">ISO 3166-1 alpha-2, or "".</param>
/// <param name="City">Where the portfolio says it; or "".</param>
/// <param name="Identifiers">Scheme to normalised value.</param>
public sealed record IdentityQuestion(string Name, ImmutableArray<string> OtherNames, string Country, string City, ImmutableSortedDictionary<string, string> Identifiers);

/// <summary>An entry of the register beside the supplier.</summary>
/// <param name="Relation">Of the two names that are closest.</param>
/// <param name="Name">The register's name that is closest.</param>
/// <param name="Score">Likeness of the names, 0 to 1, as <c>risk screen</c> measures it.</param>
/// <param name="Margin">How far the next entry's score is below this one's; negative when another is ahead.</param>
/// <param name="Reasons">What was compared and what decided, the decisive first.</param>
public sealed record IdentityCandidate(RegisteredEntity Entity, IdentityVerdict Verdict, NameRelation Relation, RegisteredName Name, double Score, double Margin, ImmutableArray<string> Reasons);
