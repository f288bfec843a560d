using Risk.Rules.Alerts;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private Task TransitAsync(AlertTransitionKind kind, Alert alert, DateTimeOffset at) => WriteAsync(s => s.Alerts.SaveAsync([new AlertTransition(kind, alert)], at, None));

    private static Alert Resolved(Alert alert, DateTimeOffset at) => alert with { ResolvedAt = at, Resolution = "cleared" };

    [Fact]
    public async Task Alerts_PresentForm_IsFoundAndListed()
    {
        Alert one = Alert("E1", A, T0), two = Alert("E2", B, Day(1)), three = Alert("E3", A, Day(1)) with { Supplier = null, Kind = AlertKind.System };
        foreach (Alert alert in new[] { one, two, three }) await TransitAsync(AlertTransitionKind.Opened, alert, alert.StartsAt);
        await TransitAsync(AlertTransitionKind.Worsened, one with { Revision = 1, Severity = Risk.Rules.Evaluation.Severity.Critical }, Day(2));
        await TransitAsync(AlertTransitionKind.Resolved, Resolved(two, Day(2)), Day(2));

        Assert.Equal(["E3", "E1"], (await ReadAsync(s => s.Alerts.ListAsync(false, None))).Select(a => a.EpisodeId));
        Assert.Equal(["E2", "E3", "E1"], (await ReadAsync(s => s.Alerts.ListAsync(true, None))).Select(a => a.EpisodeId));
        Assert.Equal(1, (await ReadAsync(s => s.Alerts.FindAsync("E1", None)))!.Revision);
        AssertSame(Resolved(two, Day(2)), (await ReadAsync(s => s.Alerts.FindAsync("E2", None)))!);
        Assert.Null((await ReadAsync(s => s.Alerts.FindAsync("E3", None)))!.Supplier);
        Assert.Null(await ReadAsync(s => s.Alerts.FindAsync("E9", None)));
        Assert.Same(StringComparer.Ordinal, (await ReadAsync(s => s.Alerts.FindAsync("E1", None)))!.Labels.KeyComparer);
    }

    [Fact]
    public async Task Firing_WalkedInSteps_EachFiringAlertOnceByEpisode()
    {
        foreach (string episode in (string[])["E3", "E1", "E4", "E2"]) await TransitAsync(AlertTransitionKind.Opened, Alert(episode, A, T0), T0);
        await TransitAsync(AlertTransitionKind.Resolved, Resolved(Alert("E2", A, T0), Day(1)), Day(1));
        Assert.Equal(["E1", "E3"], (await ReadAsync(s => s.Alerts.FiringAsync("", 2, None))).Select(a => a.EpisodeId));
        Assert.Equal(["E4"], (await ReadAsync(s => s.Alerts.FiringAsync("E3", 2, None))).Select(a => a.EpisodeId));
        Assert.Empty(await ReadAsync(s => s.Alerts.FiringAsync("E4", 2, None)));
    }

    [Fact]
    public async Task FindFiring_FaultOfTheMonitor_WhileItFires()
    {
        Alert fault = Alert("E1", A, T0) with { Supplier = null, Kind = AlertKind.System, Rule = "SYS", Key = "feed" };
        await TransitAsync(AlertTransitionKind.Opened, fault, T0);
        await TransitAsync(AlertTransitionKind.Opened, Alert("E2", A, T0) with { Rule = "SYS", Key = "feed" }, T0);
        await WriteAsync(s => s.Alerts.SaveGroupAsync(Group("g", T0), ["E1"], None));
        Assert.Equal("E1", (await ReadAsync(s => s.Alerts.FindFiringAsync("SYS", "feed", None)))!.EpisodeId);
        Assert.Null(await ReadAsync(s => s.Alerts.FindFiringAsync("SYS", "other", None)));
        Assert.Equal([("g", "E1")], await ReadAsync(s => s.Alerts.MembersAsync(["E1", "E2"], None)));
        Assert.Empty(await ReadAsync(s => s.Alerts.MembersAsync(["E2"], None)));

        await TransitAsync(AlertTransitionKind.Resolved, Resolved(fault, Day(1)), Day(1));
        Assert.Null(await ReadAsync(s => s.Alerts.FindFiringAsync("SYS", "feed", None)));
    }

    [Fact]
    public async Task Groups_Members_StayUntilReleased()
    {
        Alert one = Alert("E1", A, T0), two = Alert("E2", B, Day(1));
        await TransitAsync(AlertTransitionKind.Opened, one, T0);
        await TransitAsync(AlertTransitionKind.Opened, two, T0);
        await WriteAsync(s => s.Alerts.SaveGroupAsync(Group("g", T0), ["E1"], None));
        await WriteAsync(s => s.Alerts.SaveGroupAsync(Group("g", Day(1)), ["E2", "E1"], None));
        await TransitAsync(AlertTransitionKind.Resolved, Resolved(one, Day(2)), Day(2));

        async Task<string> MembersAsync() => string.Join(",", (await ReadAsync(s => s.Alerts.OfGroupAsync("g", None))).Select(a => a.EpisodeId + (a.ResolvedAt is null ? "" : "!")));
        Assert.Equal("E1!,E2", await MembersAsync());

        // E2 still fires: it cannot be let go of.
        await WriteAsync(s => s.Alerts.ReleaseMembersAsync("g", ["E1", "E2"], None));
        Assert.Equal("E2", await MembersAsync());
        Assert.NotNull(await ReadAsync(s => s.Alerts.FindGroupAsync("g", None)));

        await TransitAsync(AlertTransitionKind.Resolved, Resolved(two, Day(3)), Day(3));
        await WriteAsync(s => s.Alerts.ReleaseMembersAsync("g", ["E2"], None));
        Assert.Equal("", await MembersAsync());
        Assert.Null(await ReadAsync(s => s.Alerts.FindGroupAsync("g", None)));
    }

    [Fact]
    public async Task Groups_State_ComesBackAndIsDueByFlush()
    {
        AlertGroupState sent = Group("late", Day(2)) with { LastSentAt = T0, LastFiring = ["E1#0", "E2#1"], LastResolved = ["E0"] };
        await WriteAsync(async s =>
        {
            await s.Alerts.SaveGroupAsync(sent, [], None);
            await s.Alerts.SaveGroupAsync(Group("early", Day(1)), [], None);
            await s.Alerts.SaveGroupAsync(Group("idle", null), [], None);
        });

        AssertSame(sent, (await ReadAsync(s => s.Alerts.FindGroupAsync("late", None)))!);
        Assert.Equal(["early", "late"], (await ReadAsync(s => s.Alerts.DueGroupsAsync(Day(2), None))).Select(g => g.GroupKey));
        Assert.Equal(["early"], (await ReadAsync(s => s.Alerts.DueGroupsAsync(Day(1), None))).Select(g => g.GroupKey));
        Assert.Empty(await ReadAsync(s => s.Alerts.DueGroupsAsync(Day(1).AddTicks(-1), None)));
    }

    [Fact]
    public async Task Deliveries_EnqueuedTwice_FirstOneStays()
    {
        IReadOnlyList<string> first = [], second = [];
        await WriteAsync(async s => first = await s.Deliveries.EnqueueAsync([Delivery("d1", T0)], None));
        await WriteAsync(async s => second = await s.Deliveries.EnqueueAsync([Delivery("d1", Day(1), "other@example.org"), Delivery("d2", Day(1))], None));

        Assert.Equal(["d1"], first);
        Assert.Equal(["d2"], second);
        AssertSame(Delivery("d1", T0), (await ReadAsync(s => s.Deliveries.FindAsync("d1", None)))!);
        Assert.Null(await ReadAsync(s => s.Deliveries.FindAsync("d9", None)));
    }

    [Fact]
    public async Task Deliveries_Updated_AreListedByStateWithoutBodies()
    {
        await WriteAsync(s => s.Deliveries.EnqueueAsync([Delivery("d1", T0), Delivery("d2", Day(1)), Delivery("d3", Day(2))], None));
        Delivery delivered = Delivery("d1", T0) with { State = DeliveryState.Delivered, Attempts = 2, NextAttemptAt = null, EndedAt = Day(1), LastError = "451 busy", Proof = "250 queued as X" };
        await WriteAsync(s => s.Deliveries.UpdateAsync(delivered, None));
        await WriteAsync(s => s.Deliveries.UpdateAsync(Delivery("d3", Day(2)) with { State = DeliveryState.Dead, EndedAt = Day(3) }, None));

        AssertSame(delivered, (await ReadAsync(s => s.Deliveries.FindAsync("d1", None)))!);
        Assert.Equal(["d3", "d2", "d1"], (await ReadAsync(s => s.Deliveries.ListAsync(null, 9, None))).Select(d => d.Id));
        Assert.Equal(["d3", "d2"], (await ReadAsync(s => s.Deliveries.ListAsync(null, 2, None))).Select(d => d.Id));
        Assert.Equal("d2", Assert.Single(await ReadAsync(s => s.Deliveries.ListAsync(DeliveryState.Pending, 9, None))).Id);
        Assert.All(await ReadAsync(s => s.Deliveries.ListAsync(null, 9, None)), d => Assert.Empty(d.Body));
        Assert.Equal([1, 1, 1], (await ReadAsync(s => s.Deliveries.CountsAsync(None))).OrderBy(c => c.Key).Select(c => c.Value));
    }

    [Fact]
    public async Task Deliveries_WaitingBefore_AreOlderOnesOfTheSameRecipientAndGroupInOrder()
    {
        Delivery other = Delivery("d5", T0) with { GroupKey = "g-2" };
        Delivery ended = Delivery("d6", T0) with { State = DeliveryState.Delivered, NextAttemptAt = null, EndedAt = T0 };
        await WriteAsync(s => s.Deliveries.EnqueueAsync(
            [Delivery("d4", Day(3)), Delivery("d3", Day(2)), Delivery("d2", Day(1)), Delivery("d1", T0, "else@example.org"), other, ended, Delivery("d7", T0) with { ChannelIndex = 1 }, Delivery("d8", T0) with { Receiver = "audit" }], None));
        Assert.Equal(["d2", "d3"], (await ReadAsync(s => s.Deliveries.WaitingBeforeAsync(Delivery("d4", Day(3)), None))).Select(d => d.Id));
        Assert.Empty(await ReadAsync(s => s.Deliveries.WaitingBeforeAsync(Delivery("d2", Day(1)), None)));
    }

    [Fact]
    public async Task Deliveries_Attempts_AreKeptInOrder()
    {
        AttemptRecord first = new("d1", 1, T0, "failed", "451 busy"), second = new("d1", 2, Day(1), "delivered", "250 queued");
        await WriteAsync(async s =>
        {
            await s.Deliveries.EnqueueAsync([Delivery("d1", T0), Delivery("d2", T0)], None);
            await s.Deliveries.AddAttemptAsync(second, None);
            await s.Deliveries.AddAttemptAsync(first, None);
        });
        Assert.Equal([first, second], await ReadAsync(s => s.Deliveries.AttemptsAsync("d1", None)));
        Assert.Empty(await ReadAsync(s => s.Deliveries.AttemptsAsync("d2", None)));
    }

    [Fact]
    public async Task Deliveries_Ids_AreFoundByTheirBeginning()
    {
        await WriteAsync(s => s.Deliveries.EnqueueAsync([Delivery("ab2", T0), Delivery("ab1", T0), Delivery("b%1", T0)], None));
        Assert.Equal(["ab1", "ab2"], await ReadAsync(s => s.Deliveries.IdsAsync("AB", 9, None)));
        Assert.Equal(["ab1"], await ReadAsync(s => s.Deliveries.IdsAsync("", 1, None)));
        Assert.Equal(["b%1"], await ReadAsync(s => s.Deliveries.IdsAsync("b%", 9, None)));
        Assert.Empty(await ReadAsync(s => s.Deliveries.IdsAsync("%", 9, None)));
    }

    [Fact]
    public async Task Deliveries_UpdateOfAnUnknownOne_Throws() =>
        await Assert.ThrowsAsync<StoreException>(() => WriteAsync(s => s.Deliveries.UpdateAsync(Delivery("d9", T0), None)));

    [Fact]
    public async Task Deliveries_Counts_NameEveryState() =>
        Assert.Equal(Enum.GetValues<DeliveryState>(), (await ReadAsync(s => s.Deliveries.CountsAsync(None))).Keys.Order());
}
