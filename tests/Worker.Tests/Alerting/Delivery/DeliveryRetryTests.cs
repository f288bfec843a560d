using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.DeliveryAttempts;

public sealed class DeliveryRetryTests
{
    private static readonly DateTimeOffset At = NotificationSample.At;

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(5, 480)]
    [InlineData(10, 15360)]
    [InlineData(11, 21600)]
    [InlineData(60, 21600)]
    public void NextAt_Attempt_DoublesFromThirtySecondsToSixHoursWithinAQuarter(int attempts, int seconds)
    {
        foreach (string id in Enumerable.Range(0, 200).Select(i => $"d{i}"))
        {
            DateTimeOffset next = DeliveryRetry.NextAt(id, At, attempts, new("x"), At)!.Value;
            Assert.InRange((next - At).TotalSeconds, seconds * 0.75, seconds * 1.25);
            Assert.Equal(next, DeliveryRetry.NextAt(id, At, attempts, new("x"), At));
        }
    }

    [Fact]
    public void NextAt_RetryAfter_IsHonouredUpToSixHours()
    {
        Assert.Equal(At.AddMinutes(10), DeliveryRetry.NextAt("d", At, 1, new("x", TimeSpan.FromMinutes(10)), At));
        Assert.Equal(At.AddHours(6), DeliveryRetry.NextAt("d", At, 1, new("x", TimeSpan.FromDays(30)), At));
    }

    [Fact]
    public void NextAt_AlwaysFailing_EndsWithinSeventyTwoHours()
    {
        int attempts = 0;
        DateTimeOffset at = At;
        while (DeliveryRetry.NextAt("d", At, ++attempts, new("x"), at) is { } next)
        {
            Assert.True(next > at);
            at = next;
        }

        Assert.InRange(at, At.AddHours(60), At.AddHours(72));
        Assert.InRange(attempts, 15, 30);
    }

    [Fact]
    public void After_LastRetry_IsDeadAndSaysWhy()
    {
        var delivery = new Delivery("d", "n", "g", "r", "email", 0, "a@b.example", "", [], At.AddHours(-72), DeliveryState.Pending, 19, At, null, "", "", []);
        Delivery dead = DeliveryAttempt.After(delivery, new DeliveryOutcome.RetryLater("no answer"), At);
        Assert.Equal((DeliveryState.Dead, 20, (DateTimeOffset?)At, "no answer; given up after 20 attempts in 72 h"), (dead.State, dead.Attempts, dead.EndedAt, dead.LastError));
    }
}
