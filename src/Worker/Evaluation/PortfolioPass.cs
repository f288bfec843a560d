using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting;
using Risk.Worker.Storage;

namespace Risk.Worker.Evaluation;

/// <summary>
/// After the suppliers: what rules say of the portfolio as a whole. Looks only at rules whose groups or errors changed, or whose instant has come; states, alerts and
/// their groups are saved in one transaction.
/// </summary>
internal sealed class PortfolioPass(IRiskStore store, AlertDispatcher dispatcher)
{
    /// <returns>What opened, worsened and ended.</returns>
    public async Task<ImmutableArray<AlertTransition>> RunAsync(RuleSet rules, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            // Most looks find nothing: they must not wait for, or hold, the writer.
            if ((await session.PortfolioRules.DueAsync(at, cancellationToken)).Count == 0) return [];
        }

        var transitions = ImmutableArray.CreateBuilder<AlertTransition>();
        await using IStoreSession writing = await store.WriteAsync(cancellationToken);
        IPortfolioRuleTable table = writing.PortfolioRules;
        foreach (string rule in await table.DueAsync(at, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            PortfolioRuleResult result = PortfolioEvaluation.Evaluate(
                rules, rule, await table.StateAsync(rule, cancellationToken), await table.MembersAsync(rule, cancellationToken), await table.ErrorsAsync(rule, cancellationToken), at);
            await table.SaveAsync(rule, result.State, result.NextDueAt, cancellationToken);
            transitions.AddRange(result.Transitions);
        }

        if (transitions.Count > 0)
        {
            await writing.Alerts.SaveAsync(transitions, at, cancellationToken);
            await dispatcher.OnTransitionsAsync(writing, transitions, at, cancellationToken);
        }

        await writing.CommitAsync(cancellationToken);
        return transitions.ToImmutable();
    }

    /// <summary>In the session that saves the suppliers' assessments: what they bring to groups, and which rules err for them.</summary>
    public static Task RecordAsync(IStoreSession session, IReadOnlyCollection<EvaluationResult> results, IEnumerable<GroupMemberships> memberships, CancellationToken cancellationToken) =>
        session.PortfolioRules.RecordAsync(
            [.. results.Select(r => r.Assessment.Supplier)], [.. memberships.SelectMany(m => m.Members)],
            [
                .. results.SelectMany(r => r.Assessment.Findings.Where(f => f.Error.Length > 0).GroupBy(f => f.Rule).Select(g => new RuleError(r.Assessment.Supplier, g.Key, g.First().Error))),
            ],
            cancellationToken);
}
