using Risk.Connectors.GithubAdvisories;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.GithubAdvisories;

public sealed class GithubAdvisoriesConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "api.github.com/advisories";
    private const string Reviewed = Address + "?type=reviewed&affects=ledger&sort=published&direction=desc&per_page=100";
    private const string Malware = Address + "?type=malware&affects=ledger&sort=published&direction=desc&per_page=100";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new GithubAdvisoriesModule(), stub);
        stub.Serve(Address, "[]");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_PackagesOfThePortfolio_GetTheirAdvisories()
    {
        stub.Serve(Reviewed, List(Advisory(1), Advisory(2, cve: "null", severity: "low"), Advisory(3, package: "other"), Advisory(4, withdrawn: "\"2026-07-02T00:00:00Z\"")));
        stub.Serve(Malware, List(Advisory(5, type: "malware", severity: "critical")));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "npm:ledger", "Windows"), Supplier("S2", "Ledger")])).Ok();
        Assert.Equal(
            ["S1 GHSA-0001:npm:ledger npm:ledger CVE-2026-1 3", "S1 GHSA-0002:npm:ledger npm:ledger GHSA-0002 1", "S1 GHSA-0005:npm:ledger npm:ledger CVE-2026-5 5"],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Type} {e.Story} {e.Severity}"));
        Assert.Equal("CVE-2026-1 in npm:ledger (high): It breaks", run.Events[0].Title);
        Assert.Equal("https://github.com/advisories/GHSA-0001", run.Events[0].Evidence.Url);
        Assert.Equal((5, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal("2022-11-28", stub.Requests[0].Headers["X-GitHub-Api-Version"]);
    }

    [Fact]
    public async Task FetchAsync_FullPage_GoesOnAtTheLastPublication()
    {
        stub.Serve(Reviewed, List([.. Enumerable.Range(1, 100).Select(i => Advisory(i))]));
        stub.Serve(Reviewed + "&published=%3C%3D2026-07-01T00%3A00%3A00Z", List(Advisory(100), Advisory(101)));
        Assert.Equal(101, (await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok().Events.Count);
        int asked = stub.Requests.Count;

        // Nothing changed: the same addresses, and no answer is sent again.
        Assert.Equal(101, (await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok().Events.Count);
        Assert.Equal(asked * 2, stub.Requests.Count);
        Assert.All(stub.Requests.Skip(asked), r => Assert.True(r.Headers.ContainsKey("If-None-Match")));
    }

    [Fact]
    public async Task FetchAsync_ManyPackages_AreAskedTogether()
    {
        string[] products = [.. Enumerable.Range(1, 120).Select(i => $"npm:p{i:000}"), "pypi:Django_Extra", "maven:org.example:core"];
        (await kit.RunAsync([Supplier("S1", products)])).Ok();
        Assert.Equal(6, stub.Requests.Count);
        Assert.Contains(stub.Requests, r => r.Query.Contains("Django_Extra", StringComparison.Ordinal));
        Assert.Contains(stub.Requests, r => r.Query.Contains("org.example%3Acore", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchAsync_NoPackages_AsksNothing()
    {
        Assert.Empty((await kit.RunAsync([Supplier("S1", "Windows")])).Ok().Events);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        stub.Serve(Reviewed, List(Advisory(1)));
        await kit.RunAsync([Supplier("S1", "npm:ledger")]);
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(50), Faults.Bomb(100), Faults.Status(500), Faults.Status(403), Faults.Status(429), Faults.Reset, Faults.Instead("{}"u8.ToArray()), Faults.Instead("[]"u8.ToArray()), Faults.Instead("[{}]"u8.ToArray()) })
        {
            stub.Fail(Reviewed, fault);
            ConnectorRun run = await kit.RunAsync([Supplier("S1", "npm:ledger")]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }

        stub.Mend(Reviewed);
        Assert.Single((await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok().Events);
    }

    [Fact]
    public async Task FetchAsync_ManyAdvisoriesGone_IsRefusedUntilSomebodyLooked()
    {
        stub.Serve(Reviewed, List([.. Enumerable.Range(1, 10).Select(i => Advisory(i))]));
        await kit.RunAsync([Supplier("S1", "npm:ledger")]);
        stub.Serve(Reviewed, List([.. Enumerable.Range(1, 7).Select(i => Advisory(i))]));
        Assert.Equal(FailureKind.Shrunk, (await kit.RunAsync([Supplier("S1", "npm:ledger")])).Failure?.Kind);
        kit.AcceptsShorter = true;
        Assert.Equal(7, (await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok().Events.Count);
        kit.AcceptsShorter = false;
        stub.Serve(Reviewed, List([.. Enumerable.Range(2, 6).Select(i => Advisory(i))]));
        Assert.Equal(6, (await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok().Events.Count);
        Assert.Empty((await kit.RunAsync([Supplier("S1", "npm:other")])).Ok().Events);
    }

    [Fact]
    public async Task FetchAsync_AnswerToTheSameQuestionWithFewerRows_IsRefusedThoughWhatWeKnowIsInIt()
    {
        stub.Serve(Reviewed, List([Advisory(1), .. Enumerable.Range(2, 9).Select(i => Advisory(i, package: "other"))]));
        await kit.RunAsync([Supplier("S1", "npm:ledger")]);
        stub.Serve(Reviewed, List([Advisory(1), .. Enumerable.Range(2, 4).Select(i => Advisory(i, package: "other"))]));

        ConnectorRun run = await kit.RunAsync([Supplier("S1", "npm:ledger")]);

        Assert.Equal(FailureKind.Shrunk, run.Failure?.Kind);
        Assert.Empty(run.Updates);

        // Another question is another answer.
        stub.Serve(Reviewed.Replace("affects=ledger", "affects=ledger,slate", StringComparison.Ordinal), List(Advisory(1)));
        Assert.Empty((await kit.RunAsync([Supplier("S1", "npm:ledger", "npm:slate")])).Ok().Failures);
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        const string Known = """
            {"ghsa_id":"GHSA-1","cve_id":null,"url":"u","html_url":"h","summary":"s","description":"d","type":"reviewed","severity":"high","repository_advisory_url":null,"source_code_location":"x","identifiers":[],"references":["x"],
             "published_at":"2026-07-01T00:00:00Z","updated_at":"2026-07-01T00:00:00Z","github_reviewed_at":"2026-07-01T00:00:00Z","nvd_published_at":null,"withdrawn_at":null,
             "vulnerabilities":[{"package":{"ecosystem":"npm","name":"ledger"},"vulnerable_version_range":"< 1","first_patched_version":null,"vulnerable_functions":[]}],
             "cvss_severities":{"cvss_v3":{"vector_string":null,"score":0},"cvss_v4":null},"cwes":[],"credits":[],"cvss":{"vector_string":null,"score":null},"epss":[{"percentage":0.1,"percentile":"0.2"}]}
            """;
        string changed = Known.Replace("GHSA-1", "GHSA-2", StringComparison.Ordinal).Replace("\"updated_at\"", "\"changed_at\"", StringComparison.Ordinal).Replace("[\"x\"]", "\"x\"", StringComparison.Ordinal)
            .Replace("\"first_patched_version\":null", "\"first_patched_version\":{\"identifier\":\"1\"},\"exploited\":true", StringComparison.Ordinal);
        stub.Serve(Reviewed, List(Known, changed));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok();

        Assert.Equal("Unknown changed_at 1, Unknown vulnerabilities[].exploited 1, Missing updated_at 1, Retyped references 1", Told.Drift(run));
        Assert.Equal(2, run.Events.Count);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "github-advisories", "advisories.json"));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "composer:psy/psysh", "npm:lodash")])).Ok();
        Assert.Equal(0, run.Audit.Rejected);
        EventSignal happening = Assert.Single(run.Events);
        Assert.Equal(("CVE-2026-25129", 2), (happening.Story, happening.Severity));
    }

    private static Supplier Supplier(string id, params string[] products) => new() { Id = new SupplierId(id), Name = id, Products = [.. products] };

    private static string List(params string[] advisories) => $"[{string.Join(',', advisories)}]";

    private static string Advisory(int number, string? cve = null, string severity = "high", string type = "reviewed", string package = "Ledger", string withdrawn = "null") => $$"""
        { "ghsa_id":"GHSA-{{number:0000}}","cve_id":{{cve ?? $"\"CVE-2026-{number}\""}},"html_url":"https://github.com/advisories/GHSA-{{number:0000}}","summary":"It breaks","type":"{{type}}","severity":"{{severity}}",
          "published_at":"2026-07-01T00:00:00Z","withdrawn_at":{{withdrawn}},"vulnerabilities":[{"package":{"ecosystem":"npm","name":"{{package}}"} },{"package":{"ecosystem":"npm","name":"{{package}}"} },{"package":null}] }
        """;
}
