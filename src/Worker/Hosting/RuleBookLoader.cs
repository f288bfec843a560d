using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.Linting;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Cli;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Hosting;

/// <summary>Reads rules, scoring, overlay, routing and silences of a workspace; all problems at once, or a book.</summary>
internal sealed class RuleBookLoader(RiskOptions options, SourceRegistry sources, ReceiverChannels channels)
{
    /// <summary>For what has expired, or runs too long; null: nothing is said of it.</summary>
    public TimeProvider? Clock { get; init; }

    /// <param name="supplierAttributes">The portfolio's own columns.</param>
    /// <param name="withOverlay">False: the packs as they are, which is what their own tests are about.</param>
    /// <returns>The book, or null when there is any error; warnings are added either way.</returns>
    public RuleBook? Load(IReadOnlyCollection<string> supplierAttributes, DiagnosticBag diagnostics, bool withOverlay = true)
    {
        var documents = new List<Document>();
        CatalogFile own = CatalogFile.Read(options, sources, diagnostics);
        Catalog catalog = sources.CatalogFor(supplierAttributes, own.Own);
        foreach (string path in RuleFiles(withOverlay)) documents.Add(YamlReader.ReadFile(path, Display(path), diagnostics));
        if (documents.Count == 0)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "G010", "no rule files; run 'risk init' to put the default pack there", new SourcePosition(Display(options.RulesFolder), 0, 0)));
            return null;
        }

        if (own.Document is not null) documents.Add(own.Document);
        var ofRules = new DiagnosticBag();
        RuleSet? rules = RuleSetLoader.Load(documents, catalog, ofRules, Clock is null ? null : Instants.Now(Clock));
        diagnostics.AddRange(ofRules.Sorted().Where(d => d.Code != DormantRule));
        if (rules is not null)
        {
            diagnostics.AddRange(Sleeping(rules).Concat(own.Sleeping(rules, sources)));
            RuleSetLinter.Lint(documents, rules, diagnostics);
        }

        RoutingModel? routing = ReadRouting(supplierAttributes, rules, diagnostics);
        Silences? silences = ReadSilences(rules, diagnostics);
        return rules is null || routing is null || silences is null || diagnostics.HasErrors ? null
            : new RuleBook(catalog, rules, routing with { Silences = silences, FlappingOpens = rules.Scoring.Flapping.Opens });
    }

    /// <summary>What rules may name: what the connectors supply and the workspace's catalog.yaml adds. Wrong lines of it are reported and left out.</summary>
    public Catalog ReadCatalog(IReadOnlyCollection<string> supplierAttributes, DiagnosticBag diagnostics) =>
        sources.CatalogFor(supplierAttributes, CatalogFile.Read(options, sources, diagnostics).Own);

    /// <summary>The workspace's silences; none when there is no such file, null when something is wrong with it.</summary>
    /// <param name="rules">Null: any rule and category may be named.</param>
    public Silences? ReadSilences(RuleSet? rules, DiagnosticBag diagnostics)
    {
        if (!File.Exists(options.SilencesFile)) return Silences.None;
        Document document = YamlReader.ReadFile(options.SilencesFile, Display(options.SilencesFile), diagnostics);

        // Of the alert's own labels only: the portfolio's columns are known to routes, not to what mutes.
        (Silences? silences, var problems) = new SilenceReader(Vocabulary([], rules)).Read(document, Clock is null ? null : Instants.Now(Clock));
        diagnostics.AddRange(problems);
        return silences;
    }

    /// <summary>Test files of the workspace, in ordinal order.</summary>
    public IEnumerable<string> TestFiles() =>
        WorkspaceFiles.Rules(options.RulesFolder).Where(path => path.EndsWith(WorkspaceFiles.TestsSuffix, StringComparison.Ordinal));

    /// <summary>A path as messages name it: relative to where the command runs.</summary>
    public static string Display(string path) => DisplayPath.Of(path);

    private IEnumerable<string> RuleFiles(bool withOverlay)
    {
        IEnumerable<string> packs = WorkspaceFiles.Rules(options.RulesFolder).Where(path => !path.EndsWith(WorkspaceFiles.TestsSuffix, StringComparison.Ordinal));
        string[] besides = withOverlay ? ["scoring.yaml", "overlay.yaml"] : ["scoring.yaml"];
        return packs.Concat(besides.Select(name => Path.Combine(options.Workspace, name)).Where(File.Exists)).Order(StringComparer.Ordinal);
    }

    /// <summary>One line for all sources that are off, instead of one for each rule that sleeps because of them.</summary>
    private IEnumerable<Diagnostic> Sleeping(RuleSet rules)
    {
        (string Source, string[] Rules)[] sleeping =
        [
            .. from status in sources.Statuses
               where !status.IsEnabled
               let supplied = SourceCatalog.Supplies(status.Module.Manifest).ToHashSet(StringComparer.Ordinal)
               let dormant = rules.Rules.Where(r => r is { IsDormant: true, IsEnabled: true } && r.Inputs.Any(supplied.Contains)).Select(r => r.Id).ToArray()
               where dormant.Length > 0
               orderby dormant.Length descending
               select (status.Id.Value, dormant),
        ];
        if (sleeping.Length == 0) return [];
        int count = sleeping.SelectMany(s => s.Rules).Distinct(StringComparer.Ordinal).Count();
        string named = string.Join(", ", sleeping.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Source} ({s.Rules.Length})")));
        return
        [
            new Diagnostic(
                DiagnosticSeverity.Warning, "G012", $"{CommandOutput.Count(count, "rule")} {(count == 1 ? "sleeps" : "sleep")} because sources are off: {named}; 'risk sources list' says why, 'risk rules list' which",
                new SourcePosition("configuration", 0, 0)),
        ];
    }

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
        (RoutingModel? model, var problems) = new RoutingReader(channels, Vocabulary(supplierAttributes, rules), ReadLines).Read(document);
        diagnostics.AddRange(problems);
        if (rules is not null && model is not null) new RoutingLints(document, AlertShape.Of(rules), diagnostics).Lint(model);
        return model;
    }

    /// <summary>Lines of a list of days that lies in the workspace; null when there is no such file, or it is no such list.</summary>
    private string[]? ReadLines(string name)
    {
        string path = Path.GetFullPath(name, options.Workspace);
        if (!path.StartsWith(Path.GetFullPath(options.Workspace) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MostListBytes } ? File.ReadAllLines(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private const int MostListBytes = 1024 * 1024;

    /// <summary>Labels and values that alerts can have.</summary>
    /// <param name="rules">Null: any rule and category.</param>
    public static RoutingVocabulary Vocabulary(IReadOnlyCollection<string> supplierAttributes, RuleSet? rules)
    {
        IEnumerable<string> categories = rules is null ? [] : rules.Rules.Select(r => r.Category).Append(AlertKind.System).Distinct(StringComparer.Ordinal);
        IEnumerable<string> ids = rules is null ? [] : [.. rules.Rules.Select(r => r.Id), SourceHealth.Rule, SourceHealth.SunsetRule, DeliveryAlerts.LostRule, DeliveryAlerts.FailingRule, ReloadAlerts.Rule, PortfolioEvaluation.ExceptionRule, WaiverNotices.Rule];
        return new RoutingVocabulary(supplierAttributes, categories, ids);
    }
}
