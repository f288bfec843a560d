using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.RuleFiles;
using Risk.Worker.Storage;

namespace Risk.Worker.Benchmarks;

/// <param name="AtOnce">Messages stored by the first look.</param>
/// <param name="Later">Messages stored by the looks of the next two days: tables and digests.</param>
/// <param name="MostPerPerson">Most messages that one person got at once.</param>
/// <param name="Seconds">What the first look took.</param>
/// <param name="PerSecond">Messages a second, decided, rendered, stored and written to the ledger.</param>
/// <param name="AttemptsPerSecond">Messages a second, taken from the store, handed over, with the outcome and its ledger entry stored.</param>
/// <param name="PeakMegabytes">Most memory of the process until the first look was over.</param>
/// <param name="Lost">Alerts that no message tells.</param>
internal sealed record AlertBenchResult(string Scenario, int Alerts, int People, int AtOnce, int Later, int MostPerPerson, double Seconds, double PerSecond, double AttemptsPerSecond, long PeakMegabytes, int Lost);

/// <summary>Ten thousand alerts for two hundred people, raised at once.</summary>
internal static class AlertBench
{
    public const int Alerts = 10_000, People = 200;

    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private const string Limits = "people: {digest: daily at 08:00, most_per_hour: 10, most_per_day: 20, burst: {more_than: 5, within: 10m}}\n";

    /// <summary>What is measured: a name and the settings of routing.yaml.</summary>
    public static ImmutableArray<(string Name, string Settings)> Scenarios { get; } = [("within limits", Limits), ("each alert its own mail", "")];

    /// <param name="store">A new one.</param>
    /// <param name="clock">For protocol timestamps.</param>
    /// <param name="outbox">Folder that takes the messages.</param>
    public static async Task<AlertBenchResult> RunAsync(string name, string settings, IRiskStore store, TimeProvider clock, string outbox, CancellationToken cancellationToken)
    {
        RoutingModel routing = Routing(settings);
        ReceiverChannels channels = ReceiverChannels.Discover();
        var dispatcher = new AlertDispatcher(routing, channels);
        await RaiseAsync(store, dispatcher, cancellationToken).ConfigureAwait(false);
        GC.Collect();
        long start = clock.GetTimestamp();
        int atOnce = await FlushAsync(store, dispatcher, At, cancellationToken).ConfigureAwait(false);
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        using Process self = Process.GetCurrentProcess();
        long peak = self.PeakWorkingSet64;
        IReadOnlyList<Storage.Delivery> first = await ListAsync(store, cancellationToken).ConfigureAwait(false);
        var services = new ChannelServices(clock, new SecretReader(outbox, static _ => null), outbox);
        var attempt = new DeliveryAttempt(new DeliverySender(routing, channels, services, outbox), dispatcher, NullLogger<DeliveryAttempt>.Instance);
        start = clock.GetTimestamp();
        foreach (Storage.Delivery delivery in first) await attempt.RunAsync(store, delivery.Id, At, cancellationToken).ConfigureAwait(false);
        double attempts = first.Count / clock.GetElapsedTime(start).TotalSeconds;
        int later = 0;
        for (int minutes = 10; minutes <= 2 * 24 * 60; minutes += 10) later += await FlushAsync(store, dispatcher, At.AddMinutes(minutes), cancellationToken).ConfigureAwait(false);
        HashSet<string> told = [.. (await ListAsync(store, cancellationToken).ConfigureAwait(false)).SelectMany(d => d.Episodes)];
        return new AlertBenchResult(
            name, Alerts, People, atOnce, later, first.GroupBy(d => d.Recipient).Max(g => g.Count()), seconds, atOnce / seconds, attempts, peak >> 20, Enumerable.Range(0, Alerts).Count(i => !told.Contains(Episode(i))));
    }

