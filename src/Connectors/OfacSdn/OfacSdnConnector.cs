using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.OfacSdn;

/// <summary>Downloads the three files and screens the portfolio, also when they are unchanged: the portfolio may not be.</summary>
internal sealed class OfacSdnConnector(OfacSdnOptions options) : IConnector
{
    private const string Exports = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/";
    private const long MaximumBytes = 256 * 1024 * 1024;
    private const double MaximumShrink = 0.01;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SnapshotDownloads snapshots = context.Snapshots;
        Download parties = await GetAsync("SDN.CSV").ConfigureAwait(false);
        Download aliases = await GetAsync("ALT.CSV").ConfigureAwait(false);
        Download addresses = await GetAsync("ADD.CSV").ConfigureAwait(false);

        var list = new OfacSdnList(context.Audit);
        long rows = Guarded(parties, list.ReadParties);
        if (rows < options.MinimumRows)
            throw snapshots.Quarantine(parties, FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"has {rows} rows; fewer than {options.MinimumRows} cannot be the whole list"));
        long aliasRows = Guarded(aliases, list.ReadAliases);
        long addressRows = Guarded(addresses, list.ReadAddresses);
        Snapshot accepted = await AcceptAsync(parties, rows).ConfigureAwait(false);
        Snapshot acceptedAliases = await AcceptAsync(aliases, aliasRows).ConfigureAwait(false);
        Snapshot acceptedAddresses = await AcceptAsync(addresses, addressRows).ConfigureAwait(false);

        ImmutableArray<SdnMatch> matches = new SdnScreening(context.Suppliers).Screen(list.Entries);
        SortedDictionary<string, DateTimeOffset> firstSeen = FirstSeen(context, matches);
        yield return new ListUpdate([accepted, acceptedAliases, acceptedAddresses])
        {
            Signals = [.. matches.Select(m => OfacSdnMapper.Map(m, accepted, firstSeen[SeenKey(m)], context.ObservedAt))],
            Complete = true,
            Checkpoint = JsonSerializer.Serialize(firstSeen),
        };

        Task<Download> GetAsync(string export) => snapshots.GetAsync(export.ToLowerInvariant(), new Uri(Exports + export), MaximumBytes, cancellationToken);

        Task<Snapshot> AcceptAsync(Download download, long count) => snapshots.AcceptAsync(download, count, PublishedAt(download.Snapshot), MaximumShrink, cancellationToken);

        long Guarded(Download download, Func<Snapshot, long> read)
        {
            try
            {
                return read(download.Snapshot);
            }
            catch (SourceFailureException e)
            {
                throw snapshots.Quarantine(download, e.Kind, e.Message.TrimEnd('.'));
            }
        }
    }

    /// <summary>When each match was first found: from the checkpoint, else now. Matches that are gone are forgotten.</summary>
    private static SortedDictionary<string, DateTimeOffset> FirstSeen(FetchContext context, ImmutableArray<SdnMatch> matches)
    {
        Dictionary<string, DateTimeOffset> known = context.Checkpoint is { } checkpoint ? JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(checkpoint)! : [];
        var seen = new SortedDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (SdnMatch match in matches) seen[SeenKey(match)] = known.GetValueOrDefault(SeenKey(match), context.ObservedAt);
        return seen;
    }

    private static string SeenKey(SdnMatch match) => $"{match.Supplier.Id}|{OfacSdnMapper.EventId(match)}";

    /// <summary>The CSV files hold no date; the response's Last-Modified is the nearest there is.</summary>
    private static DateTimeOffset? PublishedAt(Snapshot snapshot) =>
        DateTimeOffset.TryParseExact(snapshot.LastModified, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
}
