using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.MarketPrices;

/// <summary>Reads Stooq's CSV: <c>Date,Open,High,Low,Close,Volume</c>, adjusted for splits and dividends.</summary>
internal static class StooqFile
{
    /// <returns>Null: Stooq has no such symbol.</returns>
    /// <exception cref="SourceFailureException">The daily quota is used up, or it is another file.</exception>
    public static MarketPricesRecord? Read(byte[] body, string symbol, string url, FetchAudit audit)
    {
        string start = System.Text.Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 200)).Trim();
        // Both come with status 200.
        if (start.StartsWith("No data", StringComparison.OrdinalIgnoreCase)) return null;
        if (start.StartsWith("Exceeded the daily hits limit", StringComparison.OrdinalIgnoreCase))
            throw new SourceFailureException(FailureKind.RateLimited, "stooq.com says that the daily quota is used up; the remaining suppliers are asked at the next run.", retryAfter: TimeSpan.FromHours(12));
        using var csv = new CsvRecords(new MemoryStream(body), new CsvFormat { RequireUtf8 = true }, $"prices of {symbol}");
        if (csv.IndexOf("Date") < 0 || csv.IndexOf("Close") < 0) throw new SourceFailureException(FailureKind.Malformed, $"The prices of {symbol} have no columns Date and Close; nothing of them was used.");
        var closes = new SortedDictionary<DateOnly, double>();
        while (csv.Read())
        {
            audit.CountRead();
            if (!DateOnly.TryParseExact(csv["Date"].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly on)) audit.Reject($"{symbol} {csv.Row}", "Date is no date");
            else if (!double.TryParse(csv["Close"], NumberStyles.Float, CultureInfo.InvariantCulture, out double close) || !double.IsFinite(close) || close <= 0) audit.Reject($"{symbol} {csv.Row}", "Close is no price");
            else closes[on] = close;
        }

        return closes.Count == 0 ? null : new MarketPricesRecord(symbol, "", [.. closes.Select(c => (c.Key, c.Value))], url);
    }
}
