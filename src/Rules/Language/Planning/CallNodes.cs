using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language.Planning;

/// <summary>Up to four arguments on the stack.</summary>
[InlineArray(4)]
internal struct ArgumentBuffer
{
    private CelValue first;
}

/// <summary>A call. The overload is chosen by the kinds of the values unless the types leave only one.</summary>
internal sealed class CallNode(string name, ImmutableArray<CelFunction> overloads, ImmutableArray<Node> arguments, bool mustChoose, bool mustBeFinite) : Node
{
    /// <summary>The one overload that the types leave, or null when it is chosen by the values.</summary>
    public CelFunction? Overload => overloads.Length == 1 && (!mustChoose || overloads[0].IsVariadic) ? overloads[0] : null;

    /// <summary>A result that is infinite or no number is an error.</summary>
    public bool MustBeFinite => mustBeFinite;

    public override ImmutableArray<Node> Operands => arguments;

    public override bool IsPure { get; } = overloads.All(o => o.IsPure);

    public override CelValue Evaluate(CelFrame frame)
    {
        if (arguments.Length > 4) return Invoke(new CelValue[arguments.Length], frame);
        ArgumentBuffer buffer = default;
        return Invoke(((Span<CelValue>)buffer)[..arguments.Length], frame);
    }

    private CelValue Invoke(Span<CelValue> values, CelFrame frame)
    {
        CelValue failure = default;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(frame);
            if (values[i].IsFailure) failure = failure.IsFailure ? CelValue.Merge(failure, values[i]) : values[i];
        }

        if (failure.IsFailure) return failure;
        CelFunction? function = mustChoose ? Choose(values) : overloads[0];
        if (function is null) return NoOverload(values);
        if (!WorkBudget.TrySpend(frame, values)) return WorkBudget.Spent;
        CelValue result = WorkBudget.Bounded(function.Body!(values, frame));
        return mustBeFinite ? Finite.Check(result) : result;
    }

    private CelFunction? Choose(ReadOnlySpan<CelValue> values)
    {
        foreach (CelFunction overload in overloads)
        {
            if (overload.IsVariadic || Fits(overload, values)) return overload;
        }

        return null;
    }

    private static bool Fits(CelFunction overload, ReadOnlySpan<CelValue> values)
    {
        if (overload.Parameters.Length != values.Length) return false;
        for (int i = 0; i < values.Length; i++)
        {
            // The value kinds are the type kinds in the same order, up to Type.
            CelKind wanted = overload.Parameters[i].Kind;
            if (wanted != CelKind.Dyn && (int)wanted != (int)values[i].Kind) return false;
        }

        return true;
    }

    private CelValue NoOverload(ReadOnlySpan<CelValue> values)
    {
        var kinds = new List<string>();
        foreach (CelValue value in values) kinds.Add(Arithmetic.Name(value));
        return CelValue.Error($"{name}() does not take ({string.Join(", ", kinds)})");
    }
}

/// <summary>A name or call that means nothing; only where types were not checked.</summary>
internal sealed class UnknownNode(string message) : Node
{
    private readonly CelValue error = CelValue.Error(message);

    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame) => error;
}

/// <summary><c>change(metrics.x, days(90))</c>: the object and the field's slot go to the function.</summary>
internal sealed class ReferenceNode(CelFunction function, Node owner, int slot, ImmutableArray<Node> others, bool mustBeFinite) : Node
{
    public override ImmutableArray<Node> Operands => others;

    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue target = owner.Evaluate(frame);
        if (others.Length > 4) return Invoke(target, new CelValue[others.Length], frame);
        ArgumentBuffer buffer = default;
        return Invoke(target, ((Span<CelValue>)buffer)[..others.Length], frame);
    }

    private CelValue Invoke(in CelValue target, Span<CelValue> values, CelFrame frame)
    {
        CelValue failure = target;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = others[i].Evaluate(frame);
            failure = CelValue.Merge(failure, values[i]);
        }

        if (failure.IsFailure) return failure;
        if (target.Kind != CelValueKind.Object) return CelValue.Error($"{function.Name}() needs an object's field");
        CelValue result = function.ReferenceBody!(target.AsObject, slot, values, frame);
        return mustBeFinite ? Finite.Check(result) : result;
    }
}

/// <summary><c>matches</c> with a constant pattern.</summary>
internal sealed class PatternNode(Node text, Regex pattern) : Node
{
    private readonly long states = PatternCache.States(pattern.ToString());
    public Regex Pattern => pattern;

    public override ImmutableArray<Node> Operands => [text];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = text.Evaluate(frame);
        if (value.Kind == CelValueKind.Text) return frame.TrySpend(PatternCache.MatchSteps(value.AsText, states)) ? CelValue.Of(pattern.IsMatch(value.AsText)) : WorkBudget.Spent;
        return value.IsFailure ? value : CelValue.Error($"matches() takes a string, not {Arithmetic.Name(value)}");
    }
}

/// <summary><c>a.or(b)</c> and <c>a.orValue(b)</c>: b is not looked at when a has a value.</summary>
internal sealed class OrElseNode(Node optional, Node other, bool unwraps) : Node
{
    public override ImmutableArray<Node> Operands => [optional, other];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = optional.Evaluate(frame);
        if (value.IsFailure) return value;
        if (value.Kind != CelValueKind.Optional) return CelValue.Error($"or() and orValue() are for optional values, not {Arithmetic.Name(value)}");
        if (value.HasValue) return unwraps ? value.AsOptional : value;
        CelValue instead = other.Evaluate(frame);
        return unwraps || instead.IsFailure || instead.Kind == CelValueKind.Optional ? instead : CelValue.Error("or() takes an optional value; use orValue()");
    }
}
