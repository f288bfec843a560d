using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Worker.Cli;
using Risk.Worker.Configuration;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Hosting;

/// <summary>The workspace's <c>catalog.yaml</c>, which it need not have.</summary>
/// <param name="Document">Null when there is no such file.</param>
/// <param name="Own">What of it could be read.</param>
internal sealed record CatalogFile(string Name, Document? Document, WorkspaceCatalog Own)
{
    public static CatalogFile Read(RiskOptions options, SourceRegistry sources, DiagnosticBag diagnostics)
    {
        string path = Path.Combine(options.Workspace, "catalog.yaml"), name = RuleBookLoader.Display(path);
        if (!File.Exists(path)) return new CatalogFile(name, null, WorkspaceCatalog.Empty);
        Document document = YamlReader.ReadFile(path, name, diagnostics);
        var found = new DiagnosticBag();
        WorkspaceCatalog own = CatalogReader.Read(document, sources.Names, found);
        diagnostics.AddRange(found.Sorted());
        return new CatalogFile(name, document, own);
    }

    /// <summary>One line for each source that the file names and that is no connector, instead of one for each rule that sleeps because of it.</summary>
    public IEnumerable<Diagnostic> Sleeping(RuleSet rules, SourceRegistry sources)
    {
        ImmutableSortedSet<SourceId> connectors = sources.Names.Sources;
        return
            from source in Own.SuppliedBy.GroupBy(p => p.Value, p => p.Key)
            where !connectors.Contains(source.Key)
            let sleeping = rules.Rules.Where(r => r is { IsDormant: true, IsEnabled: true } && r.Inputs.Any(source.Contains)).Select(r => r.Id).ToArray()
            where sleeping.Length > 0
            select new Diagnostic(
                DiagnosticSeverity.Warning, "G014",
                $"no connector is called {source.Key}{Suggestion.For(source.Key.Value, connectors.Select(s => s.Value))}, so {CommandOutput.Count(sleeping.Length, "rule")} {(sleeping.Length == 1 ? "sleeps" : "sleep")}: {string.Join(", ", sleeping)}",
                new SourcePosition(Name, 0, 0));
    }
}
