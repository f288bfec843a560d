using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private Task<IReadOnlyList<SupplierId>> DueAsync(DateTimeOffset at, int limit = 100) => ReadAsync(s => s.Assessments.DueAsync(at, limit, None));

    private async Task<int> AssessAsync(params EvaluationResult[] results)
    {
        int count = 0;
        await WriteAsync(async s => count = await s.Assessments.SaveAsync(results, None));
        return count;
    }

    [Fact]
    public async Task Due_NewChangedRetiredAndTouched_AreDueUntilSaved()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(C), Supplier(A), Supplier(B)), T0, None));
        Assert.Equal([A, B, C], await DueAsync(T0));
        Assert.Equal([A, B], await DueAsync(T0, limit: 2));

        await AssessAsync(Result(A, T0, 10), Result(B, T0, 10), Result(C, T0, 10));
        Assert.Empty(await DueAsync(Day(999)));

        await RecordAsync(Kev, Day(1), null, Event(B, "1", Day(1)));
        Assert.Equal([B], await DueAsync(Day(1)));
        await AssessAsync(Result(B, Day(1), 10));
        await RecordAsync(Kev, Day(2), null, Event(B, "1", Day(2)));
        Assert.Empty(await DueAsync(Day(2)));

        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [Supplier(C, "new name")], [A]), Day(3), None));
        Assert.Equal([A, C], await DueAsync(Day(3)));
    }

    [Fact]
    public async Task Due_NextInstant_IsDueFromThenOn()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        await AssessAsync(Result(A, T0, 10, nextDueAt: Day(5)), Result(B, T0, 10, nextDueAt: Day(3)));

        Assert.Empty(await DueAsync(Day(3).AddTicks(-1)));
        Assert.Equal([B], await DueAsync(Day(3)));
        Assert.Equal([A, B], await DueAsync(Day(5)));
        await AssessAsync(Result(B, Day(3), 10, nextDueAt: null));
        Assert.Equal([A], await DueAsync(Day(5)));
    }

    [Fact]
    public async Task Due_SignalsOfARetiredSupplier_DoNotTouchIt()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [A]), Day(1), None));
        await AssessAsync(Result(A, Day(1), 0));

        await RecordAsync(Kev, Day(2), null, Event(A, "1", Day(2)));

        Assert.Empty(await DueAsync(Day(2)));
    }

    [Fact]
    public async Task AdoptRuleSet_MarksOnlySuppliersInForceDue()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [B]), Day(1), None));
        await AssessAsync(Result(A, Day(1), 0), Result(B, Day(1), 0));

        await WriteAsync(s => s.Assessments.AdoptRuleSetAsync("hash-1 a,b", T0, None));

        Assert.Equal([A], await DueAsync(Day(1)));
    }

    [Fact]
    public async Task States_SavedOnesAndInitialOnes()
    {
        await AssessAsync(Result(A, T0, 42.50m));

        IReadOnlyDictionary<SupplierId, SupplierState> states = await ReadAsync(s => s.Assessments.StatesAsync([A, B], None));

        AssertSame(Result(A, T0, 42.50m).State, states[A]);
        Assert.Same(SupplierState.Initial, states[B]);
    }

    [Fact]
    public async Task Assessments_OnlyInstantDiffers_AddsNothing()
    {
        Assert.Equal(1, await AssessAsync(Result(A, T0, 42.50m, nextDueAt: Day(1))));
        Assert.Equal(0, await AssessAsync(Result(A, Day(1), 42.50m, nextDueAt: Day(2))));
        Assert.Equal(1, await AssessAsync(Result(A, Day(2), 43m)));
        Assert.Equal(1, await AssessAsync(Result(A, Day(3), 42.50m)));

        Assert.Equal(
            [(T0, 42.50m, Band.Elevated), (Day(2), 43m, Band.Elevated), (Day(3), 42.50m, Band.Elevated)],
            await ReadAsync(s => s.Assessments.HistoryAsync(A, T0, None)));
        Assert.Equal(2, (await ReadAsync(s => s.Assessments.HistoryAsync(A, Day(1), None))).Count);
    }

    [Fact]
    public async Task Assessments_OtherRulesSayTheSame_AddsNothing()
    {
        EvaluationResult first = Result(A, T0, 42.50m), later = Result(A, Day(1), 42.50m);
        Assert.Equal(1, await AssessAsync(first));
        Assert.Equal(0, await AssessAsync(later with { Assessment = later.Assessment with { RuleSetHash = new string('c', 64) } }));
        Assert.Equal(first.Assessment.RuleSetHash, (await ReadAsync(s => s.Assessments.FindAsync(A, null, None)))!.RuleSetHash);
    }

    [Fact]
    public async Task Assessments_AsOf_LatestNotAfter()
    {
        EvaluationResult first = Result(A, T0, 10m, Band.Low, nextDueAt: Day(9)), second = Result(A, Day(2), 60m, Band.High);
        await AssessAsync(first);
        await AssessAsync(second);

        Assert.Null(await ReadAsync(s => s.Assessments.FindAsync(A, T0.AddTicks(-1), None)));
        AssertSame(first.Assessment, (await ReadAsync(s => s.Assessments.FindAsync(A, Day(1), None)))!);
        AssertSame(second.Assessment, (await ReadAsync(s => s.Assessments.FindAsync(A, Day(2), None)))!);
        AssertSame(second.Assessment, (await ReadAsync(s => s.Assessments.FindAsync(A, null, None)))!);
        Assert.Null(await ReadAsync(s => s.Assessments.FindAsync(B, null, None)));
    }

    [Fact]
    public async Task Assessments_OlderInstantSavedLater_LeavesTheLatest()
    {
        await AssessAsync(Result(A, Day(2), 60m));
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));

        await AssessAsync(Result(A, T0, 10m));

        Assert.Equal(60m, Assert.Single(await ReadAsync(s => s.Assessments.LatestAsync(None))).Score);
        Assert.Equal(10m, (await ReadAsync(s => s.Assessments.FindAsync(A, Day(1), None)))!.Score);
    }

    [Fact]
    public async Task Assessments_Latest_OfSuppliersInForceById()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(C), Supplier(A), Supplier(B)), T0, None));
        await AssessAsync(Result(C, T0, 1m), Result(A, T0, 2m), Result(B, T0, 3m));
        await AssessAsync(Result(A, Day(1), 4m));
        await WriteAsync(s => s.Suppliers.ApplyAsync(new([], [], [B]), Day(1), None));

        Assert.Equal([(A, 4m), (C, 1m)], (await ReadAsync(s => s.Assessments.LatestAsync(None))).Select(a => (a.Supplier, a.Score)));
        Assert.Equal(
            (await ReadAsync(s => s.Assessments.LatestAsync(None))).Select(a => new Standing(a.Supplier, a.AsOf, a.Score, a.Band, a.Coverage)),
            await ReadAsync(s => s.Assessments.StandingsAsync(None)));
    }
}
