using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Linting;
using Risk.Rules.RulePacks;
using Risk.Worker.RuleFiles;
using Risk.Worker.Tests.Architecture;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>Mistakes as people make them, one a file, with the whole of what they are told: it must need no manual.</summary>
public sealed class BrokenFileTests
{
    private const string Good = "schema: rules/1\npack: good\nrules:\n  - {id: GO-1, title: T, category: operational, severity: high, when: metrics.otif < 0.9, points: 100, message: m}\n";

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(SourceTree.Root, "tests/Worker.Tests/RuleFiles/Broken");

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_BrokenFile_TellsWhatTheFileBesideItSays(string name)
    {
        var diagnostics = new DiagnosticBag();
        Document[] files =
        [
            YamlReader.Read(File.ReadAllBytes(Path.Combine(Folder, name + ".yaml")), name + ".yaml", diagnostics),
            YamlReader.Read(Good, "good.yaml", diagnostics), YamlReader.Read("schema: scoring/1\ncategories: {operational: {weight: 1}}\n", "scoring.yaml", diagnostics),
        ];
        if (RuleSetLoader.Load(files, StandardCatalog.Create(), diagnostics) is { } rules) RuleSetLinter.Lint(files, rules, diagnostics);
        var told = new StringBuilder();
        foreach (Diagnostic diagnostic in diagnostics.Sorted()) told.Append(diagnostic.Format()).Append('\n');
        string golden = Path.Combine(Folder, name + ".txt");
        Assert.Equal(File.Exists(golden) ? File.ReadAllText(golden) : "", told.ToString());
    }
}
