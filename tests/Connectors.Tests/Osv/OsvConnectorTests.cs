using Risk.Connectors.Osv;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Osv;

public sealed class OsvConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Batch = "api.osv.dev/v1/querybatch";
    private const string Vulnerability = "api.osv.dev/v1/vulns/";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new OsvModule(), stub);
        stub.Serve(Batch, """{"results":[{"vulns":[{"id":"GHSA-1","modified":"2026-07-01T00:00:00Z"},{"id":"PYSEC-2","modified":"2026-07-01T00:00:00Z"}]}]}""");
        stub.Serve(Vulnerability + "GHSA-1", Record("GHSA-1", "PyPI", "Django.Extra", """ "aliases":["CVE-2026-1"],"database_specific":{"severity":"MODERATE"} """));
        stub.Serve(Vulnerability + "PYSEC-2", Record("PYSEC-2", "PyPI", "django-extra", """ "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}] """));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_PackagesOfThePortfolio_GetTheirVulnerabilities()
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "pypi:django_extra"), Supplier("S2", "Django Extra")])).Ok();
        Assert.Equal(
            ["GHSA-1:pypi:django_extra CVE-2026-1 2", "PYSEC-2:pypi:django_extra PYSEC-2 4"], run.Events.Select(e => $"{e.Id} {e.Story} {e.Severity}"));
        Assert.Equal("CVE-2026-1 in pypi:django_extra (medium): It breaks", run.Events[0].Title);
        Assert.Equal("https://osv.dev/vulnerability/GHSA-1", run.Events[0].Evidence.Url);
        Assert.Equal("""POST {"queries":[{"package":{"name":"django_extra","ecosystem":"PyPI"}}]}""", $"{stub.Requests[0].Method} {stub.Requests[0].Body}");
    }

    [Fact]
    public async Task FetchAsync_MorePages_AreAskedForByTheirToken()
    {
        stub.Fail(Batch, Faults.Instead("""{"results":[{"vulns":[{"id":"GHSA-1","modified":"2026-07-01T00:00:00Z"}],"next_page_token":"next"}]}"""u8.ToArray()), times: 1);
        stub.Serve(Batch, """{"results":[{"vulns":[{"id":"PYSEC-2","modified":"2026-07-01T00:00:00Z"}]}]}""");
        Assert.Equal(2, (await kit.RunAsync([Supplier("S1", "pypi:django_extra")])).Ok().Events.Count);
        Assert.Equal("""{"queries":[{"package":{"name":"django_extra","ecosystem":"PyPI"},"page_token":"next"}]}""", stub.Requests[1].Body);
    }

    [Fact]
    public async Task FetchAsync_NothingChanged_ReadsNoVulnerabilityAgainAndSaysTheSame()
    {
        Supplier[] suppliers = [Supplier("S1", "pypi:django_extra")];
        await kit.RunAsync(suppliers);
        int before = stub.Requests.Count;
        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
        Assert.Equal(before + 1, stub.Requests.Count);
        Assert.Equal(2, run.Events.Count);

        // One is modified, the other gone.
        stub.Serve(Batch, """{"results":[{"vulns":[{"id":"GHSA-1","modified":"2026-07-09T00:00:00Z"}]}]}""");
        Assert.Equal(["GHSA-1:pypi:django_extra"], (await kit.RunAsync(suppliers)).Ok().Events.Select(e => e.Id));
        Assert.Equal("/v1/vulns/GHSA-1", stub.Requests[^1].Path);
    }

    [Fact]
    public async Task FetchAsync_AnotherSupplierDeliversThePackageToo_IsTold()
    {
        await kit.RunAsync([Supplier("S1", "pypi:django_extra")]);
        Assert.Equal(["S1", "S2"], (await kit.RunAsync([Supplier("S1", "pypi:django_extra"), Supplier("S2", "pypi:django-extra")])).Ok().Events.Select(e => e.Supplier.Value).Distinct());
    }

    [Fact]
    public async Task FetchAsync_WithdrawnOrTakenDown_IsNotTold()
    {
        stub.Serve(Vulnerability + "GHSA-1", Record("GHSA-1", "PyPI", "django-extra", """ "withdrawn":"2026-07-05T00:00:00Z" """));
        stub.ServeStatus(Vulnerability + "PYSEC-2", 404, "{}");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "pypi:django_extra")])).Ok();
        Assert.Empty(run.Events);
        Assert.Equal((1, "PYSEC-2"), run.Audit.Reasons["listed for a package, but not there any more"]);
    }

    [Fact]
    public async Task FetchAsync_Malware_IsTheWorstAndOneStoryWithGithubs()
    {
        stub.Serve(Batch, """{"results":[{"vulns":[{"id":"MAL-2026-7","modified":"2026-07-01T00:00:00Z"}]}]}""");
        stub.Serve(Vulnerability + "MAL-2026-7", Record("MAL-2026-7", "npm", "ledger", """ "aliases":["GHSA-9"] """));
        EventSignal happening = Assert.Single((await kit.RunAsync([Supplier("S1", "npm:ledger")])).Ok().Events);
        Assert.Equal((5, "GHSA-9"), (happening.Severity, happening.Story));
    }

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        Supplier[] suppliers = [Supplier("S1", "pypi:django_extra")];
        await kit.RunAsync(suppliers);
        stub.Fail(Batch, Faults.Instead("""{"results":[{}]}"""u8.ToArray()), times: 1);
        Assert.Equal(FailureKind.Shrunk, (await kit.RunAsync(suppliers)).Failure?.Kind);
        kit.Checkpoint = null;
        Fault[] faults =
        [
            Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(20), Faults.Bomb(100), Faults.Status(500), Faults.Status(403), Faults.Status(429), Faults.Reset,
            Faults.Instead("{}"u8.ToArray()), Faults.Instead("""{"results":[]}"""u8.ToArray()),
        ];
        foreach (string address in new[] { Batch, Vulnerability + "GHSA-1" })
        {
            foreach (Fault fault in faults)
            {
                stub.Fail(address, fault);
                ConnectorRun run = await kit.RunAsync(suppliers);
                Assert.NotNull(run.Failure);
                Assert.Empty(run.Updates);
            }

            stub.Mend(address);
        }
    }

    // Examples of the specification and of well-known CVEs, scored by the official calculator.
    [Theory]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8)]
    [InlineData("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1)]
    [InlineData("CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:H/I:H/A:H", 6.7)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:P", 7.5)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N", null)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", null)]
    [InlineData("", null)]
    public void BaseScore_OfAVector_IsTheSpecifications(string vector, double? score) => Assert.Equal(score, CvssVector.BaseScore(vector));

    [Theory]
    [InlineData("npm:Lodash", "npm", "lodash", true)]
    [InlineData("pypi:zope.interface", "PyPI", "Zope_Interface", true)]
    [InlineData("maven:org.apache.logging.log4j:log4j-core", "Maven", "org.apache.logging.log4j:log4j-core", true)]
    [InlineData("cargo:ckb", "crates.io", "ckb", true)]
    [InlineData("gem:rails", "rubygems", "rails", true)]
    [InlineData("npm:lodash", "PyPI", "lodash", false)]
    [InlineData("npm:lodash", "npm", "lodash-es", false)]
    public void PackageName_OfPortfolioAndDatabase_MeetByEcosystemAndName(string own, string ecosystem, string name, bool same) =>
        Assert.Equal(same, PackageName.Parse(own)!.Equals(PackageName.Of(ecosystem, name)));

    [Theory]
    [InlineData("Windows")]
    [InlineData("deb:openssl")]
    [InlineData("npm:")]
    [InlineData("Suite: the big one")]
    public void PackageName_OfOtherProducts_IsNone(string product) => Assert.Null(PackageName.Parse(product));

    [Fact]
    public async Task FetchAsync_MirrorThatHoldsFilesOnly_IsNamedAndNothingIsCleared()
    {
        await kit.RunAsync([Supplier("S1", "pypi:django_extra")]);
        stub.ServeStatus(Batch, 404);

        ConnectorRun run = await kit.RunAsync([Supplier("S1", "pypi:django_extra")]);

        Assert.Contains("a mirror that only holds files cannot answer it", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_OtherNamesAndPlacesOfRatings_AreFound()
    {
        stub.Serve(Vulnerability + "GHSA-1", Record("GHSA-1", "crates.io", "vat", """ "aliases":["CVE-2026-7"] """)
            .Replace("\"ranges\":[]", "\"ranges\":[{\"type\":\"GIT\",\"repo\":\"x\",\"events\":[]}],\"database_specific\":{\"cvss\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\",\"informational\":null}", StringComparison.Ordinal));
        stub.Serve(Vulnerability + "PYSEC-2", Record("PYSEC-2", "crates.io", "vat", """ "aliases":["GHSA-wvrr-2x4r-394v"] """));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "cargo:vat")])).Ok();

        Assert.Equal(["GHSA-1:cargo:vat CVE-2026-7 3", "PYSEC-2:cargo:vat GHSA-wvrr-2x4r-394v 1"], run.Events.Select(e => $"{e.Id} {e.Story} {e.Severity}"));
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        foreach (string id in (string[])["GHSA-1", "PYSEC-2"])
            stub.Serve(Vulnerability + id, Record(id, "PyPI", "django-extra", """ "credits":"somebody","kev":true """).Replace("\"modified\"", "\"changed\"", StringComparison.Ordinal));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "pypi:django_extra")])).Ok();

        Assert.Equal("Unknown changed 2, Unknown kev 2, Missing modified 2, Retyped credits 2", Told.Drift(run));
        Assert.Equal(2, run.Events.Count);
    }

    [SharedFact]
    public async Task FetchAsync_Recordings_AreReadWhole()
    {
        string[] ids = [.. Directory.GetFiles(SharedFactAttribute.Path("sources", "osv"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!)];
        foreach (string id in ids) stub.ServeFile(Vulnerability + id, SharedFactAttribute.Path("sources", "osv", id + ".json"));
        string vulns = string.Join(',', ids.Select(id => $"{{\"id\":\"{id}\",\"modified\":\"2026-01-01T00:00:00Z\"}}"));
        stub.Serve(Batch, $"{{\"results\":[{{\"vulns\":[{vulns}]}},{{}}]}}");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "gem:rails", "cargo:ckb")])).Ok();
        Assert.Equal((ids.Length, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["GHSA-24fg-p96v-hxh8:gem:rails CVE-2011-0447 2", "GHSA-wjxc-pjx9-4wvm:cargo:ckb GHSA-wjxc-pjx9-4wvm 3"], run.Events.Where(e => e.Story is "CVE-2011-0447" or "GHSA-wjxc-pjx9-4wvm").Select(e => $"{e.Id} {e.Story} {e.Severity}"));
    }

    private static Supplier Supplier(string id, params string[] products) => new() { Id = new SupplierId(id), Name = id, Products = [.. products] };

    private static string Record(string id, string ecosystem, string name, string more) =>
        $$"""{"id":"{{id}}","modified":"2026-07-01T00:00:00Z","published":"2026-06-30T00:00:00Z","details":"It breaks\nbadly","affected":[{"package":{"ecosystem":"{{ecosystem}}","name":"{{name}}"},"ranges":[]}],{{more}} }""";
}
