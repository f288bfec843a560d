using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;

namespace Risk.Rules.RuleTesting;

/// <summary>
/// The other suppliers of one test (<c>portfolio: [{use: forge, supplier: {id: S-2, country: CZ}, metrics: {…}}]</c>) and what rules over groups remember between its
/// steps. A test without a portfolio asks nothing of rules over groups: one supplier alone would be all of every group.
/// </summary>
internal sealed class TestPortfolio(RuleSet rules)
{
    private readonly Dictionary<string, ImmutableArray<RuleState>> states = new(StringComparer.Ordinal);
    private List<TestFixture>? others;

    public bool IsGiven => others is not null;

    /// <summary>What the rules over groups remember now.</summary>
    public ImmutableArray<RuleState> Remembered => [.. states.Values.SelectMany(s => s)];

    /// <summary>Takes the list of the mapping, if it has one, in the place of an earlier one.</summary>
    /// <param name="read">Makes a fixture of one item.</param>
    public void Read(MappingReader given, Func<MappingReader, TestFixture> read)
    {
        if (!given.Has("portfolio")) return;
        others = [];
        foreach (MappingReader item in given.Children("portfolio"))
        {
            if (item.Child("supplier")?.Text("id") is null) item.Error("002", "every supplier of 'portfolio' needs an id of its own: supplier: {id: …}", item.Mapping);
            others.Add(read(item));
        }
    }

    /// <summary>Adds what the rules over groups say to the result of the test's own supplier.</summary>
    public EvaluationResult Evaluate(TestFixture own, EvaluationResult result, DateTimeOffset at)
    {
        if (others is null) return result;
        GroupMember[] members = [.. others.Append(own).SelectMany(f => rules.MembershipsOf(f.At(at)).Members)];
        foreach (Rule rule in rules.Rules)
        {
            if (!rule.IsForGroups || rule.IsDormant) continue;
            GroupResult groups = rules.EvaluateGroups(rule, [.. members.Where(m => m.Rule == rule.Id)], states.GetValueOrDefault(rule.Id, []), at);
            states[rule.Id] = groups.States;
            result = result with
            {
                Assessment = result.Assessment with { Findings = result.Assessment.Findings.AddRange(groups.Findings) },
                State = result.State with { Rules = result.State.Rules.AddRange(groups.States) },
            };
        }

        return result;
    }
}
