using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.EpaEcho;

/// <summary>Asks for facilities by the portfolio's names, several at once, in two steps: counts and a query's number first, the facilities of that query after.</summary>
internal sealed class EpaEchoConnector : IConnector
{
    private const long MaximumBytes = 128L << 20;
    private const int NamesInAQuery = 10;

    private static readonly int[] Expected = [404];

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The agency knows plants in the United States; a name's legal form is written as it pleases, and commas separate names.
        Supplier[] suppliers = [.. context.Suppliers.Where(s => s.Country is "" or "US")];
        string[] names = [.. suppliers.SelectMany(s => s.Aliases.Prepend(s.Name)).Select(NameNormalizer.Normalize).Where(n => n.Length > 2).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var facilities = new Dictionary<(string, string), EpaEchoRecord>();
        int asked = 0;
        foreach (string[] query in names.Chunk(NamesInAQuery))
        {
            context.Progress(asked, names.Length, query[0]);
            foreach (EpaEchoProgram program in EpaEchoProgram.All) await AskAsync(context, program, query, facilities, cancellationToken).ConfigureAwait(false);
            asked += query.Length;
        }

        context.Audit.CountRead(facilities.Count);
        var violators = new List<EpaEchoRecord>();
        foreach (EpaEchoRecord facility in facilities.Values)
        {
            if (EpaEchoMapper.Problem(facility) is { } problem) context.Audit.Reject($"{facility.Program} {facility.SourceId}", problem);
            else if (EpaEchoMapper.SeverityOf(facility) > 0) violators.Add(facility);
        }

        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(violators.Select(EpaEchoMapper.FirmOf), suppliers, cancellationToken);
        yield return new ListUpdate([])
        {
            Signals = [.. violators.SelectMany(facility => matches[EpaEchoMapper.FirmOf(facility)].Select(match => EpaEchoMapper.Map(facility, match, context.ObservedAt)))],
            // A plant that no longer breaks the law is still in the answers; were they empty, nothing would be known.
            Complete = facilities.Count > 0 && context.Audit.Rejected == 0,
        };
    }

    private static async Task AskAsync(FetchContext context, EpaEchoProgram program, string[] names, Dictionary<(string, string), EpaEchoRecord> facilities, CancellationToken cancellationToken)
    {
        SourceResponse counts = await context.Http.GetAsync(Address(program, "get_facilities", $"output=JSON&responseset=1&p_fn={Uri.EscapeDataString(string.Join(',', names))}"), MaximumBytes, cancellationToken).ConfigureAwait(false);
        (string query, int rows, string refusal) = Read(counts.Body, program);
        if (refusal.Length > 0 && names.Length > 1)
        {
            await AskAsync(context, program, names[..(names.Length / 2)], facilities, cancellationToken).ConfigureAwait(false);
            await AskAsync(context, program, names[(names.Length / 2)..], facilities, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (refusal.Length > 0) context.Audit.Reject($"{program.Name}: {names[0]}", "the name fits more facilities than ECHO gives; give the supplier its full name");
        if (refusal.Length > 0 || rows == 0) return;
        int read = 0;
        foreach (EpaEchoRecord facility in await DownloadAsync(context, program, query, cancellationToken).ConfigureAwait(false))
        {
            facilities[(facility.Program, facility.SourceId)] = facility;
            read++;
        }

        if (read < rows)
            throw new SourceFailureException(FailureKind.Truncated, string.Create(CultureInfo.InvariantCulture, $"ECHO counts {rows} facilities ({program.Name}) and gave {read}; nothing of this run was kept."));
    }

    /// <summary>As CSV; where a mirror has none, as GeoJSON, which has the same columns.</summary>
    private static async Task<IReadOnlyList<EpaEchoRecord>> DownloadAsync(FetchContext context, EpaEchoProgram program, string query, CancellationToken cancellationToken)
    {
        string ask = $"qid={Uri.EscapeDataString(query)}&qcolumns={program.Columns}";
        SourceResponse csv = await context.Http.GetAsync(Address(program, "get_download", ask), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        if (csv.Status != 404) return [.. program.ReadCsv(csv.Body)];
        SourceResponse features = await context.Http.GetAsync(Address(program, "get_geojson", ask + "&output=GEOJSON"), MaximumBytes, cancellationToken).ConfigureAwait(false);
        return program.ReadGeoJson(features.Body);
    }

    /// <summary>The query's number and how many facilities it has; or why there are none: too wide a query is no HTTP error.</summary>
    /// <exception cref="SourceFailureException">Malformed.</exception>
    private static (string Query, int Rows, string Refusal) Read(ReadOnlyMemory<byte> body, EpaEchoProgram program)
    {
        using JsonDocument document = BoundedJson.Parse(body, $"{program.Service}.get_facilities");
        JsonElement results = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Results", out JsonElement r) ? r : default;
        if (results.ValueKind == JsonValueKind.Object && results.TryGetProperty("Error", out JsonElement error))
        {
            string message = RecordEvidence.Shorten(BoundedJson.Text(error, "ErrorMessage"), 200);
            if (message.Contains("Limit would be exceeded", StringComparison.OrdinalIgnoreCase)) return ("", 0, message);
            throw new SourceFailureException(FailureKind.Malformed, $"ECHO refuses the query: {message}. Nothing of this run was kept.");
        }

        // Counts are text.
        string query = results.ValueKind == JsonValueKind.Object ? BoundedJson.Text(results, "QueryID") : "";
        if (query.Length == 0 || !int.TryParse(BoundedJson.Text(results, "QueryRows"), NumberStyles.None, CultureInfo.InvariantCulture, out int rows))
            throw new SourceFailureException(FailureKind.Malformed, $"{program.Service}.get_facilities gives neither QueryID nor QueryRows; nothing of this run was kept.");
        return (query, rows, "");
    }

    private static Uri Address(EpaEchoProgram program, string step, string query) => new($"https://echodata.epa.gov/echo/{program.Service}.{step}?{query}");
}
