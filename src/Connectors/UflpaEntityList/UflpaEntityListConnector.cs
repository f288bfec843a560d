using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UflpaEntityList;

/// <summary>Downloads the page and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class UflpaEntityListConnector(ListOptions options) : IConnector
{
    private const long MaximumBytes = 16L << 20;
    private static readonly Uri List = new("https://www.dhs.gov/uflpa-entity-list");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync("uflpa-entity-list.html", List, MaximumBytes, cancellationToken).ConfigureAwait(false);
        var page = new UflpaEntityListPage(context.Audit);
        long rows = context.Snapshots.Read(download, page.Read, options.MinimumRows);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, null, ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate([accepted], UflpaEntityListMapper.Map(page.Records));
    }
}
