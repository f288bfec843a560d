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
    /// <param name="RecipientOnly">The target works and only this recipient is refused for now: says nothing about other deliveries to the target.</param>
    internal sealed record RetryLater(string Reason, TimeSpan? After = null, bool RecipientOnly = false) : DeliveryOutcome;

    /// <summary>Trying again would not help.</summary>
    internal sealed record GaveUp(string Reason) : DeliveryOutcome;

    /// <summary>Not tried: the target takes nothing at present.</summary>
    internal sealed record Postponed(string Reason, TimeSpan For) : DeliveryOutcome;
}
