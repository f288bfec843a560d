namespace Risk.Rules.Matching;

/// <summary>A name to be looked for, with what else is known of the company.</summary>
/// <param name="Country">ISO 3166 code or English name; "" where it is not known.</param>
/// <param name="Identifiers">Registration and tax numbers, LEI and the like.</param>
public readonly record struct ScreeningQuery(string Name, string Country = "", IReadOnlyList<string>? Identifiers = null);

/// <summary>A listed party that a name may be.</summary>
/// <param name="NameIndex">The listed name that matched best, in <see cref="ScreeningIndex.Names"/>.</param>
/// <param name="Score">0 to 1; docs/screening.md says what it means.</param>
public readonly record struct ScreeningHit(int NameIndex, float Score);
