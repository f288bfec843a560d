using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

public sealed class SilenceFileTextTests
{
    private const string Head = "schema: silences/1\nsilences:\n";
    private const string One = "  - {id: A, matchers: [supplier=\"S\"], starts: 2026-01-10, ends: 2026-02-15, author: a, reason: r}   # by hand\n";

    [Theory]
    [InlineData(null)]
    [InlineData("schema: silences/1\nsilences: []\n")]
    [InlineData("schema: silences/1\nsilences:\n")]
    [InlineData(Head + One)]
    [InlineData("# ours\nschema: silences/1\n\nsilences:   # planned\n- id: A\n  matchers: [supplier=\"S\"]\n  starts: 2026-01-10\n  ends: 2026-02-15\n  author: a\n  reason: r\n\n# the end\n")]
    public void Add_AnyUsualForm_KeepsWhatIsThereAndAddsOne(string? text)
    {
        int before = text is null ? 0 : Silences(text).Length;
        string changed = Add(text, "Works")!;
        Silence[] after = Silences(changed);
        Assert.Equal(before + 1, after.Length);
        Assert.Equal(("N", "Works", "ada@x.example"), (after[^1].Id, after[^1].Reason, after[^1].Author));
        foreach (string line in (text ?? "").Split('\n').Where(l => l.Length > 0 && !l.StartsWith("silences:", StringComparison.Ordinal))) Assert.Contains(line, changed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schema: silences/1\nsilences: [{id: A, matchers: [supplier=\"S\"], starts: 2026-01-10, ends: 2026-02-15, author: a, reason: r}]\n")]
    [InlineData("silences:\n" + One + "schema: silences/1\n")]
    public void Add_NoSafePlace_IsLeftToAPerson(string text) => Assert.Null(Add(text, "Works"));

    /// <summary>Whatever a person types comes back as it was, and never becomes another key.</summary>
    [Fact]
    public void Add_AnyReason_IsReadBackAsItWas() => Prop.ForAll(Gen.ArrayOf(Gen.Elements("a1 '\"#:-[]{}&*!|>%@`,\\\tü ends".ToCharArray())).Select(c => new string(c)).ToArbitrary(), reason =>
    {
        string trimmed = reason.Trim();
        return trimmed.Length == 0 || Silences(Add(Head + One, reason)!) is [_, { Id: "N" } added] && added.Reason == trimmed;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Head + One)]
    [InlineData(Head + "  - id: A\n    matchers: [supplier=\"S\"]\n    starts: 2026-01-10\n    ends: '2026-02-15'   # Friday\n    author: a\n    reason: r\n")]
    [InlineData(Head + "  - id: A\n    matchers: [supplier=\"S\"]\n    starts: 2026-01-10\n    ends:   \"2026-02-15\"\n    author: a\n    reason: r\n")]
    public void Replace_End_ChangesNothingElse(string text)
    {
        Document document = YamlReader.Read(Encoding.UTF8.GetBytes(text), "silences.yaml", new DiagnosticBag());
        var ends = (ScalarNode)((MappingNode)((SequenceNode)document.Root!["silences"]!).Items[0])["ends"]!;
        string changed = SilenceFileText.Replace(text, ends, "2026-01-20T12:00:00Z")!;
        Assert.Equal(text.Replace("'2026-02-15'", "2026-02-15", StringComparison.Ordinal).Replace("\"2026-02-15\"", "2026-02-15", StringComparison.Ordinal), changed.Replace("2026-01-20T12:00:00Z", "2026-02-15", StringComparison.Ordinal));
        Assert.Equal(new DateTimeOffset(2026, 1, 20, 12, 0, 0, TimeSpan.Zero), Assert.Single(Silences(changed)).EndsAt);
    }

    private static string? Add(string? text, string reason) => SilenceFileText.Add(
        text, text is null ? null : YamlReader.Read(Encoding.UTF8.GetBytes(text), "silences.yaml", new DiagnosticBag()),
        [("id", ["N"]), ("matchers", ["supplier=\"S-2\"", "supplier!~\"a'b|x\""]), ("starts", ["2026-03-01T00:00:00Z"]), ("ends", ["2026-03-09T00:00:00Z"]), ("author", ["ada@x.example"]), ("reason", [reason])]);

    private static Silence[] Silences(string text)
    {
        var diagnostics = new DiagnosticBag();
        Document document = YamlReader.Read(Encoding.UTF8.GetBytes(text), "silences.yaml", diagnostics);
        (Silences? silences, var problems) = new SilenceReader(RoutingVocabulary.Basic).Read(document, null);
        Assert.Empty(diagnostics.Sorted().Concat(problems));
        return [.. silences!.All];
    }
}
