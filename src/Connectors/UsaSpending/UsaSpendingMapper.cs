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
    /// <param name="year">The last complete fiscal year, whose total is <paramref name="last"/>.</param>
    public static IEnumerable<MetricSignal> Map(SupplierId supplier, RecipientProfileRecord latest, string id, string by, int year, double last, double before, DateTimeOffset observedAt)
    {
        string found = $"{latest.Name} ({id}, found by {by})";
        yield return Reading(UsaSpendingModule.Obligations, latest.TotalTransactionAmount!.Value, string.Create(CultureInfo.InvariantCulture, $"{found}: {latest.TotalTransactionAmount:0.00} USD in {latest.TotalTransactions ?? 0:0} transactions of the last twelve months"));
        if (before >= LeastBase)
            yield return Reading(UsaSpendingModule.Change, Math.Max(-1, (last / before) - 1), string.Create(CultureInfo.InvariantCulture, $"{found}: {last:0.00} USD in fiscal year {year}, {before:0.00} USD in {year - 1}"));

        MetricSignal Reading(string name, double value, string excerpt) => new()
        {
            Supplier = supplier,
            Source = UsaSpendingModule.Id,
            Name = name,
            Value = value,
            // The figures are of the day they are asked for.
            OccurredAt = new DateTimeOffset(observedAt.UtcDateTime.Date, TimeSpan.Zero),
            ObservedAt = observedAt,
            Evidence = new Evidence($"https://www.usaspending.gov/recipient/{id}/latest", excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
        };
    }
}
