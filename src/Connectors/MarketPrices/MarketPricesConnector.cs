using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.MarketPrices;

/// <summary>Asks for a bit more than a year of closes of each share, and once of the market.</summary>
internal sealed class MarketPricesConnector(MarketPricesOptions options) : IConnector
{
    private const long MaximumBytes = 4L << 20;
    private const int AskedDays = 400;

    private static readonly int[] Expected = [404];

    /// <summary>What Stooq puts behind a symbol, by the supplier's country. EDGAR's tickers are those of American exchanges.</summary>
    private static readonly FrozenDictionary<string, string> StooqMarkets = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["US"] = ".us", ["GB"] = ".uk", ["DE"] = ".de", ["JP"] = ".jp", ["HK"] = ".hk", ["HU"] = ".hu", ["PL"] = "", [""] = ".us",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private MarketPricesRecord? market;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (context.Suppliers.Count == 0) yield break;
        market = await ReadAsync(context, options.Market, cancellationToken).ConfigureAwait(false)
            ?? throw new SourceFailureException(FailureKind.Misconfigured, $"There are no prices of the market '{options.Market}'; correct Risk:Sources:{MarketPricesModule.Id}:{nameof(options.Market)}.");
        await foreach (SourceUpdate update in SupplierSweep.RunRoundAsync(context, (supplier, token) => CheckAsync(context, supplier, token), cancellationToken).ConfigureAwait(false)) yield return update;
    }

    private async Task<SourceUpdate> CheckAsync(FetchContext context, Supplier supplier, CancellationToken cancellationToken)
    {
        string symbol = Symbol(supplier);
        MarketPricesRecord share = await ReadAsync(context, symbol, cancellationToken).ConfigureAwait(false)
            ?? throw new SourceFailureException(FailureKind.NotFound, $"There are no prices of {symbol} (supplier '{supplier.Id}'): delisted, or another symbol; correct ticker in the portfolio, with its market where it is not an American one, as in VOW3.DE.");
        return new SupplierUpdate(supplier.Id) { Signals = [.. MarketPricesMapper.Map(supplier.Id, share, market, context.ObservedAt)] };
    }

    private string Symbol(Supplier supplier)
    {
        string ticker = supplier.Identifier(IdentifierScheme.Ticker);
        if (options.Provider == PriceProvider.Yahoo) return ticker;
        bool namesMarket = StooqMarkets.Values.Any(m => m.Length > 0 && ticker.EndsWith(m, StringComparison.OrdinalIgnoreCase));
        // BRK.B is a class of shares, no market; Stooq writes BRK-B.
        string written = namesMarket ? ticker : ticker.Replace('.', '-') + StooqMarkets.GetValueOrDefault(supplier.Country, ".us");
        return written.ToLowerInvariant();
    }

    private async Task<MarketPricesRecord?> ReadAsync(FetchContext context, string symbol, CancellationToken cancellationToken)
    {
        string name = Uri.EscapeDataString(symbol);
        if (options.Provider == PriceProvider.Yahoo)
        {
            var chart = new Uri($"https://query1.finance.yahoo.com/v8/finance/chart/{name}?range=2y&interval=1d");
            SourceResponse told = await context.Http.GetAsync(chart, MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
            return told.Status == 404 ? null : Upto(context, YahooChart.Read(told.Body, symbol, $"https://finance.yahoo.com/quote/{name}", context.Audit));
        }

        string key = options.ApiKey.Length > 0 ? $"&{MarketPricesOptions.KeyParameter}={Uri.EscapeDataString(options.ApiKey)}" : "";
        var file = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://stooq.com/q/d/l/?s={name}&d1={context.ObservedAt.AddDays(-AskedDays):yyyyMMdd}&d2={context.ObservedAt:yyyyMMdd}&i=d{key}"));
        SourceResponse answer = await context.Http.GetAsync(file, MaximumBytes, cancellationToken).ConfigureAwait(false);
        return Upto(context, StooqFile.Read(answer.Body.ToArray(), symbol, $"https://stooq.com/q/d/?s={name}", context.Audit));
    }

    /// <summary>Closes up to the run's day: a mirror may have later ones.</summary>
    private static MarketPricesRecord? Upto(FetchContext context, MarketPricesRecord? series)
    {
        if (series is null) return null;
        DateOnly today = DateOnly.FromDateTime(context.ObservedAt.UtcDateTime);
        MarketPricesRecord known = series with { Closes = [.. series.Closes.Where(c => c.On <= today)] };
        return known.Closes.IsEmpty ? null : known;
    }
}
