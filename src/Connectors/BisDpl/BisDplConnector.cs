using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.BisDpl;

/// <summary>Downloads the text file and hands over its parties, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class BisDplConnector(ListOptions options) : IConnector
{
    /// <summary>The list is small, and orders end.</summary>
    private const double MaximumShrink = 0.05;

    private static readonly Uri List = new("https://www.bis.doc.gov/dpl/dpl.txt");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync("dpl.txt", List, ListGuards.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new BisDplList(context.Audit);
        long rows = context.Snapshots.Read(download, list.Read, options.MinimumRows);

        // Last_Update is a date of each row, and some are in the next millennium.
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, download.Snapshot.LastModified(), MaximumShrink, cancellationToken).ConfigureAwait(false);
        IEnumerable<BisDplRecord> inForce = list.Records.Where(r => BisDplMapper.IsInForce(r, context.ObservedAt));
        yield return new PartyListUpdate([accepted], inForce.Select(BisDplMapper.Map));
    }
}
