using Risk.Rules.Alerts;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private static AlertAct Act(string episode, DateTimeOffset at, string kind = "acknowledged") => new(episode, at, kind, "m.keller", "command", "on it");

    private static AlertWorkflow Taken(string episode, DateTimeOffset at) => new(episode) { Acknowledged = new Acknowledgement("m.keller", at, "on it", 2), Assignee = "j.novak" };

    [Fact]
    public async Task Workflow_Acts_StateIsReplacedAndHistoryGrows()
    {
        AlertWorkflow snoozed = Taken("E1", T0) with { Snoozed = new Snooze(Day(3), "m.keller", "plant closed") };
        await WriteAsync(async s =>
        {
            await s.Workflow.RecordAsync(Act("E1", T0), Taken("E1", T0), None);
            await s.Workflow.RecordAsync(Act("E1", Day(1), "snoozed"), snoozed, None);
            await s.Workflow.RecordAsync(Act("E2", Day(1)), Taken("E2", Day(1)), None);
        });

        AssertSame(snoozed, (await ReadAsync(s => s.Workflow.FindAsync("E1", None)))!);
        Assert.Null(await ReadAsync(s => s.Workflow.FindAsync("E9", None)));
        Assert.Equal(["E1", "E2"], (await ReadAsync(s => s.Workflow.FindManyAsync(["E1", "E2", "E9"], None))).Keys.Order());
        AssertSame((AlertAct[])[Act("E1", T0), Act("E1", Day(1), "snoozed")], [.. await ReadAsync(s => s.Workflow.ActsAsync("E1", None))]);
        Assert.Equal(["E1 acknowledged", "E1 snoozed", "E2 acknowledged"], (await ReadAsync(s => s.Ledger.ReadAsync(0, 10, None))).Where(e => e.Kind == "act")
            .Select(e => $"{e.Subject} {System.Text.Json.JsonDocument.Parse(e.Content).RootElement.GetProperty("act").GetString()}"));
    }

    [Fact]
    public async Task Workflow_Snoozes_AreOverAtTheirEnd()
    {
        await WriteAsync(async s =>
        {
            await s.Workflow.RecordAsync(Act("E2", T0), new AlertWorkflow("E2") { Snoozed = new Snooze(Day(2), "a", "b") }, None);
            await s.Workflow.RecordAsync(Act("E1", T0), new AlertWorkflow("E1") { Snoozed = new Snooze(Day(1), "a", "b") }, None);
            await s.Workflow.RecordAsync(Act("E3", T0), new AlertWorkflow("E3"), None);
        });
        Assert.Empty(await ReadAsync(s => s.Workflow.SnoozesOverAsync(Day(1).AddTicks(-1), None)));
        Assert.Equal(["E1"], (await ReadAsync(s => s.Workflow.SnoozesOverAsync(Day(1), None))).Select(w => w.EpisodeId));
        Assert.Equal(["E1", "E2"], (await ReadAsync(s => s.Workflow.SnoozesOverAsync(Day(9), None))).Select(w => w.EpisodeId));
        await WriteAsync(s => s.Workflow.RecordAsync(Act("E1", Day(1), "snooze ended"), new AlertWorkflow("E1"), None));
        Assert.Equal(["E2"], (await ReadAsync(s => s.Workflow.SnoozesOverAsync(Day(9), None))).Select(w => w.EpisodeId));
    }

    [Fact]
    public async Task Workflow_NotCommitted_LeavesNothing()
    {
        await using (IStoreSession session = await Store.WriteAsync(None)) await session.Workflow.RecordAsync(Act("E1", T0), Taken("E1", T0), None);
        Assert.Null(await ReadAsync(s => s.Workflow.FindAsync("E1", None)));
        Assert.Empty(await ReadAsync(s => s.Workflow.ActsAsync("E1", None)));
        Assert.Empty(await ReadAsync(s => s.Ledger.ReadAsync(0, 10, None)));
    }

    [Fact]
    public async Task StartingWith_Beginning_OfEpisodesOnly()
    {
        foreach (string episode in (string[])["abc", "abd", "ab%", "b"]) await TransitAsync(AlertTransitionKind.Opened, Alert(episode, A, T0), T0);
        Assert.Equal(["ab%", "abc"], (await ReadAsync(s => s.Alerts.StartingWithAsync("ab", 2, None))).Select(a => a.EpisodeId));
        Assert.Equal(["ab%"], (await ReadAsync(s => s.Alerts.StartingWithAsync("ab%", 9, None))).Select(a => a.EpisodeId));
        Assert.Empty(await ReadAsync(s => s.Alerts.StartingWithAsync("c", 9, None)));
    }

    [Fact]
    public async Task Acceptances_InForce_ComeWithTheStateUntilTheyEnd()
    {
        var waiver = new Acceptance("waiver-1", AcceptanceKind.Waiver, Alert("E1", A, T0), "second source", "m.keller", "a.okafor", T0, Day(30));
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A), Supplier(B)), T0, None));
        await WriteAsync(s => s.Assessments.SaveAsync([Result(A, T0, 10m), Result(B, T0, 10m)], None));
        await WriteAsync(async s =>
        {
            await s.Workflow.AcceptAsync(waiver, None);
            await s.Workflow.AcceptAsync(waiver with { Id = "false-positive-1", Kind = AcceptanceKind.FalsePositive, Alert = Alert("E2", B, T0), Until = null }, None);
            await s.Assessments.TouchAsync(A, None);
        });

        Assert.Equal([A], await ReadAsync(s => s.Assessments.DueAsync(T0, 9, None)));
        SupplierState state = (await ReadAsync(s => s.Assessments.StatesAsync([A], None)))[A];
        AssertSame(waiver, Assert.Single(state.Acceptances));
        Assert.Equal(waiver.EvidenceHash, state.Acceptances[0].EvidenceHash);

        // Saved with the state it came with, it is still there once.
        await WriteAsync(s => s.Assessments.SaveAsync([Result(A, Day(1), 10m) with { State = state }], None));
        Assert.Single((await ReadAsync(s => s.Assessments.StatesAsync([A], None)))[A].Acceptances);
        Assert.Equal(["waiver-1", "false-positive-1"], (await ReadAsync(s => s.Workflow.AcceptancesAsync(false, None))).Select(a => a.Acceptance.Id));

        Assert.Empty(await ReadAsync(s => s.Workflow.EndingAsync(Day(30).AddTicks(-1), None)));
        Assert.Equal(["waiver-1"], (await ReadAsync(s => s.Workflow.EndingAsync(Day(30), None))).Select(a => a.Id));

        await WriteAsync(s => s.Workflow.EndAsync("waiver-1", Day(2), "it ended", None));
        await WriteAsync(s => s.Workflow.EndAsync("waiver-1", Day(3), "again", None));
        Assert.Empty((await ReadAsync(s => s.Assessments.StatesAsync([A], None)))[A].Acceptances);
        Assert.Equal(["false-positive-1"], (await ReadAsync(s => s.Workflow.AcceptancesAsync(false, None))).Select(a => a.Acceptance.Id));
        Assert.Equal((Day(2), "it ended"), ((await ReadAsync(s => s.Workflow.FindAcceptanceAsync("waiver-1", None)))! is var ended ? (ended.EndedAt!.Value, ended.Why) : default));
        Assert.Null(await ReadAsync(s => s.Workflow.FindAcceptanceAsync("waiver-9", None)));
    }

    [Fact]
    public async Task Links_Used_AreKnownUntilTheyWorkNoLonger()
    {
        await WriteAsync(s => s.Workflow.UseLinkAsync("l1", T0, Day(14), "Acknowledged.", None));
        Assert.Equal((T0, "Acknowledged."), await ReadAsync(s => s.Workflow.UsedLinkAsync("l1", None)));
        Assert.Null(await ReadAsync(s => s.Workflow.UsedLinkAsync("l2", None)));
        await WriteAsync(s => s.Workflow.UseLinkAsync("l2", Day(14), Day(28), "Assigned.", None));
        Assert.NotNull(await ReadAsync(s => s.Workflow.UsedLinkAsync("l1", None)));
        await WriteAsync(s => s.Workflow.UseLinkAsync("l3", Day(15), Day(28), "Assigned.", None));
        Assert.Null(await ReadAsync(s => s.Workflow.UsedLinkAsync("l1", None)));
    }
}
