using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.MarketPrices;

/// <summary>Reads Stooq's CSV: <c>Date,Open,High,Low,Close,Volume</c>, adjusted for splits and dividends.</summary>
internal static class StooqFile
{
    private static readonly RecordFormat Format = RecordFormat.Of("""
        Date text optional
        Open text optional
        High text optional
        Low text optional
        Close text optional
        Volume text optional
        Data text optional
        Otwarcie text optional
        Najwyzszy text optional
        Najnizszy text optional
        Zamkniecie text optional
        Wolumen text optional
        OpenInt text optional
        """);

    /// <returns>Null: Stooq has no such symbol.</returns>
    /// <exception cref="SourceFailureException">The daily quota is used up, or it is another file.</exception>
    public static MarketPricesRecord? Read(byte[] body, string symbol, string url, FetchAudit audit)
    {
        string start = System.Text.Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 200)).Trim();
        // All of these come with status 200, in English or, by the caller's address, in Polish.
        if (Says("No data", "Brak danych")) return null;
        if (Says("Exceeded the daily hits limit", "Przekroczony dzienny limit"))
            throw new SourceFailureException(FailureKind.RateLimited, "stooq.com says that the daily quota is used up; the remaining suppliers are asked at the next run.", retryAfter: TimeSpan.FromHours(12));
        if (start.Contains("apikey", StringComparison.OrdinalIgnoreCase))
            throw new SourceFailureException(FailureKind.Forbidden, $"stooq.com gives files to callers with a key only; get one there and set Risk:Sources:{MarketPricesModule.Id}:{nameof(MarketPricesOptions.ApiKey)}, or set Provider to yahoo.");
        using var csv = new CsvRecords(new MemoryStream(body), new CsvFormat { RequireUtf8 = true }, $"prices of {symbol}");
        int date = Math.Max(csv.IndexOf("Date"), csv.IndexOf("Data")), closing = Math.Max(csv.IndexOf("Close"), csv.IndexOf("Zamkniecie"));
        if (date < 0 || closing < 0) throw new SourceFailureException(FailureKind.Malformed, $"The prices of {symbol} have no columns Date and Close; nothing of them was used.");
        var closes = new SortedDictionary<DateOnly, double>();
        while (csv.Read())
        {
            audit.CountRead();
            if (!DateOnly.TryParseExact(csv[date].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly on)) audit.Reject($"{symbol} {csv.Row}", "Date is no date");
            else if (!double.TryParse(csv[closing], NumberStyles.Float, CultureInfo.InvariantCulture, out double close) || !double.IsFinite(close) || close <= 0) audit.Reject($"{symbol} {csv.Row}", "Close is no price");
            else closes[on] = close;
        }

        Format.Check(csv.Header, csv.Row, audit);
        return closes.Count == 0 ? null : new MarketPricesRecord(symbol, "", [.. closes.Select(c => (c.Key, c.Value))], url);

        bool Says(params ReadOnlySpan<string> sentences)
        {
            foreach (string sentence in sentences)
            {
                if (start.StartsWith(sentence, StringComparison.OrdinalIgnoreCase)) return true;
            }

            return false;
        }
    }
}
