using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Cli.Commands;

namespace Risk.Worker.Tests.Hosting;

/// <summary>What rules say of the portfolio as a whole, run after run: groups, rules that err, exceptions about to end.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class PortfolioRuleTests : IAsyncLifetime
{
    private const string GroupRule = """
          - id: B-CNC
            title: Too much in one country
            category: security
            severity: high
            scope: {group_by: supplier.country}
            when: group.share > 0.6
            message: "{percent(group.share, 0)} of spend is in {group.key}"
        """;

    private Workbench bench = null!;

    public async Task InitializeAsync()
    {
        bench = await Workbench.StartAsync();
        Rules(GroupRule);
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task Run_Groups_OpenOnceAndEndWithTheSpend()
    {
        Spend(("S-1", "DE", 700), ("S-2", "DE", 100), ("S-3", "FR", 200));
        RunOutcome run = await bench.RunAsync();
        Assert.Equal(1, run.Evaluation.Opened);
        Alert alert = Assert.Single(await AlertsAsync());
        Assert.Equal(("B-CNC", "DE", "risk", "80 % of spend is in DE"), (alert.Rule, alert.Key, alert.Kind, alert.Message));
        Assert.Equal("category=security key=DE kind=risk rule=B-CNC severity=high team=risk-team", string.Join(' ', alert.Labels.Select(l => $"{l.Key}={l.Value}")));
        Assert.Null(alert.Supplier);

        // The same again is nothing new.
        bench.Now += TimeSpan.FromHours(1);
        Assert.Equal((0, 0), Counts(await bench.RunAsync()));

        // A member whose spend changes is one; another's is another.
        Spend(("S-1", "DE", 700), ("S-2", "DE", 100), ("S-3", "FR", 900));
        bench.Now += TimeSpan.FromHours(1);
        Assert.Equal((0, 1), Counts(await bench.RunAsync()));
        Assert.Empty(await AlertsAsync());
        Assert.Null((await bench.ReadAsync(s => s.Ledger.VerifyAsync(CancellationToken.None))).BrokenAt);
    }

    [Fact]
    public async Task Run_SupplierRetired_LeavesItsGroup()
    {
        Spend(("S-1", "DE", 700), ("S-2", "FR", 400), ("S-3", "FR", 300), ("S-4", "FR", 1));
        await bench.RunAsync();
        Assert.Empty(await AlertsAsync());
        Spend(("S-1", "DE", 700), ("S-2", "FR", 400), ("S-4", "FR", 1));
        bench.Now += TimeSpan.FromHours(1);
        await bench.RunAsync();
        Assert.Equal("DE", Assert.Single(await AlertsAsync()).Key);
    }

    [Theory]
    [InlineData(true, "rule removed")]
    [InlineData(false, "rule disabled")]
    public async Task Run_GroupRuleGoneOrOff_EndsItsAlerts(bool isRemoved, string reason)
    {
        Spend(("S-1", "DE", 700), ("S-2", "FR", 100));
        await bench.RunAsync();
        Rules(isRemoved ? "" : GroupRule + "\n    enabled: false\n");
        bench.Now += TimeSpan.FromHours(1);
        await bench.RunAsync();
        Alert ended = Assert.Single(await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: true, CancellationToken.None)), a => a.Rule == "B-CNC");
        Assert.Equal(reason, ended.Resolution);
    }

    [Fact]
    public async Task Run_RuleThatErrs_IsToldOnceForAllSuppliers()
    {
        const string broken = """
              - id: B-ERR
                title: Divides by its tier
                category: security
                severity: high
                on_unknown: {ignore: true, because: "not needed"}
                when: "10 / (supplier.tier - 2) > 100"
                message: m
            """;
        Spend(("S-1", "DE", 1), ("S-2", "FR", 1), ("S-3", "AT", 1));
        Rules(broken);
        await bench.RunAsync();
        Alert alert = Assert.Single(await AlertsAsync());
        Assert.Equal(("B-ERR", "system", "", Severity.Warning), (alert.Rule, alert.Kind, alert.Key, alert.Severity));
        Assert.StartsWith("B-ERR (Divides by its tier) cannot be evaluated for S-1 and 2 more: ", alert.Message, StringComparison.Ordinal);
        Assert.Contains("division by zero", alert.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("risk-team", alert.Labels["team"]);

        // One supplier less changes the words, not the alert.
        bench.Write("suppliers.csv", "id,name,country,tier,annual_spend\nS-1,A,DE,1,1\nS-2,B,FR,2,1\nS-3,C,AT,2,1\n");
        bench.Now += TimeSpan.FromHours(1);
        Assert.Equal((0, 0), Counts(await bench.RunAsync()));
        Assert.Contains("for S-2 and 1 more", Assert.Single(await AlertsAsync()).Message, StringComparison.Ordinal);

        Rules(broken.Replace("supplier.tier - 2", "supplier.tier + 2", StringComparison.Ordinal));
        bench.Now += TimeSpan.FromHours(1);
        await bench.RunAsync();
        Assert.Empty(await AlertsAsync());
    }

    [Fact]
    public async Task Run_ExceptionAboutToEnd_TellsItsApproverOnce()
    {
        Spend(("S-1", "DE", 700), ("S-2", "FR", 100));
        Rules(GroupRule + "\n    exceptions: [{id: EX-7, reason: moving, approved_by: a.okafor, expires: 2026-08-31}]\n");
        await bench.RunAsync();
        Assert.Empty(await AlertsAsync());
        bench.Now = new DateTimeOffset(2026, 8, 18, 0, 0, 0, TimeSpan.Zero);
        await bench.RunAsync();
        Alert notice = Assert.Single(await AlertsAsync());
        Assert.Equal((PortfolioEvaluation.ExceptionRule, "EX-7", "system", "a.okafor", Severity.Info), (notice.Rule, notice.Key, notice.Kind, notice.Labels["team"], notice.Severity));
        Assert.Equal("Exception EX-7 of B-CNC (Too much in one country), approved by a.okafor, ends with 2026-08-31: moving", notice.Message);
        bench.Now = new DateTimeOffset(2026, 8, 31, 23, 0, 0, TimeSpan.Zero);
        Assert.Equal((0, 0), Counts(await bench.RunAsync()));

        // It ended: the notice is over, and what it hid is told.
        bench.Now = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal((1, 1), Counts(await bench.RunAsync()));
        Assert.Equal("B-CNC", Assert.Single(await AlertsAsync()).Rule);
    }

    private static (int Opened, int Resolved) Counts(RunOutcome run) => (run.Evaluation.Opened, run.Evaluation.Resolved);

    private async Task<IReadOnlyList<Alert>> AlertsAsync() => [.. (await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: false, CancellationToken.None))).Where(a => a.Rule is not "B-KEV")];

    private void Rules(string more) => bench.Write("rules/pack.yaml", Workbench.Rules.Replace("title: Attackers", "enabled: false\n    title: Attackers", StringComparison.Ordinal) + more + "\n");

    private void Spend(params (string Id, string Country, int Spend)[] suppliers) => bench.Write(
        "suppliers.csv", "id,name,country,tier,annual_spend\n" + string.Concat(suppliers.Select(s => FormattableString.Invariant($"{s.Id},{s.Id} Ltd,{s.Country},2,{s.Spend}\n"))));
}
