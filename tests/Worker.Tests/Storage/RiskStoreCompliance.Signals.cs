using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private async Task<SignalChanges> RecordAsync(SourceId source, DateTimeOffset at, IReadOnlyCollection<SupplierId>? completeFor, params Signal[] signals)
    {
        SignalChanges? changes = null;
        await WriteAsync(async s => changes = await s.Signals.RecordAsync(source, signals, completeFor, at, None));
        return changes!;
    }

    private async Task<Signal[]> SignalsAsync(SupplierId supplier, DateTimeOffset? asOf = null) => [.. (await ReadAsync(s => s.Signals.LoadAsync([supplier], asOf, None)))[supplier]];

    private static (int, int, int, string) Figures(SignalChanges c) => (c.Added, c.Revised, c.Withdrawn, string.Join(",", c.Touched));

    [Fact]
    public async Task Signals_OfEveryKind_ComeBackWhole()
    {
        Signal[] kpis =
        [
            Metric(A, 0.97, Day(-30), T0), Metric(A, double.NaN, Day(-20), T0), Metric(A, double.PositiveInfinity, Day(-10), T0),
            Fact(A, "bool", FactValue.Of(true), T0), Fact(A, "int", FactValue.Of(-7L), T0), Fact(A, "text", FactValue.Of("ACTIVE"), T0), Fact(A, "when", FactValue.Of(T0.AddTicks(3)), T0),
        ];
        EventSignal happening = Event(A, "CVE-1", T0, snapshot: "not-a-hash");
        EventSignal bare = Event(A, "CVE-2", T0, snapshot: new string('c', 64)) with { Amount = null, Due = null, Stage = "", Story = "" };

        await RecordAsync(Kpi, T0, null, kpis);
        await RecordAsync(Kev, T0, null, happening, bare);

        Signal[] expected = [happening, bare, .. kpis];
        Assert.Equal(expected, await SignalsAsync(A));
    }

    [Fact]
    public async Task RecordAsync_SameContentAgain_ChangesNothing()
    {
        Assert.Equal((1, 0, 0, "A"), Figures(await RecordAsync(Kev, T0, null, Event(A, "1", T0))));

        SignalChanges again = await RecordAsync(Kev, Day(1), null, Event(A, "1", Day(1), snapshot: new string('d', 64)));

        Assert.Equal((0, 0, 0, ""), Figures(again));
        Assert.Equal(T0, Assert.Single(await SignalsAsync(A)).ObservedAt);
    }

    [Fact]
    public async Task RecordAsync_ContentChanged_KeepsBothRevisions()
    {
        await RecordAsync(Kev, T0, null, Event(A, "1", T0, "first"));
        Assert.Equal((0, 1, 0, "A"), Figures(await RecordAsync(Kev, Day(2), null, Event(A, "1", Day(2), "second"))));

        Assert.Empty(await SignalsAsync(A, T0.AddTicks(-1)));
        Assert.Equal("first", ((EventSignal)Assert.Single(await SignalsAsync(A, T0))).Title);
        Assert.Equal("first", ((EventSignal)Assert.Single(await SignalsAsync(A, Day(2).AddTicks(-1)))).Title);
        Assert.Equal("second", ((EventSignal)Assert.Single(await SignalsAsync(A, Day(2)))).Title);
        Assert.Equal("second", ((EventSignal)Assert.Single(await SignalsAsync(A))).Title);
    }

    [Fact]
    public async Task RecordAsync_SameKeyTwiceInOneBatch_LastOneCounts()
    {
        Signal[] batch = [Event(A, "1", T0, "first"), Event(A, "1", T0, "second")];
        Assert.Equal((1, 0, 0, "A"), Figures(await RecordAsync(Kev, T0, null, batch)));
        Assert.Equal((0, 0, 0, ""), Figures(await RecordAsync(Kev, Day(1), null, batch)));

        Assert.Equal("second", ((EventSignal)Assert.Single(await SignalsAsync(A))).Title);
    }

    [Fact]
    public async Task RecordAsync_ChangedTwiceAtOneInstant_LastOneCounts()
    {
        await RecordAsync(Kev, T0, null, Event(A, "1", T0, "first"));
        await RecordAsync(Kev, T0, null, Event(A, "1", T0, "second"));

        Assert.Equal("second", ((EventSignal)Assert.Single(await SignalsAsync(A, T0))).Title);
    }

    [Fact]
    public async Task RecordAsync_ObservedInstant_IsTheCalls()
    {
        // What a signal claims about itself does not rewrite what was known when.
        await RecordAsync(Kev, Day(3), null, Event(A, "1", T0));

        Assert.Empty(await SignalsAsync(A, Day(2)));
        Assert.Equal(Day(3), Assert.Single(await SignalsAsync(A)).ObservedAt);
    }

    [Fact]
    public async Task RecordAsync_OtherSourceInBatch_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => RecordAsync(Kpi, T0, null, Event(A, "1", T0)));

    [Fact]
    public async Task RecordAsync_CompleteForAll_WithdrawsWhatIsNotSaidAnyMore()
    {
        await RecordAsync(Kev, T0, [], Event(A, "1", T0), Event(A, "2", T0), Event(B, "1", T0));
        await RecordAsync(Kpi, T0, null, Metric(A, 0.9, T0, T0));

        SignalChanges changes = await RecordAsync(Kev, Day(1), [], Event(A, "2", Day(1)));

        Assert.Equal((0, 0, 2, "A,B"), Figures(changes));
        Assert.Equal(["2", "2026-03-01T08:00:00Z"], (await SignalsAsync(A)).Select(s => s.Key));
        Assert.Empty(await SignalsAsync(B));
        Assert.Single(await SignalsAsync(B, Day(1).AddTicks(-1)));
        Assert.Equal((0, 0, 0, ""), Figures(await RecordAsync(Kev, Day(2), [], Event(A, "2", Day(2)))));
    }

    [Fact]
    public async Task RecordAsync_CompleteForOne_LeavesOthersAlone()
    {
        await RecordAsync(Kev, T0, null, Event(A, "1", T0), Event(B, "1", T0));

        Assert.Equal((0, 0, 1, "A"), Figures(await RecordAsync(Kev, Day(1), [A])));

        Assert.Empty(await SignalsAsync(A));
        Assert.Single(await SignalsAsync(B));
    }

    [Fact]
    public async Task RecordAsync_WithdrawnThenSaidAgain_IsBack()
    {
        await RecordAsync(Kev, T0, [], Event(A, "1", T0));
        await RecordAsync(Kev, Day(1), []);

        Assert.Equal((1, 0, 0, "A"), Figures(await RecordAsync(Kev, Day(2), [], Event(A, "1", Day(2)))));

        Assert.Empty(await SignalsAsync(A, Day(1.5)));
        Assert.Single(await SignalsAsync(A));
    }

    [Fact]
    public async Task RecordAsync_WithdrawnSignal_TakesItBack()
    {
        Assert.Equal((0, 0, 0, ""), Figures(await RecordAsync(Kev, T0, null, Event(A, "1", T0) with { Withdrawn = true })));
        await RecordAsync(Kev, T0, null, Event(A, "1", T0));

        Assert.Equal((0, 0, 1, "A"), Figures(await RecordAsync(Kev, Day(1), null, Event(A, "1", Day(1)) with { Withdrawn = true })));

        Assert.Empty(await SignalsAsync(A));
    }

    [Fact]
    public async Task LoadAsync_ManySuppliers_GroupsThem()
    {
        SupplierId[] ids = [.. Enumerable.Range(0, 1500).Select(i => new SupplierId("S" + i))];
        await RecordAsync(Kev, T0, null, [.. ids.Select(id => Event(id, "1", T0))]);

        ILookup<SupplierId, Signal> found = await ReadAsync(s => s.Signals.LoadAsync(ids, null, None));

        Assert.Equal(1500, found.Count);
        Assert.All(ids, id => Assert.Single(found[id]));
        Assert.Empty(found[A]);
    }

    [Fact]
    public async Task EventsAsync_OfAFeed_AreThoseInForceOfTheSourcesNamed()
    {
        var other = new SourceId("other");
        await RecordAsync(Kev, T0, null, Event(A, "1", T0, "first"), Event(A, "2", T0), Event(B, "1", T0), Event(B, "9", T0) with { Name = "elsewhere" });
        await RecordAsync(other, T0, null, Event(A, "3", T0) with { Source = other });
        await RecordAsync(Kpi, T0, null, Metric(A, 0.97, Day(-30), T0));
        await RecordAsync(Kev, Day(1), null, Event(A, "1", Day(1), "second"), Event(A, "2", Day(1)) with { Withdrawn = true });

        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        IReadOnlyList<EventSignal> found = await ReadAsync(s => s.Signals.EventsAsync("known_exploited", [Kev, Kpi], null, None));

        Assert.Equal(["A 1 second", "B 1 CVE-1 exploited"], found.Select(e => $"{e.Supplier} {e.Id} {e.Title}"));
        Assert.Empty(await ReadAsync(s => s.Signals.EventsAsync("known_exploited", [], null, None)));
    }

    [Fact]
    public async Task EventsAsync_OfAFeed_AreThoseInForceOfSuppliersInForce()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        EventSignal kept = Event(A, "1", T0), other = Event(B, "2", T0), foreign = Event(A, "3", T0) with { Name = "another_feed" };
        await RecordAsync(Kev, T0, null, kept, other, foreign, Event(A, "4", T0), Fact(A, kept.Name, FactValue.Of(true), T0) with { Source = Kev });
        await RecordAsync(Kev, Day(1), null, Event(A, "4", Day(1)) with { Withdrawn = true }, Event(A, "1", Day(1), "changed"));

        Assert.Equal(["A 1 changed", $"B 2 {other.Title}"], await FeedAsync(null));
        Assert.Equal([$"A 1 {kept.Title}", $"A 4 {kept.Title}", $"B 2 {other.Title}"], await FeedAsync(T0));
        Assert.Empty(await FeedAsync(T0.AddTicks(-1)));

        await WriteAsync(s => s.Suppliers.ApplyAsync(new SupplierChanges([], [], [B]), Day(2), None));
        Assert.Equal(["A 1 changed"], await FeedAsync(null));

        async Task<string[]> FeedAsync(DateTimeOffset? asOf) => [.. (await ReadAsync(s => s.Signals.EventsAsync(kept.Name, [Kev], asOf, None))).Select(e => $"{e.Supplier} {e.Id} {e.Title}")];
    }
}
