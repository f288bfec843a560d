using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Claims;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.RansomwareLive;

/// <summary>Reads the newest claims. Older ones stay known; one that is missing among its neighbours was taken off.</summary>
internal sealed class RansomwareLiveConnector : IConnector
{
    private const string Part = "recentvictims.json";
    private const long MaximumBytes = 16L << 20;
    private const double MaximumShrink = 0.5;
    private static readonly Uri Address = new("https://api.ransomware.live/v2/recentvictims");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<EventSignal> known = await context.Known.OfFeedAsync(SharedFeeds.RansomwareClaim.Name, cancellationToken).ConfigureAwait(false);
        Download download = await context.Snapshots.GetAsync(Part, Address, MaximumBytes, cancellationToken).ConfigureAwait(false);
        var records = new List<RansomwareLiveRecord>();
        var claims = new List<RansomwareClaim>();
        long rows = context.Snapshots.Read(download, snapshot => Read(context.Audit, snapshot, records, claims));
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, records.Max(r => (DateTimeOffset?)r.Discovered), MaximumShrink, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<EventSignal> found = ClaimEvents.Of(context, claims, accepted, cancellationToken);
        yield return new ListUpdate([accepted]) { Signals = [.. found, .. Changed(context, [.. known.Where(e => e.Source == context.Manifest.Id)], records, claims, found)] };
    }

    /// <summary>Claims that are no longer told of, and such as no longer fit the supplier.</summary>
    private static IEnumerable<EventSignal> Changed(FetchContext context, EventSignal[] known, List<RansomwareLiveRecord> records, List<RansomwareClaim> claims, IReadOnlyList<EventSignal> found)
    {
        HashSet<string> told = [.. claims.Select(c => c.Id)];
        HashSet<(SupplierId, string)> fitting = [.. found.Select(e => (e.Supplier, e.Id))];
        DateTimeOffset oldest = records.Min(r => r.Discovered), newest = records.Max(r => r.Discovered);
        foreach (EventSignal claim in known)
        {
            if (fitting.Contains((claim.Supplier, claim.Id))) continue;
            if (told.Contains(claim.Id)) yield return claim with { Withdrawn = true, ObservedAt = context.ObservedAt };
            else if (claim.Stage != ClaimStage.Delisted && claim.OccurredAt >= oldest && claim.OccurredAt <= newest) yield return ClaimEvents.Delisted(claim, context.ObservedAt);
        }
    }

    private static long Read(FetchAudit audit, Snapshot snapshot, List<RansomwareLiveRecord> records, List<RansomwareClaim> claims)
    {
        using JsonDocument document = BoundedJson.Parse(File.ReadAllBytes(snapshot.File), snapshot.Part);

        // The paid interface puts the list into an object.
        JsonElement list = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("victims", out JsonElement victims) ? victims : document.RootElement;
        if (list.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, $"{snapshot.Part} is no JSON array.");
        var rows = new ListRows(audit, "claims");
        foreach (JsonElement element in list.EnumerateArray())
        {
            RansomwareLiveRecord.Format.Check(element, audit);
            if (RansomwareLiveRecord.TryRead(element, out string key, out RansomwareLiveRecord? record, out string problem)) records.Add(record);
            string name = key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"claim {rows.Count + 1}");
            rows.Add(name, record is null ? problem : null);
            if (record is null) continue;
            if (RansomwareLiveMapper.Map(record, out string reason) is { } claim) claims.Add(claim);
            else audit.Reject(name, reason);
        }

        return rows.Whole();
    }
}
