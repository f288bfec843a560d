using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.SamExclusions;

/// <summary>Downloads the newest daily extract and screens the portfolio.</summary>
internal sealed class SamExclusionsConnector(SamExclusionsOptions options) : IConnector
{
    /// <summary>Exclusions end, hundreds on some days.</summary>
    private const double MaximumShrink = 0.05;

    private const string Extract = "https://api.sam.gov/data-services/v1/extracts?fileType=EXCLUSION";

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync(
            "exclusions.zip", new Uri(Extract), ListGuards.MaximumBytes, cancellationToken, secretQuery: "api_key=" + Uri.EscapeDataString(options.ApiKey)).ConfigureAwait(false);
        var extract = new SamExclusionsExtract(context.Audit, context.ObservedAt);
        long rows = context.Snapshots.Read(download, extract.Read, options.List.MinimumRows);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, extract.MadeAt ?? download.Snapshot.LastModified(), MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate([accepted], SamExclusionsMapper.Map(extract.Records));
    }
}
