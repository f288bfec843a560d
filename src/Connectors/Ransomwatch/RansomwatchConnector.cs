using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Claims;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Ransomwatch;

/// <summary>Downloads all headings and joins them. The list is only added to, so that one that is gone was taken down.</summary>
internal sealed class RansomwatchConnector : IConnector
{
    private const string Part = "posts.json";
    private const long MaximumBytes = 64L << 20;
    private const double MaximumShrink = 0.05;
    private static readonly Uri Address = new("https://data.ransomware.live/posts.json");
    private static readonly Uri Repository = new("https://raw.githubusercontent.com/joshhighet/ransomwatch/main/posts.json");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await DownloadAsync(context.Snapshots, cancellationToken).ConfigureAwait(false);
        var claims = new List<RansomwareClaim>();
        DateTimeOffset? newest = null;
        long rows = context.Snapshots.Read(download, snapshot => Read(context.Audit, snapshot, claims, ref newest));
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, newest, MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new ListUpdate([accepted]) { Signals = [.. ClaimEvents.Of(context, claims, accepted, cancellationToken)], Complete = true };
    }

    /// <summary>From where it is carried on; from the project's own repository where that is not to be had.</summary>
    private static async Task<Download> DownloadAsync(SnapshotDownloads snapshots, CancellationToken cancellationToken)
    {
        try
        {
            return await snapshots.GetAsync(Part, Address, MaximumBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceFailureException first) when (first.Kind is FailureKind.NotFound or FailureKind.Forbidden)
        {
            try
            {
                return await snapshots.GetAsync(Part, Repository, MaximumBytes, cancellationToken).ConfigureAwait(false);
            }
            catch (SourceFailureException second)
            {
                throw new SourceFailureException(first.Kind, $"{first.Message} The project's own repository failed as well: {second.Message}", second, second.RetryAfter);
            }
        }
    }

    private static long Read(FetchAudit audit, Snapshot snapshot, List<RansomwareClaim> claims, ref DateTimeOffset? newest)
    {
        using JsonDocument document = BoundedJson.Parse(File.ReadAllBytes(snapshot.File), snapshot.Part);
        if (document.RootElement.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, $"{snapshot.Part} is no JSON array.");
        var rows = new ListRows(audit, "posts");
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            RansomwatchRecord.Format.Check(element, audit);
            bool isRead = RansomwatchRecord.TryRead(element, out string key, out RansomwatchRecord? record, out string problem);
            string name = key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"post {rows.Count + 1}");
            rows.Add(name, isRead ? null : problem);
            if (record is null) continue;
            if (newest is null || record.Discovered > newest) newest = record.Discovered;
            if (RansomwatchMapper.Map(record, out string reason) is { } claim) claims.Add(claim);
            else audit.Reject(name, reason);
        }

        return rows.Whole();
    }
}
