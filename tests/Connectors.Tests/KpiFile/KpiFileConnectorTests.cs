using Microsoft.Extensions.Configuration;
using Risk.Connectors.KpiFile;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.KpiFile;

public sealed class KpiFileConnectorTests : IDisposable
{
    private readonly ConnectorKit kit = new(new KpiFileModule());

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_Rows_GiveReadingsAtPeriodEnds()
    {
        Write("delivery.csv", "supplier_id,period,otd,defect_ppm,note\nS1,2026-03,94.5%,120,late truck\nS2,2026-Q1,0.9,,\nS1,2026-02-28,0.8,,\n");
        ConnectorRun run = await RunAsync();
        Assert.Equal(
            ["S1 otd 0.945 2026-03-31", "S1 defect_ppm 120 2026-03-31", "S2 otd 0.9 2026-03-31", "S1 otd 0.8 2026-02-28"],
            run.Metrics.Select(m => FormattableString.Invariant($"{m.Supplier} {m.Name} {m.Value} {m.OccurredAt:yyyy-MM-dd}")));
        Assert.Equal("kpi/delivery.csv", run.Metrics[0].Evidence.Url);
        Assert.Equal("delivery.csv row 1: otd 94.5%", run.Metrics[0].Evidence.Excerpt);
        Assert.Equal((3, 0), (run.Audit.Read, run.Audit.Rejected));
        // A name that is misspelt would be a figure that nobody misses.
        Assert.Equal([(FieldDrift.Unknown, "note", 3)], run.Audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value)));
    }

    [Fact]
    public async Task FetchAsync_MetricOfTheWorkspace_IsReadOnceItIsDefined()
    {
        Write("survey.csv", "supplier_id,period,NPS\nS1,2026-03,-12\nS2,2026-03,7.5\n");
        Assert.Empty((await RunAsync()).Metrics);
        kit.OwnMetrics.Add(new MetricDefinition("nps", MetricType.Int, -100, 100, TimeSpan.FromDays(100), "", ""));
        ConnectorRun run = await RunAsync();
        Assert.Equal(["S1 nps -12"], run.Metrics.Select(m => FormattableString.Invariant($"{m.Supplier} {m.Name} {m.Value}")));
        Assert.Equal("nps: is no whole number", Assert.Single(run.Audit.Reasons).Key.ToLowerInvariant());
    }

    [Theory]
    [InlineData("S9,2026-03,0.9", "kpi/a.csv:2:1", "id: no active supplier of the portfolio has this id")]
    [InlineData("S1,March,0.9", "kpi/a.csv:2:4", "date: is no date; write 2026-03-31, 2026-03 or 2026-Q1")]
    [InlineData("S1,2026-02-30,0.9", "kpi/a.csv:2:4", "date: is no date; write 2026-03-31, 2026-03 or 2026-Q1")]
    [InlineData("S1,2026-03,94.5", "kpi/a.csv:2:12", "otd: is outside 0 to 1; write a share (0.945) or a percentage (94.5%)")]
    [InlineData("S1,2026-03,good", "kpi/a.csv:2:12", "otd: is no number; write 0.945 or 94.5%")]
    [InlineData("S1,2026-03,\"0,9\"", "kpi/a.csv:2:12", "otd: is no number; write 0.945 or 94.5%")]
    [InlineData("S1,2026-03,NaN", "kpi/a.csv:2:12", "otd: is no number; write 0.945 or 94.5%")]
    [InlineData("S1,2026-03,1e-1", "kpi/a.csv:2:12", "otd: is no number; write 0.945 or 94.5%")]
    [InlineData("S1,2026-03,0.9,7", "kpi/a.csv:2:16", "there are more fields than columns")]
    public async Task FetchAsync_BadRow_IsSkippedWithPlaceAndReason(string row, string place, string reason)
    {
        Write("a.csv", $"id,date,otd\n{row}\nS2,2026-03,0.5\n");
        ConnectorRun run = await RunAsync();
        Assert.Equal((1, place), run.Audit.Reasons[reason]);
        Assert.Equal("S2", Assert.Single(run.Metrics).Supplier.Value);
    }

    [Fact]
    public async Task FetchAsync_UnreadableFile_FailsOnlyItself()
    {
        Write("a.csv", "id,date,otd\nS1,2026-03,\"0.9\n");
        Write("b.csv", "supplier,otd\nS1,0.9\n");
        Write("c.csv", "id,date,otd\nS1,2026-03,0.9\n");
        ConnectorRun run = await RunAsync();
        Assert.Single(run.Metrics);
        Assert.Equal(2, run.Audit.Rejected);
        Assert.Contains("a.csv:2:12: a quoted field is never closed.", run.Audit.Reasons.Keys);
        Assert.Contains("b.csv:1:1: there is no column supplier_id or id; the first row must name the columns.", run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task FetchAsync_UnchangedFile_IsNotReadAgain()
    {
        Write("a.csv", "id,date,otd\nS1,2026-03,0.9\n");
        Assert.Single((await RunAsync()).Metrics);
        Assert.Equal(0, (await RunAsync()).Audit.Read);
        Write("a.csv", "id,date,otd\nS1,2026-03,0.8\n");
        Assert.Equal(0.8, Assert.Single((await RunAsync()).Metrics).Value);
    }

    [Fact]
    public async Task FetchAsync_FileThatIsGone_IsToldOnceAndItsReadingsStay()
    {
        Write("a.csv", "id,date,otd\nS1,2026-03,0.9\n");
        Write("b.csv", "id,date,otd\nS2,2026-03,0.9\n");
        await RunAsync();
        File.Delete(Path.Combine(kit.Folder, "kpi", "a.csv"));
        ConnectorRun run = await RunAsync();
        Assert.Equal(("the file is gone; its readings stay known", "kpi/a.csv"), run.Audit.Reasons.Select(r => (r.Key, r.Value.Example)).Single());
        Assert.All(run.Updates, u => Assert.False(u.Complete));
        Assert.Empty((await RunAsync()).Audit.Reasons);
    }

    [Fact]
    public async Task FetchAsync_NewSupplierInAnOldFile_IsFound()
    {
        Write("a.csv", "id,date,otd\nS1,2026-03,0.9\nS3,2026-03,0.7\n");
        await RunAsync();
        ConnectorRun run = (await kit.RunAsync([Supplier("S1"), Supplier("S3")])).Ok();
        Assert.Contains(run.Metrics, m => m.Supplier.Value == "S3");
    }

    [Fact]
    public async Task FetchAsync_PeriodNotOver_IsReadOnceItIs()
    {
        Write("a.csv", "id,date,otd\nS1,2026-08,0.9\n");
        Assert.Empty((await RunAsync()).Metrics);
        kit.Now = kit.Now.AddMonths(1);
        Assert.Single((await RunAsync()).Metrics);
    }

    [Fact]
    public async Task FetchAsync_TwoValuesForOnePeriod_TakesTheFirstAndSaysSo()
    {
        Write("a.csv", "id;date;otd\nS1;2026-03;0.9\nS1;2026-03;0.8\nS1;2026-03;90%\n");
        ConnectorRun run = await RunAsync();
        Assert.Equal(0.9, Assert.Single(run.Metrics).Value);
        Assert.Equal("kpi/a.csv:3:12", Assert.Single(run.Audit.Reasons.Values).Example);
    }

    [Fact]
    public void IsEnabledByDefault_OnlyWithACsvFile()
    {
        IConfigurationSection none = new ConfigurationBuilder().Build().GetSection("Risk:Sources:kpi-file");
        Assert.False(new KpiFileModule().IsEnabledByDefault(none, kit.Folder, out string reason));
        Assert.Contains("kpi", reason, StringComparison.Ordinal);
        Write("a.csv", "");
        Assert.True(new KpiFileModule().IsEnabledByDefault(none, kit.Folder, out reason));
        Assert.Equal("", reason);
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(kit.Folder, "kpi"));
        File.WriteAllText(Path.Combine(kit.Folder, "kpi", file), text);
    }

    private async Task<ConnectorRun> RunAsync() => (await kit.RunAsync([Supplier("S1"), Supplier("S2")])).Ok();

    private static Supplier Supplier(string id) => new() { Id = new SupplierId(id), Name = id };
}
