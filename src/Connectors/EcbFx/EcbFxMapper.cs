using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Currency;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.EcbFx;

/// <summary>Makes the reading of a currency's movement for the suppliers of its country. Pure.</summary>
internal static class EcbFxMapper
{
    private const int Window = 90;

    /// <summary>The oldest day of the window; fewer days are no ninety.</summary>
    private const int ShortestWindow = 80;

    /// <summary>The daily file continues the history only when it is of the same weeks.</summary>
    private const int LongestGap = 7;

    /// <summary>Currencies that the ECB quotes, or quoted, by the countries where they are money. Countries of the euro have no rate, and no reading.</summary>
    private static readonly FrozenDictionary<string, string> Currencies = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AU"] = "AUD", ["BG"] = "BGN", ["BR"] = "BRL", ["CA"] = "CAD", ["CH"] = "CHF", ["LI"] = "CHF", ["CN"] = "CNY", ["CZ"] = "CZK", ["DK"] = "DKK", ["FO"] = "DKK", ["GL"] = "DKK", ["GB"] = "GBP",
        ["HK"] = "HKD", ["HR"] = "HRK", ["HU"] = "HUF", ["ID"] = "IDR", ["IL"] = "ILS", ["IN"] = "INR", ["IS"] = "ISK", ["JP"] = "JPY", ["KR"] = "KRW", ["MX"] = "MXN", ["MY"] = "MYR", ["NO"] = "NOK",
        ["NZ"] = "NZD", ["PH"] = "PHP", ["PL"] = "PLN", ["RO"] = "RON", ["RU"] = "RUB", ["SE"] = "SEK", ["SG"] = "SGD", ["TH"] = "THB", ["TR"] = "TRY", ["US"] = "USD", ["PR"] = "USD", ["ZA"] = "ZAR",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<MetricSignal> Map(IEnumerable<Supplier> suppliers, EuroRates history, EuroRates daily, Snapshot snapshot, DateTimeOffset observedAt)
    {
        int gap = daily.Latest.On.DayNumber - history.Latest.On.DayNumber;
        EuroRates.Day last = gap is > 0 and <= LongestGap ? daily.Latest : history.Latest;
        EuroRates.Day? first = history.Days.Where(d => last.On.DayNumber - d.On.DayNumber is >= ShortestWindow and <= Window + LongestGap).MaxBy(d => d.On.DayNumber <= last.On.DayNumber - Window ? d.On.DayNumber : -d.On.DayNumber);
        if (first is null) yield break;
        foreach (Supplier supplier in suppliers)
        {
            // A currency that is no longer quoted has no reading: its last rate is not today's.
            if (!Currencies.TryGetValue(supplier.Country, out string? currency) || !first.Rates.TryGetValue(currency, out decimal before) || !last.Rates.TryGetValue(currency, out decimal now)) continue;
            string excerpt = string.Create(CultureInfo.InvariantCulture, $"1 EUR = {before} {currency} on {first.On:yyyy-MM-dd}, {now} {currency} on {last.On:yyyy-MM-dd}");
            yield return new MetricSignal
            {
                Supplier = supplier.Id,
                Source = EuroRates.Source,
                Name = EcbFxModule.Metric,
                Value = (double)((before / now) - 1),
                OccurredAt = new DateTimeOffset(last.On.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
                ObservedAt = observedAt,
                Evidence = new Evidence(snapshot.Url, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), snapshot.FetchedAt, snapshot.Sha256),
            };
        }
    }
}
