using Risk.Worker.Cli.Commands;
using Risk.Worker.Hosting;

namespace Risk.Worker.Tests.Hosting;

/// <summary>What a workspace adds by itself: a figure is one line in catalog.yaml and one column of a CSV file.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class OwnNamesTests : IAsyncLifetime
{
    private Workbench bench = null!;

    public async Task InitializeAsync()
    {
        bench = await Workbench.StartAsync();
        bench.Settings["Risk:Sources:Enabled"] = "kpi-file";
        bench.Write("rules/pack.yaml", Rules);
        bench.Write("kpi/survey.csv", "supplier_id,period,nps\nS-1,2026-07,-20\nS-2,2026-07,35\nS-3,2026-07,-7.5\n");
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task Run_MetricInCatalogAndColumn_ReachesItsRule()
    {
        bench.Write("catalog.yaml", "schema: catalog/1\nmetrics:\n  nps: {type: int, range: [-100, 100], max_age: 100d, source: kpi-file}\n");
        RunOutcome run = await bench.RunAsync();
        Assert.Equal(["S-1 OWN-NPS-001"], await bench.FiringAsync());
        Assert.Contains(run.Sources.SelectMany(s => s.Rejected), r => r.Reason == "nps: is no whole number" && r.Example == "kpi/survey.csv:4:13");
    }

    [Fact]
    public async Task Run_MetricAddedAfterItsColumn_IsReadFromTheSameFile()
    {
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("events.known_exploited", "events.contract_deadline", StringComparison.Ordinal));
        await bench.RunAsync();
        bench.Write("rules/pack.yaml", Rules);
        bench.Write("catalog.yaml", "schema: catalog/1\nmetrics:\n  nps: {type: double, range: [-100, 100], max_age: 100d, source: kpi-file}\n");
        bench.Now += TimeSpan.FromHours(6);
        await bench.RunAsync();
        Assert.Equal(["S-1 OWN-NPS-001", "S-3 OWN-NPS-001"], await bench.FiringAsync());
    }

    private const string Rules = """
        schema: rules/1
        pack: own
        rules:
          - id: OWN-NPS-001
            title: Nobody recommends it
            category: security
            severity: high
            when: metrics.nps < 0
            message: "{supplier.name}"
        """;
}
