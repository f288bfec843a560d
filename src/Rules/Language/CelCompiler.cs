using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Language.Checking;
using Risk.Rules.Language.Planning;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language;

/// <summary>Where an expression's text stands, so that errors point into the file.</summary>
public sealed class CelSource
{
    private readonly TextMap map;
    private readonly Func<int, string?> line;

    private readonly int origin;

    private CelSource(TextMap map, Func<int, string?> line, int origin = 0)
    {
        this.map = map;
        this.line = line;
        this.origin = origin;
    }

    /// <summary>A scalar of an edited file.</summary>
    public static CelSource Of(Document document, ScalarNode scalar) => new(scalar.Map, document.Line);

    /// <summary>A text of its own, as on a command line.</summary>
    public static CelSource Plain(string text, string name = "<expression>")
    {
        var characters = ImmutableArray.CreateBuilder<(int Line, int Column)>(text.Length + 1);
        (int row, int column) = (1, 1);
        foreach (char c in text)
        {
            characters.Add((row, column++));
            if (c == '\n') (row, column) = (row + 1, 1);
        }

        characters.Add((row, column));
        string[] lines = text.Split('\n');
        return new CelSource(new TextMap(new SourcePosition(name, 1, 1), characters.MoveToImmutable()), number => number >= 1 && number <= lines.Length ? lines[number - 1].TrimEnd('\r') : null);
    }

    internal Diagnostic Diagnostic(DiagnosticSeverity severity, string code, string message, Span at)
    {
        SourcePosition start = map.At(origin + at.Start);
        SourcePosition end = map.At(origin + at.End);
        int length = end.Line == start.Line ? Math.Max(1, end.Column - start.Column) : 1;
        return new Diagnostic(severity, code, message, start, line(start.Line), length);
    }

    /// <summary>The same file, for a part of the text that begins at the offset.</summary>
    internal CelSource From(int offset) => new(map, line, origin + offset);
}

/// <summary>Turns source text into something to evaluate: parse, check, plan.</summary>
public static class CelCompiler
{
    /// <summary>Null when there was an error; every error found is in the bag.</summary>
    /// <param name="expected">The type the expression must have, or null for any. In rule mode an int is widened where a double is expected.</param>
    public static CelExpression? Compile(string text, CelEnvironment environment, CelType? expected, DiagnosticBag diagnostics, CelSource source) =>
        Compile(text, environment, expected, diagnostics, source, CelOptions.None);

    internal static CelExpression? Compile(string text, CelEnvironment environment, CelType? expected, DiagnosticBag diagnostics, CelSource source, CelOptions options)
    {
        var errors = new SyntaxErrors(source, text, diagnostics);
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Error("C001", "the expression is empty", new Span(0, 0));
            return null;
        }

        if (Parser.Parse(text, errors, !options.HasFlag(CelOptions.NoMacros)) is not { } syntax) return null;
        if (Checker.Check(syntax, environment, errors, expected, !options.HasFlag(CelOptions.NoCheck)) is not { } tree) return null;
        CelType type = tree.TypeOf(syntax);
        bool widen = environment.Mode == CelMode.Rules && type.Kind == CelKind.Int && expected?.Kind == CelKind.Double;
        (Node root, int locals) = Planner.Plan(tree, errors, environment.Mode, widen);
        return errors.Count > 0 ? null : new CelExpression(text, widen ? CelType.Double : type, [.. tree.References], root, locals);
    }

    public static CelExpression? Compile(string text, CelEnvironment environment, CelType? expected, DiagnosticBag diagnostics) =>
        Compile(text, environment, expected, diagnostics, CelSource.Plain(text));
}

/// <summary>For conformance cases.</summary>
[Flags]
internal enum CelOptions { None, NoMacros, NoCheck }

/// <summary>A checked expression, ready to evaluate. Immutable and thread-safe (frames are not).</summary>
public sealed class CelExpression
{
    private static readonly CelValue TooNested = CelValue.Error("expressions use each other too deeply");

    private readonly Node root;
    private readonly int locals;

    internal CelExpression(string text, CelType type, ImmutableSortedSet<string> references, Node root, int locals)
    {
        Text = text;
        Type = type;
        References = references;
        this.root = root;
        this.locals = locals;
    }

    public string Text { get; }

    public CelType Type { get; }

    /// <summary>Dotted paths it reads: <c>metrics.otd</c>, <c>events.breach</c>, <c>limit.x</c>, <c>vars.y</c>, <c>supplier.country</c>.</summary>
    public ImmutableSortedSet<string> References { get; }

    /// <summary>It reads nothing that can change: always the same value.</summary>
    public bool IsConstant => References.IsEmpty;

    /// <summary>Never throws; the outcome may be missing or an error.</summary>
    public CelValue Evaluate(CelFrame frame)
    {
        if (!frame.TryEnter(locals, out (int Start, int End) outer)) return TooNested;
        CelValue value = root.Evaluate(frame);
        frame.Leave(outer);
        return value;
    }

    /// <summary>The value with those sub-expressions that decide it.</summary>
    public CelTrace Explain(CelFrame frame)
    {
        if (!frame.TryEnter(locals, out (int Start, int End) outer)) return new CelTrace(Text, TooNested, []);
        CelTrace trace = root.Trace(frame);
        frame.Leave(outer);
        return trace;
    }
}

/// <param name="Text">The sub-expression as it stands in the source.</param>
/// <param name="Children">The parts that decide the value; empty for literals and names.</param>
public sealed record CelTrace(string Text, CelValue Value, ImmutableArray<CelTrace> Children);
