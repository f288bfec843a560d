using System.Text;
using Risk.Connectors.Crtsh;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Crtsh;

public sealed class CrtshConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Whole = "crt.sh/?q=acme.example&output=json&deduplicate=Y";
    private const string InForce = Whole + "&exclude=expired";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new CrtshModule(), stub);
        stub.ServeFile(Whole, Path.Combine(AppContext.BaseDirectory, "Crtsh", "Fixtures", "acme.json"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Entries_AreCountedOnceAndToldByIssuer()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.True(Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Complete);
        Assert.Equal(
            [("ct_expiry", "2027-07-01T23:59:59Z"), ("ct_certificates", "2"), ("ct_issuers", "Nimbus Trust, Inc.; Quick Encrypt"), ("ct_new_issuer", "Quick Encrypt")],
            run.Facts.Select(f => (f.Name, f.Value.ToString())));
        Assert.Equal((5, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Contains("2 certificates in force", run.Facts[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(new CrtshModule().Manifest.Facts.Select(f => (f.Name, f.Type)), run.Facts.Select(f => (f.Name, f.Value.Type)));
    }

    [Fact]
    public async Task Fetch_LaterOn_NoIssuerIsNewAndTheLastEndStays()
    {
        kit.Now = new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["2027-07-01T23:59:59Z", "0", "", ""], run.Facts.Select(f => f.Value.ToString()));
    }

    [Fact]
    public async Task Fetch_NeverACertificate_StatesNoEnd()
    {
        stub.Serve(Whole, "[]");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal([("ct_certificates", "0"), ("ct_issuers", ""), ("ct_new_issuer", "")], run.Facts.Select(f => (f.Name, f.Value.ToString())));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(404)]
    public async Task Fetch_QueryCutOff_AsksOnceMoreForThoseInForceAndStatesNoNewIssuer(int status)
    {
        stub.Fail(Whole, Faults.Status(status));
        stub.ServeFile(InForce, Path.Combine(AppContext.BaseDirectory, "Crtsh", "Fixtures", "acme.json"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["ct_expiry", "ct_certificates", "ct_issuers"], run.Facts.Select(f => f.Name));
        Assert.Equal(["?q=acme.example&output=json&deduplicate=Y", "?q=acme.example&output=json&deduplicate=Y&exclude=expired"], stub.Requests.Select(r => r.Query));
    }

    [Fact]
    public async Task Fetch_BothQueriesFail_FailsThatSupplierOnly()
    {
        stub.Fail(Whole, Faults.Status(502));
        stub.ServeStatus(InForce, 404, "<html>", "text/html");
        stub.Serve("crt.sh/?q=other.example&output=json&deduplicate=Y", "[]");

        ConnectorRun run = (await kit.RunAsync([Acme, Company("other", "other.example")])).Ok();

        Assert.Equal(("acme", FailureKind.ServerError), (run.Failures.Single().Supplier.Value, run.Failures.Single().Failure.Kind));
        Assert.Equal(["other"], run.Facts.Select(f => f.Supplier.Value).Distinct());
    }

    [Theory]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[{\"name_value\":\"acme.example\"")]
    [InlineData("[{\"name_value\":\"acme.example\",\"id\":1,\"not_before\":\"soon\",\"not_after\":\"2027-01-01T00:00:00\"}]")]
    [InlineData("[{\"name_value\":\"evil.example\",\"id\":1,\"not_before\":\"2026-01-01T00:00:00\",\"not_after\":\"2027-01-01T00:00:00\"}]")]
    [InlineData("[{\"name_value\":\"notacme.example\",\"id\":1,\"not_before\":\"2026-01-01T00:00:00\",\"not_after\":\"2027-01-01T00:00:00\"}]")]
    public async Task Fetch_NotAListOfTheDomain_IsMalformedAndGivesNothing(string body)
    {
        stub.Serve(Whole, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_NamesInOddEncodings_AreReplacedAndTheRestIsRead()
    {
        byte[] body = Encoding.Latin1.GetBytes("""[{"name_value":"M\u00fcller \ud800 x\nacme.example","id":1,"issuer_name":"O=X","not_before":"2026-01-01T00:00:00","not_after":"2027-01-01T00:00:00","serial_number":"1"},""" + "\n"
            + string.Join(",\n", Enumerable.Range(2, 20).Select(i => $$"""{"name_value":"Müller AG\nacme.example","id":{{i}},"issuer_name":"O=Stadt Köln","not_before":"2026-01-01T00:00:00","not_after":"2027-01-01T00:00:00","serial_number":"{{i}}"}""")) + "]");
        stub.Serve(Whole, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("20", run.Facts.Single(f => f.Name == "ct_certificates").Value.ToString());
        Assert.Equal((21, 1), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public async Task Fetch_SharedDomain_IsAskedForOnce()
    {
        ConnectorRun run = (await kit.RunAsync([Acme, Company("zweig", "acme.example")])).Ok();

        Assert.Equal(["acme", "zweig"], run.Updates.Select(u => ((SupplierUpdate)u).Supplier.Value));
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Fetch_CutShortLastTime_BeginsAfterWhatWasCommitted()
    {
        foreach (string name in (string[])["a", "b", "c"]) stub.Serve($"crt.sh/?q={name}.example&output=json&deduplicate=Y", "[]");
        kit.Checkpoint = "b.example";

        await kit.RunAsync([Company("1", "a.example"), Company("2", "b.example"), Company("3", "c.example")]);

        Assert.Equal(["c.example", "a.example", "b.example"], stub.Requests.Select(r => r.Query[3..].Split('&')[0]));
        Assert.Equal("b.example", kit.Checkpoint);
    }

    [Fact]
    public async Task Fetch_NoDomainName_IsNotAskedFor()
    {
        ConnectorRun run = (await kit.RunAsync([Company("x", "acme.example&exclude=all")])).Ok();

        Assert.Equal(FailureKind.NotFound, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Fetch_Throttled_EndsTheRun()
    {
        stub.Fail(Whole, Faults.Status(429, "120"));

        ConnectorRun run = await kit.RunAsync([Acme]);

        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromSeconds(120)), (run.Failure!.Kind, run.Failure.RetryAfter));
    }

    [Fact]
    public async Task Fetch_ObjectsOneAfterTheOther_AreReadAsAList()
    {
        // As crt.sh answered until 2018, and with the fields of 2019.
        stub.Serve(Whole, """
            {"issuer_ca_id":1,"issuer_name":"O=X","name_value":"acme.example","min_cert_id":31337,"min_entry_timestamp":"2026-01-01T00:00:00","not_before":"2026-01-01T00:00:00","not_after":"2027-01-01T00:00:00"}{"issuer_ca_id":1,"issuer_name":"O=X","name_value":"www.acme.example","min_cert_id":31338,"min_entry_timestamp":"2026-01-01T00:00:00","not_before":"2026-01-01T00:00:00","not_after":"2027-02-01T00:00:00"}
            """);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["2027-02-01T00:00:00Z", "2", "X", ""], run.Facts.Select(f => f.Value.ToString()));
        Assert.Equal("", Told.Drift(run));
    }

    [Fact]
    public async Task Fetch_EntriesWithoutSerialNumber_CountAPrecertificateAndItsCertificateOnce()
    {
        string[] entries = [.. Enumerable.Range(1, 3).Select(i => $$"""{"issuer_ca_id":1,"issuer_name":"O=X","name_value":"*.acme.example\nacme.example","id":{{i}},"entry_timestamp":"2026-01-01T00:00:0{{i}}","not_before":"2026-01-01T00:00:00","not_after":"2027-0{{(i == 3 ? 2 : 1)}}-01T00:00:00"}""")];
        stub.Serve(Whole, $"[{string.Join(',', entries)}]");

        Assert.Equal("2", (await kit.RunAsync([Acme])).Ok().Facts.Single(f => f.Name == "ct_certificates").Value.ToString());
    }

    [Fact]
    public async Task Fetch_MailAddress_IsNoHostOfTheDomain()
    {
        const string Rest = ",\"issuer_name\":\"O=X\",\"not_before\":\"2026-01-01T00:00:00\",\"not_after\":\"2027-01-01T00:00:00\",\"id\":";
        stub.Serve(Whole, $"[{{\"name_value\":\"jo@mail.acme.example\"{Rest}1}},{{\"name_value\":\"acme.example\\nadmin@acme.example\"{Rest}2}}]");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("1", run.Facts.Single(f => f.Name == "ct_certificates").Value.ToString());
        Assert.Equal((1, "1"), run.Audit.Reasons["names no host of the domain asked for"]);
    }

    [Fact]
    public async Task Fetch_OneAnswerForAllDomains_IsToldAlikeAndNoRowIsCountedAsRejected()
    {
        byte[] fixture = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Crtsh", "Fixtures", "acme.json"));
        foreach (string name in (string[])["beta", "gamma"]) stub.Serve($"crt.sh/?q={name}.example&output=json&deduplicate=Y", fixture);

        ConnectorRun run = (await kit.RunAsync([Company("b", "beta.example"), Acme, Company("c", "gamma.example")])).Ok();

        Assert.StartsWith("None of the 5 entries that crt.sh gave is for the domain asked for (the first names ", Assert.Single(run.Failures.Select(f => f.Failure.Message).Distinct()), StringComparison.Ordinal);
        Assert.Equal(0, run.Audit.Rejected);
        Assert.Equal(["acme"], run.Signals.Select(s => s.Supplier.Value).Distinct());
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        const string Known = """{"issuer_ca_id":1,"issuer_name":"O=X","common_name":null,"name_value":"acme.example","id":1,"entry_timestamp":"2026-01-01T00:00:00","not_before":"2026-01-01T00:00:00","not_after":"2027-01-01T00:00:00","serial_number":"01","result_count":2}""";
        string changed = Known.Replace("\"issuer_ca_id\"", "\"ca_id\"", StringComparison.Ordinal).Replace("\"id\":1", "\"id\":\"1\"", StringComparison.Ordinal).Replace("\"01\"", "\"02\"", StringComparison.Ordinal);
        stub.Serve(Whole, $"[{Known},{changed}]");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("Unknown ca_id 1, Missing issuer_ca_id 1, Retyped id 1", Told.Drift(run));
        Assert.Equal("2", run.Facts.Single(f => f.Name == "ct_certificates").Value.ToString());
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        kit.Now = new DateTimeOffset(2023, 6, 1, 0, 0, 0, TimeSpan.Zero);
        stub.ServeFile("crt.sh/?q=example.com&output=json&deduplicate=Y", SharedFactAttribute.Path("sources", "crtsh", "example.com.json"));
        stub.ServeFile("crt.sh/?q=paypal.com&output=json&deduplicate=Y", SharedFactAttribute.Path("sources", "crtsh", "crtsh.o-paypal.json"));

        ConnectorRun run = (await kit.RunAsync([Company("example", "example.com"), Company("paypal", "paypal.com")])).Ok();

        // Counted by a script beside: of 22 entries 3 name no host of example.com; of an organisation's 1,837, of which none was in force any more, 1,135 none of paypal.com.
        Assert.Equal(["2024-02-13T23:59:59Z", "1", "DigiCert Inc", ""], run.Facts.Where(f => f.Supplier.Value == "example").Select(f => f.Value.ToString()));
        Assert.Equal(["2017-06-22T12:00:00Z", "0", "", ""], run.Facts.Where(f => f.Supplier.Value == "paypal").Select(f => f.Value.ToString()));
        Assert.Equal((22 + 1837, 3 + 1135), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["names no host of the domain asked for"], run.Audit.Reasons.Keys);
    }

    private static Supplier Acme { get; } = Company("acme", "acme.example");

    private static Supplier Company(string id, string domain) => Identified.WithDomain(id, domain);
}
