using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Language.Checking;
using Risk.Rules.Language.Compiling;
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
        ExpressionPlan plan = Planner.Plan(tree, errors, environment.Mode, widen, !options.HasFlag(CelOptions.NoFolding));
        return errors.Count > 0 ? null : new CelExpression(text, widen ? CelType.Double : type, [.. tree.References], plan, environment);
    }

    public static CelExpression? Compile(string text, CelEnvironment environment, CelType? expected, DiagnosticBag diagnostics) =>
        Compile(text, environment, expected, diagnostics, CelSource.Plain(text));
}

/// <summary>For conformance cases, most of which are constants from end to end.</summary>
[Flags]
internal enum CelOptions { None = 0, NoMacros = 1, NoCheck = 2, NoFolding = 4 }

/// <summary>How a condition came out.</summary>
public enum CelOutcome : byte
{
    False,
    True,

    /// <summary>Missing or an error; <see cref="CelExpression.Evaluate"/> says which inputs or what error.</summary>
    Undecided,

    /// <summary>Of compiled code only: the interpreter is to be asked. Never what <see cref="CelExpression.Decide"/> gives.</summary>
    Unsure,
}

/// <summary>A checked expression, ready to evaluate. Immutable and thread-safe (frames are not).</summary>
/// <remarks>
/// What is evaluated often is compiled: values come from a delegate, and only what it leaves undecided is interpreted. Both give the same.
/// </remarks>
public sealed class CelExpression
{
    /// <summary>Making a delegate takes as long as some hundred evaluations; commands that look at one supplier need none.</summary>
    private const int CompileAfter = 32;

    private static readonly CelValue TooNested = CelValue.Error("expressions use each other too deeply");

    private readonly ExpressionPlan plan;
    private readonly CelEnvironment environment;
    private Func<CelFrame, CelOutcome>? condition;
    private Func<CelFrame, CelValue>? value;
    private int evaluations;

    internal CelExpression(string text, CelType type, ImmutableSortedSet<string> references, ExpressionPlan plan, CelEnvironment environment)
    {
        Text = text;
        Type = type;
        References = references;
        this.plan = plan;
        this.environment = environment;
    }

    public string Text { get; }

    public CelType Type { get; }

    /// <summary>Dotted paths it reads: <c>metrics.otd</c>, <c>events.breach</c>, <c>limit.x</c>, <c>vars.y</c>, <c>supplier.country</c>.</summary>
    public ImmutableSortedSet<string> References { get; }

    /// <summary>It reads nothing that can change: always the same value.</summary>
    public bool IsConstant => References.IsEmpty;

    /// <summary>Never throws; the outcome may be missing or an error.</summary>
    public CelValue Evaluate(CelFrame frame) => TryCompiled(frame, out CelValue result) ? result : Interpret(frame);

    /// <summary>The outcome of a condition, without saying why where it is undecided. Only for expressions of type bool.</summary>
    public CelOutcome Decide(CelFrame frame)
    {
        if (condition is { } ready && ready(frame) is var outcome && outcome <= CelOutcome.Undecided) return outcome;
        CelValue result = Evaluate(frame);
        return result.IsFailure ? CelOutcome.Undecided : result.IsTrue ? CelOutcome.True : CelOutcome.False;
    }

    /// <summary>The value with those sub-expressions that decide it.</summary>
    public CelTrace Explain(CelFrame frame)
    {
        if (!frame.TryEnter(plan.Locals, out CelFrame.Nesting outer)) return new CelTrace(Text, TooNested, []);
        CelTrace trace = plan.Root.Trace(frame);
        frame.Leave(outer);
        return trace;
    }

    /// <summary>Compiles now what would be compiled once it has been evaluated often.</summary>
    /// <returns>False when all of it is left to the interpreter.</returns>
    internal bool Prepare()
    {
        if (evaluations <= CompileAfter)
        {
            evaluations = CompileAfter + 1;
            (condition, value) = ExpressionCompiler.Compile(plan, Type, environment);
        }

        return condition is not null || value is not null;
    }

    /// <summary>False when compiled code does not come to a value, or there is none yet.</summary>
    internal bool TryCompiled(CelFrame frame, out CelValue result)
    {
        result = default;
        if (evaluations <= CompileAfter && ++evaluations > CompileAfter) (condition, value) = ExpressionCompiler.Compile(plan, Type, environment);
        if (condition is not null)
        {
            CelOutcome outcome = condition(frame);
            result = CelValue.Of(outcome == CelOutcome.True);
            return outcome is CelOutcome.True or CelOutcome.False;
        }

        // No compiled expression is of the null type: it stands for undecided.
        if (value is not null) result = value(frame);
        return result.Kind != CelValueKind.Null;
    }

    internal CelValue Interpret(CelFrame frame)
    {
        if (!frame.TryEnter(plan.Locals, out CelFrame.Nesting outer)) return TooNested;
        CelValue value = plan.Root.Evaluate(frame);
        frame.Leave(outer);
        return value;
    }
}

/// <param name="Text">The sub-expression as it stands in the source.</param>
/// <param name="Children">The parts that decide the value; empty for literals and names.</param>
public sealed record CelTrace(string Text, CelValue Value, ImmutableArray<CelTrace> Children);
