using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private static readonly SourceId Sdn = new("ofac-sdn"), Un = new("un-sc");

    [Fact]
    public async Task ScreenedList_SavedAgain_Replaces()
    {
        var first = new ScreenedList(Sdn, T0, Day(-1), new string('a', 64), "1+aa", 7, [1, 2, 3]);
        ScreenedList second = first with { At = Day(1), PublishedAt = null, Entries = [4] };
        await WriteAsync(s => s.Screening.SaveListAsync(first, None));
        AssertSame(first, await ReadAsync(s => s.Screening.ListAsync(Sdn, None)));
        await WriteAsync(s => s.Screening.SaveListAsync(second, None));

        AssertSame(new[] { second }, await ReadAsync(s => s.Screening.ListsAsync(None)));
        Assert.Null(await ReadAsync(s => s.Screening.ListAsync(Un, None)));
    }

    [Fact]
    public async Task OfSupplier_OnAnyDay_IsTheLastPassThatSawTheSupplierAsItWas()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        long first = (await ReadAsync(s => s.Suppliers.StampAsync(None))).Version;
        await WriteAsync(s => s.Screening.AddPassAsync(Pass(Day(1), first), None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(Changed(Supplier(A, "Renamed GmbH")), Day(2), None));
        await WriteAsync(s => s.Screening.AddPassAsync(Pass(Day(2.5), first), None));
        long second = (await ReadAsync(s => s.Suppliers.StampAsync(None))).Version;
        await WriteAsync(s => s.Screening.AddPassAsync(Pass(Day(3), second), None));

        Assert.Empty(await At(Day(0.5)));
        Assert.Equal(Day(1), Assert.Single(await At(Day(1.5))).Screened?.At);
        // Renamed, and no pass has seen the new name: not even the one that began before and ended after.
        Assert.Null(Assert.Single(await At(Day(2.7))).Screened);
        Assert.Equal(Day(3), Assert.Single(await At(null)).Screened?.At);
        Assert.Equal(Day(1), Assert.Single(await At(Day(1.5))).Screened?.At);

        Task<IReadOnlyList<SupplierScreening>> At(DateTimeOffset? at) => ReadAsync(s => s.Screening.OfSupplierAsync(A, at, None));
    }

    [Fact]
    public async Task OfSupplier_ChangeThatIsNotCompared_LeavesItScreened()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        await WriteAsync(async s => await s.Screening.AddPassAsync(Pass(Day(1), (await s.Suppliers.StampAsync(None)).Version), None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(Changed(Supplier(A) with { Tier = 4 }), Day(2), None));

        Assert.Equal(Day(1), Assert.Single(await ReadAsync(s => s.Screening.OfSupplierAsync(A, null, None))).Screened?.At);
    }

    [Fact]
    public async Task OfSupplier_FailedAttempts_AreToldBesideTheLastScreen()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        await WriteAsync(async s =>
        {
            await s.Screening.AddPassAsync(Pass(Day(1), 99), None);
            await s.Screening.AddPassAsync(Pass(Day(2), 0) with { Failure = "shrunk" }, None);
            await s.Screening.AddPassAsync(Pass(Day(2.1), 0) with { Failure = "timeout" }, None);
        });

        SupplierScreening failing = Assert.Single(await ReadAsync(s => s.Screening.OfSupplierAsync(A, null, None)));
        Assert.Equal((Day(1), Day(2), "timeout"), (failing.Screened!.At, failing.FailedSince!.At, failing.LastFailure!.Failure));
        Assert.Null(Assert.Single(await ReadAsync(s => s.Screening.OfSupplierAsync(A, Day(1.5), None))).FailedSince);
        await WriteAsync(s => s.Screening.AddPassAsync(Pass(Day(3), 99), None));
        Assert.Null(Assert.Single(await ReadAsync(s => s.Screening.OfSupplierAsync(A, null, None))).FailedSince);
    }

    [Fact]
    public async Task AddPass_EveryFewMinutes_KeepsOfPastDaysWhatTheyAreAskedFor()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        DateTimeOffset day = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);
        for (int hour = 0; hour < 72; hour++)
        {
            // A new list in the middle of the second day.
            ScreeningPass pass = Pass(day.AddHours(hour), 99) with { Files = [new ScreenedFile("list", hour < 36 ? "old" : "new")] };
            await WriteAsync(s => s.Screening.AddPassAsync(pass, None));
        }

        Assert.Equal(("old", day.AddHours(23)), await At(day.AddHours(23.5)));
        Assert.Equal("old", (await At(day.AddHours(35.9))).File);
        Assert.Equal(("new", day.AddHours(36)), await At(day.AddHours(36.5)));
        Assert.Equal(("new", day.AddHours(47)), await At(day.AddHours(47.5)));
        Assert.Equal(("new", day.AddHours(71)), await At(null));

        // All of today's are left, and of each past day the first, the last, and where the list changed.
        int left = 0;
        for (int hour = 0; hour < 72; hour++) left += (await At(day.AddHours(hour))).At == day.AddHours(hour) ? 1 : 0;
        Assert.Equal(24 + 5, left);

        async Task<(string File, DateTimeOffset At)> At(DateTimeOffset? at)
        {
            ScreeningPass pass = Assert.Single(await ReadAsync(s => s.Screening.OfSupplierAsync(A, at, None))).Screened!;
            return (pass.Files[0].Sha256, pass.At);
        }
    }

    [Fact]
    public async Task Matches_BegunAndEnded_AreKnownForEveryInstant()
    {
        StoredMatch match = Match(A, "sdn-1", Day(1));
        long id = 0;
        await WriteAsync(async s => id = Assert.Single(await s.Screening.BeginAsync([match], None)));
        AssertSame(match with { Id = id }, await ReadAsync(s => s.Screening.FindStandingAsync(A, Sdn, "sdn-1", None)));
        await WriteAsync(s => s.Screening.EndAsync([id], "gone", Day(3), None));

        Assert.Empty(await ReadAsync(s => s.Screening.MatchesAsync(A, Day(0.9), None)));
        Assert.Single(await ReadAsync(s => s.Screening.MatchesAsync(A, Day(2), None)));
        Assert.Empty(await ReadAsync(s => s.Screening.MatchesAsync(A, Day(3), None)));
        Assert.Empty(await ReadAsync(s => s.Screening.StandingAsync(Sdn, None)));
        Assert.Null(await ReadAsync(s => s.Screening.FindStandingAsync(A, Sdn, "sdn-1", None)));
    }

    [Fact]
    public async Task Decisions_StandUntilTheyEnd_OneForAPair()
    {
        MatchDecision first = Decision("d1", Day(1), Day(10)), second = Decision("d2", Day(2), null) with { Entry = "sdn-2" };
        await WriteAsync(async s =>
        {
            await s.Screening.AddDecisionAsync(first, None);
            await s.Screening.AddDecisionAsync(second, None);
        });
        AssertSame(new[] { second, first }, await ReadAsync(s => s.Screening.DecisionsAsync(false, None)));
        await Assert.ThrowsAsync<StoreException>(() => WriteAsync(s => s.Screening.AddDecisionAsync(first with { Id = "d3" }, None)));
        Assert.Empty(await ReadAsync(s => s.Screening.ExpiredAsync(Day(9.9), None)));
        Assert.Equal(["d1"], (await ReadAsync(s => s.Screening.ExpiredAsync(Day(10), None))).Select(d => d.Id));
        await WriteAsync(s => s.Screening.EndDecisionAsync("d1", "over", Day(10), None));

        Assert.Empty(await ReadAsync(s => s.Screening.ExpiredAsync(Day(11), None)));
        Assert.Equal(["d2"], (await ReadAsync(s => s.Screening.DecisionsAsync(false, None))).Select(d => d.Id));
        AssertSame(first with { EndedAt = Day(10), Ended = "over" }, await ReadAsync(s => s.Screening.FindDecisionAsync("d1", None)));
        await WriteAsync(s => s.Screening.AddDecisionAsync(first with { Id = "d3" }, None));
    }

    [Fact]
    public async Task RemoveBefore_TakesWhatEndedBefore_AndLeavesWhatStands()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        await WriteAsync(async s =>
        {
            await s.Screening.AddPassAsync(Pass(Day(1), 99), None);
            await s.Screening.AddPassAsync(Pass(Day(2), 99) with { Hits = 1 }, None);
            await s.Screening.AddPassAsync(Pass(Day(1), 99) with { Source = Un }, None);
            IReadOnlyList<long> ids = await s.Screening.BeginAsync([Match(A, "sdn-1", Day(1)), Match(A, "sdn-2", Day(1))], None);
            await s.Screening.EndAsync([ids[0]], "gone", Day(2), None);
            await s.Screening.AddDecisionAsync(Decision("d1", Day(1), null), None);
            await s.Screening.EndDecisionAsync("d1", "over", Day(2), None);
            await s.Screening.AddDecisionAsync(Decision("d2", Day(2), null), None);
        });
        await WriteAsync(async s => Assert.Equal(new RemovedScreenings(1, 1, 1), await s.Screening.RemoveBeforeAsync(Day(3), None)));

        Assert.Equal([Day(2), Day(1)], (await ReadAsync(s => s.Screening.OfSupplierAsync(A, null, None))).Select(p => p.Screened!.At));
        Assert.Equal(["sdn-2"], (await ReadAsync(s => s.Screening.StandingAsync(Sdn, None))).Select(m => m.Entry));
        Assert.Equal(["d2"], (await ReadAsync(s => s.Screening.DecisionsAsync(true, None))).Select(d => d.Id));
    }

    [Fact]
    public async Task ChangedSince_TellsWhoCameOrChanged()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        long version = (await ReadAsync(s => s.Suppliers.StampAsync(None))).Version;
        Assert.Empty(await ReadAsync(s => s.Suppliers.ChangedSinceAsync(version, None)));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new SupplierChanges([Supplier(C)], [Supplier(A, "Renamed")], [B]), Day(1), None));

        Assert.Equal([A, C], await ReadAsync(s => s.Suppliers.ChangedSinceAsync(version, None)));
    }

    private static ScreeningPass Pass(DateTimeOffset at, long portfolio) => new(Sdn, at, [new ScreenedFile("sdn.csv", "ab")], Day(-1), "1+aa", portfolio, 1, 100, 0, 0, 0, "");

    private static ComparedFields Compared => new(["Acme GmbH"], "DE", ["lei 529900T8BM49AURSDO55"], ["ACME"], ["RU"], ["tax 123456 (RU)"]);

    private static StoredMatch Match(SupplierId supplier, string entry, DateTimeOffset since) => new(
        0, supplier, Sdn, entry, since, null, "", StoredMatchResult.Possible, null,
        new MatchContent(Event(supplier, entry, since) with { Source = Sdn, Name = "sanction" }, Compared, "the list", "ACME", "Acme GmbH", 0.75, 5, "fp", "1+aa", ""));

    private static MatchDecision Decision(string id, DateTimeOffset at, DateTimeOffset? until) => new(id, A, Sdn, "sdn-1", MatchVerdict.FalsePositive, "Ada", "another party", at, until, Compared, null, "");
}
