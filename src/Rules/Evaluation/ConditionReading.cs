using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Evaluation;

/// <summary>One operand that decides a condition.</summary>
/// <param name="Text">As the rule has it: <c>metrics.otd &lt; limit.otd_min</c>.</param>
/// <param name="Reading">A comparison with its two values, <c>0.95 &lt; 0.92</c>; else the value.</param>
/// <param name="Gap">By how much a comparison that is false is missed: <c>0.03 (3.3 %)</c>; else "".</param>
/// <param name="Missing">What is not known of it.</param>
public sealed record DecidingOperand(string Text, string Reading, string Gap, ImmutableArray<string> Missing)
{
    /// <summary>The gap relative to the threshold; null where that means nothing.</summary>
    internal double? RelativeGap { get; init; }
}

/// <summary>Finds the operands of a condition that make it true, false or unknown.</summary>
/// <remarks>Through <c>&amp;&amp;</c>, <c>||</c>, <c>!</c> and <c>? :</c>; a comparison or anything else is one operand. What is evaluated is the text of each part, over the same frame.</remarks>
internal sealed class ConditionReading(string text, CelEnvironment environment, CelFrame frame)
{
    private readonly List<DecidingOperand> operands = [];

    /// <summary>Nearest miss first, where they can be compared.</summary>
    public ImmutableArray<DecidingOperand> Read()
    {
        var bag = new DiagnosticBag();
        if (Parser.Parse(text, new SyntaxErrors(CelSource.Plain(text), text, bag), true) is { } syntax) Collect(syntax, ValueOf(syntax), isNegated: false);
        return [.. operands.OrderBy(o => o.RelativeGap ?? double.MaxValue)];
    }

    private void Collect(SyntaxNode node, CelValue value, bool isNegated)
    {
        switch (node)
        {
            case CallSyntax { Function: "_&&_" or "_||_" } call:
                foreach (SyntaxNode operand in call.Arguments)
                {
                    CelValue own = ValueOf(operand);
                    // What agrees with the whole decides it; a conjunction that holds needs all its parts.
                    if (own.IsFailure == value.IsFailure && (value.IsFailure || own.IsTrue == value.IsTrue)) Collect(operand, own, isNegated);
                }

                break;
            case CallSyntax { Function: "!_" } call:
                Collect(call.Arguments[0], ValueOf(call.Arguments[0]), !isNegated);
                break;
            case CallSyntax { Function: "_?_:_" } call:
                CelValue condition = ValueOf(call.Arguments[0]);
                if (condition.IsFailure) Add(call.Arguments[0], condition, isNegated);
                else Collect(call.Arguments[condition.IsTrue ? 1 : 2], value, isNegated);
                break;
            default:
                Add(node, value, isNegated);
                break;
        }
    }

    private void Add(SyntaxNode node, CelValue value, bool isNegated)
    {
        string own = TextOf(node);
        if (node is not CallSyntax { Function: "_<_" or "_<=_" or "_>_" or "_>=_" or "_==_" or "_!=_", Arguments: [var left, var right] } comparison)
        {
            operands.Add(new DecidingOperand(own, value.ToString(), "", value.MissingInputs));
            return;
        }

        CelValue a = ValueOf(left), b = ValueOf(right);
        string reading = value.IsFailure ? value.ToString() : $"{a} {comparison.Function.Trim('_')} {b}";
        (string gap, double? relative) = value.IsFailure || value.IsTrue != isNegated ? ("", null) : Gap(a, b);
        operands.Add(new DecidingOperand(isNegated ? $"!({own})" : own, reading, gap, value.MissingInputs) { RelativeGap = relative });
    }

    private static (string Text, double? Relative) Gap(in CelValue a, in CelValue b)
    {
        if (a.Kind == CelValueKind.Duration && b.Kind == CelValueKind.Duration) return (Span(a.AsDuration - b.AsDuration), Relative((a.AsDuration - b.AsDuration).Ticks, b.AsDuration.Ticks));
        if (a.Kind == CelValueKind.Timestamp && b.Kind == CelValueKind.Timestamp) return (Span(a.AsTimestamp - b.AsTimestamp), null);
        if (Number(a) is not { } left || Number(b) is not { } right) return ("", null);
        // Through decimal digits, so that 0.95 and 0.92 are 0.03 apart.
        string distance = Math.Abs(left) < 1e12 && Math.Abs(right) < 1e12
            ? Math.Abs((decimal)left - (decimal)right).ToString("0.######", CultureInfo.InvariantCulture) : Math.Abs(left - right).ToString("G6", CultureInfo.InvariantCulture);
        double? relative = Relative(left - right, right);
        return (relative is { } share ? string.Create(CultureInfo.InvariantCulture, $"{distance} ({share:0.#%})") : distance, relative);
    }

    private static double? Relative(double distance, double threshold) => threshold == 0 ? null : Math.Abs(distance / threshold);

    private static double? Number(in CelValue value) => value.Kind switch
    {
        CelValueKind.Double when double.IsFinite(value.AsDouble) => value.AsDouble,
        CelValueKind.Int => value.AsInt,
        _ => null,
    };

    private static string Span(TimeSpan span)
    {
        span = span.Duration();
        return span.TotalDays >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalDays):0} d{(span.Hours > 0 ? $" {span.Hours} h" : "")}")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalHours):0} h {span.Minutes} min");
    }

    private CelValue ValueOf(SyntaxNode node) =>
        CelCompiler.Compile(TextOf(node), environment, null, new DiagnosticBag()) is { } part ? part.Evaluate(frame) : CelValue.Error("cannot be read on its own");

    private string TextOf(SyntaxNode node) => text[node.Span.Start..node.Span.End].Trim();
}
