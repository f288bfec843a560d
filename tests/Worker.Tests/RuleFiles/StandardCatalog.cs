using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>The names that the default pack rests on: those of all connectors, whether they would run by default or not.</summary>
internal static class StandardCatalog
{
    private static readonly SourceCatalog Sources = SourceCatalog.Discover();

    /// <param name="off">Sources that do not run, by id (<c>gleif</c>), or by what they supply (<c>events.sanction</c>).</param>
    public static Catalog Create(params string[] off) => Sources.ForRules(
        Sources.Modules.Select(m => m.Manifest).Where(m => !off.Contains(m.Id.Value) && !SourceCatalog.Supplies(m).Any(off.Contains)).Select(m => m.Id), ["plant"], WorkspaceCatalog.Empty);
}
