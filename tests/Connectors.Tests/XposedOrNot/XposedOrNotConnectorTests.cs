using System.Collections.Immutable;
using Risk.Connectors.Hibp;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.XposedOrNot;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.XposedOrNot;

public sealed class XposedOrNotConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "api.xposedornot.com/v1/breaches";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new XposedOrNotModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_DomainsOfThePortfolio_GetTheirBreaches()
    {
        stub.Serve(Address, List(Breach("Contoso", "contoso.com"), Breach("Odd", "contoso.com", type: "Yes", verified: "false"), Breach("Combo", "contoso.com", type: "ComboList"), Breach("Stolen", "contoso.com", type: "StealerLogs"), Breach("None", "")));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok();
        Assert.Equal(["Contoso 4 breach:contoso.com:2026-03", "Odd 2 breach:contoso.com:2026-03"], run.Events.Select(e => $"{e.Id} {e.Severity} {e.Story}"));
        Assert.Equal((5, 3), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public void Manifest_TermsThatMayForbidIt_KeepItOff()
    {
        var module = new XposedOrNotModule();
        Assert.False(module.IsEnabledByDefault(null!, "", out string reason));
        Assert.Contains("terms", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        stub.Serve(Address, List(Breach("Contoso", "contoso.com")));
        await kit.RunAsync([Supplier("S1", "contoso.com")]);
        Fault[] faults =
        [
            Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(50), Faults.Bomb(100), Faults.Status(500), Faults.Status(429), Faults.Reset, Faults.Instead("[]"u8.ToArray()), Faults.Instead("{}"u8.ToArray()),
            Faults.Instead("""{"status":"success","exposedBreaches":[]}"""u8.ToArray()), Faults.Instead("""{"status":"error","exposedBreaches":[{"breachID":"A","breachedDate":"2026-01-01T00:00:00+00:00"}]}"""u8.ToArray()),
        ];
        foreach (Fault fault in faults)
        {
            stub.Fail(Address, fault);
            ConnectorRun run = await kit.RunAsync([Supplier("S1", "contoso.com")]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }
    }

    [Fact]
    public async Task FetchAsync_FormUntil2024_IsReadTheSame()
    {
        stub.Serve(Address, """
            {"Exposed Breaches":[{"Breach ID":"Contoso","Breached Date":"2026-03-01T00:00:00+00:00","Domain":"contoso.com","Exposed Data":"Email addresses;Passwords","Exposed Records":7,
             "Exposure Description":"x","Industry":"x","Logo":"x","Password Risk":"plaintext","Searchable":"Yes","Sensitive":"No","Verified":"Yes"}],"status":"success"}
            """);

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok();

        EventSignal told = Assert.Single(run.Events);
        Assert.Equal(("Contoso", 4, "verified", "Data of 7 accounts of contoso.com from 2026-03 is public"), (told.Id, told.Severity, told.Stage, told.Title));
        Assert.Equal("", Told.Drift(run));
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        const string Known = """
            {"breachID":"A","breachedDate":"2026-03-01T00:00:00+00:00","addedDate":"2026-04-01T00:00:00+00:00","domain":"contoso.com","industry":"x","logo":"x","passwordRisk":"x","searchable":true,"sensitive":false,"verified":true,
             "breachType":"DataBreach","exposedData":["Passwords"],"exposedRecords":7,"exposureDescription":"x","referenceURL":""}
            """;
        string changed = Known.Replace("\"A\"", "\"B\"", StringComparison.Ordinal).Replace("\"industry\"", "\"sector\"", StringComparison.Ordinal).Replace(":7,", ":\"7\",", StringComparison.Ordinal);
        stub.Serve(Address, List(Known, changed));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok();

        Assert.Equal("Unknown sector 1, Missing industry 1, Retyped exposedRecords 1", Told.Drift(run));
        Assert.All(run.Events, e => Assert.Contains("Data of 7 accounts", e.Title, StringComparison.Ordinal));
        Assert.Equal(2, run.Events.Count);
    }

    [SharedFact]
    public async Task FetchAsync_Recordings_OneBreachInBothListsIsOneStory()
    {
        using var other = new ConnectorKit(new HibpModule(), stub);
        stub.ServeFile("haveibeenpwned.com/api/v3/breaches", SharedFactAttribute.Path("sources", "hibp", "breaches.json"));
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "xposedornot", "breaches.json"));
        Supplier[] suppliers = [Supplier("DBX", "dropbox.com"), Supplier("LI", "linkedin.com"), Supplier("TURK", "turk.net")];
        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok(), hibp = (await other.RunAsync(suppliers)).Ok();

        // Counted with Python: 763 rows, 6 of them lists or logs by type, 11 without a domain, 12 either.
        Assert.Equal((763, 12), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal("breach:dropbox.com:2012-07", Assert.Single(run.Events, e => e.Supplier.Value == "DBX").Story);
        Assert.Equal("breach:dropbox.com:2012-07", Assert.Single(hibp.Events, e => e.Supplier.Value == "DBX").Story);
        Assert.Single(run.Events, e => e.Supplier.Value == "TURK");
    }

    private static Supplier Supplier(string id, string domain) => new() { Id = new SupplierId(id), Name = id, Identifiers = ImmutableSortedDictionary<string, string>.Empty.Add(IdentifierScheme.Domain, domain) };

    private static string List(params string[] breaches) => $$"""{"status":"success","message":null,"exposedBreaches":[{{string.Join(',', breaches)}}]}""";

    private static string Breach(string name, string domain, string type = "DataBreach", string verified = "true") => $$"""
        {"breachID":"{{name}}","breachedDate":"2026-03-01T00:00:00+00:00","addedDate":"2026-04-01T00:00:00+00:00","domain":"{{domain}}","breachType":"{{type}}","verified":{{verified}},
         "exposedData":["Email addresses"," Passwords",""],"exposedRecords":7}
        """;
}
