using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UsCsl;

/// <summary>Downloads the CSV file and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class UsCslConnector(ListOptions options) : IConnector
{
    private static readonly Uri List = new("https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        UsCslCheckpoint? last = context.Checkpoint is { } checkpoint ? JsonSerializer.Deserialize<UsCslCheckpoint>(checkpoint) : null;
        Download download = await context.Snapshots.GetAsync("consolidated.csv", List, ListGuards.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new UsCslList(context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.MinimumRows);
        if (last is not null && !context.Snapshots.AcceptsShorter && !context.Snapshots.IsTaken(download) && list.Shrunk(last.Lists) is { } shrunk) throw context.Snapshots.Quarantine(download, FailureKind.Shrunk, shrunk);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, download.Snapshot.LastModified(), ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);

        IEnumerable<UsCslRecord> inForce = list.Records.Where(r => UsCslMapper.IsInForce(r, context.ObservedAt));
        yield return new PartyListUpdate([accepted], inForce.Select(UsCslMapper.Map).DistinctBy(e => e.Id)) { Checkpoint = JsonSerializer.Serialize(new UsCslCheckpoint(list.Lists)) };
    }
}

/// <param name="Lists">Rows of each list in the last good file.</param>
internal sealed record UsCslCheckpoint(SortedDictionary<string, int> Lists);
