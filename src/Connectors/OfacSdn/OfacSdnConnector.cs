using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.OfacSdn;

/// <summary>Downloads the four files and hands over their parties, also when they are unchanged: the portfolio may not be.</summary>
internal sealed class OfacSdnConnector(ListOptions options) : IConnector
{
    private static readonly OfacExports Exports = new("SDN.CSV", "ALT.CSV", "ADD.CSV", "SDN_COMMENTS.CSV");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OfacDownload list = await Exports.FetchAsync(context, options.MinimumRows, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate(list.Accepted, list.Parties.Select(OfacSdnMapper.Map));
    }
}
