using Risk.Rules.Diagnostics;
using Risk.Rules.RulePacks;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

public sealed class CatalogReaderTests
{
    [Fact]
    public void Read_Catalog_GivesDefinitionsAndReportsWhatIsWrong()
    {
        var diagnostics = new DiagnosticBag();
        CatalogAdditions read = CatalogReader.Read(YamlReader.Read(
            "schema: catalog/1\nmetrics:\n  nps: {type: int, range: [-100, 100], max_age: 90d, source: survey}\nfeeds:\n  strike: {max_age: 7d, source: survey, colour: red}\n", "catalog.yaml", diagnostics), diagnostics);
        Assert.Equal(("nps", -100.0, TimeSpan.FromDays(90)), (read.Metrics[0].Name, read.Metrics[0].Minimum, read.Metrics[0].MaximumAge));
        Assert.Equal(["metrics.nps", "events.strike"], read.SuppliedBy.Select(p => p.Key));
        Diagnostic problem = Assert.Single(diagnostics.Sorted());
        Assert.Equal(("R001", 5), (problem.Code, problem.Position.Line));
    }
}
