using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Nvd;

/// <summary>Reads what changed since the last time, all of it or nothing, and takes back what no longer holds.</summary>
internal sealed class NvdConnector(string? apiKey) : IConnector
{
    private const int RowsPerPage = 1000;
    private const int MostPages = 1000;
    private const long MaximumBytes = 128L << 20;
    private const int MaximumRow = 16 << 20;

    /// <summary>The longest span of changes that may be asked for, and how far back reading begins.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromDays(120);

    /// <summary>Changes become visible some time after the instant they bear.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>Hundreds of CVEs change each day: a span as long without any is no answer.</summary>
    private static readonly TimeSpan NeverQuiet = TimeSpan.FromDays(7);

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A supplier whose products are not known would be laid at the door of every vulnerability of its name.
        Supplier[] suppliers = [.. context.Suppliers.Where(s => !s.Products.IsEmpty)];
        IReadOnlyList<EventSignal> known = [.. (await context.Known.OfFeedAsync(SharedFeeds.Vulnerability.Name, cancellationToken).ConfigureAwait(false)).Where(e => e.Source == context.Manifest.Id)];
        string portfolio = NvdCheckpoint.HashOf(suppliers);
        DateTimeOffset from = NvdCheckpoint.Read(context.Checkpoint) is { } before && before.Portfolio == portfolio ? before.Through - Overlap : context.ObservedAt - Window;
        var records = new Dictionary<string, NvdRecord>(StringComparer.Ordinal);
        if (suppliers.Length > 0)
        {
            for (DateTimeOffset start = from; start < context.ObservedAt; start += Window)
                await ReadAsync(context, start, start + Window < context.ObservedAt ? start + Window : context.ObservedAt, records, cancellationToken).ConfigureAwait(false);
        }

        yield return new ListUpdate([]) { Signals = [.. Signals(context, suppliers, records, known)], Checkpoint = new NvdCheckpoint(context.ObservedAt, portfolio).ToString() };
    }

    /// <summary>The events of what was read, and those that it takes back: of rejected CVEs, of products that are no longer named in them, or no longer in the portfolio.</summary>
    private static IEnumerable<Signal> Signals(FetchContext context, Supplier[] suppliers, Dictionary<string, NvdRecord> records, IReadOnlyList<EventSignal> known)
    {
        var matcher = new VendorMatcher(suppliers);
        var found = new Dictionary<(SupplierId, string), EventSignal>();
        foreach (NvdRecord record in records.Values.Where(r => !r.IsRejected))
        {
            foreach (VendorMatch match in record.Products.SelectMany(p => matcher.Match(p.Vendor, p.Product)).Where(m => m.Product == ProductMatch.Confirmed))
            {
                EventSignal happening = NvdMapper.Map(record, match, context.Manifest.Id, context.ObservedAt);
                found[(happening.Supplier, happening.Id)] = happening;
            }
        }

        Dictionary<SupplierId, ImmutableArray<string>> products = suppliers.ToDictionary(s => s.Id, s => s.Products);
        IEnumerable<EventSignal> gone = known.Where(e => !found.ContainsKey((e.Supplier, e.Id))
            && (records.ContainsKey(e.Story) || !products.TryGetValue(e.Supplier, out ImmutableArray<string> own) || !own.Contains(e.Type)));
        return found.Values.Concat(gone.Select(e => e with { Withdrawn = true, ObservedAt = context.ObservedAt }));
    }

    private async Task ReadAsync(FetchContext context, DateTimeOffset start, DateTimeOffset end, Dictionary<string, NvdRecord> records, CancellationToken cancellationToken)
    {
        long position = 0, total = long.MaxValue;
        for (int pages = 0; position < total; pages++)
        {
            if (pages == MostPages) throw Malformed("has no end: a thousand pages were read");
            NvdPage page = await ReadPageAsync(context, start, end, position, cancellationToken).ConfigureAwait(false);
            foreach (NvdRecord record in page.Records) records[record.Id] = record;
            if (page.StartIndex != position) throw Malformed(string.Create(CultureInfo.InvariantCulture, $"begins at row {page.StartIndex} where row {position} was asked for"));
            if (page.Rows == 0 && position < page.TotalResults) throw Malformed(string.Create(CultureInfo.InvariantCulture, $"is empty at row {position} of {page.TotalResults}"));

            // What changes again while it is read leaves the span, and the rows behind it move up: go back as far.
            long movedUp = total == long.MaxValue ? 0 : Math.Max(0, total - page.TotalResults);
            total = page.TotalResults;
            position = Math.Max(0, position - movedUp) + (movedUp > 0 ? 0 : page.Rows);
            context.Progress((int)Math.Min(position, int.MaxValue), (int)Math.Min(total, int.MaxValue), "changed CVEs");
        }

        if (total == 0 && end - start >= NeverQuiet)
            throw new SourceFailureException(FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"The NVD answers that no CVE changed from {start:yyyy-MM-dd} to {end:yyyy-MM-dd}; that has never been. Nothing was taken from it, the next run asks again."));
    }

    private async Task<NvdPage> ReadPageAsync(FetchContext context, DateTimeOffset start, DateTimeOffset end, long position, CancellationToken cancellationToken)
    {
        var url = new Uri(string.Create(
            CultureInfo.InvariantCulture,
            $"https://services.nvd.nist.gov/rest/json/cves/2.0/?lastModStartDate={start:yyyy-MM-ddTHH:mm:ss.fff}%2B00:00&lastModEndDate={end:yyyy-MM-ddTHH:mm:ss.fff}%2B00:00&resultsPerPage={RowsPerPage}&startIndex={position}"));
        Dictionary<string, string>? headers = apiKey is null ? null : new(StringComparer.Ordinal) { ["apiKey"] = apiKey };
        SourceResponse answer = await context.Http.GetAsync(url, MaximumBytes, cancellationToken, headers: headers).ConfigureAwait(false);
        var figures = new Dictionary<string, long>(StringComparer.Ordinal);
        var records = ImmutableArray.CreateBuilder<NvdRecord>();
        long rows = 0;
        MemoryMarshal.TryGetArray(answer.Body, out ArraySegment<byte> bytes);
        using var body = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        IEnumerable<JsonElement> elements = BoundedJson.Elements(body, "vulnerabilities", "the NVD's answer", (name, value) =>
        {
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long figure)) figures[name] = figure;
        }, MaximumRow);
        foreach (JsonElement element in elements)
        {
            rows++;
            NvdRecord.Format.Check(element, context.Audit);
            if (NvdRecord.TryRead(element, out string key, out NvdRecord? record, out string problem)) records.Add(record);
            else context.Audit.Reject(key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"row {position + rows}"), problem);
        }

        context.Audit.CountRead((int)rows);
        if (!figures.TryGetValue("totalResults", out long total)) throw Malformed("states no totalResults");
        if (rows > 0 && records.Count == 0) throw Malformed("has no row in the documented format");
        return new NvdPage(records.ToImmutable(), rows, figures.GetValueOrDefault("startIndex", position), total);
    }

    private static SourceFailureException Malformed(string what) => new(FailureKind.Malformed, $"The NVD's answer {what}; nothing of this run was kept, the next one asks again.");

    /// <param name="Rows">Rows in the page, readable or not.</param>
    private sealed record NvdPage(ImmutableArray<NvdRecord> Records, long Rows, long StartIndex, long TotalResults);
}
