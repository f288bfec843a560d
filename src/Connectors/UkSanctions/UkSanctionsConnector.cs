using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;

namespace Risk.Connectors.UkSanctions;

/// <summary>Downloads the CSV file and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class UkSanctionsConnector(ListOptions options) : IConnector
{
    private static readonly Uri List = new("https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync("uk-sanctions-list.csv", List, ListGuards.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new UkListFile(UkSanctionsMapper.Layout, context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.MinimumRows);
        DateTimeOffset? publishedAt = list.DatedAt ?? download.Snapshot.LastModified();
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, publishedAt, ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate([accepted], list.Parties.Select(UkSanctionsMapper.Map));
    }
}
