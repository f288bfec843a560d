using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Replay;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.Replay;

public sealed class RuleFileChangesTests
{
    private const string Pack = """
        schema: rules/1
        pack: core
        lists:
          closed: [emerged, concluded]
        limits:
          otd_min: {default: 0.92, range: [0.5, 1]}
        rules:
          - id: A
            when: metrics.otd < limit.otd_min
            message: late
          - id: B
            when: "true"
            message: b

        """;

    [Fact]
    public void Between_SameContentInAnotherLayoutAndOrder_IsNothing()
    {
        const string Other = """
            # The same.
            pack: core
            schema: rules/1
            rules:
              - {message: b, when: 'true', id: B}
              - {id: A, message: late, when: metrics.otd < limit.otd_min}
            limits: {otd_min: {range: [0.5, 1], default: 0.92}}
            lists: {closed: [concluded, emerged]}

            """;
        Assert.Empty(Between([Pack], [Other]));
    }

    [Fact]
    public void Between_ChangedValues_AreToldByName()
    {
        string changed = Pack.Replace("0.92", "0.95", StringComparison.Ordinal).Replace("concluded", "dismissed", StringComparison.Ordinal).Replace("[0.5, 1]", "[0.6, 1]", StringComparison.Ordinal)
            .Replace("id: B", "id: C", StringComparison.Ordinal).Replace("message: late", "message: very late", StringComparison.Ordinal);
        Assert.Equal(
            [
                "core limits.otd_min.default: 0.92 -> 0.95", "core limits.otd_min.range: [0.5, 1] -> [0.6, 1]", "core lists.closed.concluded: concluded -> ", "core lists.closed.dismissed:  -> dismissed",
                "core rules.A.message: late -> very late", "core rules.B: {id: B, when: true, message: b} -> ", "core rules.C:  -> {id: C, when: true, message: b}",
            ],
            Between([Pack], [changed]));
    }

    [Fact]
    public void Between_FilesOfOtherKinds_GoByWhatTheyAre()
    {
        const string Overlay = "schema: overlay/1\npack: core\nlimits: {otd_min: {value: 0.9}}\n", Tests = "schema: tests/1\npack: core\ntests: []\n";
        Assert.Equal(
            ["core overlay limits.otd_min:  -> {value: 0.9}", "core overlay pack:  -> core", "core overlay schema:  -> overlay/1", "scoring bands.margin: 3 -> 5"],
            Between([Pack, "schema: scoring/1\nbands: {margin: 3}\n"], ["schema: scoring/1\nbands: {margin: 5}\n", Overlay, Tests, Pack]));
    }

    private static string[] Between(string[] before, string[] after) => [.. RuleFileChanges.Between(Read(before), Read(after)).Select(c => $"{c.Where}: {c.Before} -> {c.After}")];

    private static IEnumerable<Document> Read(IEnumerable<string> texts)
    {
        var diagnostics = new DiagnosticBag();
        Document[] documents = [.. texts.Select((text, i) => YamlReader.Read(text, $"f{i}.yaml", diagnostics))];
        Assert.Empty(diagnostics.Sorted());
        return documents;
    }
}
