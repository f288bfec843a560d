using System.Globalization;
using System.Text;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers.Email;
using Risk.Worker.Alerting.Receivers.Webhook;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Folder;

/// <summary>An entry of <c>file_configs</c>: deliveries become files.</summary>
/// <param name="Path">Folder, or with <paramref name="Lines"/> the file; relative to the workspace.</param>
/// <param name="Lines">How the one file of all deliveries is kept; null: a file for each.</param>
internal sealed record FolderTarget(int Index, bool SendResolved, string Path, LineFile? Lines) : ReceiverTarget("file", Index, SendResolved)
{
    public override string Endpoint => Path;
}

/// <summary>Writes each notification as JSON: a file for each in a folder, or a line for each in one file; for systems that pick files up.</summary>
internal sealed class FolderChannel : IReceiverChannel
{
    private const int DefaultMegabytes = 10;
    private const int DefaultFiles = 5;

    public string Name => "file";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys => [];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a file target", ["path", "format", "max_size_mb", "max_files", "send_resolved"]);
        string? path = config.Required("path", "the folder, or with format: lines the file, that deliveries are written to");
        bool sendResolved = config.Bool("send_resolved", otherwise: true);
        bool isLines = config.Text("format") == "lines";
        if (config.Text("format") is not (null or "folder" or "lines")) config.Error("T001", "'format' must be folder or lines", config.At("format"));
        foreach (string key in (string[])["max_size_mb", "max_files"])
            if (config.Has(key) && !isLines) config.Error("T001", $"'{key}' goes with format: lines", config.At(key));
        var lines = new LineFile(1024L * 1024 * Number(config, "max_size_mb", DefaultMegabytes, 1_000), Number(config, "max_files", DefaultFiles, 100));
        return string.IsNullOrWhiteSpace(path) ? null : new FolderTarget(index, sendResolved, path, isLines ? lines : null);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) => [new(((FolderTarget)target).Path, notification)];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId) => new("", WebhookBody.Render(notification, deliveryId));

    public Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken)
    {
        var file = (FolderTarget)target;
        string path = System.IO.Path.Combine(services.BaseFolder, file.Path);
        return file.Lines is { } lines ? Task.FromResult(lines.Append(path, delivery)) : OutboxFolder.WriteAsync(path, delivery, cancellationToken);
    }

    private static int Number(ConfigSection config, string key, int otherwise, int most)
    {
        if (config.Text(key) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most) return number;
        config.Error("T001", string.Create(CultureInfo.InvariantCulture, $"'{key}' must be a number from 1 to {most}"), config.At(key), Math.Max(1, text.Length));
        return otherwise;
    }
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
