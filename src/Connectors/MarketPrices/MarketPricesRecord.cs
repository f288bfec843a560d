using System.Collections.Immutable;

namespace Risk.Connectors.MarketPrices;

/// <summary>Closing prices of one download, splits taken out: oldest first, one for each day. Never mixed with an older download, whose prices a later split changes.</summary>
/// <param name="Currency">ISO 4217, or "" where the provider does not say.</param>
/// <param name="Url">Where it came from.</param>
internal sealed record MarketPricesRecord(string Symbol, string Currency, ImmutableArray<(DateOnly On, double Close)> Closes, string Url)
{
    /// <summary>How far before a wished day a close may be: holidays.</summary>
    private const int Tolerance = 10;

    public (DateOnly On, double Close) Last => Closes[^1];

    /// <summary>The last close on the day or at most ten days before it; null in a gap, or before the first.</summary>
    public (DateOnly On, double Close)? At(DateOnly day)
    {
        int low = 0, high = Closes.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Closes[middle].On <= day) low = middle + 1;
            else high = middle;
        }

        return low > 0 && day.DayNumber - Closes[low - 1].On.DayNumber <= Tolerance ? Closes[low - 1] : null;
    }
}
