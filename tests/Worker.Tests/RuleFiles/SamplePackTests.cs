using Microsoft.Extensions.Configuration;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RuleTesting;
using Risk.Testing;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>The sample pack that shows the formats, made into a workspace as it is.</summary>
public sealed class SamplePackTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("risk-sample-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// The sample's one fault. It wants an alert that a route takes to be told to the parent's receiver while the route's time interval is not active; in Alertmanager, whose
    /// meanings the file claims, the route takes it all the same and is silent until the interval begins (07:30 in Berlin).
    /// </summary>
    private const string RouteFault = "core.tests.yaml:29:14: expected supplier-ops, got treasury";

    [SharedFact]
    public void SamplePack_AsItIs_LoadsAndPassesItsTestsButForTheRoute()
    {
        (RuleBook book, Document[] tests) = Load(withOverlay: false);
        Assert.Equal(25, book.Rules.Rules.Length);
        RuleTestReport report = Run(book, tests);
        Assert.Equal([RouteFault], report.Results.SelectMany(r => r.Failures).Select(f => f.ToString()));
        Assert.Equal(7, report.Results.Length);
    }

    [SharedFact]
    public void SamplePack_WithItsOverlay_LoadsAndSaysTheSame()
    {
        (RuleBook book, Document[] tests) = Load(withOverlay: true);
        Assert.False(book.Rules.Find("SR-FIN-005")!.IsEnabled);

        // A fall of 20 points meets the overlay's limit of 20 too; of the other things that it changes these tests say nothing.
        Assert.Equal([RouteFault], Run(book, tests).Results.SelectMany(r => r.Failures).Select(f => f.ToString()));
    }

    private static RuleTestReport Run(RuleBook book, Document[] tests)
    {
        var found = new DiagnosticBag();
        RuleTestReport report = RuleTestRunner.Run(book.Rules, tests, found, alert => [.. book.Routing.Routes.Match(alert.Labels).Select(r => r.Receiver)]);
        Assert.Empty(found.Sorted().Select(d => d.Format()));
        return report;
    }

    private (RuleBook Book, Document[] Tests) Load(bool withOverlay)
    {
        foreach (string file in (string[])["catalog.yaml", "scoring.yaml", "routing.yaml", .. withOverlay ? (string[])["overlay.yaml"] : []])
            File.Copy(SharedFactAttribute.Path("rules-pack", file), Path.Combine(folder, file));
        string rules = Directory.CreateDirectory(Path.Combine(folder, "rules")).FullName;
        foreach (string file in (string[])["core.yaml", "core.tests.yaml"]) File.Copy(SharedFactAttribute.Path("rules-pack", file), Path.Combine(rules, file));
        var found = new DiagnosticBag();
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Risk:Workspace", folder)]).Build();
        RiskOptions options = RiskOptions.Read(configuration, found)!;
        var loader = new RuleBookLoader(options, SourceRegistry.Everything(options, configuration, found), ReceiverChannels.Discover());
        RuleBook? book = loader.Load([], found);
        Assert.Empty(found.Sorted().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Format()));
        return (book!, [.. loader.TestFiles().Select(path => YamlReader.ReadFile(path, Path.GetFileName(path), found))]);
    }
}
