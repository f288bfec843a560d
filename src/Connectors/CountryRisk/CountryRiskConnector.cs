using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CountryRisk;

/// <summary>Reads FATF's page and the tables in the workspace, and tells each supplier with a country what they say of it.</summary>
internal sealed class CountryRiskConnector : IConnector
{
    private const string Part = "black-and-grey-lists.html";
    private const long MaximumBytes = 8L << 20;

    /// <summary>Countries come and go three times a year, a handful at a time.</summary>
    private const double MaximumShrink = 0.35;

    /// <summary>Of each figure the last years, for its trend.</summary>
    private const int Years = 3;

    private static readonly Uri Lists = new("https://www.fatf-gafi.org/en/countries/" + Part);

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Dictionary<(string, string), (CountryRiskRecord Record, string File)[]> figures, int read) = ReadTables(context);
        string counts = RecordCounts.Check(context, [KeyValuePair.Create("figures", read)]);
        FatfPage? page = null;
        Snapshot? accepted = null;
        SourceFailureException? failure = null;
        try
        {
            (page, accepted) = await ReadListsAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceFailureException e) when (figures.Count > 0 && !e.IsQuarantine)
        {
            failure = e;
        }

        if (page is not null && accepted is not null)
        {
            yield return new ListUpdate([accepted])
            {
                Signals = [.. context.Suppliers.Where(s => s.Country.Length > 0).SelectMany(supplier => Figures(supplier).Prepend(CountryRiskMapper.Map(supplier, page, accepted, context.ObservedAt)))],
                Complete = true,
                Checkpoint = counts,
            };
            yield break;
        }

        // The tables are here, whatever FATF's host answers: what they say is told, and nobody counts as looked up on the lists.
        foreach (Supplier supplier in context.Suppliers.Where(s => s.Country.Length > 0)) yield return new SupplierUpdate(supplier.Id) { Signals = [.. Figures(supplier)], Gap = failure, Checkpoint = counts };
        throw failure!;

        IEnumerable<Signal> Figures(Supplier supplier) => CountryRiskModule.Indicators.Select(i => i.Metric).Prepend("country_cpi")
            .SelectMany(metric => figures.GetValueOrDefault((supplier.Country, metric), []))
            .Select(f => (Signal)CountryRiskMapper.Map(supplier, f.Record, f.File, context.ObservedAt));
    }

    private static async Task<(FatfPage Page, Snapshot Accepted)> ReadListsAsync(FetchContext context, CancellationToken cancellationToken)
    {
        Download download = await context.Snapshots.GetAsync(Part, Lists, MaximumBytes, cancellationToken).ConfigureAwait(false);
        FatfPage page = null!;
        long countries = context.Snapshots.Read(download, snapshot =>
        {
            var rows = new ListRows(context.Audit, "countries");
            page = FatfPage.Read(File.ReadAllBytes(snapshot.File), rows);
            return rows.Count;
        });
        return (page, await context.Snapshots.AcceptAsync(download, countries, page.PublishedAt, MaximumShrink, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The last years of each country's figures; of two files with one year the later by name.</summary>
    /// <exception cref="SourceFailureException">A file is none of the known tables.</exception>
    private static (Dictionary<(string, string), (CountryRiskRecord Record, string File)[]> Last, int Read) ReadTables(FetchContext context)
    {
        var all = new Dictionary<(string Country, string Metric, int Year), (CountryRiskRecord Record, string File)>();
        foreach (string path in SourceFiles.Find(context.Workspace, CountryRiskModule.Id.Value, "*.csv"))
        {
            string file = SourceFiles.NameOf(CountryRiskModule.Id.Value, path);
            using FileStream stream = SourceFiles.Open(CountryRiskModule.Id.Value, path);
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            foreach (CountryRiskRecord record in CountryRiskTables.Read(content, file, context.Audit))
            {
                if (CountryRiskMapper.PeriodEnd(record) <= context.ObservedAt) all[(record.Country, record.Metric, record.Year)] = (record, file);
            }
        }

        return (all.Values.GroupBy(f => (f.Record.Country, f.Record.Metric)).ToDictionary(g => g.Key, g => g.OrderByDescending(f => f.Record.Year).Take(Years).ToArray()), all.Count);
    }
}
