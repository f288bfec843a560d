using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private static DigestItem Waiting(string episode, string recipient = "P@buyer.example", DateTimeOffset? due = null, HoldCause cause = HoldCause.Digest, bool fresh = true) =>
        new("email", recipient, episode, "owners", 0, cause, "You are the owner of X.", fresh, T0, due ?? Day(1), null);

    private async Task<T> WriteReadAsync<T>(Func<IStoreSession, Task<T>> work)
    {
        T result = default!;
        await WriteAsync(async s => result = await work(s));
        return result;
    }

    [Fact]
    public async Task Digests_WhatWaits_IsDueOnceAndAgainOnlyWhenItsDeliveryWasGivenUp()
    {
        Delivery first = Delivery("D1", T0) with { Recipient = "p@buyer.example", GroupKey = "digest" };
        await WriteAsync(s => s.Digests.HoldAsync([Waiting("E2"), Waiting("E1"), Waiting("E3", due: Day(2))], None));
        Assert.False(await ReadAsync(s => s.Digests.IsAnyDueAsync(Day(1).AddTicks(-1), None)));
        Assert.True(await ReadAsync(s => s.Digests.IsAnyDueAsync(Day(1), None)));
        await WriteAsync(async s =>
        {
            IReadOnlyList<DigestItem> due = await s.Digests.DueAsync(Day(1), None);
            AssertSame((DigestItem[])[Waiting("E1"), Waiting("E2")], [.. due]);
            await s.Deliveries.EnqueueAsync([first], None);
            await s.Digests.TakeAsync(due, first.Id, Day(3), None);
        });
        Assert.False(await ReadAsync(s => s.Digests.IsAnyDueAsync(Day(1), None)));
        await WriteAsync(s => s.Deliveries.UpdateAsync(first with { State = DeliveryState.Dead, EndedAt = Day(1) }, None));
        Assert.Equal(["E3"], (await WriteReadAsync(s => s.Digests.DueAsync(Day(2), None))).Select(i => i.Episode));
        Assert.Equal(["E1", "E2", "E3"], (await WriteReadAsync(s => s.Digests.DueAsync(Day(3), None))).Select(i => i.Episode));
        await WriteAsync(s => s.Deliveries.UpdateAsync(first with { State = DeliveryState.Delivered, EndedAt = Day(1) }, None));
        Assert.Equal(["E3"], (await WriteReadAsync(s => s.Digests.DueAsync(Day(3), None))).Select(i => i.Episode));
    }

    [Fact]
    public async Task Digests_HeldAgain_StaysFreshAndIsToldNoLater()
    {
        await WriteAsync(async s =>
        {
            await s.Digests.HoldAsync([Waiting("E1", due: Day(1))], None);
            await s.Digests.HoldAsync([Waiting("E1", "p@BUYER.example", Day(2), HoldCause.Ceiling, fresh: false)], None);
        });
        DigestItem item = Assert.Single(await WriteReadAsync(s => s.Digests.DueAsync(Day(5), None)));
        Assert.Equal((true, Day(1), HoldCause.Ceiling), (item.IsFresh, item.DueAt, item.Cause));
        await WriteAsync(s => s.Digests.TakeAsync([item with { Cause = HoldCause.Burst }], null, Day(4), None));
        Assert.Empty(await WriteReadAsync(s => s.Digests.DueAsync(Day(3), None)));
        Assert.Equal(HoldCause.Burst, Assert.Single(await WriteReadAsync(s => s.Digests.DueAsync(Day(4), None))).Cause);
    }

    [Fact]
    public async Task Digests_Waiting_CountsEachPersonWithoutWhatIsMutedOrToldOtherwise()
    {
        await WriteAsync(async s =>
        {
            await s.Digests.HoldAsync([Waiting("E1"), Waiting("E2", due: Day(2)), Waiting("E3", cause: HoldCause.Muted), Waiting("E4", "q@buyer.example"), Waiting("E5")], None);
            await s.Digests.ForgetAsync("email", [("p@buyer.example", "E5"), ("q@buyer.example", "E1")], None);
        });
        IReadOnlyDictionary<string, WaitingItems> waiting = await ReadAsync(s => s.Digests.WaitingAsync("email", ["p@buyer.example", "x@buyer.example"], None));
        Assert.Equal(new WaitingItems(2, Day(1)), Assert.Single(waiting, w => w.Key == "p@buyer.example").Value);
        Assert.Single(waiting);
    }

    [Fact]
    public async Task Digests_Sent_CountsMessagesByPersonWithoutDigests()
    {
        await WriteAsync(s => s.Deliveries.EnqueueAsync(
            [
                Delivery("D1", T0) with { Recipient = "P@buyer.example", CreatedAt = Day(1) }, Delivery("D2", T0) with { Recipient = "p@buyer.example", CreatedAt = T0 }, Delivery("D3", T0) with { Recipient = "p@buyer.example", CreatedAt = Day(1), GroupKey = "digest" },
                Delivery("D4", T0) with { Recipient = "q@buyer.example", CreatedAt = Day(1) }, Delivery("D5", T0) with { Recipient = "p@buyer.example", CreatedAt = Day(-1) }, Delivery("D6", T0) with { Recipient = "p@buyer.example", CreatedAt = Day(1), Channel = "webhook" },
            ], None));
        ILookup<string, DateTimeOffset> sent = await ReadAsync(s => s.Digests.SentAsync("email", ["p@buyer.example"], T0, None));
        Assert.Equal([T0, Day(1)], sent["p@buyer.example"]);
        Assert.Single(sent);
    }

    [Fact]
    public async Task Escalations_Clocks_AreDueInOrderReplacedAndEnded()
    {
        await WriteAsync(async s =>
        {
            await s.Escalations.SaveAsync([new EscalationClock("E2", T0, 0, Day(1)), new EscalationClock("E1", T0, 0, Day(2)), new EscalationClock("E3", T0, 0, Day(1))], None);
            await s.Escalations.SaveAsync([new EscalationClock("E2", T0, 1, Day(3))], None);
        });
        Assert.Equal(["E3"], (await ReadAsync(s => s.Escalations.DueAsync(Day(1), 10, None))).Select(c => c.Episode));
        Assert.Equal(["E3", "E1", "E2"], (await ReadAsync(s => s.Escalations.DueAsync(Day(3), 10, None))).Select(c => c.Episode));
        Assert.Single(await ReadAsync(s => s.Escalations.DueAsync(Day(3), 1, None)));
        await WriteAsync(s => s.Escalations.EndAsync(["E3", "E9"], None));
        AssertSame((EscalationClock[])[new EscalationClock("E1", T0, 0, Day(2)), new EscalationClock("E2", T0, 1, Day(3))], [.. await ReadAsync(s => s.Escalations.DueAsync(Day(9), 10, None))]);
    }
}
