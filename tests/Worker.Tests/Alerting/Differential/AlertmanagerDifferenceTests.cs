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
        IReadOnlyList<(Scenario Scenario, RoutingModel Routing)> chosen = await ChooseAsync(Scenarios, DateTimeOffset.UtcNow);
        IReadOnlyList<string> differing = await DifferingAsync(chosen);
        Assert.True(differing.Count == 0, $"{differing.Count} of {Scenarios} differ\n" + string.Join('\n', differing));
    }

    /// <summary>
    /// In the middle both sides are stopped and started. Alertmanager forgets its alerts and its clocks then: alerts that are sent again open their groups anew. Ours keeps both, so
    /// the moments after the restart differ by up to an interval, and an end that nobody was told of before it is told here alone. Nothing that Alertmanager tells may be missing.
    /// </summary>
    [AlertmanagerFact]
    public async Task Play_RestartInTheMiddle_TellsAllThatAlertmanagerTells()
    {
        IReadOnlyList<(Scenario Scenario, RoutingModel Routing)> chosen = await ChooseAsync(60, DateTimeOffset.UtcNow, from: 10_000, s => s.Steps.All(step => step.At < QuietFrom && step.Until < QuietFrom));
        DateTimeOffset start = default;
        ILookup<int, Told> real = await RealAlertmanager.PlayAsync([.. chosen.Select(c => c.Scenario)], at => start = at, RestartAt);
        var differing = new List<string>();
        foreach ((Scenario scenario, RoutingModel routing) in chosen)
        {
            IReadOnlyList<Told> own = await OnSqliteAsync(scenario, routing, start, RestartAt);
            IReadOnlyList<string> before = Told.Differences(real[scenario.Number].Where(t => t.At < RestartAt - 1), own.Where(t => t.At < RestartAt - 1), until: RestartAt - 1);
            string[] after = [.. Known(real[scenario.Number], scenario).Except(Known(own, scenario)).Select(k => $"not known here: {k}"), .. Known(own, scenario).Except(Known(real[scenario.Number], scenario)).Select(k => $"not known there: {k}")];
            if (before.Count + after.Length > 0) differing.Add($"scenario {scenario.Number}\n  " + string.Join("\n  ", [.. before, .. after]));
        }

        Assert.True(differing.Count == 0, $"{differing.Count} of {chosen.Count} differ\n" + string.Join('\n', differing));
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

    /// <summary>A difference counts when it is there again in a second run: real time has its accidents.</summary>
    private static async Task<IReadOnlyList<string>> DifferingAsync(IReadOnlyList<(Scenario Scenario, RoutingModel Routing)> chosen)
    {
        var texts = new List<string>();
        for (int run = 0; run < 2 && chosen.Count > 0; run++)
        {
            DateTimeOffset start = default;
            ILookup<int, Told> real = await RealAlertmanager.PlayAsync([.. chosen.Select(c => c.Scenario)], at => start = at);
            texts.Clear();
            var again = new List<(Scenario, RoutingModel)>();
            foreach ((Scenario scenario, RoutingModel routing) in chosen)
            {
                IReadOnlyList<string> differences = Told.Differences(real[scenario.Number], await OnSqliteAsync(scenario, routing, start));
                if (differences.Count == 0) continue;
                again.Add((scenario, routing));
                texts.Add($"scenario {scenario.Number}\n  " + string.Join("\n  ", differences));
            }

            chosen = again;
        }

        return texts;
    }

    private static async Task<IReadOnlyList<Told>> OnSqliteAsync(Scenario scenario, RoutingModel routing, DateTimeOffset start, double restartAt = double.PositiveInfinity)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-played-");
        await using (var store = new SqliteRiskStore(Path.Combine(folder.FullName, "risk.db")))
        {
            await store.InitializeAsync(CancellationToken.None);
            return await OwnAlerting.PlayAsync(scenario, routing, start, store, restartAt);
        }
    }

    /// <summary>Scenarios that our reader takes, in which something is told, and in which a little delay changes nothing.</summary>
    private static async Task<IReadOnlyList<(Scenario Scenario, RoutingModel Routing)>> ChooseAsync(int count, DateTimeOffset now, int from = 1, Func<Scenario, bool>? isWanted = null)
    {
        var chosen = new List<(Scenario, RoutingModel)>();
        for (int number = from; chosen.Count < count; number++)
        {
            Scenario scenario = new ScenarioGenerator(number, now).Make();
            if (isWanted?.Invoke(scenario) == false) continue;
            if (OwnAlerting.Read(scenario) is not { } routing) continue;
            IReadOnlyList<Told> plain = await OwnAlerting.PlayAsync(scenario, routing, now, new FakeStore());
            if (plain.Count > 0 && await IsSteadyAsync(scenario, routing, plain, now)) chosen.Add((scenario, routing));
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
}
