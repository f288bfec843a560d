using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>One downloaded file of a list-like source.</summary>
/// <param name="Part">Which file of the source, for example <c>sdn.csv</c>.</param>
/// <param name="Sha256">Lower-case hex, over the unpacked bytes.</param>
/// <param name="File">Absolute path of the kept, unpacked file.</param>
/// <param name="Bytes">Unpacked length.</param>
/// <param name="Rows">Records counted by the connector; set by <see cref="SnapshotDownloads.Accept"/>.</param>
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

/// <summary>Downloads parts of a source to files, and guards what may become last-good.</summary>
/// <remarks>
/// Files are content-addressed: <c>FOLDER/SOURCE/sha256[.quarantined]</c>; written to a temporary name, flushed, then renamed, so a crash leaves no half file.
/// </remarks>
public sealed class SnapshotDownloads(SourceManifest manifest, Http.SourceHttp http, ISnapshotCatalog catalog, string folder, DateTimeOffset fetchedAt)
{
    public SourceManifest Manifest { get; } = manifest;

    private readonly Http.SourceHttp http = http;
    private readonly ISnapshotCatalog catalog = catalog;
    private readonly string folder = folder;
    private readonly DateTimeOffset fetchedAt = fetchedAt;

    /// <summary>
    /// Conditional GET of one part; a 304 or equal bytes give the last-good snapshot again. Follows redirects within the manifest's hosts. A last-good file that is
    /// gone from disk, or whose bytes no longer match its hash, is downloaded anew.
    /// </summary>
    /// <exception cref="SourceFailureException">The download failed, was cut short, or is larger than <paramref name="maximumBytes"/> unpacked.</exception>
    public Task<Download> GetAsync(string part, Uri url, long maximumBytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Checks a parsed download against last-good and returns it with its row count and date, ready for <see cref="ListUpdate.Accepted"/>.</summary>
    /// <param name="maximumShrink">Share of last-good's rows that may be missing: 0.01 for sanctions, else 0.05.</param>
    /// <exception cref="SourceFailureException">Empty, shrunk or older than last-good; the file is kept as quarantined.</exception>
    public Task<Snapshot> AcceptAsync(Download download, long rows, DateTimeOffset? publishedAt, double maximumShrink, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Keeps a download that could not be parsed for inspection and returns the failure to throw.</summary>
    public SourceFailureException Quarantine(Download download, FailureKind kind, string message) => throw new NotImplementedException();
}
