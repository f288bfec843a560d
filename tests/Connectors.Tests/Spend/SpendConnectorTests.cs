using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Currency;
using Risk.Connectors.Spend;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Spend;

public sealed class SpendConnectorTests : IDisposable
{
    private readonly ConnectorKit kit = new(new SpendModule());

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Ledger_AddsUpAYearByIdAndName()
    {
        Write("2026.csv", "Supplier ID,Supplier Name,Paid Date,Amount,Trans No\n"
            + "S1,whoever,30/06/2026,100.00,1\n,HARROW CASTINGS LIMITED,01/07/2026,\"1,000.50\",2\n,Harrow Castings Ltd. ,02/07/2026,-0.50,3\n,Harrow Castings Ltd,30/06/2025,7000,4\n,Vellmark GmbH,13/03/2026,300,5\n");

        ConnectorRun run = (await kit.RunAsync([Harrow, Vellmark, Idle])).Ok();

        Assert.Equal([("S1", 1100.0), ("S2", 300.0), ("S3", 0.0)], Readings(run, "spend_12m"));
        Assert.Equal([("S1", 0.7857), ("S2", 0.2143), ("S3", 0.0)], Readings(run, "spend_share"));
        Assert.Equal([("S1", 0.7857), ("S2", 0.2143), ("S3", 0.0)], Readings(run, "spend_category_share"));
        MetricSignal first = run.Metrics.First(m => m.Supplier.Value == "S1");
        Assert.Equal("1100.00 GBP in 3 rows from 2025-07-03 to 2026-07-02, the last of 2026-07-02", first.Evidence.Excerpt);
        Assert.Equal((new DateTimeOffset(2026, 7, 2, 0, 0, 0, TimeSpan.Zero), "spend/2026.csv"), (first.OccurredAt, first.Evidence.Url));
        Assert.Equal((5, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public async Task Fetch_Dirt_IsCountedByReason()
    {
        Write("a.csv", "Monthly report\n\nVendor,Date,Amount (£)\nHarrow Castings Ltd,13/06/2026,£100.00\nRedacted personal data,13/06/2026,5\nGENERAL EXPENSES,13/06/2026,5\n"
            + "Harrow Castings Ltd,13/06/2026,lots\nHarrow Castings Ltd,sometime,5\nHarrow Castings Ltd,13/06/2036,5\nTotal,,115\n,,\n");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal([("S1", 100.0)], Readings(run, "spend_12m"));
        Assert.Equal(
            [
                "a private person, whose name is withheld 1", "no payee: a sum under the rows, or left blank 2", "no supplier of the portfolio has the payee's name or id 1", "the amount is no number 1",
                "the date is none; write 2026-03-31 1", "the payment lies in the future 1",
            ],
            run.Audit.Reasons.Select(r => $"{r.Key} {r.Value.Count}"));
        Assert.Equal("spend/a.csv:7", run.Audit.Reasons["the amount is no number"].Example);
    }

    [Fact]
    public async Task Fetch_NamesThatMayBeASupplier_AreToldAndNotCounted()
    {
        Write("a.csv", "supplier,date,amount\nHarrow Castings Ltd,2026-06-13,10\nHARROW CASTINGS (MAIDSTONE),2026-06-13,90\n");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal([("S1", 10.0)], Readings(run, "spend_12m"));
        Assert.Contains("besides, 90.00 GBP went to names that may be its own", run.Metrics[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.StartsWith("the payee may be a supplier", run.Audit.Reasons.Single().Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_OnePaymentInTwoFiles_CountsOnceAndLinesOfOnePaymentEach()
    {
        Write("2026-06.csv", "supplier,date,amount,transaction number\nHarrow Castings Ltd,2026-06-13,10,T1\nHarrow Castings Ltd,2026-06-13,10,T1\n");
        Write("2026-q2.csv", "supplier,date,amount,transaction number\nHarrow Castings Ltd,2026-06-13,10,T1\nHarrow Castings Ltd,2026-05-13,5,T0\n");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal([("S1", 25.0)], Readings(run, "spend_12m"));
        Assert.Equal(1, run.Audit.Reasons["another file has the same payment"].Count);
    }

    [Fact]
    public async Task Fetch_OtherCurrencies_AreConvertedAtTheLastRates()
    {
        Write("a.csv", "supplier,date,amount,currency\nHarrow Castings Ltd,2026-06-13,100,GBP\nHarrow Castings Ltd,2026-06-13,110,USD\nVellmark GmbH,2026-06-13,1,ARS\nIdle Ltd,2026-06-13,2,GBP\n");
        ConnectorRun without = (await kit.RunAsync([Harrow, Vellmark, Idle])).Ok();
        Assert.Equal([("S3", 2.0)], Readings(without, "spend_12m"));
        Assert.Empty(Readings(without, "spend_share"));

        string file = Path.Combine(kit.Folder, "rates.xml");
        await File.WriteAllTextAsync(file, "<Envelope><Cube><Cube time='2026-07-31'><Cube currency='USD' rate='1.1'/><Cube currency='GBP' rate='0.8'/></Cube></Cube></Envelope>");
        kit.Keep(new Snapshot(EuroRates.Source, EuroRates.DailyPart, "", "", file, 1, 1, null, kit.Now, "", ""));
        ConnectorRun run = (await kit.RunAsync([Harrow, Vellmark, Idle])).Ok();

        Assert.Equal([("S1", 180.0), ("S3", 2.0)], Readings(run, "spend_12m"));
        Assert.StartsWith("there is no rate from ARS to GBP", run.Audit.Reasons.Single().Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NothingChanged_AddsNothingUpAgain()
    {
        Write("a.csv", "supplier,date,amount\nHarrow Castings Ltd,2026-06-13,10\n");
        Assert.NotEmpty((await kit.RunAsync([Harrow])).Ok().Metrics);
        Assert.Empty((await kit.RunAsync([Harrow])).Ok().Metrics);
        Assert.NotEmpty((await kit.RunAsync([Harrow, Vellmark])).Ok().Metrics);
        kit.Now = kit.Now.AddDays(1);
        Assert.NotEmpty((await kit.RunAsync([Harrow, Vellmark])).Ok().Metrics);
    }

    [Fact]
    public async Task Fetch_HalfALedger_FailsAndKeepsTheFigures()
    {
        string[] rows = [.. Enumerable.Range(1, 28).Select(day => $"Harrow Castings Ltd,2026-06-{day:00},10\n")];
        Write("a.csv", "supplier,date,amount\n" + string.Concat(rows));
        Assert.NotEmpty((await kit.RunAsync([Harrow])).Ok().Metrics);
        Write("a.csv", "supplier,date,amount\n" + string.Concat(rows[..14]));
        ConnectorRun run = await kit.RunAsync([Harrow]);
        Assert.Equal(FailureKind.Shrunk, run.Failure?.Kind);
        Assert.Empty(run.Updates);
        kit.AcceptsShorter = true;
        Assert.NotEmpty((await kit.RunAsync([Harrow])).Ok().Metrics);
    }

    [Theory]
    [InlineData("name,sum\nHarrow Castings Ltd,1\n", FailureKind.Malformed)]
    [InlineData("<html><body>Please sign in</body></html>", FailureKind.Malformed)]
    [InlineData("", FailureKind.Malformed)]
    [InlineData("supplier,date,amount\n\"Harrow,2026-06-13,1\n", FailureKind.Malformed)]
    [InlineData("supplier,date,amount\nSomebody Else Ltd,2026-06-13,1\n", FailureKind.SentinelMissing)]
    [InlineData("supplier,date,amount\n", FailureKind.Malformed)]
    public async Task Fetch_LedgerThatIsNone_FailsAndKeepsTheFigures(string text, FailureKind kind)
    {
        Write("a.csv", text);

        ConnectorRun run = await kit.RunAsync([Harrow]);

        Assert.Equal(kind, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public void IsEnabledByDefault_NeedsAFile()
    {
        IConnectorModule module = new SpendModule();
        Assert.False(module.IsEnabledByDefault(null!, kit.Folder, out string reason));
        Assert.Contains("spend.csv", reason, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(kit.Folder, "spend.csv"), "");
        Assert.True(module.IsEnabledByDefault(null!, kit.Folder, out _));
    }

    /// <summary>Real ledgers of three public bodies, nine layouts: at least nine rows in ten are read, and each of the others is accounted for.</summary>
    [SharedFact]
    public async Task Fetch_Recordings_AreReadInEveryLayout()
    {
        var counts = new SortedDictionary<string, (int Read, int Rejected)>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(SharedFactAttribute.Path("sources", "supplier-spend"), "*.csv", SearchOption.AllDirectories))
        {
            var audit = new FetchAudit();
            await using FileStream file = File.OpenRead(path);
            List<SpendRecord> records = new SpendReader(audit, new DateOnly(2026, 8, 1)).Read(file, Path.GetFileName(path));
            Assert.True(records.Count > audit.Read * 0.9, $"{path}: {string.Join("; ", audit.Reasons.Select(r => $"{r.Value.Count} {r.Key}, first {r.Value.Example}"))}");
            Assert.Equal(audit.Read, records.Count + audit.Rejected);
            counts[Path.GetFileName(path)] = (audit.Read, audit.Rejected);
        }

        Assert.Equal(9, counts.Count);
    }

    private static Supplier Harrow { get; } = new() { Id = new SupplierId("S1"), Name = "Harrow Castings Ltd", Country = "GB", Currency = "GBP", Category = "castings" };

    private static Supplier Vellmark { get; } = new() { Id = new SupplierId("S2"), Name = "Vellmark GmbH", Country = "DE", Category = "castings" };

    private static Supplier Idle { get; } = new() { Id = new SupplierId("S3"), Name = "Idle Ltd", Category = "castings" };

    private static IEnumerable<(string Supplier, double Value)> Readings(ConnectorRun run, string metric) =>
        run.Metrics.Where(m => m.Name == metric).Select(m => (m.Supplier.Value, Math.Round(m.Value, 4)));

    private void Write(string name, string text)
    {
        string folder = Directory.CreateDirectory(Path.Combine(kit.Folder, "spend")).FullName;
        File.WriteAllText(Path.Combine(folder, name), text, Encoding.UTF8);
    }
}
