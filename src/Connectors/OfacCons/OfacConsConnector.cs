using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.OfacCons;

/// <summary>Downloads the four files and hands over their parties, also when they are unchanged: the portfolio may not be.</summary>
internal sealed class OfacConsConnector(ListOptions options) : IConnector
{
    private static readonly OfacExports Exports = new("CONS_PRIM.CSV", "CONS_ALT.CSV", "CONS_ADD.CSV", "CONS_COMMENTS.CSV");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OfacDownload list = await Exports.FetchAsync(context, options.MinimumRows, cancellationToken).ConfigureAwait(false);
        yield return new PartyListUpdate(list.Accepted, list.Parties.Select(OfacConsMapper.Map));
    }
}
