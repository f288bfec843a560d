using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Alerting.Differential;

/// <summary>Alone on the machine: the other side runs in real time.</summary>
[CollectionDefinition(nameof(AlertmanagerDifferenceTests), DisableParallelization = true)]
public sealed class RealTimeCollection;

/// <summary>Generated scenarios through the real Alertmanager and through ours: who is told what when. docs/alertmanager.md explains every difference that is meant.</summary>
[Collection(nameof(AlertmanagerDifferenceTests))]
public sealed class AlertmanagerDifferenceTests
{
    private const int Scenarios = 240;

    /// <summary>How much later a step may come than it was meant to; a scenario in which that matters says nothing.</summary>
    private const double Jitter = 0.35;

    /// <summary>Seconds.</summary>
    private const double RestartAt = 9.25;

    /// <summary>Seconds; from here nothing happens, long enough for every group to be looked at.</summary>
    private const double QuietFrom = 16;

    [AlertmanagerFact]
    public async Task Play_GeneratedScenarios_TellAsAlertmanager()
    {
        IReadOnlyList<Candidate> chosen = await ChooseAsync(Scenarios, from: 1, static _ => true);
        Assert.Empty(await DifferingAsync(chosen, double.PositiveInfinity, static (_, real, own) => Told.Differences(real, own)));
    }

    /// <summary>
    /// In the middle both sides are stopped and started. Alertmanager forgets its alerts and its clocks then: alerts that are sent again open their groups anew. Ours keeps both, so
    /// the moments after the restart differ by up to an interval, and an end that nobody was told of before it is told here alone. What receivers know in the end must be the same.
    /// </summary>
    [AlertmanagerFact]
    public async Task Play_RestartInTheMiddle_ReceiversKnowTheSameInTheEnd()
    {
        IReadOnlyList<Candidate> chosen = await ChooseAsync(60, from: 10_000, static s => s.Steps.All(step => step.At < QuietFrom && step.Until < QuietFrom));
        Assert.Empty(await DifferingAsync(chosen, RestartAt, static (scenario, real, own) =>
        [
            .. Told.Differences(real.Where(t => t.At < RestartAt - 1), own.Where(t => t.At < RestartAt - 1), until: RestartAt - 1),
            .. Known(real, scenario).Except(Known(own, scenario)).Select(k => $"not known here: {k}"),
            .. Known(own, scenario).Except(Known(real, scenario)).Select(k => $"not known there: {k}"),
        ]));
    }

    /// <summary>What fires at the end and stands as firing in the last notification of its group: what a receiver knows.</summary>
    private static SortedSet<string> Known(IEnumerable<Told> told, Scenario scenario)
    {
        HashSet<string> firing = [];
        foreach (Step step in scenario.Steps.Where(s => s.Kind is StepKind.Fire or StepKind.Resolve))
        {
            if (step.Kind == StepKind.Fire && !step.TimesOut) firing.Add(Told.Text(step.Labels));
            else firing.Remove(Told.Text(step.Labels));
        }

        return [.. told.GroupBy(t => (t.Receiver, t.GroupLabels)).SelectMany(g => g.MaxBy(t => t.At)!.Firing.Split(' ').Where(firing.Contains).Select(a => $"{g.Key.Receiver} {{{g.Key.GroupLabels}}} {a}"))];
    }

    /// <summary>A difference counts when it is there in three runs: real time has its accidents.</summary>
    private static async Task<IReadOnlyList<string>> DifferingAsync(IReadOnlyList<Candidate> candidates, double restartAt, Func<Scenario, IReadOnlyList<Told>, IReadOnlyList<Told>, IReadOnlyList<string>> compare)
    {
        var texts = new List<string>();
        for (int run = 0; run < 3 && candidates.Count > 0; run++)
        {
            DateTimeOffset start = default;
            ILookup<int, Told> real = await RealAlertmanager.PlayAsync([.. candidates.Select(c => c.Scenario)], at => start = at, restartAt);
            texts.Clear();
            var again = new List<Candidate>();
            foreach (Candidate candidate in candidates)
            {
                IReadOnlyList<string> differences = compare(candidate.Scenario, [.. real[candidate.Scenario.Number]], await OnSqliteAsync(candidate, start, restartAt));
                if (differences.Count == 0) continue;
                again.Add(candidate);
                texts.Add($"scenario {candidate.Scenario.Number}: " + string.Join("; ", differences));
            }

            candidates = again;
        }

        return texts;
    }

    private static async Task<IReadOnlyList<Told>> OnSqliteAsync(Candidate candidate, DateTimeOffset start, double restartAt)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-played-");
        try
        {
            await using var store = new SqliteRiskStore(Path.Combine(folder.FullName, "risk.db"));
            await store.InitializeAsync(CancellationToken.None);
            return await OwnAlerting.PlayAsync(candidate.Scenario, candidate.Routing, start, store, restartAt);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Scenarios that our reader takes, in which something is told, and in which a little delay changes nothing.</summary>
    private static async Task<IReadOnlyList<Candidate>> ChooseAsync(int count, int from, Func<Scenario, bool> isWanted)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var chosen = new List<Candidate>();
        for (int number = from; chosen.Count < count; number++)
        {
            Scenario scenario = new ScenarioGenerator(number, now).Make();
            if (!isWanted(scenario)) continue;
            if (OwnAlerting.Read(scenario) is not { } routing) continue;
            IReadOnlyList<Told> plain = await OwnAlerting.PlayAsync(scenario, routing, now, new FakeStore());
            if (plain.Count > 0 && await IsSteadyAsync(scenario, routing, plain, now)) chosen.Add(new Candidate(scenario, routing));
        }

        return chosen;
    }

    private static async Task<bool> IsSteadyAsync(Scenario scenario, RoutingModel routing, IReadOnlyList<Told> plain, DateTimeOffset now)
    {
        IEnumerable<Func<int, bool>> late = [static _ => true, .. Enumerable.Range(0, scenario.Steps.Length).Select(only => (Func<int, bool>)(i => i == only))];
        foreach (Func<int, bool> isLate in late)
            if (Told.Differences(plain, await OwnAlerting.PlayAsync(scenario.Shifted(Jitter, isLate), routing, now, new FakeStore())).Count > 0) return false;
        return true;
    }

    private sealed record Candidate(Scenario Scenario, RoutingModel Routing);
}