    private static async Task RaiseAsync(IRiskStore store, AlertDispatcher dispatcher, CancellationToken cancellationToken)
    {
        foreach (int[] some in Enumerable.Range(0, Alerts).Chunk(1_000))
        {
            IStoreSession session = await store.WriteAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await session.Suppliers.ApplyAsync(new SupplierChanges([.. some.Select(Supplier)], [], []), At, cancellationToken).ConfigureAwait(false);
                AlertTransition[] opened = [.. some.Select(i => new AlertTransition(AlertTransitionKind.Opened, Alert(i)))];
                await session.Alerts.SaveAsync(opened, At, cancellationToken).ConfigureAwait(false);
                await dispatcher.OnTransitionsAsync(session, opened, At, cancellationToken).ConfigureAwait(false);
                await session.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<int> FlushAsync(IRiskStore store, AlertDispatcher dispatcher, DateTimeOffset at, CancellationToken cancellationToken)
    {
        int told = 0;
        for (string? after = ""; after is not null;)
        {
            IStoreSession session = await store.WriteAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                (IReadOnlyList<string> ids, after) = await dispatcher.FlushSomeAsync(session, at, everythingNow: false, after, cancellationToken).ConfigureAwait(false);
                await session.CommitAsync(cancellationToken).ConfigureAwait(false);
                told += ids.Count;
            }
        }

        return told;
    }

    private static async Task<IReadOnlyList<Storage.Delivery>> ListAsync(IRiskStore store, CancellationToken cancellationToken)
    {
        IStoreSession session = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false)) return await session.Deliveries.ListAsync(null, int.MaxValue, cancellationToken).ConfigureAwait(false);
    }

    private static RoutingModel Routing(string settings)
    {
        string yaml = "schema: routing/1\nglobal: {smtp_smarthost: \"127.0.0.1:25\", smtp_from: risk@bench.example}\nroute: {receiver: owners, group_by: [supplier], group_wait: 0s, repeat_interval: 30d}\n" + settings
            + "receivers: [{name: owners, email_configs: [{to: \"{supplier.owner}\", fallback_to: desk@bench.example}]}]\n";
        return new RoutingReader(ReceiverChannels.Discover(), RoutingVocabulary.Basic).Read(YamlReader.Read(yaml, "routing.yaml", new DiagnosticBag())).Model!;
    }

    private static Supplier Supplier(int i) => new()
    {
        Id = new SupplierId(Text("S{0:00000}", i)), Name = Text("Made-up Castings and Components No {0}", i), Country = "DE", Tier = 1 + (i % 4), Category = "castings", Owner = Text("person{0:000}@bench.example", i % People), AnnualSpend = 1_000 + i, Currency = "EUR",
    };

    private static Alert Alert(int i) => new()
    {
        EpisodeId = Episode(i), Supplier = new SupplierId(Text("S{0:00000}", i)), Rule = "B-1", Kind = AlertKind.Risk, Severity = i % 100 == 0 ? Severity.Critical : (Severity)(i % 3),
        Labels = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("rule", "B-1"), KeyValuePair.Create("category", "operational"), KeyValuePair.Create("kind", AlertKind.Risk), KeyValuePair.Create("severity", "high"), KeyValuePair.Create("supplier", Text("S{0:00000}", i))]),
        Title = "Deliveries late", Message = Text("Made-up Castings and Components No {0}: 81 % of the deliveries on time against 95 % agreed", i), Next = "Ask for a recovery plan", StartsAt = At, Points = 20, ScoreBefore = 31, ScoreAfter = 47, BandBefore = Band.Guarded, BandAfter = Band.Elevated,
        Evidence = [.. Enumerable.Range(0, 3).Select(e => new FindingEvidence("metrics.otd", new SourceId("made-up"), At.AddDays(-e), At, "https://files.bench.example/kpi.csv", "2026-02, on time, 0.81"))],
    };

    private static string Episode(int i) => Text("bench{0:000000000000000000000}", i);

    private static string Text(string format, int number) => string.Format(CultureInfo.InvariantCulture, format, number);
}
