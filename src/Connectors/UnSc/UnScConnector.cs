using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UnSc;

/// <summary>Downloads the XML file and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class UnScConnector(ListOptions options) : IConnector
{
    private static readonly Uri List = new("https://scsanctions.un.org/resources/xml/en/consolidated.xml");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync("consolidated.xml", List, ListGuards.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new UnScList(context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.MinimumRows);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, list.GeneratedAt, ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate([accepted], list.Records.Select(UnScMapper.Map));
    }
}
