using Risk.Connectors.CisaKev;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.CisaKev;

public sealed class CisaKevConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
    private const string CopyAddress = "raw.githubusercontent.com/cisagov/kev-data/develop/known_exploited_vulnerabilities.json";
    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        const string Entry = """{"cveID":"CVE-2026-N","vendorProject":"Contoso","product":"Ledger","vulnerabilityName":"A flaw","dateAdded":"2026-07-01","shortDescription":"x","requiredAction":"x","dueDate":"2026-07-22","knownRansomwareCampaignUse":"Known","notes":"","cwes":["CWE-20"]}""";
        string changed = Entry.Replace("\"requiredAction\"", "\"action\"", StringComparison.Ordinal).Replace("[\"CWE-20\"]", "\"CWE-20\"", StringComparison.Ordinal).Replace("\"notes\"", "\"epss\":0.9,\"notes\"", StringComparison.Ordinal);
        stub.Serve(Address, $$"""{"title":"x","catalogVersion":"2026.07.01","dateReleased":"2026-07-01T15:00:00.0000Z","count":3,"vulnerabilities":[{{Entry.Replace("-N", "-1", StringComparison.Ordinal)}},{{changed.Replace("-N", "-2", StringComparison.Ordinal)}},{{changed.Replace("-N", "-3", StringComparison.Ordinal)}}]}""");

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso")])).Ok();

        Assert.Equal("Unknown action 2, Unknown epss 2, Missing requiredAction 2, Retyped cwes 2", Told.Drift(run));
        Assert.Equal(3, run.Events.Count);
    }

    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CisaKev", "Fixtures", "kev.json"));

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new CisaKevModule(), stub);
        stub.Serve(Address, Fixture);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_VendorAndProduct_GivesEventsWithDates()
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso Systems, Inc.", "Ledger Server")])).Ok();
        Assert.Equal(["CVE-2026-0001 kev 4", "CVE-2026-0002 kev-ransomware 5", "CVE-2026-0003 kev 2"], run.Events.Select(e => $"{e.Id} {e.Type} {e.Severity}"));
        EventSignal first = run.Events[0];
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), first.OccurredAt);
        Assert.Equal(new DateTimeOffset(2026, 7, 22, 0, 0, 0, TimeSpan.Zero), first.Due);
        Assert.Equal("https://nvd.nist.gov/vuln/detail/CVE-2026-0001", first.Evidence.Url);
        Assert.Equal("CVE-2026-0001 in Contoso Ledger Server is being exploited", first.Title);
        Assert.True(Assert.Single(run.Updates).Complete);
        Assert.Equal(5, kit.LastGood["known_exploited_vulnerabilities.json"].Rows);
        Assert.Equal((1, "CVE-2026-0004"), run.Audit.Reasons["dateAdded is no date"]);
    }

    // X07: A stranger's product was laid at a vendor's door as if it were certain (opencve-kb#3).
    [Fact]
    [Trait("Defect", "X07")]
    public async Task FetchAsync_NoProductsInThePortfolio_SaysNotConfirmed()
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso")])).Ok();
        Assert.Equal([2, 3, 2], run.Events.Select(e => e.Severity));
        Assert.All(run.Events, e => Assert.EndsWith("(product not confirmed)", e.Title, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchAsync_UnchangedListAndNewSupplier_ChecksTheNewOne()
    {
        await kit.RunAsync([Supplier("S1", "Contoso")]);
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso"), Supplier("S2", "Fabrikam", "Camera")])).Ok();
        Assert.Equal(2, stub.Requests.Count);
        Assert.True(stub.Requests[1].Headers.ContainsKey("If-None-Match"));
        Assert.Contains(run.Events, e => e.Supplier.Value == "S2" && e.Id == "CVE-2026-0005");
    }

    [Fact]
    public async Task FetchAsync_OlderCopyAfterANewerOne_IsRefused()
    {
        await kit.RunAsync([]);
        stub.Serve(Address, Fixture.Replace("2026-07-01T15", "2026-06-30T15", StringComparison.Ordinal));
        ConnectorRun run = await kit.RunAsync([]);
        Assert.Equal(FailureKind.Outdated, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    // X15: Another document came from the same address, or only its beginning (opensanctions#3179, #4310).
    [Fact]
    [Trait("Defect", "X15")]
    public async Task FetchAsync_CountThatDoesNotAddUp_IsRefused()
    {
        stub.Serve(Address, Fixture.Replace("\"count\": 5", "\"count\": 6", StringComparison.Ordinal));
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_HostileAnswers_ClearNothing()
    {
        await kit.RunAsync([]);
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(500), Faults.Bomb(100), Faults.Status(500), Faults.Reset })
        {
            stub.Fail(Address, fault);
            ConnectorRun run = await kit.RunAsync([]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }

        stub.Mend(Address);
        (await kit.RunAsync([])).Ok();
    }

    [Fact]
    public async Task FetchAsync_CisaTurnsUsAway_TakesItsCopy()
    {
        stub.Fail(Address, Faults.Status(403));
        stub.Serve(CopyAddress, Fixture);
        Assert.Equal(3, (await kit.RunAsync([Supplier("S1", "Contoso")])).Ok().Events.Count);
        stub.Fail(CopyAddress, Faults.Status(403));
        Assert.Equal(FailureKind.Forbidden, (await kit.RunAsync([])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { Length: > 0 } shared) return;
        stub.ServeFile(Address, Path.Combine(shared, "sources", "cisa-kev", "known_exploited_vulnerabilities.json"));
        ConnectorRun run = (await kit.RunAsync([Supplier("MS", "Microsoft Corporation", "Exchange Server"), Supplier("CSCO", "Cisco Systems, Inc.")])).Ok();
        // Counted with Python: entries; Microsoft's with "Exchange Server" in the product (17) or "Exchange" as the product (1); Cisco's.
        Assert.Equal(1653, run.Audit.Read);
        Assert.Equal(0, run.Audit.Rejected);
        Assert.Equal(18, run.Events.Count(e => e.Supplier.Value == "MS" && e.Severity >= 4));
        Assert.Equal(94, run.Events.Count(e => e.Supplier.Value == "CSCO"));
    }

    private static Supplier Supplier(string id, string name, params string[] products) => new() { Id = new SupplierId(id), Name = name, Products = [.. products] };
}
