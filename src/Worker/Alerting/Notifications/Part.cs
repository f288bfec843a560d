using System.Globalization;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>What one recipient of one target is to be told of a notification; not yet rendered.</summary>
/// <param name="ReachesPerson">Machines get each of theirs: two webhooks may do different things with one alert.</param>
internal sealed record Part(ReceiverTarget Target, bool ReachesPerson, string Recipient, Notification Notification)
{
    /// <summary>Id of the delivery that tells it; the same whenever it is decided again.</summary>
    public string DeliveryId { get; } = StableId.Of("delivery", Notification.Id, Notification.Receiver, Target.Channel, Target.Index.ToString(CultureInfo.InvariantCulture), Recipient);

    /// <summary>The recipient's own choice, whatever the target says; null: none.</summary>
    public DigestSchedule? OwnDigest { get; init; }

    /// <summary>All but what is critical waits for it; null: nothing waits.</summary>
    public DigestSchedule? Digest => OwnDigest ?? Target.Digest;

    /// <summary>Who is told, whatever the route and the spelling.</summary>
    public (string Channel, string Recipient) Person => (Target.Channel, Recipient.ToLowerInvariant());
}
