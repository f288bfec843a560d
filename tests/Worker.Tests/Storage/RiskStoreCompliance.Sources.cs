using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    [Fact]
    public async Task SourceState_Saved_ComesBack()
    {
        var failed = new SourceState(Kev, Day(1), T0, "the list shrank", FailureKind.Shrunk, 2, Day(2), "cursor-1");
        var fresh = new SourceState(Kpi, null, null, null, null, 0, null, null);
        await WriteAsync(async s =>
        {
            await s.Sources.SaveAsync(failed, None);
            await s.Sources.SaveAsync(fresh, None);
        });

        Assert.Equal(failed, await ReadAsync(s => s.Sources.FindAsync(Kev, None)));
        Assert.Equal([failed, fresh], await ReadAsync(s => s.Sources.ListAsync(None)));
        Assert.Null(await ReadAsync(s => s.Sources.FindAsync(new SourceId("gleif"), None)));
    }

    [Fact]
    public async Task SourceState_SavedWithAnOlderCheckpoint_KeepsTheStoredOne()
    {
        await WriteAsync(s => s.Sources.SetCheckpointAsync(Kev, "2", None));
        await WriteAsync(s => s.Sources.SaveAsync(new SourceState(Kev, T0, T0, null, null, 0, null, "1"), None));

        Assert.Equal("2", (await ReadAsync(s => s.Sources.FindAsync(Kev, None)))!.Checkpoint);
    }

    [Fact]
    public async Task SourceRuns_NewestFirst_AtMostAsked()
    {
        SourceRun Run(int day) => new(Kev, Day(day), Day(day).AddMinutes(1), day != 1, day == 1 ? "timeout" : "", 10, 1, 2, 3, 4, 5, 6, """{"no date":1}""");
        await WriteAsync(async s =>
        {
            foreach (int day in new[] { 0, 2, 1 }) await s.Sources.AddRunAsync(Run(day), None);
        });

        Assert.Equal([Run(2), Run(1)], await ReadAsync(s => s.Sources.RunsAsync(Kev, 2, None)));
    }

    [Fact]
    public async Task LastChecks_PerSupplierAndWhole_LaterOneCounts()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None);
            await s.Suppliers.ApplyAsync(Added(Supplier(C)), Day(3), None);
            await s.Sources.RecordCheckAsync(Kev, null, Day(1), None);
            await s.Sources.RecordCheckAsync(Kev, null, Day(2), None);
            await s.Sources.RecordCheckAsync(Kev, A, Day(4), None);
            await s.Sources.RecordCheckAsync(Kpi, B, Day(1), None);
            await s.Sources.RecordCheckAsync(Kpi, B, Day(1), None);
        });

        async Task<string> ChecksAsync(DateTimeOffset? asOf) => await ReadAsync(async s =>
        {
            IReadOnlyList<StoredSupplier> suppliers = await s.Suppliers.ListAsync(asOf, None);
            var checks = await s.Sources.LastChecksAsync(suppliers, asOf, None);
            return string.Join(" ", suppliers.Select(x => x.Supplier.Id + ":" + string.Join(",", checks[x.Supplier.Id].OrderBy(c => c.Key).Select(c => c.Key + "@" + (c.Value - T0).Days))));
        });
        // C came after the whole-portfolio checks: they did not see it.
        Assert.Equal("A:cisa-kev@4 B:cisa-kev@2,kpi-file@1 C:", await ChecksAsync(null));
        Assert.Equal("A:cisa-kev@1 B:cisa-kev@1,kpi-file@1", await ChecksAsync(Day(1)));
        Assert.Equal("A: B:", await ChecksAsync(Day(0.5)));
    }

    [Fact]
    public async Task LastChecks_PortfolioChangeThatNoListSees_KeepsTheWholeCheck()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None);
            await s.Sources.RecordCheckAsync(Kev, null, Day(1), None);
            await s.Suppliers.ApplyAsync(Changed(Supplier(A) with { Owner = "new@example.org", AnnualSpend = 7, Tags = ["x"], Contract = null, Tier = 4 }), Day(2), None);
        });

        StoredSupplier stored = (await ReadAsync(s => s.Suppliers.FindAsync(A, null, None)))!;
        Assert.Equal((Day(2), T0), (stored.KnownSince, stored.IdentitySince));
        Assert.Equal(Day(1), await LastKevCheckAsync(null));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("aliases")]
    [InlineData("country")]
    [InlineData("identifiers")]
    [InlineData("products")]
    public async Task LastChecks_ChangeOfWhatListsMatchOn_AsksForAnotherCheck(string field)
    {
        Supplier before = Supplier(A);
        Supplier after = field switch
        {
            "name" => before with { Name = "Other AG" },
            "aliases" => before with { Aliases = ["Acme"] },
            "country" => before with { Country = "FR" },
            "identifiers" => before with { Identifiers = before.Identifiers.Remove("cik") },
            _ => before with { Products = ["router", "switch"] },
        };
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(before), T0, None);
            await s.Sources.RecordCheckAsync(Kev, null, Day(1), None);
            await s.Suppliers.ApplyAsync(Changed(after), Day(2), None);
            await s.Suppliers.ApplyAsync(Changed(after with { Owner = "later@example.org" }), Day(3), None);
        });

        Assert.Equal(Day(2), (await ReadAsync(s => s.Suppliers.FindAsync(A, null, None)))!.IdentitySince);
        Assert.Null(await LastKevCheckAsync(null));
        // As it was known before the change, the check counted.
        Assert.Equal(Day(1), await LastKevCheckAsync(Day(1.5)));
        await WriteAsync(s => s.Sources.RecordCheckAsync(Kev, null, Day(4), None));
        Assert.Equal(Day(4), await LastKevCheckAsync(null));
    }

    [Fact]
    public async Task LastChecks_SupplierThatWasAway_CountsAsNew()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None);
            await s.Suppliers.ApplyAsync(new SupplierChanges([], [], [A]), Day(1), None);
            await s.Sources.RecordCheckAsync(Kev, null, Day(2), None);
            await s.Suppliers.ApplyAsync(Added(Supplier(A)), Day(3), None);
        });

        Assert.Equal(Day(3), (await ReadAsync(s => s.Suppliers.FindAsync(A, null, None)))!.IdentitySince);
        Assert.Null(await LastKevCheckAsync(null));
    }

    [Fact]
    public async Task RecordCheck_NextDay_KeepsTheLastOfTheDayBefore()
    {
        // T0 is 08:00; the checks are at 08:00, 14:00 and 20:00 of each day.
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A)), Day(-1), None);
            foreach (double day in new[] { 0, 0.25, 0.5, 1, 1.25, 4, 4.25 }) await s.Sources.RecordCheckAsync(Kev, null, Day(day), None);
        });

        Assert.Equal(Day(4), await LastKevCheckAsync(Day(4.1)));
        Assert.Equal(Day(1.25), await LastKevCheckAsync(Day(3)));
        Assert.Null(await LastKevCheckAsync(Day(1.1 - 1)));
        Assert.Equal(Day(0.5), await LastKevCheckAsync(Day(1.1)));
    }

    private async Task<DateTimeOffset?> LastKevCheckAsync(DateTimeOffset? asOf) => await ReadAsync(async s =>
    {
        StoredSupplier stored = (await s.Suppliers.FindAsync(A, asOf, None))!;
        var checks = await s.Sources.LastChecksAsync([stored], asOf, None);
        return checks[A].TryGetValue(Kev, out DateTimeOffset at) ? at : (DateTimeOffset?)null;
    });

    [Fact]
    public async Task Snapshots_LatestAccepted_IsLastGood()
    {
        Snapshot first = Snapshot(new string('1', 64), T0), second = Snapshot(new string('2', 64), Day(1)) with { PublishedAt = null };
        Assert.Null(await ReadAsync(s => s.Sources.LastGoodAsync(Kev, "kev.json", None)));
        await WriteAsync(s => s.Sources.AcceptSnapshotAsync(first, T0, None));
        await WriteAsync(s => s.Sources.AcceptSnapshotAsync(second, Day(1), None));

        Assert.Equal(second, await ReadAsync(s => s.Sources.LastGoodAsync(Kev, "kev.json", None)));
        Assert.Null(await ReadAsync(s => s.Sources.LastGoodAsync(Kev, "other.csv", None)));
        Assert.Equal([second, first], await ReadAsync(s => s.Sources.SnapshotsAsync(Kev, None)));
    }

    [Fact]
    public async Task AcceptSnapshot_SameBytesAgain_RenewsTheRow()
    {
        await WriteAsync(s => s.Sources.AcceptSnapshotAsync(Snapshot(new string('1', 64), T0), T0, None));
        Snapshot again = Snapshot(new string('1', 64), Day(1)) with { ETag = "\"e2\"" };

        await WriteAsync(s => s.Sources.AcceptSnapshotAsync(again, Day(1), None));

        Assert.Equal([again], await ReadAsync(s => s.Sources.SnapshotsAsync(Kev, None)));
        Assert.Single(await ReadAsync(s => s.Ledger.ReadAsync(0, 10, None)));
    }
}
