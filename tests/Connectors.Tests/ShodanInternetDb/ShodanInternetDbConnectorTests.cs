using System.Collections.Immutable;
using System.Net.Sockets;
using System.Net;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk;
using Risk.Connectors.ShodanInternetDb;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.ShodanInternetDb;

public sealed class ShodanInternetDbConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Own = "93.184.215.14";
    private const string Nothing = """{"detail":"No information available"}""";

    private readonly Dictionary<string, string[]> names = new(StringComparer.Ordinal) { ["acme.example"] = [Own] };
    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new Module(new PublicHosts(ResolveAsync)), stub);
        stub.ServeFile("internetdb.shodan.io/" + Own, Path.Combine(AppContext.BaseDirectory, "ShodanInternetDb", "Fixtures", "host.json"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_AddressOfTheDomain_GivesWhatIsOpen()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal([("internetdb_addresses", "1"), ("internetdb_exposed", "3306 MySQL; 3389 remote desktop"), ("internetdb_vulnerabilities", "2")], run.Facts.Select(f => (f.Name, f.Value.ToString())));
        Assert.Contains("93.184.215.14 open ports 80 443 3306 3389; 2 supposed vulnerabilities, unverified", run.Facts[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), run.Facts[0].OccurredAt);
    }

    [Fact]
    public async Task Fetch_NothingKnown_IsNoFinding()
    {
        stub.ServeStatus("internetdb.shodan.io/" + Own, 404, Nothing);

        Assert.Equal(["0", "", "0"], (await kit.RunAsync([Acme])).Ok().Facts.Select(f => f.Value.ToString()));
    }

    [Theory]
    [InlineData("cdn")]
    [InlineData("cloud")]
    public async Task Fetch_SharedHost_CountsOnlyWhereThePortfolioNamesTheAddress(string tag)
    {
        stub.Serve("internetdb.shodan.io/" + Own, $$"""{"ip":"{{Own}}","ports":[3306],"tags":["{{tag}}"],"vulns":[]}""");

        ConnectorRun run = (await kit.RunAsync([Acme, Acme with { Id = new SupplierId("own"), Attributes = Addresses(Own) }])).Ok();

        Assert.Equal(["0", "", "0"], run.Facts.Where(f => f.Supplier.Value == "acme").Select(f => f.Value.ToString()));
        Assert.Equal(["1", "3306 MySQL", "0"], run.Facts.Where(f => f.Supplier.Value == "own").Select(f => f.Value.ToString()));
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Fetch_SeveralAddresses_AreAddedUpAndIpv6IsLeftOut()
    {
        names["acme.example"] = ["93.184.215.15", Own, "2606:4700::1111"];
        stub.Serve("internetdb.shodan.io/93.184.215.15", """{"ip":"93.184.215.15","ports":[3306,6379],"vulns":["CVE-2024-0001","cve-2024-0003"]}""");

        Assert.Equal(["2", "3306 MySQL; 3389 remote desktop; 6379 Redis", "3"], (await kit.RunAsync([Acme])).Ok().Facts.Select(f => f.Value.ToString()));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("010.1.2.3")]
    [InlineData("93.184.215.14/../../x")]
    [InlineData("2606:4700::1111")]
    [InlineData("0x5db8d70e")]
    public async Task Fetch_ColumnWithoutPublicIpv4_IsNamedAndNotAsked(string written)
    {
        ConnectorRun run = (await kit.RunAsync([Acme with { Attributes = Addresses(written) }])).Ok();

        Assert.Contains("ip_addresses", Assert.Single(run.Failures).Failure.Message, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Fetch_DomainThatDoesNotResolve_FailsThatSupplierOnly()
    {
        names["priv.example"] = ["10.0.0.7"];

        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("gone", "gone.example"), Identified.WithDomain("priv", "priv.example"), Acme])).Ok();

        Assert.Equal([("gone", FailureKind.NotFound), ("priv", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)).Order());
        Assert.Equal(3, run.Facts.Count);
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"ip":"93.184.215.14","ports":"80"}""")]
    [InlineData(200, """{"ip":"1.1.1.1","ports":[80]}""")]
    [InlineData(404, "<html>not found</html>")]
    [InlineData(404, "{}")]
    public async Task Fetch_NotTheFormat_IsMalformedAndGivesNothing(int status, string body)
    {
        stub.ServeStatus("internetdb.shodan.io/" + Own, status, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_AddressesOfIpv6_ArePassedOverAndTheOthersRead()
    {
        stub.ServeFile("internetdb.shodan.io/" + Own, Path.Combine(AppContext.BaseDirectory, "ShodanInternetDb", "Fixtures", "host.json"));

        ConnectorRun run = (await kit.RunAsync([Acme with { Attributes = Addresses(Own + "; 2606:2800:220:1::1") }, Identified.WithDomain("six", "six.example") with { Attributes = Addresses("2606:2800:220:1::2") }])).Ok();

        Assert.Equal("1", run.Facts.Single(f => f.Name == "internetdb_addresses").Value.ToString());
        Assert.Equal(("an IPv6 address, which InternetDB does not know", 2), (run.Audit.Reasons.Single().Key, run.Audit.Reasons.Single().Value.Count));
        Assert.Equal("six", Assert.Single(run.Failures).Supplier.Value);
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        stub.Serve("internetdb.shodan.io/" + Own, $$"""{"ip":"{{Own}}","ports":[3306,"443"],"cpes":[],"hosts":[],"tags":[],"vulns":[],"isp":"x"}""");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("Unknown hosts 1, Unknown isp 1, Missing hostnames 1, Retyped ports[] 1", Told.Drift(run));
        Assert.Equal("3306 MySQL", run.Facts.Single(f => f.Name == "internetdb_exposed").Value.Text);
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        stub.ServeFile("internetdb.shodan.io/36.94.222.209", SharedFactAttribute.Path("sources", "shodan-internetdb", "36.94.222.209.json"));
        stub.ServeStatus("internetdb.shodan.io/36.94.222.210", 404, await File.ReadAllTextAsync(SharedFactAttribute.Path("sources", "shodan-internetdb", "not-found.json")));

        ConnectorRun run = (await kit.RunAsync([Acme with { Attributes = Addresses("36.94.222.209; 36.94.222.210") }])).Ok();

        // Counted with jq beside: 50 distinct vulns, ports 80, 3306 and 9999.
        Assert.Equal(["1", "3306 MySQL", "50"], run.Facts.Select(f => f.Value.ToString()));
    }

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        names.TryGetValue(host, out string[]? found) ? Task.FromResult<IPAddress[]>([.. found.Select(IPAddress.Parse)]) : throw new SocketException((int)SocketError.HostNotFound);

    private static ImmutableSortedDictionary<string, string> Addresses(string column) => ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("ip_addresses", column);

    private static Supplier Acme { get; } = Identified.WithDomain("acme", "acme.example");

    private sealed class Module(PublicHosts hosts) : IConnectorModule
    {
        public SourceManifest Manifest { get; } = new ShodanInternetDbModule().Manifest;

        public IConnector Create(IConfigurationSection options) => new ShodanInternetDbConnector(hosts);
    }
}
