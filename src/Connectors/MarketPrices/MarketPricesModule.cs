using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.MarketPrices;

/// <summary>Daily closing prices by ticker: fall, volatility, and both against the market.</summary>
public sealed class MarketPricesModule : IConnectorModule
{
    internal const string Change = "price_change_90d";
    internal const string AgainstMarket = "price_vs_market_90d";
    internal const string Drawdown = "price_drawdown_1y";
    internal const string Volatility = "price_volatility_30d";

    internal static readonly SourceId Id = new("market-prices");

    /// <summary>Long holidays are ten days; a price older than this is no price.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromDays(14);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Market prices (Stooq, Yahoo)",
        Publisher = "Stooq, or Yahoo Finance",
        Terms = "Stooq: personal use, a daily quota; Yahoo: no public API, its terms forbid most uses. Ask both, or point a mirror at prices that you have the right to use",
        Homepage = "https://stooq.com/db/",
        Cron = "0 40 22 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Deadline = TimeSpan.FromHours(4),
        Limit = new HostLimit(["stooq.com", "query1.finance.yahoo.com"], "market-prices", 1, TimeSpan.FromSeconds(2)),
        NeedsIdentifier = IdentifierScheme.Ticker,
        SecretParameter = MarketPricesOptions.KeyParameter,
        Metrics =
        [
            new(Change, MetricType.Double, -1, 1000, Age, "ratio", "Last close over the close about 90 days before, minus 1; splits taken out"),
            new(AgainstMarket, MetricType.Double, -1, 1000, Age, "ratio", "The same as if the market had not moved: -0.4 when it lost 40 % more than the market"),
            new(Drawdown, MetricType.Double, 0, 1, Age, "ratio", "How far the last close is below the highest of a year: 0.6 when 60 % are gone"),
            new(Volatility, MetricType.Double, 0, 100, Age, "ratio", "Standard deviation of daily returns of the last 30 trading days, over a year: 0.3 is usual, above 1 is distress"),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new MarketPricesConnector(MarketPricesOptions.Read(options));

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "the publishers allow personal use only: name it in Risk:Sources:Enabled when you have the right to use the prices";
        return false;
    }
}

/// <summary>Options of the source, from <c>Risk:Sources:market-prices</c>.</summary>
/// <param name="Market">What prices are compared with, in the provider's own symbols.</param>
/// <param name="ApiKey">Stooq's key, resolved; the setting holds a reference to it (<c>env:NAME</c>, <c>file:PATH</c>). "" when none is set.</param>
internal sealed record MarketPricesOptions(PriceProvider Provider, string Market, string ApiKey)
{
    internal const string KeyParameter = "apikey";

    /// <summary>Names no secret.</summary>
    public override string ToString() => nameof(MarketPricesOptions);

    /// <exception cref="SourceFailureException">Misconfigured: no such provider, or a reference that leads nowhere.</exception>
    public static MarketPricesOptions Read(IConfigurationSection options)
    {
        string setting = $"Risk:Sources:{MarketPricesModule.Id}:";
        PriceProvider provider = (options[nameof(Provider)] ?? "stooq") switch
        {
            "stooq" => PriceProvider.Stooq,
            "yahoo" => PriceProvider.Yahoo,
            var other => throw new SourceFailureException(FailureKind.Misconfigured, $"{setting}{nameof(Provider)} must be stooq or yahoo, not '{other}'."),
        };
        string market = options[nameof(Market)] ?? (provider == PriceProvider.Stooq ? "spy.us" : "SPY");
        return market.Length is > 0 and <= 20 && market.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '^' or '=')
            ? new MarketPricesOptions(provider, market, options[nameof(ApiKey)] is { Length: > 0 } key ? SecretReference.Resolve(key, setting + nameof(ApiKey)) : "") : throw new SourceFailureException(FailureKind.Misconfigured, $"{setting}{nameof(Market)} must be a symbol, as in spy.us.");
    }
}

internal enum PriceProvider { Stooq, Yahoo }
