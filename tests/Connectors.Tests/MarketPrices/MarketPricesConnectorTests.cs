using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.MarketPrices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.MarketPrices;

public sealed class MarketPricesConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Stooq = "stooq.com/q/d/l/";
    private static readonly DateOnly Today = new(2026, 7, 31);

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new MarketPricesModule(), stub);
        Serve("spy.us", day => day < Today.AddDays(-80) ? 100 : 110);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_FallingShare_IsToldAgainstTheMarket()
    {
        Serve("hrw.us", day => day == Today ? 55 : day == Today.AddDays(-200) ? 220 : 100);

        ConnectorRun run = (await kit.RunAsync([Share("HRW")])).Ok();

        Assert.Equal([("price_change_90d", -0.45), ("price_vs_market_90d", -0.5), ("price_drawdown_1y", 0.75)], run.Metrics.Take(3).Select(m => (m.Name, Math.Round(m.Value, 6))));
        Assert.Equal("price_volatility_30d", run.Metrics[3].Name);
        Assert.Equal(Math.Sqrt(Math.Pow(Math.Log(0.55), 2) / 30 * 252), run.Metrics[3].Value, 6);
        Assert.Equal("hrw.us: 100 on 2026-05-02, 55 on 2026-07-31; market spy.us 100 on 2026-05-02, 110 on 2026-07-31", run.Metrics[1].Evidence.Excerpt);
    }

    [Fact]
    public async Task Fetch_YoungOrSuspendedShare_SaysOnlyWhatItCan()
    {
        Serve("new.us", day => day > Today.AddDays(-60) ? 10 : null);
        Serve("gap.us", day => day > Today.AddDays(-5) || (day < Today.AddDays(-110) && day > Today.AddDays(-300)) ? 10 : null);

        ConnectorRun run = (await kit.RunAsync([Share("NEW"), Share("GAP")])).Ok();

        Assert.Equal(["GAP price_drawdown_1y", "NEW price_volatility_30d"], run.Metrics.Select(m => $"{m.Supplier} {m.Name}"));
    }

    [Fact]
    public async Task Fetch_LaterClosesThanTheRun_AreNotUsed()
    {
        Serve("hrw.us", day => day > Today ? 1 : 100, until: Today.AddDays(30));

        Assert.Equal(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), (await kit.RunAsync([Share("HRW")])).Ok().Metrics[0].OccurredAt);
    }

    [Theory]
    [InlineData("Exceeded the daily hits limit", FailureKind.RateLimited)]
    [InlineData("Przekroczony dzienny limit wywolan", FailureKind.RateLimited)]
    [InlineData("Get your apikey:\n\n1. Open the page", FailureKind.Forbidden)]
    public async Task Fetch_QuotaUsedUpOrNoKey_EndsTheRunAndSaysSo(string sentence, FailureKind kind)
    {
        stub.Serve(Query("hrw.us"), sentence, "text/plain");

        ConnectorRun run = await kit.RunAsync([Share("HRW"), Share("ZZZ")]);

        Assert.Equal(kind, run.Failure?.Kind);
        Assert.Empty(run.Updates);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task Fetch_KeyOfStooq_GoesWithTheQuestionAndIntoNoMessage()
    {
        string file = Path.Combine(kit.Folder, "stooq-key");
        await File.WriteAllTextAsync(file, "s3cret/key");
        kit.Options["ApiKey"] = "file:" + file;
        stub.Serve(Query("spy.us") + "&apikey=s3cret%2Fkey", "Date,Open,High,Low,Close,Volume\n2026-07-31,1,1,1,1,1\n", "text/csv");

        ConnectorRun run = await kit.RunAsync([Share("HRW")]);

        Assert.Contains(stub.Requests, r => r.ToString() == Query("hrw.us") + "&apikey=s3cret%2Fkey");
        Assert.DoesNotContain("s3cret", string.Join(' ', run.Failures.Select(f => f.Failure.ToString()).Append(run.Failure?.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ColumnsInPolishOrRenamed_AreReadAndTold()
    {
        var audit = new FetchAudit();

        Assert.Equal(2, StooqFile.Read("Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2026-07-30,1,1,1,1,1\n2026-07-31,1,1,1,2,1\n"u8.ToArray(), "x", "", audit)!.Last.Close);
        Assert.Empty(audit.Drifted);

        StooqFile.Read("Date,Open,High,Low,Close,Turnover\n2026-07-30,1,1,1,1,1\n2026-07-31,1,1,1,2,1\n"u8.ToArray(), "x", "", audit);
        YahooChart.Read("{\"chart\":{\"result\":[{\"meta\":{},\"timestamp\":[1],\"trades\":1,\"indicators\":{\"quote\":[{\"close\":[1],\"volume\":\"none\"}]}}],\"errors\":null}}"u8.ToArray(), "x", "", audit);
        Assert.Equal(
            ["Unknown chart.errors 1", "Unknown chart.result[].trades 1", "Unknown Turnover 2", "Retyped chart.result[].indicators.quote[].volume 1"], audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
    }

    [Fact]
    public async Task Fetch_RunThatWasCutShort_GoesOnWhereItEnded()
    {
        foreach (string symbol in (string[])["aaa.us", "bbb.us", "ccc.us"]) Serve(symbol, _ => 100);
        kit.Checkpoint = "BBB";

        ConnectorRun run = (await kit.RunAsync([Share("AAA"), Share("BBB"), Share("CCC")])).Ok();

        Assert.Equal(["CCC", "AAA", "BBB"], run.Updates.Cast<SupplierUpdate>().Select(u => u.Supplier.Value));
    }

    [Theory]
    [InlineData("No data")]
    [InlineData("Brak danych")]
    public async Task Fetch_DelistedSymbol_FailsThatSupplierOnly(string sentence)
    {
        stub.Serve(Query("gone.us"), sentence, "text/plain");
        Serve("hrw.us", _ => 100);

        ConnectorRun run = (await kit.RunAsync([Share("GONE"), Share("HRW")])).Ok();

        Assert.Equal(FailureKind.NotFound, Assert.Single(run.Failures).Failure.Kind);
        Assert.NotEmpty(run.Metrics);
    }

    [Theory]
    [InlineData("BRK.B", "US", "brk-b.us")]
    [InlineData("VOW3.DE", "DE", "vow3.de")]
    [InlineData("VOW3", "DE", "vow3.de")]
    [InlineData("HRW", "", "hrw.us")]
    [InlineData("HRW", "NL", "hrw.us")]
    public async Task Fetch_Ticker_IsWrittenAsStooqDoes(string ticker, string country, string symbol)
    {
        await kit.RunAsync([Share(ticker) with { Country = country }]);

        Assert.StartsWith($"?s={symbol}&d1=20250627&d2=20260801&i=d", stub.Requests[1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Yahoo_TakesAdjustedClosesAndLeavesHolesOut()
    {
        kit.Options["Provider"] = "yahoo";
        string instants = string.Join(',', Enumerable.Range(0, 100).Select(i => new DateTimeOffset(2026, 4, 20, 13, 30, 0, TimeSpan.Zero).AddDays(i).ToUnixTimeSeconds()));
        string closes = string.Join(',', Enumerable.Range(0, 100).Select(i => i == 50 ? "null" : i < 99 ? "100" : "60"));
        string raw = string.Join(',', Enumerable.Repeat("7", 100));
        stub.Serve(Chart("HRW"), $"{{\"chart\":{{\"result\":[{{\"meta\":{{\"currency\":\"EUR\",\"gmtoffset\":-14400}},\"timestamp\":[{instants}],\"indicators\":{{\"quote\":[{{\"close\":[{raw}]}}],\"adjclose\":[{{\"adjclose\":[{closes}]}}]}}}}],\"error\":null}}}}");
        stub.Serve(Chart("SPY"), $"{{\"chart\":{{\"result\":[{{\"meta\":{{}},\"timestamp\":[{instants}],\"indicators\":{{\"quote\":[{{\"close\":[{raw}]}}]}}}}],\"error\":null}}}}");
        stub.ServeStatus(Chart("GONE"), 404, "{\"chart\":{\"result\":null,\"error\":{\"code\":\"Not Found\"}}}");

        ConnectorRun run = (await kit.RunAsync([Share("GONE"), Share("HRW")])).Ok();

        Assert.Equal([("price_change_90d", -0.4), ("price_vs_market_90d", -0.4)], run.Metrics.Take(2).Select(m => (m.Name, Math.Round(m.Value, 6))));
        Assert.StartsWith("HRW in EUR: 100 on 2026-04-29, 60 on 2026-07-28", run.Metrics[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(FailureKind.NotFound, Assert.Single(run.Failures).Failure.Kind);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"chart\":{\"result\":[{}]}}")]
    [InlineData("{\"chart\":{\"result\":[{\"meta\":{},\"timestamp\":[1,2],\"indicators\":{\"quote\":[{\"close\":[1]}]}}]}}")]
    public async Task Fetch_YahooChartThatIsNone_IsMalformed(string body)
    {
        kit.Options["Provider"] = "yahoo";
        stub.Serve(Chart("SPY"), body);

        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([Share("HRW")])).Failure?.Kind);
    }

    [Fact]
    public async Task Fetch_Faults_AreNamedAndGiveNothing()
    {
        Serve("hrw.us", _ => 100);
        foreach (string address in (string[])[Query("spy.us"), Query("hrw.us")])
        {
            await FetchFaults.EachAsync(stub, address, async name =>
            {
                ConnectorRun run = await kit.RunAsync([Share("HRW")]);
                Assert.True(run.Failure is not null || run.Failures.Count == 1, name);
                Assert.Empty(run.Signals);
            });
        }
    }

    [Fact]
    public void IsEnabledByDefault_Never_BecauseOfTheTerms()
    {
        Assert.False(new MarketPricesModule().IsEnabledByDefault(null!, kit.Folder, out string reason));
        Assert.Contains("personal use", reason, StringComparison.Ordinal);
    }

    /// <summary>10,052 days, the last 2026-02-06: 496.82 on 2025-11-07, 401.14; a year's high of 542.07 (counted with Python).</summary>
    [SharedFact]
    public async Task Fetch_Recording_IsRead()
    {
        stub.ServeFile(Stooq, SharedFactAttribute.Path("sources", "market-prices", "stooq-msft_us_d.csv"), "text/csv");

        ConnectorRun run = (await kit.RunAsync([Share("MSFT")])).Ok();

        Assert.Equal(0, run.Audit.Rejected);
        Assert.Empty(run.Audit.Drifted);
        Assert.Equal([("price_change_90d", -0.1926), ("price_drawdown_1y", 0.26), ("price_volatility_30d", 0.3992)], run.Metrics.Where(m => m.Name != "price_vs_market_90d").Select(m => (m.Name, Math.Round(m.Value, 4))));
    }

    [SharedFact]
    public void Read_YahooRecording_HasEveryClose()
    {
        var audit = new FetchAudit();
        byte[] body = File.ReadAllBytes(SharedFactAttribute.Path("sources", "market-prices", "yahoo-chart-BZ=F.json"));

        MarketPricesRecord series = YahooChart.Read(body, "BZ=F", "", audit)!;

        Assert.Equal((23, "USD", 79.74), (series.Closes.Length, series.Currency, Math.Round(series.Last.Close, 2)));
        Assert.Empty(audit.Drifted);
        Assert.Null(YahooChart.Read(File.ReadAllBytes(SharedFactAttribute.Path("sources", "market-prices", "yahoo-chart-unknown-symbol.404.json")), "X", "", new FetchAudit()));
    }

    private static Supplier Share(string ticker) => new()
    {
        Id = new SupplierId(ticker), Name = ticker, Country = "US", Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Ticker, ticker),
    };

    private static string Query(string symbol) => $"{Stooq}?s={symbol}&d1=20250627&d2=20260801&i=d";

    private static string Chart(string symbol) => $"query1.finance.yahoo.com/v8/finance/chart/{symbol}";

    private void Serve(string symbol, Func<DateOnly, int?> close, DateOnly? until = null)
    {
        DateOnly last = until ?? Today;
        IEnumerable<string> rows = Enumerable.Range(0, 400).Select(i => last.AddDays(i - 399)).Where(day => close(day) is not null)
            .Select(day => string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},1,1,1,{close(day)},12.5"));
        stub.Serve(Query(symbol), "Date,Open,High,Low,Close,Volume\r\n" + string.Join("\r\n", rows), "text/csv");
    }
}
