using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.EpaEcho;

/// <summary>Asks for facilities by the portfolio's names, several at once, in two steps: counts and a query's number first, the facilities of that query after.</summary>
internal sealed class EpaEchoConnector : IConnector
{
    private const long MaximumBytes = 128L << 20;

    /// <summary>Names in a query: their address must stay far below 8,000 letters.</summary>
    private const int NamesInAQuery = 25;

    private static readonly int[] Expected = [404];

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The agency knows plants in the United States; nobody else is asked for.
        foreach (Supplier abroad in context.Suppliers.Where(s => s.Country is not ("" or "US"))) yield return new SupplierUpdate(abroad.Id) { Signals = [], Complete = true };
        Supplier[] suppliers = InTurn(context.Suppliers.Where(s => s.Country is "" or "US"), context.Checkpoint ?? "");
        SourceFailureException? failure = null;
        int asked = 0, failedInARow = 0;
        foreach (Supplier[] batch in Batches(suppliers))
        {
            context.Progress(asked, suppliers.Length, batch[0].Name);
            asked += batch.Length;
            SourceUpdate[] updates = [];
            try
            {
                updates = [.. await CheckAsync(context, batch, cancellationToken).ConfigureAwait(false)];
                failedInARow = 0;
            }
            catch (SourceFailureException e) when (!SupplierSweep.IsAboutTheSource(e.Kind))
            {
                failure = e;
                if (++failedInARow >= SupplierSweep.FailuresInARow) break;
            }

            // Whoever was not asked for in this run comes first in the next.
            string next = suppliers[asked % suppliers.Length].Id.Value;
            for (int i = 0; i < updates.Length; i++) yield return i < updates.Length - 1 ? updates[i] : updates[i] with { Checkpoint = next };
        }

