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
        long rows = context.Snapshots.Read(download, snapshot => Read(snapshot, list, context.Audit));
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, null, MaximumShrink, cancellationToken).ConfigureAwait(false);
        var events = new BreachEvents(context.Suppliers, context.Manifest.Id, context.ObservedAt);
        yield return new ListUpdate([accepted]) { Signals = [.. list.Breaches.SelectMany(breach => events.Of(breach, accepted))], Complete = true };
    }

    private static long Read(Snapshot snapshot, BreachList list, FetchAudit audit)
    {
        using JsonDocument document = BoundedJson.Parse(File.ReadAllBytes(snapshot.File), snapshot.Part);
        JsonElement root = document.RootElement;
        string status = BoundedJson.Text(root, "status");
        if (status is not ("" or "success")) throw new SourceFailureException(FailureKind.Malformed, $"{snapshot.Part} states the status {Observation.Line(status, 60)}.");
        JsonElement breaches = root.ValueKind == JsonValueKind.Object ? root.EnumerateObject().FirstOrDefault(p => XposedOrNotRecord.NameOf(p) == "exposedbreaches").Value : default;
        if (breaches.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, $"{snapshot.Part} has no array 'exposedBreaches'.");
        return list.Read(
            breaches.EnumerateArray(), element =>
            {
                if (!XposedOrNotRecord.IsFormer(element)) XposedOrNotRecord.Format.Check(element, audit);
                XposedOrNotRecord? record = XposedOrNotRecord.Read(element, out string key, out string problem);
                return (key, record is null ? BreachRow.Unreadable(problem) : XposedOrNotMapper.Map(record));
            });
    }
}
