using System.Text;
using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.Cli;
using Risk.Worker.Cli.Commands;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Hosting;

/// <summary>Run after run over one workspace: from the upstream's bytes to the mail.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class PipelineTests : IAsyncLifetime
{
    private Workbench bench = null!;

    public async Task InitializeAsync() => bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task Run_First_TellsEachOwnerOnce()
    {
        RunOutcome run = await bench.RunAsync();
        Assert.All(run.Sources, s => Assert.Null(s.Failure));
        Assert.Equal((4, 2, 0), (run.Evaluation.Assessed, run.Evaluation.Opened, run.Evaluation.Resolved));
        Assert.Equal(["S-1 B-KEV CVE-2026-0001", "S-2 B-KEV CVE-2026-0002"], await bench.FiringAsync());
        Assert.Equal(["owner1@buyer.example", "owner2@buyer.example"], bench.Smtp.Mails.Select(m => m.To).Order(StringComparer.Ordinal));
        Assert.Empty(bench.Hooks.Hooks);
        Assert.Null((await bench.ReadAsync(s => s.Ledger.VerifyAsync(CancellationToken.None))).BrokenAt);
    }

    // X17: The validator was never stored, so everything was pulled anew each day (dependency-track#3293).
    [Fact]
    [Trait("Defect", "X17")]
    public async Task Run_SecondWithNothingNew_SendsNothing()
    {
        await bench.RunAsync();
        foreach (double hours in new[] { 0.01, 6, 30 })
        {
            bench.Now += TimeSpan.FromHours(hours);
            RunOutcome run = await bench.RunAsync();
            Assert.Equal((0, 0, 0), (run.Evaluation.Opened, run.Evaluation.Resolved, run.Enqueued));
        }

        Assert.Equal(2, bench.Smtp.Mails.Count);
        Assert.Contains(bench.Upstream.Requests, r => r.Headers.ContainsKey("If-None-Match"));
    }

    [Fact]
    public async Task Run_ListChanged_SendsOnlyWhatChanged()
    {
        await bench.RunAsync();
        bench.Smtp.Mails.Clear();
        bench.ServeVulnerabilities(1, 2, 3);
        bench.Now += TimeSpan.FromHours(6);
        RunOutcome run = await bench.RunAsync();
        Assert.Equal(1, run.Sources.Single().Added);
        Assert.Equal(1, run.Evaluation.Opened);
        SunkMail mail = Assert.Single(bench.Smtp.Mails);
        Assert.Equal("owner3@buyer.example", mail.To);
        Assert.Contains("CVE-2026-0003", mail.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EntryDelisted_ResolvesItsAlertAndSaysSo()
    {
        await bench.RunAsync();
        bench.Smtp.Mails.Clear();
        bench.ServeVulnerabilities(1);
        bench.Now += TimeSpan.FromHours(6);
        RunOutcome run = await bench.RunAsync();
        Assert.Equal((1, 1), (run.Sources.Single().Withdrawn, run.Evaluation.Resolved));
        Assert.Equal(["S-1 B-KEV CVE-2026-0001"], await bench.FiringAsync());
        Assert.Equal("owner2@buyer.example", Assert.Single(bench.Smtp.Mails).To);

        // Bitemporal: what was known before the delisting is still known for that instant.
        ILookup<SupplierId, Signal> then = await bench.ReadAsync(s => s.Signals.LoadAsync([new SupplierId("S-2")], bench.Now.AddHours(-1), CancellationToken.None));
        Assert.Single(then[new SupplierId("S-2")]);
    }

    [Fact]
    public async Task Run_ListedAgain_IsANewEpisodeAndToldAgain()
    {
        await bench.RunAsync();
        string[] first = [.. (await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: false, CancellationToken.None))).Select(a => a.EpisodeId)];
        foreach (int[] listed in new int[][] { [1], [1, 2] })
        {
            bench.ServeVulnerabilities(listed);
            bench.Now += TimeSpan.FromHours(6);
            await bench.RunAsync();
        }

        Assert.Equal(3, bench.Smtp.Mails.Count(m => m.To == "owner2@buyer.example"));
        Alert again = (await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: false, CancellationToken.None))).Single(a => a.Supplier == new SupplierId("S-2"));
        Assert.DoesNotContain(again.EpisodeId, first);
    }

    // X08: Two instances sent everything twice (alertmanager#1005).
    [Fact]
    [Trait("Defect", "X08")]
    public async Task Run_WhileAnotherWorkerRuns_IsRefused()
    {
        await using RiskApplication application = await bench.OpenAsync();
        using (WorkerLock.Take(application.Options))
        {
            CommandFailure refused = await Assert.ThrowsAsync<CommandFailure>(() => bench.RunAsync());
            Assert.Equal(ExitCode.Outside, refused.ExitCode);
        }

        await bench.RunAsync();
        Assert.Equal(2, bench.Smtp.Mails.Count);
    }

    [Fact]
    public async Task Run_SupplierRetired_ResolvesItsAlertsAndTheOthersStay()
    {
        await bench.RunAsync();
        bench.Write("suppliers.csv", string.Join('\n', Workbench.Suppliers(4).Split('\n').Where(l => !l.StartsWith("S-2,", StringComparison.Ordinal))));
        bench.Now += TimeSpan.FromHours(1);
        await bench.RunAsync();
        Assert.Equal(["S-1 B-KEV CVE-2026-0001"], await bench.FiringAsync());
        StoredSupplier? retired = await bench.ReadAsync(s => s.Suppliers.FindAsync(new SupplierId("S-2"), null, CancellationToken.None));
        Assert.NotNull(retired!.RetiredAt);

        // Still listed upstream, and nobody wants to know any more.
        bench.Now += TimeSpan.FromHours(6);
        Assert.Equal(0, (await bench.RunAsync()).Enqueued);
    }

    // X04: A cached analysis skipped its notifications (dependency-track#1051).
    [Fact]
    [Trait("Defect", "X04")]
    public async Task Run_SupplierAdded_IsScreenedAgainstAListThatDidNotChange()
    {
        await bench.RunAsync();
        bench.Smtp.Mails.Clear();
        bench.Write("suppliers.csv", Workbench.Suppliers(4) + "S-9,Stranger5000,DE,1,owner9@buyer.example\n");
        bench.Now += TimeSpan.FromHours(1);
        await bench.RunAsync();
        Assert.Equal("owner9@buyer.example", Assert.Single(bench.Smtp.Mails).To);
    }

    [Fact]
    public async Task Run_Quarantine_RaisesOneSystemAlertThatEndsWithTheNextSuccess()
    {
        await bench.RunAsync();
        bench.Upstream.Fail(Workbench.Catalogue, Faults.Garbage);
        for (int i = 0; i < 3; i++)
        {
            bench.Now += TimeSpan.FromHours(6);
            Assert.True((await bench.RunAsync()).Sources.Single().Failure!.IsQuarantine);
        }

        Assert.Equal(["SR-SYS-SOURCE cisa-kev"], await bench.FiringAsync(AlertKind.System));
        SunkHook told = Assert.Single(bench.Hooks.Hooks);
        Assert.Contains("cisa-kev", Encoding.UTF8.GetString(told.Body), StringComparison.Ordinal);
        Assert.Equal(2, (await bench.FiringAsync()).Length);

        bench.Upstream.Mend(Workbench.Catalogue);
        bench.Now += TimeSpan.FromHours(6);
        await bench.RunAsync();
        Assert.Empty(await bench.FiringAsync(AlertKind.System));
        Assert.Equal(2, bench.Hooks.Hooks.Count);
        Assert.Equal(2, bench.Smtp.Mails.Count);
    }

    [Fact]
    public async Task Run_PortfolioRefused_LeavesEverythingAsItWas()
    {
        await bench.RunAsync();
        LedgerVerification before = await bench.ReadAsync(s => s.Ledger.VerifyAsync(CancellationToken.None));
        bench.Now += TimeSpan.FromHours(1);
        foreach (string refused in new[]
        {
            Workbench.Suppliers(4) + "S-1,Twice Ltd,DE,2,x@buyer.example\n", // the same id again
            Workbench.Suppliers(3) + "S-5,Badland Ltd,XX,2,x@buyer.example\n", // no such country
            Workbench.Suppliers(1), // three of four gone: a file cut short, more likely than a clean-up
            "",
        })
        {
            bench.Write("suppliers.csv", refused);
            CommandFailure failure = await Assert.ThrowsAsync<CommandFailure>(() => bench.RunAsync());
            Assert.Equal(ExitCode.Usage, failure.ExitCode);
            Assert.NotEmpty(failure.Diagnostics);
        }

        LedgerVerification after = await bench.ReadAsync(s => s.Ledger.VerifyAsync(CancellationToken.None));
        Assert.Equal((before.Entries, before.HeadHash), (after.Entries, after.HeadHash));
        Assert.Equal(4, (await bench.ReadAsync(s => s.Suppliers.ListAsync(null, CancellationToken.None))).Count(s => s.RetiredAt is null));
        Assert.Equal(2, bench.Smtp.Mails.Count);
    }

    [Fact]
    public async Task Run_RuleFileBroken_SaysWhereAndAppliesNothing()
    {
        await bench.RunAsync();
        LedgerVerification before = await bench.ReadAsync(s => s.Ledger.VerifyAsync(CancellationToken.None));
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("e.severity >= 2", "e.severty >= 2", StringComparison.Ordinal));
        bench.Write("suppliers.csv", Workbench.Suppliers(5));
        CommandFailure failure = await Assert.ThrowsAsync<CommandFailure>(() => bench.RunAsync());
        Assert.Contains(failure.Diagnostics, d => d.Position.File.EndsWith("pack.yaml", StringComparison.Ordinal) && d.Position.Line == 11 && d.Position.Column > 1);
        LedgerVerification after = await bench.ReadAsync(s => s.Ledger.VerifyAsync(CancellationToken.None));
        Assert.Equal((before.Entries, before.HeadHash), (after.Entries, after.HeadHash));
    }

    [Fact]
    public async Task Run_MailServerGone_KeepsTheMailAndSendsItWhenItIsBack()
    {
        bench.Smtp.Faults["EHLO"] = "drop";
        RunOutcome run = await bench.RunAsync();
        Assert.Equal(2, run.After[DeliveryState.Pending]);
        Assert.All(run.Troubled, d => Assert.NotEqual("", d.LastError));
        Assert.Empty(bench.Smtp.Mails);

        bench.Smtp.Faults.Clear();
        bench.Now += TimeSpan.FromMinutes(2);
        run = await bench.RunAsync();
        Assert.Equal(0, run.After.GetValueOrDefault(DeliveryState.Pending));
        Assert.Equal(2, bench.Smtp.Mails.Count);
    }

    [Fact]
    public async Task Run_SameInputsTwice_GivesTheSameBytes()
    {
        await using Workbench other = await Workbench.StartAsync();
        await bench.RunAsync();
        await other.RunAsync();
        async Task<string[]> Hashes(Workbench of) => [.. (await of.ReadAsync(s => s.Assessments.LatestAsync(CancellationToken.None))).Select(Print)];
        Assert.Equal(await Hashes(bench), await Hashes(other));
        Assert.NotEmpty(await Messages(bench));
        Assert.Equal(await Messages(bench), await Messages(other));

        // What is stored and hashed; the mail library puts its own boundaries and date around it.
        async Task<string[]> Messages(Workbench of)
        {
            var bodies = new List<string>();
            foreach (Delivery delivery in await of.ReadAsync(s => s.Deliveries.ListAsync(null, 100, CancellationToken.None)))
                bodies.Add(delivery.Id + Convert.ToHexString((await of.ReadAsync(s => s.Deliveries.FindAsync(delivery.Id, CancellationToken.None)))!.Body));
            return [.. bodies.Order(StringComparer.Ordinal)];
        }

        static string Print(Assessment a) => FormattableString.Invariant($"{a.Supplier} {a.Score} {a.Band} {a.RuleSetHash} {string.Join(';', a.Findings.Select(f => f.Message))}");
    }
}
