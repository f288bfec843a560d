using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CountryRisk;

/// <summary>Makes the signals of a supplier from what is known of its country.</summary>
internal static class CountryRiskMapper
{
    private const string Fatf = "https://www.fatf-gafi.org/en/countries/black-and-grey-lists.html";

    public static FactSignal Map(Supplier supplier, FatfPage page, Snapshot snapshot, DateTimeOffset observedAt)
    {
        string status = page.Status.GetValueOrDefault(supplier.Country, FatfPage.NoList);
        DateTimeOffset at = page.PublishedAt is { } published && published <= observedAt ? published : observedAt;
        string list = status switch { FatfPage.BlackList => "on FATF's black list (call for action)", FatfPage.GreyList => "on FATF's grey list (increased monitoring)", _ => "on neither of FATF's lists" };
        return new FactSignal
        {
            Supplier = supplier.Id,
            Source = CountryRiskModule.Id,
            Name = "fatf_status",
            Value = FactValue.Of(status),
            OccurredAt = at,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(Fatf, string.Create(CultureInfo.InvariantCulture, $"{supplier.Country} is {list}; lists of {at:yyyy-MM-dd}"), snapshot.FetchedAt, snapshot.Sha256),
        };
    }

    /// <summary>A year's figure is dated by the year's end.</summary>
    public static MetricSignal Map(Supplier supplier, CountryRiskRecord record, string file, DateTimeOffset observedAt) => new()
    {
        Supplier = supplier.Id,
        Source = CountryRiskModule.Id,
        Name = record.Metric,
        Value = record.Value,
        OccurredAt = PeriodEnd(record),
        ObservedAt = observedAt,
        Evidence = RecordEvidence.Of(file, string.Create(CultureInfo.InvariantCulture, $"{record.Metric} of {record.Country} for {record.Year}: {record.Value:0.##}{(record.How.Length > 0 ? ", " + record.How : "")}"), observedAt),
    };

    public static DateTimeOffset PeriodEnd(CountryRiskRecord record) => new(record.Year, 12, 31, 0, 0, 0, TimeSpan.Zero);
}
