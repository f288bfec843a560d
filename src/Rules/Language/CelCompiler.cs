using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;

namespace Risk.Rules.Language;

/// <summary>Where an expression's text stands, so that errors point into the file.</summary>
public sealed class CelSource
{
    private readonly TextMap map;
    private readonly Func<int, string?> line;

    private CelSource(TextMap map, Func<int, string?> line)
    {
        this.map = map;
        this.line = line;
    }

    /// <summary>A scalar of an edited file.</summary>
    public static CelSource Of(Document document, ScalarNode scalar) => new(scalar.Map, document.Line);

    /// <summary>A text of its own, as on a command line.</summary>
    public static CelSource Plain(string text, string name = "<expression>") => throw new NotSupportedException(text + name);
}

/// <summary>Turns source text into something to evaluate: parse, check, plan.</summary>
public static class CelCompiler
{
    /// <summary>Null when there was an error; every error found is in the bag.</summary>
    /// <param name="expected">The type the expression must have, or null for any. In rule mode an int is widened where a double is expected.</param>
    public static CelExpression? Compile(string text, CelEnvironment environment, CelType? expected, DiagnosticBag diagnostics, CelSource source) => throw new NotSupportedException();

    public static CelExpression? Compile(string text, CelEnvironment environment, CelType? expected, DiagnosticBag diagnostics) =>
        Compile(text, environment, expected, diagnostics, CelSource.Plain(text));
}

/// <summary>A checked expression, ready to evaluate. Immutable and thread-safe (frames are not).</summary>
public sealed class CelExpression
{
    internal CelExpression(string text, CelType type, ImmutableSortedSet<string> references)
    {
        Text = text;
        Type = type;
        References = references;
    }

    public string Text { get; }

    public CelType Type { get; }

    /// <summary>Dotted paths it reads: <c>metrics.otd</c>, <c>events.breach</c>, <c>limit.x</c>, <c>vars.y</c>, <c>supplier.country</c>.</summary>
    public ImmutableSortedSet<string> References { get; }

    /// <summary>It reads nothing that can change: always the same value.</summary>
    public bool IsConstant => References.IsEmpty;

    /// <summary>Never throws; the outcome may be missing or an error.</summary>
    public CelValue Evaluate(CelFrame frame) => throw new NotSupportedException();

    /// <summary>The value with those sub-expressions that decide it.</summary>
    public CelTrace Explain(CelFrame frame) => throw new NotSupportedException();
}

/// <param name="Text">The sub-expression as it stands in the source.</param>
/// <param name="Children">The parts that decide the value; empty for literals and names.</param>
public sealed record CelTrace(string Text, CelValue Value, ImmutableArray<CelTrace> Children);
