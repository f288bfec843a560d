using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

public sealed class YamlReaderTests
{
    private static Document Read(string text, out DiagnosticBag diagnostics)
    {
        diagnostics = new DiagnosticBag();
        return YamlReader.Read(text, "a.yaml", diagnostics);
    }

    private static ScalarNode Value(string text)
    {
        Document document = Read(text, out DiagnosticBag diagnostics);
        Assert.Empty(diagnostics.Sorted());
        return Assert.IsType<ScalarNode>(document.Root!["k"]);
    }

    [Theory]
    [InlineData("k: NO", "NO")]
    [InlineData("k: on", "on")]
    [InlineData("k: 1.10", "1.10")]
    public void Read_PlainWords_StayText(string yaml, string expected)
    {
        ScalarNode value = Value(yaml);
        Assert.Equal(expected, value.Text);
        Assert.False(DocumentReading.TryBool(value, out _));
    }

    /// <summary>Each text holds the letter X once; the map must lead from its place in the value to its place in the file.</summary>
    [Theory]
    [InlineData("k: a X b")]
    [InlineData("k: a\n  b X\n\n  c")]
    [InlineData("k: 'it''s X'")]
    [InlineData("k: \"a\\t\\u00e9\\x41 X\"")]
    [InlineData("k: \"a \\\n   b X\"")]
    [InlineData("k: \"a\n\n   b X\"")]
    [InlineData("k: |\n  a\n\n    b X\n  c\n")]
    [InlineData("k: >-\n  a\n  b\n\n  c X\n   d\n")]
    [InlineData("k: >\n  a\n    b\n  c\n  X\nl: 1\n")]
    [InlineData("k: |2-\n   a\n  X\n")]
    [InlineData("j:\n- {k2: 1}\nk: >-   # comment\n     supplier.tier == 1 &&\n     X > 2\n")]
    [InlineData("k: >+\n  a\n  X\n\n\nl: 1\n")]
    [InlineData("k: >-\r\n  a\r\n  b X\r\n")]
    [InlineData("\uFEFFk: 'X'")]
    public void Map_AnyStyle_LeadsBackToTheCharacter(string yaml)
    {
        ScalarNode value = Value(yaml);
        SourcePosition place = value.Map.At(value.Text.IndexOf('X', StringComparison.Ordinal));
        string[] lines = yaml.TrimStart('\uFEFF').Split('\n');
        Assert.Equal('X', lines[place.Line - 1][place.Column - 1]);
    }

    [Fact]
    public void Read_FoldedBlock_HasYamlsOwnValue() => Assert.Equal("a b\nc\n d", Value("k: >-\n  a\n  b\n\n  c\n   d\n").Text.Replace("\n\n", "\n", StringComparison.Ordinal));

    [Theory]
    [InlineData("k: 1\nk: 2\n", "Y002", 2, 1)]
    [InlineData("k: &a 1\n", "Y003", 1, 4)]
    [InlineData("a: 1\nk: *a\n", "Y003", 2, 4)]
    [InlineData("k: !!str 1\n", "Y003", 1, 4)]
    [InlineData("", "Y005", 1, 1)]
    [InlineData("- 1\n", "Y005", 1, 1)]
    [InlineData("k: 1\n---\nk: 2\n", "Y005", 2, 1)]
    [InlineData("rules:\n  - id: A\n    when: \"a\" in supplier.tags\n", "R004", 3, 11)]
    [InlineData("r: {when: 'a' == supplier.country}\n", "R004", 1, 11)]
    public void Read_Refused_SaysCodeAndPlace(string yaml, string code, int line, int column)
    {
        Read(yaml, out DiagnosticBag diagnostics);
        Diagnostic diagnostic = diagnostics.Sorted()[0];
        Assert.Equal((code, line, column), (diagnostic.Code, diagnostic.Position.Line, diagnostic.Position.Column));
        Assert.NotNull(diagnostic.SourceLine);
    }

    [Fact]
    public void Read_BadSyntax_SaysPlace()
    {
        Read("a: 1\nb: [1, 2\nc: 3\n", out DiagnosticBag diagnostics);
        Diagnostic diagnostic = Assert.Single(diagnostics.Sorted());
        Assert.Equal("Y001", diagnostic.Code);
        Assert.InRange(diagnostic.Position.Line, 2, 4);
    }

    [Fact]
    public void Read_AnyText_NeverThrows()
    {
        string[] pieces = ["k", ": ", "- ", "\n", "  ", "'", "\"", "[", "]", "{", "}", "|", ">", "-", "2", "#", "\\", "\\x4", "&a", "*a", "!t", "%", "?", ",", "\t", "---", "é", "\u2028", "\0"];
        Prop.ForAll(
            Gen.ListOf(Gen.Elements(pieces)).ToArbitrary(),
            parts => Read(string.Concat(parts), out DiagnosticBag diagnostics).Root is not null || diagnostics.HasErrors)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Read_DeepNesting_IsRefusedAndNotAnOverflow()
    {
        Read("k: " + new string('[', 50_000), out DiagnosticBag diagnostics);
        Assert.Contains("deeper than 64", Assert.Single(diagnostics.Sorted()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotUtf8_IsRefused()
    {
        var diagnostics = new DiagnosticBag();
        Assert.Null(YamlReader.Read([(byte)'k', (byte)':', (byte)' ', 0xff, 0xfe], "a.yaml", diagnostics).Root);
        Assert.Equal("Y004", Assert.Single(diagnostics.Sorted()).Code);
    }
}
