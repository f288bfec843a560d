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
        Download download = await context.Snapshots.GetAsync(
            "xmlfullsanctionslist.xml", new Uri(List), ListGuards.MaximumBytes, cancellationToken, secretQuery: "token=" + Uri.EscapeDataString(options.Token)).ConfigureAwait(false);
        var list = new EuFsfList(context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.List.MinimumRows);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, list.GeneratedAt, ListGuards.MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate([accepted], list.Records.Select(EuFsfMapper.Map));
    }
}
