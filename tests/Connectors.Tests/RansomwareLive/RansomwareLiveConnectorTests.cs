using System.Collections.Immutable;
using Risk.Connectors.RansomwareLive;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.RansomwareLive;

public sealed class RansomwareLiveConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "api.ransomware.live/v2/recentvictims";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new RansomwareLiveModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_DomainsAndNames_AreToldAsClaims()
    {
        stub.Serve(Address, List(Claim("Contoso Turbines", "2026-07-28", "www.contoso.com"), Claim("Fabrikam Steel Works Ltd", "2026-07-29"), Claim("Stranger", "2026-07-30")));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso Turbines GmbH", "contoso.com"), Supplier("S2", "Fabrikam Steel Works Ltd"), Supplier("S3", "Stranger")])).Ok();
        Assert.Equal(["S1 domain 3", "S2 name 2", "S3 similar-name 1"], run.Events.Select(e => $"{e.Supplier} {e.Stage} {e.Severity}"));
        EventSignal first = run.Events[0];
        Assert.Equal("Attack claimed by the ransomware group akira in a post of 2026-07-28; it names the domain contoso.com; not confirmed", first.Title);
        Assert.Equal(("akira", "ransomware:akira:2026", "https://www.ransomware.live/group/akira"), (first.Type, first.Story, first.Evidence.Url));
        Assert.Contains("which may be another company", run.Events[2].Title, StringComparison.Ordinal);
        Assert.All(run.Events, e => Assert.DoesNotContain("onion", e.Evidence.ToString() + e.Title, StringComparison.OrdinalIgnoreCase));
        Assert.All(run.Events, e => Assert.DoesNotContain("stole everything", e.Evidence.ToString() + e.Title, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task FetchAsync_FieldNamesOfTheFirstVersion_AreReadTheSame()
    {
        stub.Serve(Address, List(Claim("Contoso", "2026-07-28", "contoso.com")));
        EventSignal second = Assert.Single((await kit.RunAsync([Supplier("S1", "Contoso", "contoso.com")])).Ok().Events);
        stub.Serve(Address, List(Claim("Contoso", "2026-07-28", "contoso.com")).Replace("\"victim\"", "\"post_title\"", StringComparison.Ordinal).Replace("\"group\"", "\"group_name\"", StringComparison.Ordinal)
            .Replace("\"domain\"", "\"website\"", StringComparison.Ordinal).Replace("\"attackdate\"", "\"published\"", StringComparison.Ordinal));
        EventSignal first = Assert.Single((await kit.RunAsync([Supplier("S1", "Contoso", "contoso.com")])).Ok().Events);
        Assert.Equal((second.Id, second.Title), (first.Id, first.Title));
    }

    [Fact]
    public async Task FetchAsync_OlderThanTheAnswer_StaysKnown_AmongItsNeighbours_IsDelisted()
    {
        Supplier[] suppliers = [Supplier("S1", "Contoso", "contoso.com"), Supplier("S2", "Fabrikam", "fabrikam.com")];
        stub.Serve(Address, List(Claim("Fabrikam", "2026-07-20", "fabrikam.com"), Claim("Contoso", "2026-07-28", "contoso.com"), Claim("Third", "2026-07-29")));
        Assert.Equal(2, (await kit.RunAsync(suppliers)).Ok().Events.Count);
        stub.Serve(Address, List(Claim("Other", "2026-07-25"), Claim("Third", "2026-07-29"), Claim("Fourth", "2026-07-30")));
        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
        EventSignal delisted = Assert.Single(run.Events);
        Assert.Equal(("S1", "delisted", 2, false), (delisted.Supplier.Value, delisted.Stage, delisted.Severity, delisted.Withdrawn));
        Assert.EndsWith("; the group lists it no longer", delisted.Title, StringComparison.Ordinal);
        Assert.False(Assert.Single(run.Updates).Complete);
        Assert.Empty((await kit.RunAsync(suppliers)).Ok().Events);
    }

    [Fact]
    public async Task FetchAsync_SupplierIsAnother_IsTakenBack()
    {
        stub.Serve(Address, List(Claim("Contoso", "2026-07-28", "contoso.com"), Claim("Third", "2026-07-29")));
        await kit.RunAsync([Supplier("S1", "Contoso", "contoso.com")]);
        Assert.True(Assert.Single((await kit.RunAsync([Supplier("S1", "Northwind", "northwind.com")])).Ok().Events).Withdrawn);
    }

    [Fact]
    public void Manifest_TermsThatForbidCommercialUse_KeepItOff() => Assert.False(new RansomwareLiveModule().IsEnabledByDefault(null!, "", out _));

    [Fact]
    public async Task FetchAsync_AnswersThatCannotBe_ChangeNothing()
    {
        stub.Serve(Address, List(Claim("Contoso", "2026-07-28", "contoso.com"), Claim("Third", "2026-07-29"), Claim("Fourth", "2026-07-29")));
        await kit.RunAsync([Supplier("S1", "Contoso", "contoso.com")]);
        Fault[] faults =
        [
            Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(50), Faults.Bomb(100), Faults.Status(500), Faults.Status(429), Faults.Reset, Faults.Instead("[]"u8.ToArray()), Faults.Instead("{}"u8.ToArray()),
            Faults.Instead(System.Text.Encoding.UTF8.GetBytes(List(Claim("Third", "2026-07-29")))), Faults.Instead(System.Text.Encoding.UTF8.GetBytes(List(Claim("A", "2026-07-01"), Claim("B", "2026-07-02"), Claim("C", "2026-07-03")))),
        ];
        foreach (Fault fault in faults)
        {
            stub.Fail(Address, fault);
            ConnectorRun run = await kit.RunAsync([Supplier("S1", "Contoso", "contoso.com")]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }
    }

    [Fact]
    public async Task FetchAsync_PaidInterface_IsReadTheSame()
    {
        stub.Serve(Address, """
            {"client":"x","count":1,"victims":[{"id":"abc","victim":"Contoso Turbines","group":"akira","website":"https://www.contoso.com/","country":"United Kingdom","activity":"Manufacturing","attackdate":"2026-07-28","discovered":"2026-07-29T08:00:00+00:00",
             "description":"x","post_url":"http://x.onion/1","permalink":"https://www.ransomware.live/id/abc","infostealer":{"employees":1},"press":[],"extrainfos":[],"screenshot":""}]}
            """);

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso Turbines GmbH", "contoso.com")])).Ok();

        EventSignal claim = Assert.Single(run.Events);
        Assert.Equal(("akira:contoso turbines:2026-07-28", "domain"), (claim.Id, claim.Stage));
        Assert.Contains("'Contoso Turbines', GB.", claim.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal("", Told.Drift(run));
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        string known = Claim("Contoso", "2026-07-28", "contoso.com"), changed = Claim("Contoso", "2026-07-29", "contoso.com").Replace("\"country\":\"\"", "\"countries\":[]", StringComparison.Ordinal).Replace("\"screenshot\":\"\"", "\"screenshot\":{}", StringComparison.Ordinal);
        stub.Serve(Address, List(known, changed));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Contoso", "contoso.com")])).Ok();

        Assert.Equal("Unknown countries 1, Missing country 1, Retyped screenshot 1", Told.Drift(run));
        Assert.Equal(2, run.Events.Count);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "ransomware-live", "recentvictims.json"));
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Great Plains Bank", "gpbankok.com"), Supplier("S2", "Reliance Connects", "relianceconnects.com"), Supplier("S3", "Fullmer Construction"), Supplier("S4", "Gofile", "gofile.io")])).Ok();

        // One post each; that of S2 has its domain in the title only, and gofile.io is where others dropped files.
        Assert.Equal((100, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["S1 domain", "S2 domain", "S3 name"], run.Events.Select(e => $"{e.Supplier} {e.Stage}"));
    }

    private static Supplier Supplier(string id, string name, string domain = "") => new()
    {
        Id = new SupplierId(id), Name = name,
        Identifiers = domain.Length == 0 ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add(IdentifierScheme.Domain, domain),
    };

    private static string List(params string[] claims) => $"[{string.Join(',', claims)}]";

    private static string Claim(string victim, string day, string domain = "") => $$"""
        {"victim":"{{victim}}","group":"akira","domain":"{{domain}}","country":"","attackdate":"{{day}} 00:00:00.000000","discovered":"{{day}} 08:00:00.000000","description":"We stole everything","infostealer":"",
         "claim_url":"http://x.onion/1","screenshot":"","modifications":[]}
        """;
}