        if (failure is not null) throw failure;
    }

    /// <summary>By id, from the one that is next.</summary>
    private static Supplier[] InTurn(IEnumerable<Supplier> suppliers, string next)
    {
        Supplier[] ordered = [.. suppliers.OrderBy(s => s.Id)];
        return [.. ordered.Where(s => string.CompareOrdinal(s.Id.Value, next) >= 0), .. ordered.Where(s => string.CompareOrdinal(s.Id.Value, next) < 0)];
    }

    private static IEnumerable<Supplier[]> Batches(Supplier[] suppliers)
    {
        var batch = new List<Supplier>();
        int names = 0;
        foreach (Supplier supplier in suppliers)
        {
            int own = NamesOf(supplier).Count();
            if (batch.Count > 0 && names + own > NamesInAQuery)
            {
                yield return [.. batch];
                batch.Clear();
                names = 0;
            }

            batch.Add(supplier);
            names += own;
        }

        if (batch.Count > 0) yield return [.. batch];
    }

    /// <summary>Without the legal form, which the agency writes as it pleases, and without commas, which part names.</summary>
    private static IEnumerable<string> NamesOf(Supplier supplier) => supplier.Aliases.Prepend(supplier.Name).Select(NameNormalizer.Normalize).Where(n => n.Length > 2).Distinct(StringComparer.Ordinal);

    private static async Task<IEnumerable<SourceUpdate>> CheckAsync(FetchContext context, Supplier[] batch, CancellationToken cancellationToken)
    {
        string[] names = [.. batch.SelectMany(NamesOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var facilities = new Dictionary<(string, string), EpaEchoRecord>();
        var unread = new HashSet<string>(StringComparer.Ordinal);
        foreach (EpaEchoProgram program in names.Length == 0 ? [] : EpaEchoProgram.All) await AskAsync(context, program, names, facilities, unread, cancellationToken).ConfigureAwait(false);
        context.Audit.CountRead(facilities.Count);
        var usable = new List<EpaEchoRecord>();
        foreach (EpaEchoRecord facility in facilities.Values)
        {
            if (EpaEchoMapper.Problem(facility) is { } problem) context.Audit.Reject($"{facility.Program} {facility.SourceId}", problem);
            else if (!facility.HasStatus || EpaEchoMapper.SeverityOf(facility) > 0) usable.Add(facility);
        }

        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(usable.Select(EpaEchoMapper.FirmOf), batch, cancellationToken);
        ILookup<SupplierId, EpaEchoRecord> joined = usable.SelectMany(f => matches[EpaEchoMapper.FirmOf(f)].Select(m => (m.Supplier, Facility: f))).ToLookup(j => j.Supplier, j => j.Facility);
        return batch.Select(supplier => Update(supplier));

        SupplierUpdate Update(Supplier supplier)
        {
            ImmutableArray<Signal> signals =
                [.. joined[supplier.Id].Where(f => f.HasStatus).SelectMany(f => matches[EpaEchoMapper.FirmOf(f)].Where(m => m.Supplier == supplier.Id).Select(m => EpaEchoMapper.Map(f, m, context.ObservedAt)))];
            int silent = joined[supplier.Id].Count(f => !f.HasStatus);
            string gap = silent > 0 ? string.Create(CultureInfo.InvariantCulture, $"ECHO names {silent} plants of the supplier without their compliance status; nothing is said of them.")
                : NamesOf(supplier).FirstOrDefault(unread.Contains) is { } name ? $"\"{name}\" fits more plants than ECHO gives; give the supplier its full name." : "";
            return gap.Length == 0
                ? new SupplierUpdate(supplier.Id) { Signals = signals, Complete = true }
                : new SupplierUpdate(supplier.Id) { Signals = signals, Gap = new SourceFailureException(FailureKind.Malformed, gap) };
        }
    }

    /// <param name="unread">Receives the names that fit too many facilities.</param>
    private static async Task AskAsync(
        FetchContext context, EpaEchoProgram program, string[] names, Dictionary<(string, string), EpaEchoRecord> facilities, HashSet<string> unread, CancellationToken cancellationToken)
    {
        string search = $"output=JSON&responseset=1&p_fn={Uri.EscapeDataString(string.Join(',', names))}&p_fntype=BEGINS";
        SourceResponse counts = await context.Http.GetAsync(Address(program, "get_facilities", search), MaximumBytes, cancellationToken).ConfigureAwait(false);
        (string query, int rows, string refusal) = Read(counts.Body, program);
        if (refusal.Length > 0 && names.Length > 1)
        {
            await AskAsync(context, program, names[..(names.Length / 2)], facilities, unread, cancellationToken).ConfigureAwait(false);
            await AskAsync(context, program, names[(names.Length / 2)..], facilities, unread, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (refusal.Length > 0) unread.Add(names[0]);
        if (refusal.Length > 0) context.Audit.Reject($"{program.Name}: {names[0]}", "the name fits more facilities than ECHO gives; give the supplier its full name");
        if (refusal.Length > 0 || rows == 0) return;
        IReadOnlyList<EpaEchoRecord> found = await DownloadAsync(context, program, query, cancellationToken).ConfigureAwait(false);
        if (found.Count < rows)
            throw new SourceFailureException(FailureKind.Truncated, string.Create(CultureInfo.InvariantCulture, $"ECHO counts {rows} facilities ({program.Name}) and gave {found.Count}; nothing of this answer was kept."));
        foreach (EpaEchoRecord facility in found) facilities[(facility.Program, facility.SourceId)] = facility;
    }

    /// <summary>As CSV; where a mirror has none, as GeoJSON, which has the same columns.</summary>
    private static async Task<IReadOnlyList<EpaEchoRecord>> DownloadAsync(FetchContext context, EpaEchoProgram program, string query, CancellationToken cancellationToken)
    {
        string ask = $"qid={Uri.EscapeDataString(query)}&qcolumns={program.Columns}";
        SourceResponse csv = await context.Http.GetAsync(Address(program, "get_download", ask), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        if (csv.Status != 404) return program.ReadCsv(csv.Body, context.Audit);
        SourceResponse features = await context.Http.GetAsync(Address(program, "get_geojson", ask + "&output=GEOJSON"), MaximumBytes, cancellationToken).ConfigureAwait(false);
        return program.ReadGeoJson(features.Body, context.Audit);
    }

    /// <summary>The query's number and how many facilities it has; or why there are none: too wide a query is no HTTP error.</summary>
    /// <exception cref="SourceFailureException">Malformed; RateLimited where ECHO takes us for a robot, which is no HTTP error either.</exception>
    private static (string Query, int Rows, string Refusal) Read(ReadOnlyMemory<byte> body, EpaEchoProgram program)
    {
        using JsonDocument document = BoundedJson.Parse(body, $"{program.Service}.get_facilities");
        JsonElement root = document.RootElement, results = BoundedJson.Member(root, "Results");
        string message = RecordEvidence.Shorten(BoundedJson.Text(BoundedJson.Member(results, "Error"), "ErrorMessage") + BoundedJson.Text(BoundedJson.Member(root, "Error"), "ErrorMessage"), 200);
        if (message.Contains("robotic", StringComparison.OrdinalIgnoreCase))
            throw new SourceFailureException(FailureKind.RateLimited, "ECHO takes the program for a robot that asks too fast; whoever was not asked for comes first at the next run.");
        if (message.Contains("Limit would be exceeded", StringComparison.OrdinalIgnoreCase)) return ("", 0, message);
        if (message.Length > 0) throw new SourceFailureException(FailureKind.Malformed, $"ECHO refuses the query: {message}. Nothing of this answer was kept.");

        // Counts are text.
        string query = BoundedJson.Text(results, "QueryID");
        if (query.Length == 0 || !int.TryParse(BoundedJson.Text(results, "QueryRows"), NumberStyles.None, CultureInfo.InvariantCulture, out int rows))
            throw new SourceFailureException(FailureKind.Malformed, $"{program.Service}.get_facilities gives neither QueryID nor QueryRows; nothing of this answer was kept.");
        return (query, rows, "");
    }

    private static Uri Address(EpaEchoProgram program, string step, string query) => new($"https://echodata.epa.gov/echo/{program.Service}.{step}?{query}");
}
