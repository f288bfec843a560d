using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Replay;

/// <summary>Lets one rule set go over one supplier's history as the worker would have: after every round of changes, and at the instants the assessments ask for.</summary>
/// <remarks>Pure: the same history, rules and routes give the same outcome.</remarks>
internal sealed class SupplierReplay(RuleSet rules, RoutingModel routing, ReplayPeriod period)
{
    private readonly ChangeRounds rounds = new(rules.Catalog, period);

    public SupplierOutcome Run(SupplierHistory history, ImmutableArray<SourceCheck> wholeChecks)
    {
        var timeline = new DossierTimeline(rules.Catalog, history, wholeChecks);
        var record = new AlertRecord(routing);
        var watch = new Watch();
        List<ChangeRound> pending = rounds.Of(history, wholeChecks);
        SupplierState state = SupplierState.Initial;
        SupplierVersion? version = null;
        DateTimeOffset? due = null;
        int next = 0, evaluations = 0;
        while (true)
        {
            ChangeRound? round = next < pending.Count ? pending[next] : null;
            DateTimeOffset? at = round is { } changes ? due < changes.First ? due : changes.Last : due;
            if (at is not { } now || now > period.To) break;
            if (round?.Last <= now) next++;
            watch.Until(now);
            SupplierVersion? before = version;
            version = timeline.VersionAt(now);
            if (version is null && before is null) continue;
            EvaluationResult result = version is null
                ? Retirement.Close(history.Id, state, rules.Hash, now)
                : rules.Evaluate(timeline.At(version, now), state);
            bool isStock = evaluations++ == 0 && history.Versions[0].From < period.From;
            state = result.State;
            // An instant that has come is no reason to come again.
            due = result.Assessment.NextDueAt is { } asked && asked > now ? asked : null;
            record.Take(result, (version ?? before)!.Supplier, isStock);
            watch.Assessed(version is null ? null : result.Assessment, now);
        }

        watch.Until(period.To);
        Supplier latest = (version ?? history.Versions[^1]).Supplier;
        return new SupplierOutcome(
            history.Id, latest.Name, latest.Owner, version is null ? null : state.Score, version is null ? null : state.Band, record.Alerts(), evaluations, watch.Watched, watch.Known,
            watch.Unknown);
    }

    /// <summary>Adds up how long what was known. In whole seconds and whole shares of 10,000, so that the order of adding makes no difference.</summary>
    private sealed class Watch
    {
        private readonly Dictionary<string, long> unknown = new(StringComparer.Ordinal);
        private readonly List<string> undecided = [];
        private DateTimeOffset? since;
        private long coverage;

        public long Watched { get; private set; }

        public long Known { get; private set; }

        public ImmutableSortedDictionary<string, long> Unknown => unknown.ToImmutableSortedDictionary(StringComparer.Ordinal);

        public void Until(DateTimeOffset at)
        {
            if (since is not { } start) return;
            long seconds = (long)(at - start).TotalSeconds;
            Watched += seconds;
            Known += seconds * coverage;
            foreach (string rule in undecided) unknown[rule] = unknown.GetValueOrDefault(rule) + seconds;
            since = at;
        }

        /// <param name="assessment">Null: the supplier left the portfolio.</param>
        public void Assessed(Assessment? assessment, DateTimeOffset at)
        {
            undecided.Clear();
            since = assessment is null ? null : at;
            if (assessment is null) return;
            coverage = (long)(assessment.Coverage * 10_000);
            foreach (Finding finding in assessment.Findings)
            {
                if (finding.State == FindingState.Unknown) undecided.Add(finding.Rule);
            }
        }
    }
}
