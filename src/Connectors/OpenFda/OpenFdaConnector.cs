using System.Globalization;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Fda;
using Risk.Connectors.Sdk.Http;

namespace Risk.Connectors.OpenFda;

/// <summary>Reads the recalls of the last years whole at each run: there are a dozen pages, and a supplier that is new today may have been recalling last year.</summary>
internal sealed class OpenFdaConnector(OpenFdaOptions options) : IConnector
{
    private const long MaximumBytes = 64L << 20;

    /// <summary>The most that the API gives at once.</summary>
    private const int PageSize = 1000;

    /// <summary>The API goes no further.</summary>
    private const int FurthestSkip = 25_000;

    private const int Years = 3;

    private static readonly int[] Expected = [404];

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = new List<FdaRecall>();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        bool isWhole = true;
        foreach (OpenFdaEndpoint endpoint in OpenFdaEndpoint.All)
        {
            (HashSet<OpenFdaRecord> records, bool all) = await ReadAsync(context, endpoint, cancellationToken).ConfigureAwait(false);
            counts[endpoint.Path] = records.Count;
            isWhole &= all;
            foreach (OpenFdaRecord record in records)
            {
                if (OpenFdaMapper.TryMap(record, context.ObservedAt, out FdaRecall? line, out string problem)) lines.Add(line);
                else context.Audit.Reject($"{endpoint.Path} {record.RecallNumber}".TrimEnd(), problem);
            }
        }

        if (lines.Count == 0) throw new SourceFailureException(FailureKind.SentinelMissing, $"openFDA has no recall at all in {Years} years, which cannot be; what was known stays.");
        string checkpoint = RecordCounts.Check(context, counts);

        // One line for a product that both device endpoints have: the classified one, with the cause that only the other knows.
        IEnumerable<FdaRecall> distinct = lines.GroupBy(l => (l.EventId, l.Number.Length > 0 ? l.Number : l.Product))
            .Select(g => g.OrderByDescending(l => l.Class > 0).First() with { RootCause = g.Select(l => l.RootCause).FirstOrDefault(c => c.Length > 0, "") });
        yield return new ListUpdate([])
        {
            Signals = FdaRecallEvents.Of(context.Manifest.Id, distinct, context.Suppliers, context.ObservedAt, cancellationToken),
            Complete = isWhole,
            Checkpoint = checkpoint,
        };
    }

    /// <summary>All records of an endpoint, and whether it gave as many as it says it has.</summary>
    private async Task<(HashSet<OpenFdaRecord> Records, bool IsWhole)> ReadAsync(FetchContext context, OpenFdaEndpoint endpoint, CancellationToken cancellationToken)
    {
        string path = endpoint.Path;
        var records = new HashSet<OpenFdaRecord>();
        for (int skip = 0; skip <= FurthestSkip; skip += PageSize)
        {
            SourceResponse answer = await context.Http.GetAsync(Address(context, path, endpoint.Date, skip), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
            if (answer.Status == 404)
            {
                // A page past the end, or nothing fits the query. Anything else is another matter, but what device/recall adds can be done without.
                bool isNone = OpenFdaPage.SaysNoMatch(answer.Body, path);
                if (!isNone && endpoint.IsNeeded) throw new SourceFailureException(FailureKind.NotFound, $"api.fda.gov has no {path}.json any more; look at {context.Manifest.Homepage}.");
                if (!isNone) context.Audit.Reject(path, "the endpoint is not there; the others have most of its recalls");
                return (records, isNone);
            }

            OpenFdaPage page = OpenFdaPage.Read(answer.Body, endpoint, context.Audit);
            int before = records.Count;
            records.UnionWith(page.Records);
            context.Audit.CountRead(records.Count - before);
            context.Progress(records.Count, page.Total, path);
            if (records.Count >= page.Total || skip + page.Records.Length >= page.Total) return (records, true);
            if (page.Skip == skip && page.Records.Length == PageSize) continue;
            context.Audit.Reject(path, "the answer holds fewer records than it counts; what it holds was taken, nothing is withdrawn");
            return (records, false);
        }

        throw new SourceFailureException(FailureKind.TooLarge, $"openFDA has more than {FurthestSkip} records of {path} in {Years} years, more than it gives; a newer version of this program has to ask in parts.");
    }

    private Uri Address(FetchContext context, string path, string date, int skip)
    {
        DateTimeOffset to = context.ObservedAt, from = to.AddYears(-Years);
        string key = options.ApiKey.Length == 0 ? "" : "&api_key=" + Uri.EscapeDataString(options.ApiKey);
        string window = date == "report_date" ? string.Create(CultureInfo.InvariantCulture, $"{date}:[{from:yyyyMMdd}+TO+{to:yyyyMMdd}]") : string.Create(CultureInfo.InvariantCulture, $"{date}:[{from:yyyy-MM-dd}+TO+{to:yyyy-MM-dd}]");
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"https://api.fda.gov/{path}.json?search={window}&sort={date}:asc&limit={PageSize}&skip={skip}{key}"));
    }
}
