using Risk.Connectors.EuFsf;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.EuFsf;

public sealed class EuFsfConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Shipping and Trading", "RU");
    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "EuFsf", "Fixtures", "list.xml"));

    private readonly string tokenFile = Path.GetTempFileName();
    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(tokenFile, "n00token");
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new EuFsfModule(), stub) { Options = { ["MinimumRows"] = "3", ["Token"] = "file:" + tokenFile } };
        stub.Serve(Address, Fixture, "text/xml");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose()
    {
        kit.Dispose();
        File.Delete(tokenFile);
    }

    [Fact]
    public async Task FetchAsync_ListedSupplier_GivesOneEventForBothRegulations()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "sanction", "eu-EU.1.11", "eu-fsf", 5), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal("On the EU financial sanctions list as Fabrikam Shipping & Trading, programme UKR, BLR; country agrees (RU)", hit.Title);
        Assert.Equal(new DateTimeOffset(2022, 3, 15, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal((3L, new DateTimeOffset(2026, 10, 8, 13, 52, 26, 947, TimeSpan.Zero)), (kit.LastGood["xmlfullsanctionslist.xml"].Rows, kit.LastGood["xmlfullsanctionslist.xml"].PublishedAt));
    }

    [Fact]
    public async Task FetchAsync_Token_IsSentAndKeptNowhere()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal("?token=n00token", Assert.Single(stub.Requests).Query);
        Assert.DoesNotContain("n00token", kit.LastGood["xmlfullsanctionslist.xml"].ToString() + run.Events[0], StringComparison.Ordinal);
        (await kit.RunAsync([Fabrikam])).Ok();
        Assert.NotEmpty(stub.Requests[^1].Headers["If-None-Match"]);
        stub.Fail(Address, Faults.Garbage);
        Assert.DoesNotContain("n00token", (await kit.RunAsync([Fabrikam])).Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_ExternalEntity_IsRefused()
    {
        string secret = Path.Combine(kit.Folder, "secret.txt");
        await File.WriteAllTextAsync(secret, "n00secret");
        stub.Serve(Address, Fixture.Replace("<export ", $"<!DOCTYPE export [<!ENTITY x SYSTEM \"{secret}\">]><export ", StringComparison.Ordinal).Replace("made up", "&x;", StringComparison.Ordinal), "text/xml");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains("a document type, which is refused", run.Failure!.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "eu-fsf", "xmlFullSanctionsList_1_1.xml"), "text/xml");
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Trading"), Supplier("S2", "Company"), Supplier("S3", "Contoso Ltd", "US")])).Ok();
        // Counted with Python's ElementTree: 1,044 sanctionEntity, of 1,024 reference numbers.
        Assert.Equal((1044, 0, 1044L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["xmlfullsanctionslist.xml"].Rows));
        Assert.Empty(run.Events);
    }

    [Theory]
    [InlineData("Fabrikam Lines", "", 5)]
    [InlineData("Fabrikam Lines Ltd", "US", 3)]
    [InlineData("Fabrikam Lines Ltd", "CY", 5)]
    [InlineData("Фабрикам", "", 3)]
    [InlineData("Фабрикам", "CY", 5)]
    [InlineData("FST", "RU", 3)]
    [InlineData("FST", "US", 0)]
    [InlineData("Richard Example Roe", "", 5)]
    [InlineData("Roe", "SY", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public async Task FetchAsync_OlderThanTheLast_ClearsNothing()
    {
        await kit.RunAsync([Fabrikam]);
        stub.Serve(Address, Fixture.Replace("2026-10-08T", "2026-10-07T", StringComparison.Ordinal).Replace("Fabrikam", "Renamed", StringComparison.Ordinal), "text/xml");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Outdated, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_TooFewRows_IsNotTheList()
    {
        kit.Options.Remove("MinimumRows");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }


    [Fact]
    public async Task FetchAsync_ChangedFields_AreToldWithTheirCount()
    {
        Assert.Empty(ListDrift.Of((await kit.RunAsync([Fabrikam])).Ok()));
        stub.Serve(Address, Fixture.Replace(" logicalId=\"1\"", " id=\"1\"", StringComparison.Ordinal).Replace("<remark>made up</remark>", "<note>made up</note>", StringComparison.Ordinal), "text/xml");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Empty(((string[])["Missing @logicalId 2", "Unknown @id 2", "Unknown note 1", "Unknown regulation.@id 3"]).Except(ListDrift.Of(run)));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);
}
