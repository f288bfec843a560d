using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Breaches;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.XposedOrNot;

/// <summary>Downloads the list of all breaches and joins it by domain.</summary>
internal sealed class XposedOrNotConnector : IConnector
{
    private const string Part = "breaches.json";
    private const long MaximumBytes = 64L << 20;
    private const double MaximumShrink = 0.05;
    private static readonly Uri Address = new("https://api.xposedornot.com/v1/breaches");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync(Part, Address, MaximumBytes, cancellationToken).ConfigureAwait(false);
        var list = new BreachList(context.Audit);
        long rows = context.Snapshots.Read(download, snapshot => Read(snapshot, list));
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, null, MaximumShrink, cancellationToken).ConfigureAwait(false);
        var events = new BreachEvents(context.Suppliers, context.Manifest.Id, context.ObservedAt);
        yield return new ListUpdate([accepted]) { Signals = [.. list.Breaches.SelectMany(breach => events.Of(breach, accepted))], Complete = true };
    }

    private static long Read(Snapshot snapshot, BreachList list)
    {
        string status = "";
        using FileStream file = File.OpenRead(snapshot.File);
        long rows = list.Read(
            BoundedJson.Elements(file, "exposedBreaches", snapshot.Part, (name, value) => status = name == "status" ? value.GetRawText().Trim('"') : status), static element =>
            {
                XposedOrNotRecord? record = XposedOrNotRecord.Read(element, out string key, out string problem);
                return (key, record is null ? BreachRow.Unreadable(problem) : XposedOrNotMapper.Map(record));
            });
        return status is "" or "success" ? rows : throw new SourceFailureException(FailureKind.Malformed, $"{snapshot.Part} states the status {status}.");
    }
}
