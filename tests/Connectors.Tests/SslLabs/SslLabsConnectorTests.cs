using Risk.Connectors.Sdk;
using Risk.Connectors.SslLabs;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.SslLabs;

public sealed class SslLabsConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Info = "api.ssllabs.com/api/v3/info";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new SslLabsModule(), stub);
        stub.ServeFile(Info, Fixture("info.json"));
        stub.ServeFile(Host("acme.example"), Fixture("ready.json"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_ReadyHost_GivesTheWorstGradeOfThoseThatAreReady()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(("ssllabs_grade", "B"), (run.Facts.Single().Name, run.Facts.Single().Value.Text));
        Assert.Equal(("ssllabs_rank", 3.0), (run.Metrics.Single().Name, run.Metrics.Single().Value));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1784000060500), run.Metrics.Single().OccurredAt);
        Assert.Contains("B at 192.0.2.2, the worst of 2 endpoints with a grade (4 in all)", run.Facts.Single().Evidence.Excerpt, StringComparison.Ordinal);
        Assert.False(Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Complete, "readings of earlier weeks would be withdrawn");
        Assert.Equal(["/api/v3/info", "/api/v3/analyze"], stub.Requests.Select(r => r.Path));
        Assert.Equal("?host=acme.example&fromCache=on&maxAge=168&all=done", stub.Requests[1].Query);
    }

    [Theory]
    [InlineData("A+", 0)]
    [InlineData("A-", 2)]
    [InlineData("F", 7)]
    [InlineData("T", 8)]
    [InlineData("M", 8)]
    public async Task Fetch_Grade_HasItsRank(string grade, int rank)
    {
        Serve("acme.example", $$"""{"status":"READY","testTime":1,"endpoints":[{"statusMessage":"Ready","grade":"{{grade}}"}]}""");

        Assert.Equal(rank, (await kit.RunAsync([Acme])).Ok().Metrics.Single().Value);
    }

    [Fact]
    public async Task Fetch_AssessmentsThatRun_AreReadAtTheNextRunAndNoMoreAreBegunThanAllowed()
    {
        foreach (string name in (string[])["a", "b", "c"]) Serve($"{name}.example", """{"status":"IN_PROGRESS","endpoints":[]}""");
        Supplier[] suppliers = [Company("a"), Acme, Company("b"), Company("c")];

        ConnectorRun first = (await kit.RunAsync(suppliers)).Ok();
        Assert.Equal(["acme"], first.Facts.Select(f => f.Supplier.Value));
        Assert.Equal([("a", FailureKind.Timeout), ("b", FailureKind.Timeout)], first.Updates.OfType<SupplierUpdate>().Where(u => u.Gap is not null).Select(u => (u.Supplier.Value, u.Gap!.Kind)));
        Assert.DoesNotContain(stub.Requests, r => r.Query.Contains("c.example", StringComparison.Ordinal));

        int asked = stub.Requests.Count;
        kit.Now = kit.Now.AddHours(1);
        foreach (string name in (string[])["a", "b", "c"]) stub.ServeFile(Host($"{name}.example"), Fixture("ready.json"));
        ConnectorRun second = (await kit.RunAsync(suppliers)).Ok();
        Assert.Equal(["a", "b", "c"], second.Facts.Select(f => f.Supplier.Value));
        Assert.Equal(["/api/v3/info", "/api/v3/analyze", "/api/v3/analyze", "/api/v3/analyze"], stub.Requests.Skip(asked).Select(r => r.Path));

        asked = stub.Requests.Count;
        kit.Now = kit.Now.AddHours(1);
        Assert.Empty((await kit.RunAsync(suppliers)).Ok().Updates);
        Assert.Equal(asked, stub.Requests.Count);

        kit.Now = kit.Now.AddDays(1);
        Assert.Equal(4, (await kit.RunAsync(suppliers)).Ok().Facts.Count);
    }

    [Theory]
    [InlineData("""{"maxAssessments":0,"currentAssessments":0,"newAssessmentCoolOff":1000}""", "allows no new assessments")]
    [InlineData("""{"maxAssessments":5,"currentAssessments":5,"newAssessmentCoolOff":1000}""", "already runs as many")]
    [InlineData("""{"maxAssessments":5,"currentAssessments":0,"newAssessmentCoolOff":30000}""", "asks for 30 s between")]
    public async Task Fetch_NoCapacity_AsksNothing(string info, string words)
    {
        stub.Serve(Info, info);

        ConnectorRun run = await kit.RunAsync([Acme]);

        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromMinutes(15)), (run.Failure!.Kind, run.Failure.RetryAfter));
        Assert.Contains(words, run.Failure.Message, StringComparison.Ordinal);
        Assert.Single(stub.Requests);
    }

    [Theory]
    [InlineData(429, 30)]
    [InlineData(503, 15)]
    [InlineData(529, 30)]
    public async Task Fetch_Overloaded_EndsTheRunWithItsPauseAndNoRetry(int status, int minutes)
    {
        stub.ServeStatus(Host("acme.example"), status);

        ConnectorRun run = await kit.RunAsync([Acme]);

        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromMinutes(minutes)), (run.Failure!.Kind, run.Failure.RetryAfter));
        Assert.Equal(2, stub.Requests.Count);
    }

    [Theory]
    [InlineData("""{"status":"ERROR","statusMessage":"Unable to resolve domain name"}""")]
    [InlineData("""{"status":"READY","testTime":1,"endpoints":[{"statusMessage":"Unable to connect to the server"}]}""")]
    [InlineData("""{"status":"READY","testTime":1}""")]
    public async Task Fetch_NoGrade_IsNoFindingAndWithdrawsNothing(string body)
    {
        Serve("acme.example", body);

        var update = Assert.IsType<SupplierUpdate>(Assert.Single((await kit.RunAsync([Acme])).Ok().Updates));

        Assert.Equal((false, FailureKind.NotFound), (update.Complete, update.Gap!.Kind));
        Assert.Empty(update.Signals);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"status":"DONE"}""")]
    [InlineData("""{"host":"other.example","status":"READY","testTime":1,"endpoints":[{"statusMessage":"Ready","grade":"A"}]}""")]
    [InlineData("""{"status":"READY","testTime":"today"}""")]
    public async Task Fetch_NotTheFormat_IsMalformedForThatSupplierOnly(string body)
    {
        Serve("acme.example", body);
        stub.ServeFile(Host("z.example"), Fixture("ready.json"));

        ConnectorRun run = (await kit.RunAsync([Acme, Company("z")])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Updates.OfType<SupplierUpdate>(), u => u.Gap is not null).Gap!.Kind);
        Assert.Equal(["z"], run.Signals.Select(s => s.Supplier.Value).Distinct());
    }

    [Fact]
    public async Task Fetch_RefusedHost_SaysTheReason()
    {
        stub.ServeStatus(Host("acme.example"), 400, """{"errors":[{"field":"host","message":"qlue.validation.mandatory"}]}""");

        var update = Assert.IsType<SupplierUpdate>(Assert.Single((await kit.RunAsync([Acme])).Ok().Updates));

        Assert.Contains("(host qlue.validation.mandatory)", update.Gap!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_RegisteredEmail_UsesVersionFour()
    {
        kit.Options["Email"] = "risk@example.org";
        stub.ServeFile("api.ssllabs.com/api/v4/info", Fixture("info.json"));
        stub.ServeFile("api.ssllabs.com/api/v4/analyze", Fixture("ready.json"));

        Assert.Single((await kit.RunAsync([Acme])).Ok().Facts);
        Assert.All(stub.Requests, r => Assert.Equal("risk@example.org", r.Headers["email"]));
    }

    [Theory]
    [InlineData("acme.example", true)]
    [InlineData("WWW.acme.example", true)]
    [InlineData("acme.example:443", true)]
    [InlineData("notacme.example", false)]
    [InlineData("shop.acme.example", false)]
    public async Task Fetch_HostInTheAnswer_MustBeTheDomainOrItsWww(string host, bool isAbout)
    {
        Serve("acme.example", $$"""{"host":"{{host}}","status":"READY","testTime":1,"endpoints":[{"statusMessage":"Ready","grade":"A"}]}""");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(isAbout ? 1 : 0, run.Facts.Count);
        if (!isAbout) Assert.Equal($"The answer of SSL Labs is about another host ({host}) than the one asked for; nothing of it was kept.", Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Gap!.Message);
    }

    [Fact]
    public async Task Fetch_CertificateOfAnotherHost_IsM()
    {
        Serve("acme.example", """{"host":"acme.example","status":"READY","testTime":1,"endpoints":[{"ipAddress":"192.0.2.1","statusMessage":"Certificate not valid for domain name"},{"ipAddress":"192.0.2.2","statusMessage":"Ready","grade":"A"}]}""");

        Assert.Equal("M", (await kit.RunAsync([Acme])).Ok().Facts.Single().Value.Text);
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        Serve("acme.example", """
            {"host":"acme.example","port":"443","protocol":"http","isPublic":false,"status":"READY","startTime":1,"testTime":2,"engineVersion":"2.3.0","criteriaVersion":"2009q","endpoints":[{"ip":"192.0.2.1","statusMessage":"Ready","grade":"A","details":{"any":1}}],"quantum":true}
            """);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("Unknown endpoints[].ip 1, Unknown quantum 1, Missing endpoints[].ipAddress 1, Retyped port 1", Told.Drift(run));
        Assert.Single(run.Facts);
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        stub.ServeFile(Info, SharedFactAttribute.Path("sources", "ssllabs", "info.json"));
        stub.ServeFile(Host("ssllabs.com"), SharedFactAttribute.Path("sources", "ssllabs", "analyze.ssllabs.com.ready.json"));

        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("q", "ssllabs.com")])).Ok();

        Assert.Equal(("A+", 0.0), (run.Facts.Single().Value.Text, run.Metrics.Single().Value));
        Assert.Equal(new DateTimeOffset(2018, 9, 4, 20, 51, 55, 704, TimeSpan.Zero), run.Metrics.Single().OccurredAt);
    }

    private void Serve(string domain, string body) => stub.Serve(Host(domain), body);

    private static string Host(string domain) => $"api.ssllabs.com/api/v3/analyze?host={domain}&fromCache=on&maxAge=168&all=done";

    private static Supplier Acme { get; } = Company("acme");

    private static Supplier Company(string id) => Identified.WithDomain(id, id + ".example");

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "SslLabs", "Fixtures", name);
}
