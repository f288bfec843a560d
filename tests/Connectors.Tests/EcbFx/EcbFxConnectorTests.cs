using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.EcbFx;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Currency;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.EcbFx;

public sealed class EcbFxConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Daily = "www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml";
    private const string History = "www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml";
    private static readonly DateOnly Today = new(2026, 7, 31);

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new EcbFxModule(), stub);
        Serve(History, Enumerable.Range(0, 92).Select(i => Today.AddDays(-i)), day => day == Today ? 50 : 40);
        Serve(Daily, [Today], _ => 50);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Rates_GiveTheMovementOfEachCountrysCurrency()
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "TR"), Supplier("S2", "DE"), Supplier("S3", ""), Supplier("S4", "US")])).Ok();

        Assert.Equal([("S1", -0.2), ("S4", 0.0)], run.Metrics.Select(m => (m.Supplier.Value, Math.Round(m.Value, 6))));
        Assert.Equal("1 EUR = 40 TRY on 2026-05-02, 50 TRY on 2026-07-31", run.Metrics[0].Evidence.Excerpt);
        Assert.Equal(["eurofxref-daily.xml", "eurofxref-hist-90d.xml"], kit.LastGood.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Fetch_Unchanged_CostsTwoConditionalRequests()
    {
        await kit.RunAsync([Supplier("S1", "TR")]);
        await kit.RunAsync([Supplier("S1", "TR")]);

        Assert.Equal(4, stub.Requests.Count);
        Assert.All(stub.Requests.Skip(2), r => Assert.True(r.Headers.ContainsKey("If-None-Match")));
    }

    [Fact]
    public async Task Fetch_CurrencyThatIsNoLongerQuoted_HasNoReading()
    {
        Serve(History, Enumerable.Range(0, 92).Select(i => Today.AddDays(-i)), day => day == Today ? null : 40);
        Serve(Daily, [Today], _ => null);

        Assert.Empty((await kit.RunAsync([Supplier("S1", "TR")])).Ok().Metrics);
    }

    [Fact]
    public async Task Fetch_RatesThatAreNone_AreCountedAndTheOthersTaken()
    {
        stub.Serve(Daily, Envelope($"<Cube time='2026-07-31'>{Sentinels}<Cube currency='TRY' rate='N/A'/><Cube currency='pln' rate='4'/><Cube rate='4'/></Cube><Cube time='soon'><Cube currency='USD' rate='1'/></Cube>"), "application/xml");

        ConnectorRun run = (await kit.RunAsync([])).Ok();

        Assert.Equal(["currency is no code of three letters", "rate is no positive number", "time is no date"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldAndTheRestIsRead()
    {
        stub.Serve(Daily, Envelope($"<Cube time='2026-07-31'>{Sentinels}<Cube currency='TRY' value='50'/></Cube>").Replace("currency='USD'", "currency='USD' kind='x'", StringComparison.Ordinal), "application/xml");

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "US")])).Ok();

        Assert.Equal(["Unknown Cube.Cube.@kind 1", "Unknown Cube.Cube.@value 1", "Missing Cube.Cube.@rate 1"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
        Assert.Single(run.Metrics);
    }

    [Fact]
    public async Task Fetch_FilesThatAreNotBelieved_AreRefusedAndTheLastGoodStays()
    {
        await kit.RunAsync([]);
        string good = kit.LastGood["eurofxref-daily.xml"].Sha256;
        async Task RefusedAsync(FailureKind kind)
        {
            ConnectorRun run = await kit.RunAsync([Supplier("S1", "TR")]);
            Assert.Equal(kind, run.Failure?.Kind);
            Assert.Empty(run.Updates);
            Assert.Equal(good, kit.LastGood["eurofxref-daily.xml"].Sha256);
        }

        stub.Serve(Daily, Envelope("<Cube time='2026-08-03'><Cube currency='TRY' rate='51'/></Cube>"), "application/xml");
        await RefusedAsync(FailureKind.SentinelMissing);
        stub.Serve(Daily, Envelope(""), "application/xml");
        await RefusedAsync(FailureKind.Malformed);
        Serve(Daily, [Today.AddDays(-3)], _ => 50);
        await RefusedAsync(FailureKind.Outdated);
        Serve(Daily, [Today], _ => 50);
        Serve(History, [Today.AddDays(3)], _ => 50);
        await RefusedAsync(FailureKind.SentinelMissing);
    }

    [Fact]
    public async Task Fetch_Faults_AreNamedAndClearNothing()
    {
        await kit.RunAsync([]);
        foreach (string address in (string[])[History, Daily])
        {
            await FetchFaults.EachAsync(stub, address, async name =>
            {
                ConnectorRun run = await kit.RunAsync([Supplier("S1", "TR")]);
                Assert.True(run.Failure is not null, name);
                Assert.Empty(run.Updates);
            });
        }

        Assert.Single((await kit.RunAsync([Supplier("S1", "TR")])).Ok().Metrics);
    }

    [Fact]
    public void Convert_ThereAndBack_IsTheAmount() => Prop.ForAll<PositiveInt, PositiveInt>((cents, rate) =>
    {
        decimal amount = cents.Get / 100m;
        EuroRates rates = Read(Envelope(string.Create(CultureInfo.InvariantCulture, $"<Cube time='2026-07-31'><Cube currency='USD' rate='{rate.Get / 1000m}'/><Cube currency='GBP' rate='0.85'/></Cube>")));

        Assert.Equal(amount, Math.Round(rates.Convert(rates.Convert(amount, "USD", "GBP")!.Value, "GBP", "USD")!.Value, 2));
        Assert.Equal(amount, rates.Convert(amount, "ARS", "ARS"));
        Assert.Null(rates.Convert(amount, "ARS", "GBP"));
    }).QuickCheckThrowOnFailure();

    /// <summary>Counted with Python's ElementTree: 61 days and 1,952 rates to 11 June 2018; 30 rates of 9 May 2025; 32 of 11 June 2018.</summary>
    [SharedFact]
    public void Read_Recordings_HaveEveryRate()
    {
        static (int, int, string, decimal) Of(string file)
        {
            using FileStream stream = File.OpenRead(SharedFactAttribute.Path("sources", "ecb-fx", file));
            var audit = new FetchAudit();
            EuroRates rates = EuroRates.Read(stream, file, static (_, problem) => Assert.Fail(problem), audit);
            Assert.Empty(audit.Drifted);
            return (rates.Days.Length, rates.Days.Sum(d => d.Rates.Count), rates.Latest.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), rates.Latest.Rates["USD"]);
        }

        Assert.Equal((1, 30, "2025-05-09", 1.1252m), Of("eurofxref-daily.2025-05-09.xml"));
        Assert.Equal((1, 32, "2018-06-11", 1.1790m), Of("eurofxref-daily.2018-06-11.xml"));
        Assert.Equal((61, 1952, "2018-06-11", 1.1790m), Of("eurofxref-hist-90d.xml"));
    }

    private const string Sentinels = "<Cube currency='USD' rate='1.1'/><Cube currency='JPY' rate='160'/><Cube currency='GBP' rate='0.85'/>";

    private static EuroRates Read(string xml) => EuroRates.Read(new MemoryStream(Encoding.UTF8.GetBytes(xml)), "rates", static (_, _) => { });

    private static Supplier Supplier(string id, string country) => new() { Id = new SupplierId(id), Name = id, Country = country };

    private static string Envelope(string days) =>
        $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\"><gesmes:subject>Reference rates</gesmes:subject><Cube>{days}</Cube></gesmes:Envelope>";

    private void Serve(string address, IEnumerable<DateOnly> days, Func<DateOnly, int?> lira) => stub.Serve(
        address,
        Envelope(string.Concat(days.Select(day => string.Create(CultureInfo.InvariantCulture, $"<Cube time='{day:yyyy-MM-dd}'>{Sentinels}{(lira(day) is { } rate ? $"<Cube currency='TRY' rate='{rate}'/>" : "")}</Cube>")))),
        "application/xml");
}
