using System.Globalization;
using System.Security.Cryptography;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>Downloads parts of a source to files, and guards what may become last-good.</summary>
/// <remarks>
/// Files are content-addressed: <c>FOLDER/SOURCE/sha256[.quarantined]</c>; written to a temporary name, flushed, then renamed, so a crash leaves no half file.
/// </remarks>
public sealed class SnapshotDownloads(SourceManifest manifest, SourceHttp http, ISnapshotCatalog catalog, string folder, DateTimeOffset fetchedAt)
{
    private const string QuarantinedEnding = ".quarantined";

    /// <summary>Ends the names of files that are gone soon, or were left by a crash and may be removed.</summary>
    internal const string TemporaryEnding = ".tmp";

    /// <summary>How long a refused file is kept for people to look at.</summary>
    private static readonly TimeSpan QuarantineFor = TimeSpan.FromDays(30);

    private readonly string home = Path.Combine(folder, manifest.Id.Value);

    public SourceManifest Manifest { get; } = manifest;

    /// <summary>True when a person has looked and says that lists may be shorter than the last good ones this time. Every other check stays.</summary>
    public bool AcceptsShorter { get; init; }

    /// <summary>A refused file that a person has looked at and releases: it takes the place of the download of its part, and is not refused for being shorter, older or too short.</summary>
    public Snapshot? Released { get; init; }

    /// <summary>Hashes of files that were released before: the same bytes from upstream are the last good ones, and no news.</summary>
    public IReadOnlySet<string> ReleasedBefore { get; init; } = new HashSet<string>();

    /// <summary>Whether the guards against short and old files let this one through: a person releases it, or has done so, and it is in force.</summary>
    public bool IsTaken(Download download) =>
        download.IsUnchanged ? ReleasedBefore.Contains(download.Snapshot.Sha256) : Released is { } released && download.Snapshot.Part == released.Part && download.Snapshot.Sha256 == released.Sha256;

