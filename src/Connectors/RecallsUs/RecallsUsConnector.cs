using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.RecallsUs;

/// <summary>Downloads all recalls and joins them to the portfolio, also when they are unchanged: the portfolio may not be.</summary>
internal sealed class RecallsUsConnector : IConnector
{
    private const string Part = "recalls.json";

    /// <summary>All recalls are about 27 MB.</summary>
    private const long MaximumBytes = 128L << 20;
    private const double MaximumShrink = 0.05;

    /// <summary>Without the format it is XML.</summary>
    private static readonly Uri Recalls = new("https://www.saferproducts.gov/RestWebServices/Recall?format=json");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync(Part, Recalls, MaximumBytes, cancellationToken).ConfigureAwait(false);
        var records = new List<RecallsUsRecord>();
        long rows = context.Snapshots.Read(download, snapshot => Read(snapshot, records, context));
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, null, MaximumShrink, cancellationToken).ConfigureAwait(false);
        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(records.SelectMany(RecallsUsMapper.FirmsOf).Select(f => f.Firm), context.Suppliers, cancellationToken);
        yield return new ListUpdate([accepted])
        {
            // One event for a supplier that has several parts in a recall: the one that it answers for most.
            Signals =
            [
                .. records.SelectMany(record => RecallsUsMapper.FirmsOf(record).SelectMany(f => matches[f.Firm].Select(match => (f.Part, f.Severity, Match: match)))
                    .GroupBy(f => f.Match.Supplier).Select(g => g.OrderByDescending(f => f.Match.Severity(f.Severity)).First())
                    .Select(f => RecallsUsMapper.Map(record, f.Part, f.Severity, f.Match, accepted, context.ObservedAt))),
            ],
            Complete = true,
        };
    }

    private static long Read(Snapshot snapshot, List<RecallsUsRecord> records, FetchContext context)
    {
        using JsonDocument document = BoundedJson.Parse(File.ReadAllBytes(snapshot.File), Part);
        if (document.RootElement.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, "is no array of recalls");
        var rows = new ListRows(context.Audit, "recalls");
        foreach (JsonElement recall in document.RootElement.EnumerateArray())
        {
            RecallsUsRecord.Format.Check(recall, context.Audit);
            RecallsUsRecord record = RecallsUsRecord.Read(recall);
            string? problem = RecallsUsMapper.Problem(record, context.ObservedAt);
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"recall {rows.Count + 1}"), problem);
            if (problem is not null) continue;
            if (RecallsUsMapper.FirmsOf(record).Any()) records.Add(record);
            else context.Audit.Reject("recall " + record.RecallNumber, "names no company");
        }

        return rows.Whole();
    }
}
