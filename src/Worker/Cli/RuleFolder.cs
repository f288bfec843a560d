using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.Hosting;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Cli;

/// <summary>Reads rule files that may or may not be in force.</summary>
internal static class RuleFolder
{
    /// <summary>
    /// The files of a folder like a workspace's <c>rules</c>, or of a folder that has one: every pack in it, and scoring and overlay from in it, else from beside it, else
    /// from the workspace.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="workspace">Where the catalog comes from, and scoring and overlay when the folder has none.</param>
    /// <param name="diagnostics">Gets what is wrong with the files as YAML.</param>
    public static ImmutableArray<Document> Read(string folder, string workspace, DiagnosticBag diagnostics)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), inner = Path.Combine(root, "rules"), beside = Path.GetDirectoryName(root) ?? root;
        if (Directory.Exists(inner)) (root, beside) = (inner, root);
        List<Document> documents = [.. WorkspaceFiles.Rules(root).Where(p => !p.EndsWith(WorkspaceFiles.TestsSuffix, StringComparison.Ordinal)).Select(Read)];
        AddOnce(RuleSetLoader.ScoringSchema, "scoring.yaml", beside, workspace);
        AddOnce(RuleSetLoader.OverlaySchema, "overlay.yaml", beside, workspace);
        // The catalog says what there is to name: the workspace's matter, whatever the rules are.
        AddOnce(CatalogReader.Schema, "catalog.yaml", workspace);
        return [.. documents];

        void AddOnce(string schema, string file, params ReadOnlySpan<string> folders)
        {
            if (documents.Any(d => d.Root?["schema"] is ScalarNode { Text: var known } && known == schema)) return;
            foreach (string place in folders)
            {
                string path = Path.Combine(place, file);
                if (!File.Exists(path)) continue;
                documents.Add(Read(path));
                return;
            }
        }

        Document Read(string path) => YamlReader.ReadFile(path, RuleBookLoader.Display(path), diagnostics);
    }
}
