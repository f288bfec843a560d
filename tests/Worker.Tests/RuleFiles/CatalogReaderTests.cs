using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

public sealed class CatalogReaderTests
{
    private static readonly ConnectorNames Connectors = SourceCatalog.Discover().Names();

    [Fact]
    public void Read_OwnNames_AreDefinedAndGivenToTheirSource()
    {
        WorkspaceCatalog read = Read(
            """
            schema: catalog/1
            metrics:
              nps: {type: int, range: [-100, 100], max_age: 90d, source: kpi-file, about: "asked twice a year"}
            facts:
              audited: {type: bool, max_age: 400d, source: audit-tool}
            feeds:
              strike: {max_age: 7d, source: news}
            certificates: {max_age: 20d, source: trust-portal}
            labels: [supplier, rule, key]
            """, []);
        Assert.Equal(new MetricDefinition("nps", MetricType.Int, -100, 100, TimeSpan.FromDays(90), "", "asked twice a year"), Assert.Single(read.Metrics));
        Assert.Equal(new FactDefinition("audited", FactType.Bool, TimeSpan.FromDays(400), ""), Assert.Single(read.Facts));
        Assert.Equal(["strike", "certificate"], read.Feeds.Select(f => f.Name));
        Assert.Equal(["metrics.nps kpi-file", "facts.audited audit-tool", "events.strike news", "events.certificate trust-portal"], read.SuppliedBy.Select(p => $"{p.Key} {p.Value}"));
    }

    [Theory]
    [InlineData("metrics:\n  otd: {type: int, range: [0, 1], max_age: 40d, source: kpi-file}", "K012", "catalog.yaml:3:15", "of type double in source kpi-file, not int")]
    [InlineData("metrics:\n  otd: {type: double, range: [0, 1], max_age: 40d, unit: days, source: kpi-file}", "K012", "catalog.yaml:3:58", "in 'ratio' in source kpi-file, not in 'days'")]
    [InlineData("metrics:\n  otd: {type: double, range: [0, 100], max_age: 40d, source: kpi-file}", "K012", "catalog.yaml:3:30", "goes beyond [0, 1] of source kpi-file")]
    [InlineData("metrics:\n  otd: {type: double, range: [0, 1], max_age: 90d, source: kpi-file}", "K012", "catalog.yaml:3:47", "90d here, but for 40d at most in source kpi-file")]
    [InlineData("facts:\n  registry_status: {type: bool, max_age: 1d, source: x}", "K012", "catalog.yaml:3:27", "of type string in source companies-house, not bool")]
    [InlineData("feeds:\n  insolvency: {max_age: 30d, source: x}", "K012", "catalog.yaml:3:25", "14d at most in source companies-house and sec-edgar")]
    [InlineData("metrics:\n  nps: {type: int, range: [-1.5, 100], max_age: 9d, source: kpi-file}", "K003", "catalog.yaml:3:27", "whole numbers")]
    [InlineData("metrics:\n  nps: {type: int, range: [100, -100], max_age: 9d, source: kpi-file}", "K003", "catalog.yaml:3:27", "two numbers [lowest, highest]")]
    [InlineData("metrics:\n  nps: {type: int, range: [0, 10], max_age: 0d, source: kpi-file}", "K003", "catalog.yaml:3:45", "longer than nothing")]
    [InlineData("metrics:\n  nps: {type: whole, range: [0, 10], max_age: 9d, source: kpi-file}", "K003", "catalog.yaml:3:15", "whole")]
    [InlineData("metrics:\n  nps: {type: int, range: [0, 10], max_age: 9d, source: kpi-file, abuot: x}", "K001", "catalog.yaml:3:67", "did you mean 'about'?")]
    [InlineData("metrics:\n  nps: {type: int, range: [0, 10], max_age: 9d}", "K002", "catalog.yaml:3:8", "'source' is missing")]
    [InlineData("metrics:\n  nps: {type: int, range: [0, 10], max_age: 9d, source: cisa-kev}", "K013", "catalog.yaml:3:57", "does not supply metrics.nps; metrics of your own come from kpi-file")]
    [InlineData("metrics:\n  Net-Promoter: {type: int, range: [0, 10], max_age: 9d, source: kpi-file}", "K011", "catalog.yaml:3:3", "lower-case letters")]
    [InlineData("labels: [suplier]", "K014", "catalog.yaml:2:10", "did you mean 'supplier'?")]
    [InlineData("metric: {}", "K001", "catalog.yaml:2:1", "did you mean 'metrics'?")]
    public void Read_WrongLine_SaysWhatAndWhere(string text, string code, string place, string words)
    {
        var found = new DiagnosticBag();
        Read("schema: catalog/1\n" + text + "\n", found);
        Diagnostic problem = Assert.Single(found.Sorted());
        Assert.Equal(code, problem.Code);
        Assert.StartsWith(place + ":", problem.Format(), StringComparison.Ordinal);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NarrowerThanTheConnector_HoldsInItsPlace()
    {
        WorkspaceCatalog read = Read("schema: catalog/1\nmetrics:\n  current_ratio: {type: double, range: [0, 50], max_age: 400d, source: filings}\n", []);
        Catalog catalog = SourceCatalog.Discover().ForRules([new SourceId("sec-edgar")], [], read);
        MetricDefinition metric = Assert.Single(catalog.Metrics, m => m.Name == "current_ratio");
        Assert.Equal((50.0, TimeSpan.FromDays(400), "ratio"), (metric.Maximum, metric.MaximumAge, metric.Unit));
        Assert.Equal(["sec-edgar"], catalog.SourcesFor("metrics.current_ratio").Select(s => s.Source.Value));
        Assert.Equal(["metrics.current_ratio"], catalog.Own);
    }

    [Fact]
    public void Read_PercentInARatio_IsAWarning()
    {
        var found = new DiagnosticBag();
        Read("schema: catalog/1\nmetrics:\n  fill: {type: double, range: [0, 100], unit: ratio, max_age: 40d, source: kpi-file}\n", found);
        Assert.Equal("K015", Assert.Single(found.Sorted()).Code);
        Assert.False(found.HasErrors);
    }

    private static WorkspaceCatalog Read(string text, DiagnosticBag diagnostics) => CatalogReader.Read(YamlReader.Read(text, "catalog.yaml", diagnostics), Connectors, diagnostics);

    private static WorkspaceCatalog Read(string text, string[] expected)
    {
        var found = new DiagnosticBag();
        WorkspaceCatalog read = Read(text, found);
        Assert.Equal(expected, found.Sorted().Select(d => d.Format()));
        return read;
    }
}