    /// <summary>
    /// Conditional GET of one part; a 304 or equal bytes give the last-good snapshot again. Follows redirects within the manifest's hosts. A last-good file that is
    /// gone from disk, or whose bytes no longer match its hash, is downloaded anew.
    /// </summary>
    /// <param name="headers">Sent besides the validators: a key, where the publisher wants one. They are stored nowhere.</param>
    /// <param name="secretQuery">Put behind the address, escaped: a key, where the publisher wants it there. Stored nowhere either.</param>
    /// <exception cref="SourceFailureException">The download failed, was cut short, is larger than <paramref name="maximumBytes"/> unpacked, or could not be written.</exception>
    public async Task<Download> GetAsync(
        string part, Uri url, long maximumBytes, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? headers = null, string secretQuery = "")
    {
        try
        {
            return await FetchAsync(part, url, secretQuery, maximumBytes, headers, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceFailureException(
                FailureKind.Misconfigured, $"{part} of {Manifest.Title} cannot be written to {home} ({e.Message.TrimEnd('.')}); free some space there and check that the folder is writable. The last good one stays in force.", e);
        }
    }

    private async Task<Download> FetchAsync(string part, Uri url, string secretQuery, long maximumBytes, IReadOnlyDictionary<string, string>? headers, CancellationToken cancellationToken)
    {
        if (Released is { } released && released.Part == part) return await TakeAsync(released, cancellationToken).ConfigureAwait(false);
        Snapshot? lastGood = await catalog.LastGoodAsync(Manifest.Id, part, cancellationToken).ConfigureAwait(false);
        bool intact = lastGood is not null && await IsIntactAsync(lastGood, cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> validators = intact && lastGood!.Url == url.AbsoluteUri ? Validators(lastGood) : [];
        int[] expected = validators.Count > 0 ? [304] : [];
        foreach ((string name, string value) in headers ?? new Dictionary<string, string>()) validators.Add(name, value);
        Uri called = secretQuery.Length == 0 ? url : new Uri($"{url.AbsoluteUri}{(url.Query.Length > 0 ? '&' : '?')}{secretQuery}");
        var request = new SourceRequest(called, maximumBytes, expected, validators);

        Directory.CreateDirectory(home);
        string temporary = Path.Combine(home, $"{part}.{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            ResponseHead head;
            long bytes;
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, FileOptions.Asynchronous))
            {
                head = await http.GetIntoAsync(file, request, cancellationToken).ConfigureAwait(false);
                if (head.Status == 304) return new Download(lastGood!, IsUnchanged: true);
                file.Flush(flushToDisk: true);
                bytes = file.Length;
            }

            string sha256 = await HashAsync(temporary, cancellationToken).ConfigureAwait(false);
            string kept = Path.Combine(home, sha256);
            File.Move(temporary, kept, overwrite: true);
            bool unchanged = lastGood?.Sha256 == sha256;
            Snapshot snapshot = unchanged
                ? lastGood! with { File = kept, Url = url.AbsoluteUri, ETag = head.ETag, LastModified = head.LastModified }
                : new Snapshot(Manifest.Id, part, url.AbsoluteUri, sha256, kept, bytes, Rows: 0, PublishedAt: null, fetchedAt, head.ETag, head.LastModified);
            return new Download(snapshot, unchanged);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The released file, back under the name of files that are in use.</summary>
    private async Task<Download> TakeAsync(Snapshot released, CancellationToken cancellationToken)
    {
        string kept = Path.Combine(home, released.Sha256), refused = kept + QuarantinedEnding;
        if (File.Exists(refused)) File.Move(refused, kept, overwrite: true);
        Snapshot snapshot = released with { File = kept };
        if (await IsIntactAsync(snapshot, cancellationToken).ConfigureAwait(false)) return new Download(snapshot, IsUnchanged: false);
        throw new SourceFailureException(FailureKind.Misconfigured, $"the released file {released.Sha256[..12]} of {released.Part} is no longer in {home}; refused files are kept for {QuarantineFor.TotalDays:0} days.");
    }

    /// <summary>The accepted snapshot in force of another source's part, for data that several sources use, or null.</summary>
    public Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken) => catalog.LastGoodAsync(source, part, cancellationToken);

    /// <summary>Checks a parsed download against last-good and returns it with its row count and date, ready for <see cref="ListUpdate.Accepted"/>.</summary>
    /// <param name="maximumShrink">Share of last-good's rows that may be missing: 0.01 for sanctions, else 0.05.</param>
    /// <exception cref="SourceFailureException">Empty, shrunk or older than last-good; the file is kept as quarantined.</exception>
    public async Task<Snapshot> AcceptAsync(Download download, long rows, DateTimeOffset? publishedAt, double maximumShrink, CancellationToken cancellationToken)
    {
        Snapshot snapshot = download.Snapshot with { Rows = rows, PublishedAt = publishedAt };
        if (rows == 0) throw Quarantine(download, FailureKind.Malformed, "has no rows");
        Snapshot? lastGood = await catalog.LastGoodAsync(Manifest.Id, snapshot.Part, cancellationToken).ConfigureAwait(false);
        if (lastGood is null || lastGood.Sha256 == snapshot.Sha256 || IsTaken(download)) return snapshot;
        if (!AcceptsShorter && rows < lastGood.Rows * (1 - maximumShrink))
            throw Quarantine(download, FailureKind.Shrunk, Invariant($"has {rows} rows where the last good one has {lastGood.Rows}; more than {maximumShrink:P0} are gone"));
        if (publishedAt < lastGood.PublishedAt)
            throw Quarantine(download, FailureKind.Outdated, Invariant($"was published {publishedAt:yyyy-MM-dd HH:mm:ss}Z, before the last good one of {lastGood.PublishedAt:yyyy-MM-dd HH:mm:ss}Z"));
        return snapshot;
    }

    /// <summary>Refuses the answer to a question that has far fewer rows than the last good answer to the very same question; it may have none.</summary>
    /// <param name="maximumShrink">Share of the rows that may be gone; one may always.</param>
    /// <returns>The snapshot with its rows.</returns>
    public async Task<Snapshot> AcceptAnswerAsync(Download download, long rows, double maximumShrink, CancellationToken cancellationToken)
    {
        Snapshot answer = download.Snapshot with { Rows = rows };
        if (AcceptsShorter || await catalog.LastGoodAsync(Manifest.Id, answer.Part, cancellationToken).ConfigureAwait(false) is not { } lastGood || lastGood.Url != answer.Url) return answer;
        return rows >= lastGood.Rows - Math.Max(1, lastGood.Rows * maximumShrink)
            ? answer
            : throw Quarantine(download, FailureKind.Shrunk, Invariant($"has {rows} rows where the last good one has {lastGood.Rows}; more than {maximumShrink:P0} are gone"));
    }

    /// <summary>Keeps a download that could not be parsed for inspection and returns the failure to throw.</summary>
    /// <param name="message">Completes a sentence that begins with the part's name: "has no rows".</param>
    public SourceFailureException Quarantine(Download download, FailureKind kind, string message)
    {
        Snapshot snapshot = download.Snapshot;
        string kept = snapshot.Sha256;
        // The last good file itself stays where it is: refusing it now does not undo that it was accepted, and it is what we fall back on.
        if (!download.IsUnchanged)
        {
            kept += QuarantinedEnding;
            if (File.Exists(snapshot.File)) File.Move(snapshot.File, Path.Combine(home, kept), overwrite: true);
        }

        string remedy = kind == FailureKind.Shrunk ? $" If the publisher did shorten it: risk sources pull {Manifest.Id} --accept-shorter" : "";
        return new SourceFailureException(kind, $"{snapshot.Part} of {Manifest.Title} {message}. The last good one stays in force; look at {Path.Combine(Manifest.Id.Value, kept)} in the snapshot folder.{remedy}")
        {
            Refused = download.IsUnchanged ? null : snapshot with { File = Path.Combine(home, kept) },
        };
    }

    /// <summary>
    /// Removes what nobody needs any more: temporary files of downloads that a crash cut off, snapshots that are not last-good, and quarantined files older than 30
    /// days. Only while no download runs. A file that cannot be removed stays until the next time.
    /// </summary>
    /// <param name="folder">The snapshot folder of all sources; it need not exist.</param>
    /// <param name="lastGood">Absolute paths of the snapshots in force.</param>
    /// <returns>How many files went.</returns>
    public static int Tidy(string folder, IReadOnlySet<string> lastGood, DateTimeOffset at)
    {
        if (!Directory.Exists(folder)) return 0;
        int removed = 0;
        foreach (string source in Directory.EnumerateDirectories(folder))
        {
            foreach (FileInfo file in new DirectoryInfo(source).GetFiles())
            {
                if (!IsOurs(file.Name) || lastGood.Contains(file.FullName)) continue;
                if (file.Name.EndsWith(QuarantinedEnding, StringComparison.Ordinal) && at - file.LastWriteTimeUtc <= QuarantineFor) continue;
                try
                {
                    file.Delete();
                    removed++;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Held open or write-protected: it costs space, nothing else.
                }
            }
        }

        return removed;
    }

    /// <summary>Named as this class names files; anything else somebody put there.</summary>
    private static bool IsOurs(string name)
    {
        string hash = name.EndsWith(QuarantinedEnding, StringComparison.Ordinal) ? name[..^QuarantinedEnding.Length] : name;
        return name.EndsWith(TemporaryEnding, StringComparison.Ordinal) || (hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower));
    }

    private static Dictionary<string, string> Validators(Snapshot lastGood)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (lastGood.ETag.Length > 0) headers.Add("If-None-Match", lastGood.ETag);
        if (lastGood.LastModified.Length > 0) headers.Add("If-Modified-Since", lastGood.LastModified);
        return headers;
    }

    private static async Task<bool> IsIntactAsync(Snapshot snapshot, CancellationToken cancellationToken) =>
        File.Exists(snapshot.File) && await HashAsync(snapshot.File, cancellationToken).ConfigureAwait(false) == snapshot.Sha256;

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
