using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Language;

namespace Risk.Rules.Evaluation;

/// <summary>One group as <c>group.x</c>: <c>key count spend share tier1_spend tier1_share</c>; slots as in <see cref="RulePacks.RuleEnvironment.GroupType"/>.</summary>
/// <remarks>Shares are of all members together, those in no group included. One spend that is not known makes every figure that needs it missing.</remarks>
internal sealed class GroupFigures : ICelObject
{
    private readonly CelValue[] values;

    private GroupFigures(string key, ImmutableArray<GroupMember> members, CelValue[] values)
    {
        Key = key;
        Members = members;
        this.values = values;
    }

    public string Key { get; }

    /// <summary>The largest spend first, those that are not known last; then by id.</summary>
    public ImmutableArray<GroupMember> Members { get; }

    /// <summary>The groups by key, ordinal order.</summary>
    public static ImmutableArray<GroupFigures> Of(IEnumerable<GroupMember> members)
    {
        // The order of the sums is the order of the ids, so that the same portfolio gives the same last digit.
        GroupMember[] all = [.. members.OrderBy(m => m.Supplier)];
        var whole = new Sums("the portfolio", all);
        return
        [
            .. all.Where(m => m.Key.Length > 0).GroupBy(m => m.Key, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
            {
                GroupMember[] own = [.. g];
                var sums = new Sums(g.Key, own);
                return new GroupFigures(
                    g.Key, [.. own.OrderByDescending(m => m.Spend ?? -1).ThenBy(m => m.Supplier)],
                    [
                        CelValue.Text(g.Key), CelValue.Of((long)own.Length), sums.Spend("group.spend"), Share("group.share", sums.Spend("group.share"), whole.Spend("group.share")),
                        sums.FirstTier("group.tier1_spend"), Share("group.tier1_share", sums.FirstTier("group.tier1_share"), whole.FirstTier("group.tier1_share")),
                    ]);
            }),
        ];
    }

    public CelValue Get(int slot) => values[slot];

    public bool? Has(int slot) => !values[slot].IsFailure;

    public override string ToString() => Key;

    /// <summary>The members with the most spend, in words.</summary>
    public string Summary()
    {
        const int shown = 3;
        string most = string.Join(", ", Members.Take(shown).Select(m => m.Spend is { } spend
            ? string.Create(CultureInfo.InvariantCulture, $"{m.Supplier} {spend:#,0.##}{(m.Currency.Length > 0 ? " " + m.Currency : "")}") : $"{m.Supplier} (spend not known)"));
        return Members.Length > shown ? string.Create(CultureInfo.InvariantCulture, $"{most} and {Members.Length - shown} more") : most;
    }

    private static CelValue Share(string name, CelValue part, CelValue whole)
    {
        // What is not known of the group itself is the better thing to say.
        if (part.IsFailure) return part;
        if (whole.IsFailure) return whole;
        double share = whole.AsDouble == 0 ? 0 : part.AsDouble / whole.AsDouble;
        return double.IsFinite(share) ? CelValue.OfDouble(share) : CelValue.Error($"{name} is no finite number");
    }

    /// <summary>Sums over some members, and why there is none.</summary>
    private sealed class Sums(string of, GroupMember[] members)
    {
        public CelValue Spend(string name) => Sum(name, members);

        public CelValue FirstTier(string name) => Sum(name, [.. members.Where(m => m.Tier == 1)]);

        private CelValue Sum(string name, GroupMember[] some)
        {
            GroupMember[] unknown = [.. some.Where(m => m.Spend is null)];
            if (unknown.Length > 0)
            {
                string more = unknown.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $", and of {unknown.Length - 1} more in {of}") : "";
                return CelValue.Missing($"{name}: spend of {unknown[0].Supplier} is not known ({unknown[0].Missing}){more}");
            }

            string[] currencies = [.. some.Select(CurrencyOf).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (currencies.Length > 1) return CelValue.Missing($"{name}: the spends of {of} are in {string.Join(" and ", currencies)} and cannot be added");
            double sum = 0;
            foreach (GroupMember member in some) sum += member.Spend!.Value;
            return CelValue.OfDouble(sum);
        }

        /// <summary>A source's readings are in one currency, which they do not name: beside a spend of the portfolio in a named one they are another.</summary>
        private static string CurrencyOf(GroupMember member) => member.Currency.Length == 0 && member.ReadingAt is not null ? $"the currency of {GroupSpend.Path}" : member.Currency;
    }
}
