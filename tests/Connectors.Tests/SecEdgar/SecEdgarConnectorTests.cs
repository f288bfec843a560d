using System.Collections.Immutable;
using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.SecEdgar;

public sealed class SecEdgarConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Submissions = "data.sec.gov/submissions/CIK0000001234.json";
    private const string Facts = "data.sec.gov/api/xbrl/companyfacts/CIK0000001234.json";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new SecEdgarModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_FirstSight_GivesEventsAndReadingsOfEverything()
    {
        stub.Serve(Submissions, new SubmissionsText().File("8-K", "2025-03-01", "4.01").File("10-K", "2026-02-20").Write());
        stub.Serve(Facts, FactsText.Whole().Write());

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        SupplierUpdate update = Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates));
        Assert.True(update.Complete);
        Assert.Equal("auditor_change", Assert.Single(run.Events).Name);
        Assert.Equal(4, run.Metrics.Count);
        Assert.Contains("risk-team@example.com", stub.Requests[0].Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Unchanged_AsksForTheListOnlyAndConfirmsTheCheck()
    {
        stub.Serve(Submissions, new SubmissionsText { Files = [("CIK0000001234-submissions-001.json", "2020-01-01")] }.File("10-K", "2026-02-20", "").Write());
        stub.Serve("data.sec.gov/submissions/CIK0000001234-submissions-001.json", new SubmissionsText().File("8-K", "2019-01-01", "4.02").Page());
        stub.Serve(Facts, FactsText.Whole().Write());
        kit.Now = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
        await kit.RunAsync([Acme]);
        string? checkpoint = kit.Checkpoint;

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        SupplierUpdate update = Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates));
        Assert.Empty(update.Signals);
        Assert.False(update.Complete);
        Assert.Null(update.Checkpoint);
        Assert.Equal(checkpoint, kit.Checkpoint);
        Assert.Equal([Submissions, "data.sec.gov/submissions/CIK0000001234-submissions-001.json", Facts, Submissions], stub.Requests.Where(r => r.Host == "data.sec.gov").Select(r => r.ToString()));
    }

    [Fact]
    public async Task Fetch_OlderPages_AreReadTenYearsBackAtFirstSightOnly()
    {
        var text = new SubmissionsText { Files = [("CIK0000001234-submissions-001.json", "2016-08-02"), ("CIK0000001234-submissions-002.json", "2016-07-31")] };
        stub.Serve(Submissions, text.Write());
        stub.Serve("data.sec.gov/submissions/CIK0000001234-submissions-001.json", new SubmissionsText().File("8-K", "2016-08-02", "4.02").Page());

        ConnectorRun first = (await kit.RunAsync([Acme])).Ok();
        stub.Serve(Submissions, text.File("4", "2026-07-30").Write());
        ConnectorRun second = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("restatement", Assert.Single(first.Events).Name);
        Assert.Empty(second.Events);
        Assert.False(second.Updates[0].Complete);
        Assert.Equal(1, stub.Requests.Count(r => r.Path.Contains("-submissions-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fetch_FactsLagBehindTheReport_AsksAgainUntilTheyAreThere()
    {
        kit.Now = new DateTimeOffset(2026, 2, 21, 0, 0, 0, TimeSpan.Zero);
        stub.Serve(Submissions, new SubmissionsText().File("10-K", "2026-02-20").Write());
        ConnectorRun early = (await kit.RunAsync([Acme])).Ok();
        stub.Serve(Facts, FactsText.Whole().Instant("AssetsCurrent", "2025-12-31", 400, accession: SubmissionsText.Accession(1)).Write());
        ConnectorRun late = (await kit.RunAsync([Acme])).Ok();
        await kit.RunAsync([Acme]);

        Assert.Empty(early.Metrics);
        Assert.Equal(4, late.Metrics.Count);
        Assert.Equal(2, stub.Requests.Count(r => r.ToString() == Facts));
    }

    [Fact]
    public async Task Fetch_UnknownCik_FailsThatSupplierAndGoesOn()
    {
        stub.ServeStatus("data.sec.gov/submissions/CIK0000009999.json", 404, "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", "application/xml");
        stub.Serve(Submissions, new SubmissionsText().Write());

        ConnectorRun run = (await kit.RunAsync([Company("unknown", "0000009999"), Acme, Company("zz", "12-34")])).Ok();

        Assert.Equal([("unknown", FailureKind.NotFound), ("zz", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)));
        Assert.Contains("EDGAR knows no CIK 0000009999", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Contains("correct cik in the portfolio", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Equal("acme", Assert.Single(run.Updates.OfType<SupplierUpdate>()).Supplier.Value);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("cut")]
    [InlineData("empty")]
    public async Task Fetch_BadListOfOneSupplier_KeepsNothingOfItAndItsCheckpoint(string fault)
    {
        byte[] whole = new SubmissionsText().File("8-K", "2026-02-20", "4.02").Write();
        stub.Serve(Submissions, whole);
        stub.Fail(Submissions, fault switch { "garbage" => Faults.Garbage, "empty" => Faults.Empty, _ => Faults.Instead(whole[..100]) });

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.True(Assert.Single(run.Failures).Failure.IsQuarantine);
        Assert.Empty(run.Signals);
        Assert.Null(kit.Checkpoint);
    }

    [Fact]
    public async Task Fetch_BadFactsAtFirstSight_FailsTheSupplierWhole()
    {
        stub.Serve(Submissions, new SubmissionsText().File("8-K", "2026-02-20", "4.02").Write());
        stub.Fail(Facts, Faults.Garbage, 1);

        ConnectorRun bad = (await kit.RunAsync([Acme])).Ok();
        ConnectorRun good = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(bad.Failures).Failure.Kind);
        Assert.Single(good.Events);
    }

    [Fact]
    public async Task Fetch_Throttled_EndsTheRunAsRateLimited()
    {
        stub.Fail(Submissions, Faults.Status(403));

        ConnectorRun run = await kit.RunAsync([Acme, Company("b", "0000001235")]);

        Assert.Equal(FailureKind.RateLimited, run.Failure?.Kind);
        Assert.DoesNotContain(stub.Requests, r => r.Path.Contains("1235", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_ThreeServerErrorsInARow_EndTheRun()
    {
        foreach (int number in new[] { 1, 2, 3, 4 }) stub.Fail($"data.sec.gov/submissions/CIK000000000{number}.json", Faults.Status(503));

        ConnectorRun run = await kit.RunAsync([.. new[] { 1, 2, 3, 4 }.Select(n => Company("s" + n, "000000000" + n))]);

        Assert.Equal(FailureKind.ServerError, run.Failure?.Kind);
        Assert.Equal(2, run.Failures.Count);
    }

    [Fact]
    public async Task Fetch_NoContact_IsMisconfigured()
    {
        kit.Contact = "";

        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([Acme])).Failure?.Kind);
    }

    [Fact]
    public async Task Fetch_CikCorrected_ReadsTheOtherCompanyWhole()
    {
        stub.Serve(Submissions, new SubmissionsText().File("8-K", "2026-02-20", "4.02").Write());
        stub.Serve("data.sec.gov/submissions/CIK0000000077.json", new SubmissionsText(77).File("8-K", "2026-03-20", "4.01").Write());
        await kit.RunAsync([Acme]);

        ConnectorRun run = (await kit.RunAsync([Company("acme", "77")])).Ok();

        Assert.True(Assert.Single(run.Updates).Complete);
        Assert.Equal("auditor_change", Assert.Single(run.Events).Name);
    }

    [Fact]
    public async Task Fetch_OpenProceeding_MovesOnWithTimeThoughTheListIsUnchanged()
    {
        stub.Serve(Submissions, new SubmissionsText().File("8-K", "2023-12-19", "1.03").Write());
        ConnectorRun open = (await kit.RunAsync([Acme])).Ok();
        kit.Now = kit.Now.AddYears(1);
        ConnectorRun silent = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["filed", "silent"], new[] { open, silent }.Select(r => Assert.Single(r.Events).Stage));
    }

    [Fact]
    public async Task Fetch_TickersChange_AreAFactSinceTheFilingThatChangedThem()
    {
        var text = new SubmissionsText { Tickers = ["ACME", "ACMQ"], Exchanges = ["NYSE", "OTC"] }.File("8-A12B", "2020-05-01").File("10-K", "2026-02-20");
        stub.Serve(Submissions, text.Write());
        FactSignal before = Assert.Single((await kit.RunAsync([Acme])).Ok().Facts);
        text.Tickers = [];
        text.Exchanges = [];
        stub.Serve(Submissions, text.File("25-NSE", "2026-07-20").Write());
        FactSignal after = Assert.Single((await kit.RunAsync([Acme])).Ok().Facts);

        Assert.Equal([("ACME on NYSE", 2020), ("none", 2026)], new[] { before, after }.Select(f => (f.Value.ToString(), f.OccurredAt.Year)));
    }

    [Fact]
    public async Task Fetch_FirstReportMovedToAnOlderPage_KeepsTheProceedingsIdentity()
    {
        const string Page = "CIK0000001234-submissions-001.json";
        var report = new SubmissionsText().File("8-K", "2026-03-01", "1.03");
        stub.Serve(Submissions, report.Write());
        ConnectorRun before = (await kit.RunAsync([Acme])).Ok();
        stub.Serve("data.sec.gov/submissions/" + Page, report.Page());
        stub.Serve(Submissions, new SubmissionsText(first: 2) { Files = [(Page, "2026-03-01")] }.File("8-K", "2026-07-01", "1.03,3.02,3.03,5.01").Write());
        ConnectorRun after = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["filed", "emerged"], new[] { before, after }.Select(r => Assert.Single(r.Events).Stage));
        Assert.Equal(before.Events[0].Key, after.Events[0].Key);
    }

    [Fact]
    public async Task Fetch_AmendedFilingMovedToAnOlderPage_StaysOneEvent()
    {
        const string Page = "CIK0000001234-submissions-001.json";
        stub.Serve(Submissions, new SubmissionsText().File("8-K", "2026-01-19", "1.05", "2026-01-17").Write());
        ConnectorRun before = (await kit.RunAsync([Acme])).Ok();
        stub.Serve("data.sec.gov/submissions/" + Page, new SubmissionsText().File("8-K", "2026-01-19", "1.05", "2026-01-17").Page());
        stub.Serve(Submissions, new SubmissionsText(first: 2) { Files = [(Page, "2026-01-19")] }.File("8-K/A", "2026-03-08", "1.05", "2026-01-17").Write());
        ConnectorRun after = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(before.Events[0].Key, Assert.Single(after.Events).Key);
        Assert.EndsWith("amended 2026-03-08", after.Events[0].Title, StringComparison.Ordinal);
    }

    private static Supplier Acme { get; } = Company("acme", "0000001234");

    private static Supplier Company(string id, string cik) => new()
    {
        Id = new SupplierId(id),
        Name = id,
        Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Cik, cik),
    };
}
