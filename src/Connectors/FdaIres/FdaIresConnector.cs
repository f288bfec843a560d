using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Fda;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.FdaIres;

/// <summary>Reads what FDA touched in the last years whole at each run: a few pages, and a supplier that is new today may have been recalling last year.</summary>
internal sealed class FdaIresConnector(FdaIresOptions options) : IConnector
{
    private const long MaximumBytes = 128L << 20;

    /// <summary>The most that the API gives at once.</summary>
    private const int PageSize = 5000;
    private const int MostPages = 40;
    private const int Years = 3;

    /// <summary>Outcomes in the body; the HTTP status is 200 for all of them.</summary>
    private const int Success = 400, Denied = 401, NoResults = 412;

    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal) { ["Authorization-User"] = options.AuthorizationUser, ["Authorization-Key"] = options.AuthorizationKey };

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var products = new Dictionary<string, FdaIresRecord>(StringComparer.Ordinal);
        bool isWhole = await ReadAsync(context, products, cancellationToken).ConfigureAwait(false);
        if (products.Count == 0) throw new SourceFailureException(FailureKind.SentinelMissing, $"FDA's enforcement system finds no recall at all in {Years} years, which cannot be; what was known stays.");
        string checkpoint = RecordCounts.Check(context, [KeyValuePair.Create("products", products.Count)]);
        var lines = new List<FdaRecall>(products.Count);
        foreach ((string key, FdaIresRecord record) in products)
        {
            if (FdaIresMapper.TryMap(record, context.ObservedAt, out FdaRecall? line, out string problem)) lines.Add(line);
            else context.Audit.Reject("product " + key, problem);
        }

        yield return new ListUpdate([])
        {
            Signals = FdaRecallEvents.Of(context.Manifest.Id, lines, context.Suppliers, context.ObservedAt, cancellationToken),
            Complete = isWhole,
            Checkpoint = checkpoint,
        };
    }

    /// <summary>Whether the pages held as many products as the answer counts.</summary>
    private async Task<bool> ReadAsync(FetchContext context, Dictionary<string, FdaIresRecord> products, CancellationToken cancellationToken)
    {
        for (int page = 0; page < MostPages; page++)
        {
            int start = (page * PageSize) + 1, before = products.Count;
            (byte[] Content, string MediaType) question = (Encoding.UTF8.GetBytes("payload=" + Uri.EscapeDataString(Question(context.ObservedAt, start))), "application/x-www-form-urlencoded");
            SourceResponse answer = await context.Http.PostAsync(Address(context.ObservedAt, start), question, MaximumBytes, cancellationToken, headers: headers).ConfigureAwait(false);
            (int read, int total) = Read(answer.Body, start, products, context.Audit);
            context.Audit.CountRead(products.Count - before);
            context.Progress(products.Count, total, "recalled products");
            if (products.Count >= total || start - 1 + read >= total) return true;
            if (read < PageSize)
            {
                context.Audit.Reject("RESULT", "the answer holds fewer products than it counts; what it holds was taken, nothing is withdrawn");
                return false;
            }
        }

        throw new SourceFailureException(FailureKind.TooLarge, $"FDA's enforcement system has more than {MostPages * PageSize} products in {Years} years; something is wrong with the query.");
    }

    /// <exception cref="SourceFailureException">Forbidden or Malformed, by what the body says.</exception>
    private static (int Read, int Total) Read(ReadOnlyMemory<byte> body, int start, Dictionary<string, FdaIresRecord> products, FetchAudit audit)
    {
        using JsonDocument document = BoundedJson.Parse(body, "recalls");
        JsonElement root = document.RootElement;
        int status = Number(root, "STATUSCODE");
        if (status == NoResults) return (0, products.Count);
        if (status == Denied)
            throw new SourceFailureException(FailureKind.Forbidden, "FDA's enforcement system denies access: check the account and the key in Risk:Sources:fda-ires:AuthorizationUser and :AuthorizationKey.");
        if (status != Success || root.GetProperty("STATUSCODE").ValueKind != JsonValueKind.Number || !root.TryGetProperty("RESULT", out JsonElement result) || result.ValueKind != JsonValueKind.Array)
        {
            throw new SourceFailureException(
                FailureKind.Malformed,
                string.Create(CultureInfo.InvariantCulture, $"FDA's enforcement system answered STATUSCODE {status} (\"{RecordEvidence.Shorten(BoundedJson.Text(root, "MESSAGE"), 100)}\") without recalls; nothing of this run was kept."));
        }

        int read = 0;
        foreach (JsonElement product in result.EnumerateArray())
        {
            FdaIresRecord.Format.Check(product, audit);
            FdaIresRecord record = FdaIresRecord.Read(product);
            products[record.ProductId.Length > 0 ? record.ProductId : string.Create(CultureInfo.InvariantCulture, $"at {start + read}")] = record;
            read++;
        }

        return (read, Number(root, "RESULTCOUNT"));
    }

    private static int Number(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : 0;

    /// <summary>Filters are written in a language of their own inside the JSON text.</summary>
    private static string Question(DateTimeOffset at, int start) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"displaycolumns":"{{FdaIresRecord.Columns}}","filter":"[{'eventlmdfrom':'{{at.AddYears(-Years):MM/dd/yyyy}}'}]","start":{{start}},"rows":{{PageSize}},"sort":"productid","sortorder":"asc"}""");

    /// <summary>The server remembers answers, errors too, by the address: each question needs its own.</summary>
    private static Uri Address(DateTimeOffset at, int start) => new(string.Create(CultureInfo.InvariantCulture, $"https://www.accessdata.fda.gov/rest/iresapi/recalls/?signature={at.ToUnixTimeSeconds()}{start:000000}"));
}
