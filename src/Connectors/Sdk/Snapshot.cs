using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>One downloaded file of a list-like source.</summary>
/// <param name="Part">Which file of the source, for example <c>sdn.csv</c>.</param>
/// <param name="Sha256">Lower-case hex, over the unpacked bytes.</param>
/// <param name="File">Absolute path of the kept, unpacked file.</param>
/// <param name="Bytes">Unpacked length.</param>
/// <param name="Rows">Records counted by the connector; set by <see cref="SnapshotDownloads.AcceptAsync"/>.</param>
/// <param name="PublishedAt">The publisher's own date of the content, or null when it states none.</param>
/// <param name="FetchedAt">When the bytes came.</param>
/// <param name="ETag">Validator for the next conditional GET, or "".</param>
/// <param name="LastModified">Validator for the next conditional GET, as the server wrote it, or "".</param>
public sealed record Snapshot(
    SourceId Source, string Part, string Url, string Sha256, string File, long Bytes, long Rows, DateTimeOffset? PublishedAt, DateTimeOffset FetchedAt, string ETag, string LastModified);

/// <summary>A snapshot and whether it is the last-good one again (304, or the same bytes).</summary>
public sealed record Download(Snapshot Snapshot, bool IsUnchanged);

/// <summary>Where last-good snapshots are looked up; the worker's store implements it.</summary>
public interface ISnapshotCatalog
{
    /// <summary>The accepted snapshot in force for the part, or null.</summary>
    Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken);
}
