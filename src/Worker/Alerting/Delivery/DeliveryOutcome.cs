namespace Risk.Worker.Alerting.Delivery;

/// <summary>How one attempt ended. Texts are for ops people and carry no secret.</summary>
internal abstract record DeliveryOutcome
{
    private DeliveryOutcome()
    {
    }

    /// <param name="Proof">What the other side answered: the mail server's reply, the status.</param>
    internal sealed record Delivered(string Proof) : DeliveryOutcome;

    /// <param name="After">What the other side asked to wait, or null.</param>
    internal sealed record RetryLater(string Reason, TimeSpan? After = null) : DeliveryOutcome;

    /// <summary>Trying again would not help.</summary>
    internal sealed record GaveUp(string Reason) : DeliveryOutcome;
}
