using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.MarketPrices;

/// <summary>Makes the readings of one supplier's share. Pure.</summary>
internal static class MarketPricesMapper
{
    private const int Quarter = 90;
    private const int Year = 365;

    /// <summary>Returns that a deviation is made of; trading days of a year.</summary>
    private const int Returns = 30, TradingDays = 252;

    /// <summary>Days that the thirty returns may be spread over; with more, the share is hardly traded.</summary>
    private const int LongestSpread = 75;

    /// <param name="market">Null: it could not be read, and nothing is said against it.</param>
    public static ImmutableArray<MetricSignal> Map(SupplierId supplier, MarketPricesRecord share, MarketPricesRecord? market, DateTimeOffset observedAt)
    {
        var readings = ImmutableArray.CreateBuilder<MetricSignal>(4);
        (DateOnly lastOn, double last) = share.Last;
        if (share.At(lastOn.AddDays(-Quarter)) is { } before)
        {
            double change = (last / before.Close) - 1;
            Add(MarketPricesModule.Change, change, Told(before, share.Last));
            if (market?.At(lastOn) is { } marketNow && market.At(before.On) is { } marketBefore && marketNow.On > marketBefore.On)
                Add(MarketPricesModule.AgainstMarket, (last / before.Close / (marketNow.Close / marketBefore.Close)) - 1, $"{Told(before, share.Last)}; market {market.Symbol} {Told(marketBefore, marketNow)}");
        }

        // A share that was listed less than half a year ago has no year's high.
        if (lastOn.DayNumber - share.Closes[0].On.DayNumber >= Year / 2)
        {
            (DateOnly On, double Close) high = share.Closes.Where(c => lastOn.DayNumber - c.On.DayNumber <= Year).MaxBy(c => c.Close);
            Add(MarketPricesModule.Drawdown, 1 - (last / high.Close), $"highest close of a year {Told(high, share.Last)}");
        }

        if (Deviation(share) is { } deviation) Add(MarketPricesModule.Volatility, deviation, string.Create(CultureInfo.InvariantCulture, $"{Returns} daily returns up to {lastOn:yyyy-MM-dd}"));
        return readings.ToImmutable();

        void Add(string name, double value, string words)
        {
            string excerpt = $"{share.Symbol}{(share.Currency.Length > 0 ? $" in {share.Currency}" : "")}: {words}";
            readings.Add(new MetricSignal
            {
                Supplier = supplier,
                Source = MarketPricesModule.Id,
                Name = name,
                Value = value,
                OccurredAt = new DateTimeOffset(lastOn.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
                ObservedAt = observedAt,
                Evidence = new Evidence(share.Url, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
            });
        }
    }

    private static double? Deviation(MarketPricesRecord share)
    {
        if (share.Closes.Length <= Returns || share.Last.On.DayNumber - share.Closes[^(Returns + 1)].On.DayNumber > LongestSpread) return null;
        double[] returns = [.. Enumerable.Range(share.Closes.Length - Returns, Returns).Select(i => Math.Log(share.Closes[i].Close / share.Closes[i - 1].Close))];
        double mean = returns.Average();
        return Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (Returns - 1) * TradingDays);
    }

    private static string Told((DateOnly On, double Close) from, (DateOnly On, double Close) to) =>
        string.Create(CultureInfo.InvariantCulture, $"{from.Close:0.####} on {from.On:yyyy-MM-dd}, {to.Close:0.####} on {to.On:yyyy-MM-dd}");
}
