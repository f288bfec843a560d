using Risk.Rules.Suppliers;
using Risk.Rules.Signals;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    [Fact]
    public async Task HistoryStart_OfAnEmptyStore_IsNone()
    {
        Assert.Null(await ReadAsync(s => s.History.StartAsync(None)));
        Assert.Empty(await ReadAsync(s => s.History.SuppliersAsync(T0, Day(9), None)));
        Assert.Empty(await ReadAsync(s => s.History.WholeChecksAsync(T0, Day(9), None)));
    }

    [Fact]
    public async Task HistorySuppliers_InTheSpan_AreThoseInForceAtSomeInstantOfIt()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(B), Supplier(A)), T0, None);
            await s.Suppliers.ApplyAsync(new SupplierChanges([], [], [A]), Day(3), None);
            await s.Suppliers.ApplyAsync(Added(Supplier(C)), Day(5), None);
        });

        Assert.Equal(T0, await ReadAsync(s => s.History.StartAsync(None)));
        Assert.Equal([A, B], await Ids(T0, Day(2)));
        Assert.Equal([A, B, C], await Ids(Day(1), Day(5)));
        // Retired at day 3 means: at day 3 no longer there.
        Assert.Equal([B], await Ids(Day(3), Day(4)));
        Assert.Empty(await Ids(Day(-2), Day(-1)));

        Task<IReadOnlyList<SupplierId>> Ids(DateTimeOffset from, DateTimeOffset to) => ReadAsync(s => s.History.SuppliersAsync(from, to, None));
    }

    [Fact]
    public async Task HistoryVersions_OfASupplier_MeetAndEndWithItsRetirement()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None);
            await s.Suppliers.ApplyAsync(Changed(Supplier(A) with { Tier = 4 }), Day(2), None);
            await s.Suppliers.ApplyAsync(Changed(Supplier(A, "Other Ltd") with { Tier = 4 }), Day(4), None);
            await s.Suppliers.ApplyAsync(new SupplierChanges([], [], [A]), Day(6), None);
        });

        Assert.Equal([(1, T0, Day(2), T0), (4, Day(2), Day(4), T0), (4, Day(4), Day(6), Day(4))], await Versions(T0, Day(9)));
        Assert.Equal([(4, Day(2), Day(4), T0)], await Versions(Day(2), Day(3)));
        Assert.Empty(await ReadAsync(s => s.History.LoadAsync([A, B], Day(6), Day(9), None)));

        async Task<(int, DateTimeOffset, DateTimeOffset?, DateTimeOffset)[]> Versions(DateTimeOffset from, DateTimeOffset to) =>
            [.. Assert.Single(await ReadAsync(s => s.History.LoadAsync([A, B], from, to, None))).Versions.Select(v => (v.Supplier.Tier, v.From, v.Until, v.IdentitySince))];
    }

    [Fact]
    public async Task HistorySignals_InTheSpan_AreThoseInForceAtItsStartAndAllThatCame()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        await RecordAsync(Kev, T0, null, Event(A, "1", T0, "first"), Event(A, "gone", T0, "taken back before"), Event(B, "1", T0, "of another"));
        await RecordAsync(Kev, Day(1), null, Event(A, "gone", Day(1), "taken back before") with { Withdrawn = true });
        await RecordAsync(Kev, Day(2), null, Event(A, "1", Day(2), "second"));
        await RecordAsync(Kpi, Day(3), null, Metric(A, 0.9, Day(2), Day(3)));
        await RecordAsync(Kev, Day(4), null, Event(A, "1", Day(4), "second") with { Withdrawn = true });
        await RecordAsync(Kev, Day(6), null, Event(A, "1", Day(6), "too late"));

        Assert.Equal(["0 first", "2 second", "3 0.9", "4 -second"], await Told(Day(1), Day(5)));
        Assert.Equal(["2 second", "3 0.9", "4 -second"], await Told(Day(3), Day(5)));
        // What was taken back at or before the start is not in force then.
        Assert.Equal(["3 0.9"], await Told(Day(4), Day(5)));

        async Task<string[]> Told(DateTimeOffset from, DateTimeOffset to) =>
        [
            .. Assert.Single(await ReadAsync(s => s.History.LoadAsync([A], from, to, None))).Signals.Select(signal => FormattableString.Invariant(
                $"{(signal.ObservedAt - T0).TotalDays} {(signal.Withdrawn ? "-" : "")}{(signal is EventSignal happening ? happening.Title : ((MetricSignal)signal).Value)}")),
        ];
    }

    [Fact]
    public async Task HistorySignals_ReadBack_SayAllThatWasRecorded()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        Signal[] signals = [Event(A, "1", T0), Metric(A, 0.91, Day(-2), T0), Fact(A, "registry_status", FactValue.Of("active"), T0)];
        foreach (var ofSource in signals.GroupBy(s => s.Source)) await RecordAsync(ofSource.Key, T0, null, [.. ofSource]);

        SupplierHistory history = Assert.Single(await ReadAsync(s => s.History.LoadAsync([A], T0, Day(1), None)));

        Assert.Equal(signals.OrderBy(s => s.Source).ThenBy(s => s.Name, StringComparer.Ordinal), history.Signals.OrderBy(s => s.Source).ThenBy(s => s.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task HistoryChecks_InTheSpan_AreEachSourcesLastOneBeforeAndAllThatCame()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None);
            foreach (int day in (int[])[0, 1, 2, 3, 4])
            {
                await s.Sources.RecordCheckAsync(Kev, null, Day(day), None);
                await s.Sources.RecordCheckAsync(Kpi, A, Day(day + 0.5), None);
            }

            await s.Sources.RecordCheckAsync(Kev, A, Day(1.2), None);
            await s.Sources.RecordCheckAsync(Kpi, B, T0, None);
        });

        Assert.Equal([new(Kev, Day(1.2)), new(Kpi, Day(1.5)), new(Kpi, Day(2.5)), new(Kpi, Day(3.5))], await Own(A, Day(2)));
        Assert.Equal([new(Kpi, T0)], await Own(B, Day(2)));
        IEnumerable<SourceCheck> whole = await ReadAsync(s => s.History.WholeChecksAsync(Day(2), Day(3.5), None));
        Assert.Equal([new(Kev, Day(2)), new(Kev, Day(3))], whole);

        async Task<IEnumerable<SourceCheck>> Own(SupplierId supplier, DateTimeOffset from) => Assert.Single(await ReadAsync(s => s.History.LoadAsync([supplier], from, Day(3.5), None))).Checks;
    }
}
