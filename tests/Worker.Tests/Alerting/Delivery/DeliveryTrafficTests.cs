using Risk.Testing;
using Risk.Worker.Alerting.Delivery;

namespace Risk.Worker.Tests.Alerting.DeliveryAttempts;

public sealed class DeliveryTrafficTests
{
    private readonly ManualTimeProvider clock = new(NotificationSample.At);
    private readonly DeliveryTraffic traffic;
    private int calls;

    public DeliveryTrafficTests() => traffic = new DeliveryTraffic(clock);

    [Fact]
    public async Task Send_FiveFailuresInARow_PostponesWithoutCallingUntilThePauseIsOver()
    {
        await OpenAsync("a");
        var postponed = Assert.IsType<DeliveryOutcome.Postponed>(await SendAsync("a", Down));
        Assert.InRange(postponed.For, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal(DeliveryTraffic.FailuresToOpen, calls);

        // Another endpoint is another matter.
        Assert.IsType<DeliveryOutcome.Delivered>(await SendAsync("b", Fine));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<DeliveryOutcome.Delivered>(await SendAsync("a", Fine));
        Assert.IsType<DeliveryOutcome.Delivered>(await SendAsync("a", Fine));
    }

    [Fact]
    public async Task Send_StillDownAfterAPause_PausesLongerUpToTenMinutes()
    {
        await OpenAsync("a");
        TimeSpan longest = TimeSpan.Zero;
        for (int trial = 0; trial < 8; trial++)
        {
            var postponed = Assert.IsType<DeliveryOutcome.Postponed>(await SendAsync("a", Down));
            Assert.True(postponed.For >= longest, $"{postponed.For} after {longest}");
            longest = postponed.For;
            clock.Advance(postponed.For);
            Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync("a", Down));
        }

        Assert.Equal(TimeSpan.FromMinutes(10), longest);
        Assert.Equal(DeliveryTraffic.FailuresToOpen + 8, calls);
    }

    [Fact]
    public async Task Send_OneRecipientRefusedForNow_SaysNothingAboutTheOthers()
    {
        for (int i = 0; i < 50; i++) Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync("a", new DeliveryOutcome.RetryLater("450 mailbox busy", RecipientOnly: true)));
        Assert.Equal(50, calls);
    }

    [Fact]
    public async Task Send_FailuresFarApart_AreNoOutage()
    {
        for (int i = 0; i < 50; i++)
        {
            Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync("a", Down));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void TryBegin_Twice_OnlyTheFirstMay()
    {
        Assert.True(traffic.TryBegin("d"));
        Assert.False(traffic.TryBegin("d"));
        traffic.End("d");
        Assert.True(traffic.TryBegin("d"));
    }

    private static DeliveryOutcome Down => new DeliveryOutcome.RetryLater("down");

    private static DeliveryOutcome Fine => new DeliveryOutcome.Delivered("200");

    private async Task OpenAsync(string endpoint)
    {
        for (int i = 0; i < DeliveryTraffic.FailuresToOpen; i++) Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync(endpoint, Down));
    }

    private Task<DeliveryOutcome> SendAsync(string endpoint, DeliveryOutcome outcome) => traffic.SendAsync(
        endpoint,
        _ =>
        {
            calls++;
            return Task.FromResult(outcome);
        },
        CancellationToken.None);
}
