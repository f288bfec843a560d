using System.Globalization;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>What every list must pass before a name may be missing from it.</summary>
internal static class ListGuards
{
    /// <summary>Share of a sanctions list's records that may be gone since the last good one.</summary>
    public const double MaximumShrink = 0.01;

    /// <summary>Lists are at most 70 MB today, unpacked.</summary>
    public const long MaximumBytes = 256 * 1024 * 1024;

    /// <summary>Reads a download; gives the number of records. What cannot be read, or is too little, is quarantined.</summary>
    /// <param name="minimumRows">Fewer records cannot be the whole list.</param>
    /// <exception cref="SourceFailureException">Not the documented format, or too few records.</exception>
    public static long Read(this SnapshotDownloads snapshots, Download download, Func<Snapshot, long> read, int minimumRows = 1)
    {
        long rows;
        try
        {
            rows = read(download.Snapshot);
        }
        catch (SourceFailureException e)
        {
            // The reader names the file as well, which the sentence begins with.
            string message = e.Message.TrimEnd('.'), part = download.Snapshot.Part;
            if (message.StartsWith(part + ":", StringComparison.Ordinal)) message = "is broken at " + message[(part.Length + 1)..];
            else if (message.StartsWith(part + " ", StringComparison.Ordinal)) message = message[(part.Length + 1)..];
            throw snapshots.Quarantine(download, e.Kind, message);
        }

        if (rows > 0 && rows < minimumRows && !snapshots.IsTaken(download))
            throw snapshots.Quarantine(download, FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"has {rows} rows; fewer than {minimumRows} cannot be the whole list"));
        return rows;
    }

    /// <summary>For lists that state no date of their own, the response's Last-Modified is the nearest there is.</summary>
    public static DateTimeOffset? LastModified(this Snapshot snapshot) =>
        DateTimeOffset.TryParseExact(snapshot.LastModified, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
}
