using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Cli;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Hosting;

/// <summary>Reads rules, scoring, overlay and routing of a workspace; all problems at once, or a book.</summary>
internal sealed class RuleBookLoader(RiskOptions options, SourceRegistry sources, ReceiverChannels channels)
{
    /// <param name="supplierAttributes">The portfolio's own columns.</param>
    /// <returns>The book, or null when there is any error; warnings are added either way.</returns>
    public RuleBook? Load(IReadOnlyCollection<string> supplierAttributes, DiagnosticBag diagnostics)
    {
        Catalog catalog = sources.CatalogFor(supplierAttributes);
        diagnostics.AddRange(Unread());
        var documents = new List<Document>();
        foreach (string path in RuleFiles()) documents.Add(YamlReader.ReadFile(path, Display(path), diagnostics));
        if (documents.Count == 0)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "G010", "no rule files; run 'risk init' to put the default pack there", new SourcePosition(Display(options.RulesFolder), 0, 0)));
            return null;
        }

        var ofRules = new DiagnosticBag();
        RuleSet? rules = RuleSetLoader.Load(documents, catalog, ofRules);
        diagnostics.AddRange(ofRules.Sorted().Where(d => d.Code != DormantRule));
        if (rules is not null) diagnostics.AddRange(Sleeping(rules));
        RoutingModel? routing = ReadRouting(supplierAttributes, rules, diagnostics);
        return rules is null || routing is null || diagnostics.HasErrors ? null : new RuleBook(catalog, rules, routing);
    }

    /// <summary>Test files of the workspace, in ordinal order.</summary>
    public IEnumerable<string> TestFiles() =>
        Directory.Exists(options.RulesFolder) ? Directory.EnumerateFiles(options.RulesFolder, "*.tests.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [];

    /// <summary>A path as messages name it: relative to where the command runs.</summary>
    public static string Display(string path)
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private IEnumerable<string> RuleFiles()
    {
        IEnumerable<string> packs = Directory.Exists(options.RulesFolder)
            ? Directory.EnumerateFiles(options.RulesFolder, "*.yaml", SearchOption.AllDirectories).Where(p => !p.EndsWith(".tests.yaml", StringComparison.Ordinal))
            : [];
        string[] besides = ["scoring.yaml", "overlay.yaml"];
        return packs.Concat(besides.Select(name => Path.Combine(options.Workspace, name)).Where(File.Exists)).Order(StringComparer.Ordinal);
    }

    /// <summary>Files of the workspace that a later version reads: better refused than believed to be in force.</summary>
    private IEnumerable<Diagnostic> Unread() =>
        from file in (string[])["catalog.yaml", "silences.yaml"]
        let path = Path.Combine(options.Workspace, file)
        where File.Exists(path)
        select new Diagnostic(
            DiagnosticSeverity.Error, "G013", $"this version does not read {file} yet, so nothing in it is in force; move it out of the workspace", new SourcePosition(Display(path), 1, 1));

    /// <summary>One line for each source that is off, instead of one for each rule that sleeps because of it.</summary>
    private IEnumerable<Diagnostic> Sleeping(RuleSet rules) =>
        from status in sources.Statuses
        where !status.IsEnabled
        let supplied = SourceCatalog.Supplies(status.Module.Manifest).ToHashSet(StringComparer.Ordinal)
        let sleeping = rules.Rules.Where(r => r is { IsDormant: true, IsEnabled: true } && r.Inputs.Any(supplied.Contains)).Select(r => r.Id).ToArray()
        where sleeping.Length > 0
        select new Diagnostic(
            DiagnosticSeverity.Warning, "G012", $"source {status.Id} is off ({status.Reason}), so {CommandOutput.Count(sleeping.Length, "rule")} sleep: {string.Join(", ", sleeping)}", new SourcePosition("configuration", 0, 0));

    private const string DormantRule = "R006";

    private RoutingModel? ReadRouting(IReadOnlyCollection<string> supplierAttributes, RuleSet? rules, DiagnosticBag diagnostics)
    {
        string display = Display(options.RoutingFile);
        if (!File.Exists(options.RoutingFile))
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "G011", "the file is missing; run 'risk init' to put a sample there", new SourcePosition(display, 0, 0)));
            return null;
        }

        Document document = YamlReader.ReadFile(options.RoutingFile, display, diagnostics);
        IEnumerable<string> categories = rules is null ? [] : rules.Rules.Select(r => r.Category).Append(AlertKind.System).Distinct(StringComparer.Ordinal);
        IEnumerable<string> ids = rules is null ? [] : [.. rules.Rules.Select(r => r.Id), SourceHealth.Rule, DeliveryAlerts.Rule];
        (RoutingModel? model, var problems) = new RoutingReader(channels, new RoutingVocabulary(supplierAttributes, categories, ids)).Read(document);
        diagnostics.AddRange(problems);
        return model;
    }
}
