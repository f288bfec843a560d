using System.Collections.Immutable;
using System.Text;
using Risk.Connectors.Hibp;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Hibp;

public sealed class HibpConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "haveibeenpwned.com/api/v3/breaches";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new HibpModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_DomainsOfThePortfolio_GetTheirBreaches()
    {
        stub.Serve(Address, List(Breach("Contoso", "contoso.com"), Breach("ContosoForum", "forum.Contoso.com", verified: false), Breach("Other", "notcontoso.com"), Breach("Mail", "contoso.com", classes: "Email addresses")));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com"), new Supplier { Id = new SupplierId("S2"), Name = "Contoso" }])).Ok();
        Assert.Equal(["S1 Contoso 4 verified", "S1 ContosoForum 2 unverified", "S1 Mail 3 verified"], run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Severity} {e.Stage}"));
        EventSignal first = run.Events[0];
        Assert.Equal(("Data of 1,200 accounts of contoso.com from 2026-03 is public", "breach:contoso.com:2026-03"), (first.Title, first.Story));
        Assert.Equal(("https://haveibeenpwned.com/Breach/Contoso", "Contoso: Email addresses, Passwords; listed 2026-05-01"), (first.Evidence.Url, first.Evidence.Excerpt));
        Assert.Equal("Data of 1,200 accounts of forum.contoso.com from 2026-03 is public, as is said; not verified", run.Events[1].Title);
    }

    [Theory]
    [InlineData("IsFabricated", "fabricated: the data is not what it was said to be")]
    [InlineData("IsSpamList", "a spam list, no breach of a service")]
    [InlineData("IsMalware", "collected by malware on people's own machines")]
    [InlineData("IsStealerLog", "collected by malware on people's own machines")]
    [InlineData("IsRetired", "retired: the list stands by it no longer")]
    public async Task FetchAsync_RowsThatAreNoIncident_AreCountedAndNotTold(string flag, string reason)
    {
        stub.Serve(Address, List(Breach("Contoso", "contoso.com").Replace("\"IsX\":false", $"\"{flag}\":true", StringComparison.Ordinal)));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok();
        Assert.Empty(run.Events);
        Assert.Equal((1, "Contoso"), run.Audit.Reasons[reason]);
    }

    [Fact]
    public async Task FetchAsync_GoneFromTheList_IsOver()
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => Breach("B" + i, "x.com"))];
        stub.Serve(Address, List([.. rows, Breach("Contoso", "contoso.com")]));
        Assert.Single((await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok().Events);
        stub.Serve(Address, List(rows));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok();
        Assert.Empty(run.Events);
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        string good = List([.. Enumerable.Range(0, 40).Select(i => Breach("B" + i, "x.com")), Breach("Contoso", "contoso.com")]);
        stub.Serve(Address, good);
        await kit.RunAsync([Supplier("S1", "contoso.com")]);
        Fault[] faults =
        [
            Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(50), Faults.Bomb(100), Faults.Status(500), Faults.Status(403), Faults.Status(429), Faults.Reset,
            Faults.Instead("[]"u8.ToArray()), Faults.Instead("{}"u8.ToArray()), Faults.Instead("[{}]"u8.ToArray()), Faults.Instead(Encoding.UTF8.GetBytes(List([.. Enumerable.Range(0, 38).Select(i => Breach("B" + i, "x.com"))]))),
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
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        const string Known = """
            {"Name":"A","Title":"A","Domain":"contoso.com","BreachDate":"2026-03-05","AddedDate":"2026-05-01T10:00:00Z","ModifiedDate":"2026-05-01T10:00:00Z","PwnCount":1200,"Description":"x","LogoPath":"x","Attribution":null,"DisclosureUrl":null,
             "DataClasses":["Passwords"],"IsVerified":true,"IsFabricated":false,"IsSensitive":true,"IsRetired":false,"IsSpamList":false,"IsMalware":false,"IsSubscriptionFree":true,"IsStealerLog":false}
            """;
        string changed = Known.Replace("\"A\"", "\"B\"", StringComparison.Ordinal).Replace("\"ModifiedDate\"", "\"Modified\"", StringComparison.Ordinal).Replace("1200", "\"1200\"", StringComparison.Ordinal).Replace("\"IsMalware\"", "\"IsPaste\":false,\"IsMalware\"", StringComparison.Ordinal);
        stub.Serve(Address, List(Known, changed));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "contoso.com")])).Ok();

        Assert.Equal("Unknown IsPaste 1, Unknown Modified 1, Missing ModifiedDate 1, Retyped PwnCount 1", Told.Drift(run));
        Assert.Equal(["A", "B"], run.Events.Select(e => e.Id));
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "hibp", "breaches.json"));
        ConnectorRun run = (await kit.RunAsync([Supplier("DBX", "dropbox.com"), Supplier("LI", "linkedin.com"), Supplier("ADBE", "adobe.com"), Supplier("OG", "ogusers.com")])).Ok();

        // Counted with Python: rows; those with one of five flags or without a domain; rows of the four domains.
        Assert.Equal((871, 60), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal([("ADBE", 1), ("DBX", 1), ("LI", 2), ("OG", 4)], run.Events.CountBy(e => e.Supplier.Value).Select(c => (c.Key, c.Value)).Order());
    }

    private static Supplier Supplier(string id, string domain) => new() { Id = new SupplierId(id), Name = id, Identifiers = ImmutableSortedDictionary<string, string>.Empty.Add(IdentifierScheme.Domain, domain) };

    private static string List(params string[] breaches) => $"[{string.Join(',', breaches)}]";

    private static string Breach(string name, string domain, bool verified = true, string classes = "Email addresses\",\"Passwords") => $$"""
        {"Name":"{{name}}","Title":"{{name}}","Domain":"{{domain}}","BreachDate":"2026-03-05","AddedDate":"2026-05-01T10:00:00Z","PwnCount":1200,"Description":"<b>x</b>","DataClasses":["{{classes}}"],
         "IsVerified":{{(verified ? "true" : "false")}},"IsX":false,"IsNew":null}
        """;
}
