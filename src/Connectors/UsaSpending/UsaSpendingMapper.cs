using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.UsaSpending;

/// <summary>Makes the readings of one recipient. Pure.</summary>
internal static class UsaSpendingMapper
{
    /// <summary>Below it a year's figure is no base to compare with.</summary>
    private const double LeastBase = 1000;

    /// <param name="by">How the recipient was found.</param>
    /// <param name="year">The last complete fiscal year.</param>
    public static IEnumerable<MetricSignal> Map(SupplierId supplier, Recipient recipient, string by, int year, Income income, DateTimeOffset observedAt)
    {
        string found = $"{recipient.Name} ({recipient.Id}, found by {by}{(recipient.IsParent ? ", with all below it" : "")})";
        yield return Reading(UsaSpendingModule.Obligations, income.Latest, string.Create(CultureInfo.InvariantCulture, $"{found}: {income.Latest:0.00} USD within the last twelve months"));
        yield return Reading(UsaSpendingModule.Year, income.Year, string.Create(CultureInfo.InvariantCulture, $"{found}: {income.Year:0.00} USD in fiscal year {year}"));
        yield return Reading(UsaSpendingModule.Prior, income.YearBefore, string.Create(CultureInfo.InvariantCulture, $"{found}: {income.YearBefore:0.00} USD in fiscal year {year - 1}"));
        if (income.YearBefore >= LeastBase)
            yield return Reading(UsaSpendingModule.Change, Math.Max(-1, (income.Year / income.YearBefore) - 1), string.Create(CultureInfo.InvariantCulture, $"{found}: {income.Year:0.00} USD in fiscal year {year}, {income.YearBefore:0.00} USD in {year - 1}"));

        MetricSignal Reading(string name, double value, string excerpt) => new()
        {
            Supplier = supplier,
            Source = UsaSpendingModule.Id,
            Name = name,
            Value = value,
            // The figures are of the day they are asked for.
            OccurredAt = new DateTimeOffset(observedAt.UtcDateTime.Date, TimeSpan.Zero),
            ObservedAt = observedAt,
            Evidence = new Evidence($"https://www.usaspending.gov/recipient/{recipient.Id}/latest", excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
        };
    }
}
