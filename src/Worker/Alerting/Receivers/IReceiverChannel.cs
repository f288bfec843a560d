using System.Net;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers;

/// <summary>
/// One way to reach people or systems. Found by scanning this assembly for parameterless implementations, so that a new receiver is a new folder and nothing else
/// names it. Thread-safe.
/// </summary>
internal interface IReceiverChannel
{
    /// <summary>Lower case; <c>NAME_configs</c> is its key in a receiver, and <c>Delivery.Channel</c> its mark on deliveries.</summary>
    string Name { get; }

    /// <summary>Settings of <c>global:</c> that it reads.</summary>
    IReadOnlyCollection<string> GlobalKeys { get; }

    /// <summary>True when a recipient is a person, who must not be told the same twice by two routes at once.</summary>
    bool ReachesPersons { get; }

    /// <summary>Reads one target. Problems go to the section's diagnostics; null when there are errors.</summary>
    ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index);

    /// <summary>Who is to get it, each with the part of the notification that concerns them; in a stable order, no recipient twice.</summary>
    IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification);

    /// <summary>The bytes to send. Pure: the same notification gives the same bytes.</summary>
    Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId);

    /// <summary>Sends the stored bytes. Failures are outcomes; only cancellation is thrown.</summary>
    Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken);
}

/// <param name="Recipient">Mail address, URL or path; "" for what is nobody's.</param>
/// <param name="Notification">What of it concerns the recipient.</param>
internal sealed record Addressed(string Recipient, Notification Notification);

/// <param name="Subject">For channels that have one, else "".</param>
internal sealed record Rendering(string Subject, byte[] Body);

/// <summary>What channels need from outside when they send.</summary>
/// <param name="Clock">Only for protocol timestamps, never for decisions.</param>
/// <param name="BaseFolder">Relative file names in routing.yaml start here.</param>
internal sealed record ChannelServices(TimeProvider Clock, SecretReader Secrets, string BaseFolder)
{
    /// <summary>Looks a host name up; what it answers is checked and connected to, and not looked up again.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}

/// <summary>All channels there are.</summary>
internal sealed class ReceiverChannels
{
    private readonly Dictionary<string, IReceiverChannel> byName;

    public ReceiverChannels(IEnumerable<IReceiverChannel> channels) => byName = channels.ToDictionary(c => c.Name, StringComparer.Ordinal);

    public IEnumerable<IReceiverChannel> All => byName.Values.OrderBy(c => c.Name, StringComparer.Ordinal);

    public IReceiverChannel? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Every implementation in this assembly.</summary>
    public static ReceiverChannels Discover() => new(
        typeof(ReceiverChannels).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IReceiverChannel).IsAssignableFrom(t))
            .Select(t => (IReceiverChannel)Activator.CreateInstance(t)!));
}
