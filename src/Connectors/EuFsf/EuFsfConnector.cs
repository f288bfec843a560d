using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.EuFsf;

/// <summary>Downloads the XML file and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class EuFsfConnector(EuFsfOptions options) : IConnector
{
    private const string List = "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content";

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var address = new Uri($"{List}?token={Uri.EscapeDataString(options.Token)}");
        Download download = await context.Snapshots.GetAsync("xmlfullsanctionslist.xml", address, ListGuards.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new EuFsfList(context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.List.MinimumRows);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, list.GeneratedAt, ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);

        // The store keeps the address, and must not keep the token. The price: the next request is not conditional.
        accepted = accepted with { Url = List };
        yield return new PartyListUpdate([accepted], list.Records.Select(EuFsfMapper.Map));
    }
}
