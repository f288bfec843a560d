using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.WorldBankDebarred;

/// <summary>Downloads the document and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class WorldBankDebarredConnector(WorldBankDebarredOptions options) : IConnector
{
    /// <summary>Records leave when their time is over, several a week.</summary>
    private const double MaximumShrink = 0.05;

    private static readonly Uri List = new("https://apigwext.worldbank.org/dvsvc/v1.0/json/APPLICATION/ADOBE_EXPRNCE_MGR/FIRM/SANCTIONED_FIRM");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = new Dictionary<string, string> { ["apikey"] = options.ApiKey };
        Download download = await context.Snapshots.GetAsync("sanctioned_firm.json", List, WorldBankDebarredList.MaximumBytes, cancellationToken, key).ConfigureAwait(false);
        var list = new WorldBankDebarredList(context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.List.MinimumRows);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, list.RefreshedAt, MaximumShrink, cancellationToken).ConfigureAwait(false);
        IEnumerable<WorldBankDebarredRecord> inForce = list.Records.Where(r => WorldBankDebarredMapper.IsInForce(r, context.ObservedAt));
        yield return new PartyListUpdate([accepted], inForce.Select(WorldBankDebarredMapper.Map));
    }
}
