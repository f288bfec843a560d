using System.Collections.Immutable;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>What one supplier brings to the groups of one rule (<c>scope: {group_by: …}</c>).</summary>
/// <param name="Key">The group it is in; "" when it is in none (no country), though its spend counts in the whole.</param>
/// <param name="KeyMissing">Why the group is not known, or "".</param>
/// <param name="Spend">A year's spend with it; null when not known.</param>
/// <param name="Currency">Of a spend that the portfolio gives; "" when it is not said.</param>
/// <param name="Missing">Why the spend is not known, for example <c>metrics.spend_12m: stale</c>; or "".</param>
/// <param name="ReadingAt">When the spend was measured; null when the portfolio gives it.</param>
public sealed record GroupMember(string Rule, SupplierId Supplier, string Key, string KeyMissing, int Tier, double? Spend, string Currency, string Missing, DateTimeOffset? ReadingAt);

/// <param name="Members">One for each rule over groups that the supplier counts in.</param>
/// <param name="NextDueAt">When they may change though nothing new is learned; null when they cannot.</param>
public sealed record GroupMemberships(ImmutableArray<GroupMember> Members, DateTimeOffset? NextDueAt)
{
    public static GroupMemberships None { get; } = new([], null);
}
