using System.Text;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers.Email;
using Risk.Worker.Alerting.Receivers.Webhook;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Folder;

/// <summary>An entry of <c>file_configs</c>: deliveries become files.</summary>
/// <param name="Path">Folder, relative to the workspace.</param>
internal sealed record FolderTarget(int Index, bool SendResolved, string Path) : ReceiverTarget("file", Index, SendResolved);

/// <summary>Writes each notification as JSON into a folder: for systems that pick files up.</summary>
internal sealed class FolderChannel : IReceiverChannel
{
    public string Name => "file";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys => [];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a file target", ["path", "send_resolved"]);
        string? path = config.Required("path", "the folder that deliveries are written to");
        bool sendResolved = config.Bool("send_resolved", otherwise: true);
        return string.IsNullOrWhiteSpace(path) ? null : new FolderTarget(index, sendResolved, path);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) => [new(((FolderTarget)target).Path, notification)];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId) => new("", WebhookBody.Render(notification, deliveryId));

    public Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken) =>
        OutboxFolder.WriteAsync(System.IO.Path.Combine(services.BaseFolder, ((FolderTarget)target).Path), delivery, cancellationToken);
}

/// <summary>Puts deliveries of any channel into a folder instead of sending them: for demonstrations, rehearsals and tests.</summary>
internal static class OutboxFolder
{
    /// <summary>Mails as <c>ID.eml</c> and, to look at, <c>ID.html</c>; everything else as <c>ID.json</c>. Written whole or not at all; again gives the same file.</summary>
    public static async Task<DeliveryOutcome> WriteAsync(string folder, Storage.Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            bool isMail = delivery.Channel == "email";
            string file = Path.Combine(folder, delivery.Id + (isMail ? ".eml" : ".json"));
            await PlaceAsync(file, delivery.Body, cancellationToken).ConfigureAwait(false);
            if (isMail && StoredMail.TryRead(delivery.Body) is { } mail)
                await PlaceAsync(Path.ChangeExtension(file, ".html"), Encoding.UTF8.GetBytes(mail.Html), cancellationToken).ConfigureAwait(false);
            return new DeliveryOutcome.Delivered(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new DeliveryOutcome.RetryLater($"cannot write to {folder} ({problem.GetType().Name}); check that it is there, writable and not full");
        }
    }

    private static async Task PlaceAsync(string file, byte[] content, CancellationToken cancellationToken)
    {
        string temporary = file + ".part";
        await File.WriteAllBytesAsync(temporary, content, cancellationToken).ConfigureAwait(false);
        File.Move(temporary, file, overwrite: true);
    }
}
