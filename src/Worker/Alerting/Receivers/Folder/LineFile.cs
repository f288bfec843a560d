using System.Globalization;
using System.Text;
using Risk.Worker.Alerting.Delivery;

namespace Risk.Worker.Alerting.Receivers.Folder;

/// <summary>JSON Lines: one delivery a line, in one file that is set aside when it is full. Readers may follow it while it is written.</summary>
/// <param name="MostBytes">Of a file; a line that would go beyond begins a new one.</param>
/// <param name="MostFiles">Kept, the current one included: <c>x.jsonl</c>, <c>x.jsonl.1</c> (newest) ...</param>
internal sealed record LineFile(long MostBytes, int MostFiles)
{
    /// <summary>How far back a line is looked for that an attempt wrote before it was cut off.</summary>
    private const int TailBytes = 1024 * 1024;

    private static readonly Lock Writing = new();

    /// <summary>On the disk when it returns. A line that an earlier attempt wrote is not written again; one that it wrote in part is closed and stands for nothing.</summary>
    public DeliveryOutcome Append(string path, Storage.Delivery delivery)
    {
        try
        {
            // One writer at a time: deliveries of several targets may share the file.
            lock (Writing)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                byte[] line = [.. delivery.Body, (byte)'\n'];
                bool isThere = Holds(path, delivery.Id) || Holds(Numbered(path, 1), delivery.Id);
                if (!isThere)
                {
                    if (new FileInfo(path) is { Exists: true, Length: > 0 } full && full.Length + line.Length > MostBytes) Rotate(path);
                    using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
                    bool isTorn = file.Length > 0 && Last(file) != '\n';
                    file.Seek(0, SeekOrigin.End);
                    file.Write(isTorn ? [(byte)'\n', .. line] : line);
                    file.Flush(flushToDisk: true);
                }

                return new DeliveryOutcome.Delivered(path);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new DeliveryOutcome.RetryLater($"cannot write to {path} ({problem.GetType().Name}); check that its folder is there, writable and not full");
        }
    }

    private static int Last(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte();
    }

    /// <summary>Whether a whole line near the file's end is the delivery's.</summary>
    private static bool Holds(string path, string deliveryId)
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] tail = new byte[Math.Min(file.Length, TailBytes)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        int at = tail.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes($"\"delivery\":\"{deliveryId}\""));
        return at >= 0 && tail.AsSpan(at).Contains((byte)'\n');
    }

    private void Rotate(string path)
    {
        if (MostFiles > 1) File.Delete(Numbered(path, MostFiles - 1));
        for (int number = MostFiles - 2; number >= 1; number--)
            if (File.Exists(Numbered(path, number))) File.Move(Numbered(path, number), Numbered(path, number + 1));
        if (MostFiles > 1) File.Move(path, Numbered(path, 1));
        else File.Delete(path);
    }

    private static string Numbered(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");
}
