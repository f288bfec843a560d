using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;

namespace Risk.Connectors.UkConList;

/// <summary>Downloads the CSV file and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class UkConListConnector(ListOptions options) : IConnector
{
    private static readonly Uri List = new("https://ofsistorage.blob.core.windows.net/publishlive/2022format/ConList.csv");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync("conlist.csv", List, ListGuards.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new UkListFile(UkConListMapper.Layout, context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.MinimumRows);
        DateTimeOffset? publishedAt = list.DatedAt ?? download.Snapshot.LastModified();
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, publishedAt, ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate([accepted], list.Parties.Select(UkConListMapper.Map));
    }
}
