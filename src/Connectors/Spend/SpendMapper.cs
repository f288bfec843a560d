using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Spend;

/// <summary>What the ledger says of one supplier within the window, in the figures' currency.</summary>
internal sealed class SupplierSpend
{
    public decimal Total { get; set; }

    public int Payments { get; set; }

    public DateOnly? LastOn { get; set; }

    /// <summary>Paid to names that may be the supplier; not in <see cref="Total"/>.</summary>
    public decimal Unsure { get; set; }

    /// <summary>Why the total cannot be told, or "".</summary>
    public string Problem { get; set; } = "";
}

/// <summary>The days that the figures are about.</summary>
/// <param name="From">First day; later than 365 days before the last where the ledger begins later.</param>
internal readonly record struct SpendWindow(DateOnly From, DateOnly To)
{
    public bool Holds(DateOnly day) => day >= From && day <= To;

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{From:yyyy-MM-dd} to {To:yyyy-MM-dd}");
}

/// <summary>Makes the readings. Pure.</summary>
internal static class SpendMapper
{
    private const int FewestInCategory = 3;

    /// <param name="spends">Every supplier that was paid or may have been.</param>
    public static IEnumerable<MetricSignal> Map(
        IReadOnlyList<Supplier> suppliers, IReadOnlyDictionary<SupplierId, SupplierSpend> spends, SpendWindow window, string currency, string files, DateTimeOffset observedAt)
    {
        var nothing = new SupplierSpend();
        SupplierSpend Of(Supplier supplier) => spends.GetValueOrDefault(supplier.Id, nothing);
        // A credit balance is no part of what was spent.
        decimal Weight(Supplier supplier) => Math.Max(0, Of(supplier).Total);
        bool complete = suppliers.All(s => Of(s).Problem.Length == 0);
        decimal all = suppliers.Sum(Weight);
        ILookup<string, Supplier> categories = suppliers.ToLookup(s => s.Category, StringComparer.Ordinal);
        Dictionary<string, decimal?> byCategory = categories.ToDictionary(g => g.Key, g => g.All(s => Of(s).Problem.Length == 0) ? g.Sum(Weight) : (decimal?)null, StringComparer.Ordinal);
        foreach (Supplier supplier in suppliers)
        {
            SupplierSpend spend = Of(supplier);
            if (spend.Problem.Length > 0) continue;
            string words = Words(spend, window, currency);
            yield return Reading(SpendModule.Spend, (double)spend.Total, words);
            if (complete && all > 0) yield return Reading(SpendModule.Share, (double)(Weight(supplier) / all), $"{words}; of {Money(all, currency)} paid to {suppliers.Count} suppliers");
            // One of two suppliers always has half: that is no news.
            if (supplier.Category.Length > 0 && categories[supplier.Category].Count() >= FewestInCategory && byCategory[supplier.Category] is > 0 and { } category)
                yield return Reading(SpendModule.CategoryShare, (double)(Weight(supplier) / category), $"{words}; of {Money(category, currency)} paid in the category {supplier.Category} to {categories[supplier.Category].Count()} suppliers");

            MetricSignal Reading(string name, double value, string excerpt) => new()
            {
                Supplier = supplier.Id,
                Source = SpendModule.Id,
                Name = name,
                Value = value,
                OccurredAt = new DateTimeOffset(window.To.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
                ObservedAt = observedAt,
                Evidence = new Evidence(files, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
            };
        }
    }

    private static string Words(SupplierSpend spend, SpendWindow window, string currency)
    {
        string paid = spend.Payments == 0
            ? $"the ledger has no payment to it from {window.Text}"
            : string.Create(CultureInfo.InvariantCulture, $"{Money(spend.Total, currency)} in {spend.Payments} rows from {window.Text}, the last of {spend.LastOn:yyyy-MM-dd}");
        return spend.Unsure == 0 ? paid : $"{paid}; besides, {Money(spend.Unsure, currency)} went to names that may be its own and is not counted";
    }

    private static string Money(decimal amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {currency}");
}
