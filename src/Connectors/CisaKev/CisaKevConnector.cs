using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;

namespace Risk.Connectors.CisaKev;

/// <summary>Downloads the catalogue whole and joins it to the portfolio, also when it is unchanged: the portfolio may not be.</summary>
internal sealed class CisaKevConnector : IConnector
{
    private const string Part = "known_exploited_vulnerabilities.json";
    private const long MaximumBytes = 64 * 1024 * 1024;
    private const double MaximumShrink = 0.05;
    private static readonly Uri Catalogue = new("https://www.cisa.gov/sites/default/files/feeds/" + Part);
    private static readonly Uri Copy = new("https://raw.githubusercontent.com/cisagov/kev-data/develop/" + Part);

    private static readonly RecordFormat Format = RecordFormat.Of("""
        cveID text
        vendorProject text
        product text
        vulnerabilityName text
        dateAdded text
        shortDescription text
        requiredAction text
        dueDate text
        knownRansomwareCampaignUse text
        notes text
        cwes array
        cwes[] text
        """);

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Download download = await DownloadAsync(context.Snapshots, cancellationToken).ConfigureAwait(false);
        CisaKevCatalogue catalogue = Read(download, context);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, catalogue.Rows, catalogue.DateReleased, MaximumShrink, cancellationToken).ConfigureAwait(false);
        var matcher = new VendorMatcher(context.Suppliers, catalogue.Records.Select(r => r.VendorProject));
        yield return new ListUpdate([accepted])
        {
            Signals =
            [
                .. catalogue.Records.SelectMany(record => matcher.Match(record.VendorProject, record.Product).DistinctBy(match => match.Supplier.Id)
                    .Select(match => CisaKevMapper.Map(record, match.Supplier, match.Product, accepted, context.ObservedAt))),
            ],
            Complete = true,
        };
    }

    /// <summary>From cisa.gov; from CISA's own copy on GitHub where cisa.gov turns the address away, as it does to many data centres.</summary>
    private static async Task<Download> DownloadAsync(SnapshotDownloads snapshots, CancellationToken cancellationToken)
    {
        try
        {
            return await snapshots.GetAsync(Part, Catalogue, MaximumBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceFailureException refused) when (refused.Kind == FailureKind.Forbidden)
        {
            try
            {
                return await snapshots.GetAsync(Part, Copy, MaximumBytes, cancellationToken).ConfigureAwait(false);
            }
            catch (SourceFailureException second)
            {
                throw new SourceFailureException(refused.Kind, $"{refused.Message} Its copy failed as well: {second.Message}", second, second.RetryAfter);
            }
        }
    }

    private static CisaKevCatalogue Read(Download download, FetchContext context)
    {
        var records = ImmutableArray.CreateBuilder<CisaKevRecord>();
        DateTimeOffset? released = null;
        long? count = null;
        long rows = 0;
        try
        {
            using FileStream file = File.OpenRead(download.Snapshot.File);
            IEnumerable<JsonElement> entries = BoundedJson.Elements(file, "vulnerabilities", Part, (name, value) =>
            {
                if (name == "count" && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long stated)) count = stated;
                if (name == "dateReleased" && value.ValueKind == JsonValueKind.String
                    && DateTimeOffset.TryParse(value.GetRawText().Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)) released = at;
            });
            foreach (JsonElement entry in entries)
            {
                rows++;
                Format.Check(entry, context.Audit);
                if (CisaKevRecord.TryRead(entry, out string key, out CisaKevRecord? record, out string problem)) records.Add(record);
                else context.Audit.Reject(key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"entry {rows}"), problem);
            }
        }
        catch (SourceFailureException e)
        {
            throw context.Snapshots.Quarantine(download, e.Kind, "cannot be read: " + e.Message.TrimEnd('.'));
        }

        context.Audit.CountRead((int)rows);
        if (released is null) throw context.Snapshots.Quarantine(download, FailureKind.Malformed, "states no dateReleased");
        if (count != rows)
            throw context.Snapshots.Quarantine(download, FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"states a count of {count} and holds {rows} entries"));
        return new CisaKevCatalogue(records.ToImmutable(), rows, released.Value);
    }

    private sealed record CisaKevCatalogue(ImmutableArray<CisaKevRecord> Records, long Rows, DateTimeOffset DateReleased);
}
