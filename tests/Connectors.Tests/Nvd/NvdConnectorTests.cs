using Risk.Connectors.Nvd;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Nvd;

public sealed class NvdConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "services.nvd.nist.gov/rest/json/cves/2.0/";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new NvdModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ProductsOfThePortfolio_GetOneEventEach()
    {
        stub.Serve(Address, Page(2, Cve("CVE-2026-1", Score("31", "Primary", 9.8), Cpe("contoso", "ledger_server"), Cpe("contoso", "ledger_client")), Cve("CVE-2026-2", "", Cpe("fabrikam", "camera"))));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso Systems, Inc.", "Ledger Server", "Ledger Client", "Abacus"), Supplier("S2", "Contoso"), Supplier("S3", "Fabrikam", "Camera")])).Ok();
        Assert.Equal(
            ["S1 CVE-2026-1:Ledger Server 4", "S1 CVE-2026-1:Ledger Client 4", "S3 CVE-2026-2:Camera 1"],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Severity}"));
        EventSignal first = run.Events[0];
        Assert.Equal(("CVE-2026-1 in Ledger Server (CVSS 9.8, critical)", "Ledger Server", "CVE-2026-1"), (first.Title, first.Type, first.Story));
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 10, 0, 0, 500, TimeSpan.Zero), first.OccurredAt);
        Assert.Equal(("https://nvd.nist.gov/vuln/detail/CVE-2026-1", "A flaw."), (first.Evidence.Url, first.Evidence.Excerpt));
        Assert.Contains("not rated yet", run.Events[2].Title, StringComparison.Ordinal);
        Assert.Equal(2, run.Audit.Read);
    }

    [Theory]
    [InlineData("31:Secondary:9.8 2:Primary:5.0", "CVSS 5.0, medium", 2)]
    [InlineData("31:Primary:7.5 40:Primary:9.3", "CVSS 9.3, critical", 4)]
    [InlineData("30:Secondary:3.1 2:Secondary:10.0", "CVSS 3.1, low", 1)]
    [InlineData("31:Primary:7.0", "CVSS 7.0, high", 3)]
    [InlineData("", "not rated yet", 1)]
    public async Task FetchAsync_SeveralScores_TakesPrimaryThenTheNewestVersion(string scores, string words, int severity)
    {
        string metrics = string.Join(',', scores.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split(':')).Select(s => Score(s[0], s[1], double.Parse(s[2], System.Globalization.CultureInfo.InvariantCulture))));
        stub.Serve(Address, Page(1, Cve("CVE-2026-1", metrics, Cpe("contoso", "ledger"))));
        EventSignal happening = Assert.Single((await kit.RunAsync([Ledger])).Ok().Events);
        Assert.Equal(($"CVE-2026-1 in Ledger ({words})", severity), (happening.Title, happening.Severity));
    }

    [Fact]
    public async Task FetchAsync_PlatformsAndNegatedNodes_AreNotVulnerable()
    {
        stub.Serve(Address, Page(1, Cve("CVE-2026-1", "", Cpe("contoso", "ledger").Replace("true", "false", StringComparison.Ordinal), Cpe("other", "thing"))));
        Assert.Empty((await kit.RunAsync([Ledger])).Ok().Events);
    }

    [Fact]
    public async Task FetchAsync_RejectedOrNoLongerNamed_IsTakenBack()
    {
        stub.Serve(Address, Page(3, Cve("CVE-2026-1", "", Cpe("contoso", "ledger")), Cve("CVE-2026-2", "", Cpe("contoso", "ledger")), Cve("CVE-2026-3", "", Cpe("contoso", "ledger"))));
        Assert.Equal(3, (await kit.RunAsync([Ledger])).Ok().Events.Count);
        kit.Now = kit.Now.AddHours(6);
        stub.Serve(Address, Page(2, Cve("CVE-2026-1", "").Replace("Analyzed", "Rejected", StringComparison.Ordinal), Cve("CVE-2026-2", "", Cpe("contoso", "abacus"))));
        ConnectorRun run = (await kit.RunAsync([Ledger])).Ok();
        Assert.Equal(["CVE-2026-1:Ledger True", "CVE-2026-2:Ledger True"], run.Events.Select(e => $"{e.Id} {e.Withdrawn}"));
        Assert.False(Assert.Single(run.Updates).Complete);
    }

    [Fact]
    public async Task FetchAsync_SecondRun_AsksForTheTimeSince()
    {
        stub.Serve(Address, Page(1, Cve("CVE-2026-1", "")));
        await kit.RunAsync([Ledger]);
        Assert.Equal("?lastModStartDate=2026-04-03T06:00:00.000%2B00:00&lastModEndDate=2026-08-01T06:00:00.000%2B00:00&resultsPerPage=1000&startIndex=0", Assert.Single(stub.Requests).Query);
        kit.Now = kit.Now.AddDays(1);
        (await kit.RunAsync([Ledger])).Ok();
        Assert.StartsWith("?lastModStartDate=2026-08-01T05:00:00.000%2B00:00&lastModEndDate=2026-08-02T06", stub.Requests[1].Query, StringComparison.Ordinal);
        kit.Now = kit.Now.AddDays(200);
        (await kit.RunAsync([Ledger])).Ok();
        Assert.Equal(4, stub.Requests.Count);
    }

    [Fact]
    public async Task FetchAsync_OtherProducts_LooksBackAgainAndDropsWhatIsNoLongerBought()
    {
        stub.Serve(Address, Page(1, Cve("CVE-2026-1", "", Cpe("contoso", "ledger"), Cpe("contoso", "abacus"))));
        await kit.RunAsync([Ledger]);
        kit.Now = kit.Now.AddHours(6);
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso", "Abacus")])).Ok();
        Assert.Contains("lastModStartDate=2026-04-03", stub.Requests[1].Query, StringComparison.Ordinal);
        Assert.Equal(["CVE-2026-1:Abacus False", "CVE-2026-1:Ledger True"], run.Events.Select(e => $"{e.Id} {e.Withdrawn}"));
    }

    [Fact]
    public async Task FetchAsync_PagesThatMoveWhileTheyAreRead_MissNothing()
    {
        // Three rows; after the first page one of it changes and leaves the span, so that the others move up.
        string query = "?lastModStartDate=2026-04-03T06:00:00.000%2B00:00&lastModEndDate=2026-08-01T06:00:00.000%2B00:00&resultsPerPage=1000&startIndex=";
        string one = Cve("CVE-2026-1", "", Cpe("contoso", "ledger")), two = Cve("CVE-2026-2", "", Cpe("contoso", "ledger")), three = Cve("CVE-2026-3", "", Cpe("contoso", "ledger"));
        stub.Serve(Address + query + "0", Page(4, one, Cve("CVE-2026-9", "")));
        stub.Serve(Address + query + "2", Page(3, three).Replace("\"startIndex\":0", "\"startIndex\":2", StringComparison.Ordinal));
        stub.Serve(Address + query + "1", Page(3, two, three).Replace("\"startIndex\":0", "\"startIndex\":1", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Ledger])).Ok();
        Assert.Equal(["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"], run.Events.Select(e => e.Story).Order());
    }

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        stub.Serve(Address, Page(1, Cve("CVE-2026-1", "", Cpe("contoso", "ledger"))));
        await kit.RunAsync([Ledger]);
        string? checkpoint = kit.Checkpoint;
        kit.Now = kit.Now.AddDays(10);
        foreach (string body in new[] { Page(0), Page(5, Cve("CVE-2026-1", "")), Page(1, "{\"cve\":{\"id\":\"x\"}}"), "{\"vulnerabilities\":[]}", "{}", "[]" })
        {
            stub.Serve(Address, body);
            ConnectorRun run = await kit.RunAsync([Ledger]);
            Assert.True(run.Failure is { IsQuarantine: true }, body);
            Assert.Empty(run.Updates);
        }

        stub.Serve(Address, Page(1, Cve("CVE-2026-1", "", Cpe("contoso", "ledger"))));
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(200), Faults.Bomb(200), Faults.Status(503), Faults.Status(403), Faults.Status(404), Faults.Reset })
        {
            stub.Fail(Address, fault);
            ConnectorRun run = await kit.RunAsync([Ledger]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }

        Assert.Equal(checkpoint, kit.Checkpoint);
    }

    [Fact]
    public async Task FetchAsync_WithAKey_SendsItInItsHeader()
    {
        stub.Serve(Address, Page(1, Cve("CVE-2026-1", "")));
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "s3cret\n");
        kit.Options["ApiKey"] = "file:" + file;
        (await kit.RunAsync([Ledger])).Ok();
        Assert.Equal("s3cret", Assert.Single(stub.Requests).Headers["apiKey"]);
    }

    [Fact]
    public async Task FetchAsync_NobodyNamesProducts_AsksNothing()
    {
        (await kit.RunAsync([Supplier("S1", "Contoso")])).Ok();
        Assert.Empty(stub.Requests);
    }

    [Theory]
    [InlineData(@"cpe:2.3:a:contoso:ledger\:server_pro:1.0:*:*:*:*:*:*:*", "contoso", "ledger:server pro")]
    [InlineData(@"cpe:2.3:o:d\-link:dir\\_600:-:*:*:*:*:*:*:*", "d-link", @"dir\ 600")]
    public void CpeName_EscapedCharacters_AreOrdinary(string criteria, string vendor, string product) => Assert.Equal((vendor, product), CpeName.Read(criteria));

    [Theory]
    [InlineData("")]
    [InlineData("cpe:/a:contoso:ledger")]
    [InlineData("cpe:2.3:a:*:ledger:1")]
    [InlineData("cpe:2.3:a:contoso:-:1")]
    [InlineData("cpe:2.3:a:contoso")]
    public void CpeName_OpenOrOtherNames_AreNone(string criteria) => Assert.Null(CpeName.Read(criteria));

    [Fact]
    public async Task FetchAsync_NobodyHasAnalysedIt_WhatItsAuthorSaysIsAffectedCounts()
    {
        const string Affected = """
            ,"affected":[{"source":"security@contoso.example","affectedData":[
             {"vendor":"Contoso","product":"Ledger","defaultStatus":"unaffected","versions":[{"version":"1.0","lessThan":"1.9","versionType":"custom","status":"affected"}]},
             {"vendor":"Contoso","product":"Abacus","defaultStatus":"unaffected","versions":[{"version":"All","status":"unaffected"}]},
             {"vendor":"Contoso","product":"Slate","defaultStatus":"affected"},
             {"vendor":"n/a","product":"n/a","defaultStatus":"affected"},{"vendor":"Contoso","product":"Chalk"}]}]
            """;
        string waiting = Cve("CVE-2026-1", "").Replace("Analyzed", "Deferred", StringComparison.Ordinal).Replace(",\"metrics\"", Affected + ",\"metrics\"", StringComparison.Ordinal);
        string analysed = Cve("CVE-2026-2", "", Cpe("contoso", "slate")).Replace(",\"metrics\"", Affected + ",\"metrics\"", StringComparison.Ordinal);
        stub.Serve(Address, Page(2, waiting, analysed));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso", "Ledger", "Abacus", "Slate", "Chalk")])).Ok();

        Assert.Equal(["CVE-2026-1:Ledger", "CVE-2026-1:Slate", "CVE-2026-2:Slate"], run.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        string known = Cve("CVE-2026-1", Score("40", "Primary", 9.8), Cpe("contoso", "ledger").Replace("}", ",\"versionStartIncluding\":\"1.0\",\"versionEndExcluding\":\"2.0\",\"matchCriteriaId\":\"X\"}", StringComparison.Ordinal));
        string changed = known.Replace("CVE-2026-1", "CVE-2026-2", StringComparison.Ordinal).Replace("\"lastModified\"", "\"modified\"", StringComparison.Ordinal).Replace("\"2.0\"", "2", StringComparison.Ordinal)
            .Replace("\"vulnStatus\"", "\"aiScore\":1,\"vulnStatus\"", StringComparison.Ordinal);
        stub.Serve(Address, Page(2, known, changed));

        ConnectorRun run = (await kit.RunAsync([Ledger])).Ok();

        Assert.Equal("Unknown cve.aiScore 1, Unknown cve.modified 1, Missing cve.lastModified 1, Retyped cve.configurations[].nodes[].cpeMatch[].versionEndExcluding 1", Told.Drift(run));
        Assert.Equal(2, run.Events.Count);
    }

    [Fact]
    public async Task FetchAsync_WrongKey_SaysWhatTheDatabaseSays()
    {
        stub.Fail(Address, async (context, _) =>
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["message"] = "Invalid apiKey.";
            await context.Response.CompleteAsync();
        });

        Assert.Contains("answered 404 (Invalid apiKey)", (await kit.RunAsync([Ledger])).Failure!.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "nvd", "cves.lastModified-window.2023-10-18.json"));
        kit.Now = new DateTimeOffset(2023, 10, 19, 0, 0, 0, TimeSpan.Zero);
        ConnectorRun run = (await kit.RunAsync(
            [Supplier("IBM", "International Business Machines Corporation", "Security Verify Privilege On-Premises") with { Aliases = ["IBM"] }, Supplier("NETAPP", "NetApp, Inc.", "ONTAP"), Supplier("ORCL", "Oracle Corporation", "MySQL"), Supplier("WP", "Automattic")])).Ok();

        // Counted with Python: CVEs with a vulnerable CPE name of the vendor and product.
        Assert.Equal((38, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal([("IBM", 11), ("NETAPP", 1), ("ORCL", 1)], run.Events.CountBy(e => e.Supplier.Value).Select(c => (c.Key, c.Value)).Order());
    }

    private static readonly Supplier Ledger = Supplier("S1", "Contoso", "Ledger");

    private static Supplier Supplier(string id, string name, params string[] products) => new() { Id = new SupplierId(id), Name = name, Products = [.. products] };

    private static string Page(int total, params string[] rows) =>
        $$"""{"resultsPerPage":{{rows.Length}},"startIndex":0,"totalResults":{{total}},"format":"NVD_CVE","version":"2.0","timestamp":"2026-08-01T05:59:00.000","vulnerabilities":[{{string.Join(',', rows)}}]}""";

    private static string Cve(string id, string metrics, params string[] matches)
    {
        string configurations = matches.Length == 0 ? "" : $$""","configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{{string.Join(',', matches)}}]}]}]""";
        return $$$"""{"cve":{"id":"{{{id}}}","published":"2026-07-01T10:00:00.500","lastModified":"2026-07-02T10:00:00.000","vulnStatus":"Analyzed","descriptions":[{"lang":"es","value":"Un fallo."},{"lang":"en","value":"A flaw."}],"metrics":{ {{{metrics}}} }{{{configurations}}} } }""";
    }

    private static string Score(string version, string type, double score) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"\"cvssMetricV{version}\":[{{\"type\":\"{type}\",\"cvssData\":{{\"version\":\"{(version == "2" ? "2.0" : version[..1] + "." + version[1..])}\",\"baseScore\":{score:0.0}}}}}]");

    private static string Cpe(string vendor, string product) => $"{{\"vulnerable\":true,\"criteria\":\"cpe:2.3:a:{vendor}:{product}:*:*:*:*:*:*:*:*\"}}";
}
