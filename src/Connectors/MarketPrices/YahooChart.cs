using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.MarketPrices;

/// <summary>Reads Yahoo's chart: parallel arrays of instants and closes, with holes where nothing was traded.</summary>
internal static class YahooChart
{
    /// <summary>No instant of a market is outside of these.</summary>
    private const long LatestSecond = 253402300799;

    /// <summary>What is told of the exchange and the day is not looked into.</summary>
    private static readonly RecordFormat Format = RecordFormat.Of("""
        chart object
        chart.error object optional
        chart.result array
        chart.result[].meta object
        chart.result[].timestamp array optional
        chart.result[].events object optional
        chart.result[].indicators object
        chart.result[].indicators.quote array
        chart.result[].indicators.quote[].open array optional
        chart.result[].indicators.quote[].high array optional
        chart.result[].indicators.quote[].low array optional
        chart.result[].indicators.quote[].close array optional
        chart.result[].indicators.quote[].volume array optional
        chart.result[].indicators.adjclose array optional
        chart.result[].indicators.adjclose[].adjclose array optional
        """);

    /// <exception cref="SourceFailureException">It is another document.</exception>
    public static MarketPricesRecord? Read(ReadOnlyMemory<byte> body, string symbol, string url, FetchAudit audit)
    {
        using JsonDocument document = BoundedJson.Parse(body, $"the prices of {symbol}");
        Format.Check(document.RootElement, audit);
        if (Find(document.RootElement, "chart") is not { } chart) throw Malformed(symbol);
        if (Find(chart, "result") is not { ValueKind: JsonValueKind.Array } results || results.GetArrayLength() == 0) return null;
        JsonElement result = results[0];
        if (Find(result, "meta") is not { } meta) throw Malformed(symbol);
        if (Find(result, "timestamp") is not { ValueKind: JsonValueKind.Array } instants) return null;
        if ((Prices(result, "adjclose", "adjclose") ?? Prices(result, "quote", "close")) is not { } prices || prices.GetArrayLength() != instants.GetArrayLength()) throw Malformed(symbol);
        double offset = Find(meta, "gmtoffset") is { ValueKind: JsonValueKind.Number } seconds ? seconds.GetDouble() : 0;
        var closes = new SortedDictionary<DateOnly, double>();
        for (int i = 0; i < instants.GetArrayLength(); i++)
        {
            audit.CountRead();
            // A hole: no trade on that day.
            if (prices[i].ValueKind == JsonValueKind.Null) continue;
            if (instants[i].ValueKind != JsonValueKind.Number || !instants[i].TryGetInt64(out long at) || at + offset is < 0 or > LatestSecond) audit.Reject($"{symbol} {i}", "timestamp is none");
            else if (prices[i].ValueKind != JsonValueKind.Number || prices[i].GetDouble() is var close && (close <= 0 || !double.IsFinite(close))) audit.Reject($"{symbol} {i}", "close is no price");
            else closes[DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(at + (long)offset).UtcDateTime)] = prices[i].GetDouble();
        }

        return closes.Count == 0 ? null : new MarketPricesRecord(symbol, BoundedJson.Text(meta, "currency"), [.. closes.Select(c => (c.Key, c.Value))], url);
    }

    private static JsonElement? Prices(JsonElement result, string kind, string member) =>
        Find(result, "indicators") is { } indicators && Find(indicators, kind) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && Find(list[0], member) is { ValueKind: JsonValueKind.Array } prices
            ? prices : null;

    private static JsonElement? Find(JsonElement owner, string name) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) ? value : null;

    private static SourceFailureException Malformed(string symbol) => new(FailureKind.Malformed, $"The prices of {symbol} are no chart with timestamps and closes of one length; nothing of them was used.");
}
