using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Osha;

/// <summary>Reads the inspections of the last years, joins them to the portfolio, then reads what was found in those that a supplier had.</summary>
internal sealed class OshaConnector(OshaOptions options) : IConnector
{
    private const int Years = 3;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset since = context.ObservedAt.AddYears(-Years);
        var inspections = new Dictionary<string, OshaRecord>(StringComparer.Ordinal);
        foreach (Func<string, string> row in OshaData.OfFiles(context, OshaTable.Inspections)) Add(OshaRecord.Of(row), since);
        if (options.ApiKey.Length > 0)
        {
            await foreach (Func<string, string> row in OshaData.OfInterface(context, options.ApiKey, OshaTable.Inspections, since, cancellationToken).ConfigureAwait(false)) Add(OshaRecord.Of(row), since);
        }

        // A page that somebody saved counts whatever its age, and as it stands: its figures are complete.
        foreach (string file in SourceFiles.Find(context.Workspace, OshaModule.Id.Value, "*.htm*")) Add(OshaInspectionPage.Read(SourceFiles.Open(OshaModule.Id.Value, file), SourceFiles.NameOf(OshaModule.Id.Value, file)), DateTimeOffset.MinValue);
        if (inspections.Count == 0) throw new SourceFailureException(FailureKind.SentinelMissing, $"There is no inspection in {Years} years, which cannot be; what was known stays.");

        string checkpoint = RecordCounts.Check(context, [KeyValuePair.Create("inspections", inspections.Count)]);
        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(inspections.Values.Select(OshaMapper.FirmOf), context.Suppliers, cancellationToken);
        Dictionary<string, OshaRecord> joined = inspections.Values.Where(i => matches.Contains(OshaMapper.FirmOf(i))).ToDictionary(i => i.ActivityNr, StringComparer.Ordinal);
        foreach (Func<string, string> row in OshaData.OfFiles(context, OshaTable.Violations)) AddViolation(joined, row);
        if (options.ApiKey.Length > 0 && joined.Count > 0)
        {
            await foreach (Func<string, string> row in OshaData.OfInterface(context, options.ApiKey, OshaTable.Violations, since, cancellationToken).ConfigureAwait(false)) AddViolation(joined, row);
        }

        yield return new ListUpdate([])
        {
            Signals = [.. joined.Values.Where(OshaMapper.IsNews).SelectMany(i => matches[OshaMapper.FirmOf(i)].Select(match => OshaMapper.Map(i, match, context.ObservedAt)))],
            Complete = true,
            Checkpoint = checkpoint,
        };

        void Add(OshaRecord inspection, DateTimeOffset notBefore)
        {
            context.Audit.CountRead();
            if (OshaMapper.Problem(inspection, context.ObservedAt) is { } problem) context.Audit.Reject("inspection " + inspection.ActivityNr, problem);
            else if (OshaMapper.OpenedAt(inspection, context.ObservedAt) >= notBefore) inspections[inspection.ActivityNr] = inspection;
        }
    }

    private static void AddViolation(Dictionary<string, OshaRecord> joined, Func<string, string> row)
    {
        if (!joined.TryGetValue(row("activity_nr"), out OshaRecord? inspection)) return;
        joined[inspection.ActivityNr] = inspection with { Found = inspection.Found.With(row("viol_type"), OshaMapper.Dollars(row("current_penalty")) + OshaMapper.Dollars(row("fta_penalty")), row("delete_flag")) };
    }
}
