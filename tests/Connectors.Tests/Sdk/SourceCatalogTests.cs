using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Tests.Sdk;

public sealed class SourceCatalogTests
{
    private static readonly FeedDefinition Feed = new("insolvency", TimeSpan.FromDays(14), "Insolvency");

    [Fact]
    public void Discover_FindsEveryFolderAndItsDefinitionsAgree()
    {
        SourceCatalog catalog = SourceCatalog.Discover();
        string[] ids = [.. catalog.Modules.Select(m => m.Manifest.Id.Value)];
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Empty(new[] { "cisa-kev", "contracts", "kpi-file", "ofac-sdn" }.Except(ids));
    }

    [Fact]
    public void Statuses_NothingNamed_RunsWhatLacksNothing()
    {
        var catalog = new SourceCatalog([new Module("free"), new Module("keyed") { Key = "ApiKey" }, new Module("polite") { Contact = true }]);
        Assert.Equal(["free", "keyed: needs Risk:Sources:keyed:ApiKey", "polite: needs Risk:Upstreams:Contact"], Statuses(catalog));
        Assert.Equal(["free", "keyed", "polite"], Statuses(catalog, ("Risk:Sources:keyed:ApiKey", "env:KEY"), ("Risk:Upstreams:Contact", "risk@example.com")));
    }

    [Fact]
    public void Statuses_Mirror_LeavesOutWhatGoesPastIt()
    {
        var catalog = new SourceCatalog([new Module("free"), new Module("wire") { PassesMirrorBy = true }]);
        Assert.Equal(["free", "wire"], Statuses(catalog));
        Assert.Equal(["free", "wire: cannot go through Risk:Upstreams:Mirror; name it in Risk:Sources:Enabled if it may go past it"], Statuses(catalog, ("Risk:Upstreams:Mirror", "http://127.0.0.1:9100/")));
        Assert.Contains("wire+", string.Join(' ', Statuses(catalog, ("Risk:Upstreams:Mirror", "http://127.0.0.1:9100/"), ("Risk:Sources:Enabled", "wire"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Statuses_Named_RunsThoseAndSaysWhatTheyLack()
    {
        var catalog = new SourceCatalog([new Module("free"), new Module("keyed") { Key = "ApiKey" }]);
        Assert.Equal(["free: not in Risk:Sources:Enabled", "keyed+needs Risk:Sources:keyed:ApiKey"], Statuses(catalog, ("Risk:Sources:Enabled", " keyed ")));
    }

    [Fact]
    public void Statuses_UnknownName_IsRefusedWithASuggestion()
    {
        var failure = Assert.Throws<SourceFailureException>(() => Statuses(new SourceCatalog([new Module("cisa-kev")]), ("Risk:Sources:Enabled", "cisa-kvv")));
        Assert.Equal("Risk:Sources:Enabled names 'cisa-kvv', which is no source; did you mean 'cisa-kev'? Known are cisa-kev.", failure.Message);
    }

    [Fact]
    public void ForRules_DefinesAllAndSuppliesFromEnabled()
    {
        var catalog = new SourceCatalog([new Module("a") { Feeds = [Feed] }, new Module("b") { Feeds = [Feed] }, new Module("c") { Feeds = [Feed with { Name = "charge" }] }]);
        Catalog rules = catalog.ForRules([new SourceId("b")], ["region"], WorkspaceCatalog.Empty);
        Assert.Equal(["charge", "insolvency"], rules.Feeds.Select(f => f.Name));
        Assert.Equal(["b"], rules.SourcesFor("events.insolvency").Select(s => s.Source.Value));
        Assert.Empty(rules.SourcesFor("events.charge"));
    }

    [Fact]
    public void New_ContradictingDefinitions_AreRefused()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new SourceCatalog([new Module("a") { Feeds = [Feed] }, new Module("b") { Feeds = [Feed with { MaximumAge = TimeSpan.Zero }] }]));
        Assert.Equal("The feed 'insolvency' is defined differently by a and b.", failure.Message);
        Assert.Throws<InvalidOperationException>(() => new SourceCatalog([new Module("a"), new Module("a")]));
    }

    private static string[] Statuses(SourceCatalog catalog, params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        return [.. catalog.Statuses(configuration, "/nowhere").Select(s => s.Id.Value + (s.IsEnabled ? s.Reason.Length > 0 ? "+" + s.Reason : "" : ": " + s.Reason))];
    }

    private sealed class Module(string id) : IConnectorModule
    {
        public string? Key { get; init; }

        public bool Contact { get; init; }

        public bool PassesMirrorBy { get; init; }

        public FeedDefinition[] Feeds { get; init; } = [];

        public SourceManifest Manifest => new()
        {
            Id = new SourceId(id),
            Title = id,
            Publisher = "Tests",
            Terms = "none",
            Homepage = "https://example.org/",
            Cron = "0 0 6 * * ?",
            Cadence = TimeSpan.FromDays(1),
            NeedsKey = Key,
            NeedsContact = Contact,
            PassesMirrorBy = PassesMirrorBy,
            Feeds = [.. Feeds],
        };

        public IConnector Create(IConfigurationSection options) => throw new InvalidOperationException("Not created here.");
    }
}
