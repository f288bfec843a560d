using System.Collections.Immutable;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language.Planning;

/// <summary><c>&amp;&amp;</c> and <c>||</c>: one part that decides absorbs missing inputs and errors of the others, in any order.</summary>
internal sealed class LogicNode(bool isAnd, ImmutableArray<Node> parts) : Node
{
    public bool IsAnd => isAnd;

    public override ImmutableArray<Node> Operands => parts;

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue failure = default;
        foreach (Node part in parts)
        {
            CelValue value = part.Evaluate(frame);
            if (value.Kind == CelValueKind.Bool)
            {
                if (value.AsBool != isAnd) return value;
                continue;
            }

            if (!value.IsFailure) value = CelValue.Error($"'{(isAnd ? "&&" : "||")}' joins conditions, not {Arithmetic.Name(value)}");
            failure = failure.IsFailure ? CelValue.Merge(failure, value) : value;
        }

        return failure.IsFailure ? failure : CelValue.Of(isAnd);
    }

    protected override IEnumerable<Node> Deciding(CelFrame frame, CelValue value)
    {
        if (value.Kind == CelValueKind.Bool && value.AsBool != isAnd) return parts.Where(p => p.Evaluate(frame) is { Kind: CelValueKind.Bool } v && v.AsBool == value.AsBool).Take(1);
        return value.IsFailure ? parts.Where(p => p.Evaluate(frame).IsFailure) : parts;
    }
}

internal sealed class NotNode(Node inner) : Node
{
    public override ImmutableArray<Node> Operands => [inner];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = inner.Evaluate(frame);
        return value.Kind == CelValueKind.Bool ? CelValue.Of(!value.AsBool) : value.IsFailure ? value : CelValue.Error($"no operator '!' for {Arithmetic.Name(value)}");
    }
}

internal sealed class NegateNode(Node inner) : Node
{
    public override ImmutableArray<Node> Operands => [inner];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = inner.Evaluate(frame);
        return value.IsFailure ? value : Arithmetic.Negate(value);
    }
}

internal sealed class ConditionalNode(Node condition, Node whenTrue, Node whenFalse) : Node
{
    public override ImmutableArray<Node> Operands => [condition, whenTrue, whenFalse];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = condition.Evaluate(frame);
        if (value.Kind == CelValueKind.Bool) return (value.AsBool ? whenTrue : whenFalse).Evaluate(frame);
        return value.IsFailure ? value : CelValue.Error($"the condition before '?' must be bool, not {Arithmetic.Name(value)}");
    }

    protected override IEnumerable<Node> Deciding(CelFrame frame, CelValue value) => condition.Evaluate(frame) switch
    {
        { IsTrue: true } => [condition, whenTrue],
        { IsFalse: true } => [condition, whenFalse],
        _ => [condition],
    };
}

internal enum Order { Less, LessOrEqual, Greater, GreaterOrEqual }

internal sealed class CompareNode(Order order, Node left, Node right) : Node
{
    public Order Order => order;

    public override ImmutableArray<Node> Operands => [left, right];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue a = left.Evaluate(frame), b = right.Evaluate(frame);
        if (a.Kind == CelValueKind.Double && b.Kind == CelValueKind.Double)
        {
            return CelValue.Of(order switch
            {
                Order.Less => a.AsDouble < b.AsDouble,
                Order.LessOrEqual => a.AsDouble <= b.AsDouble,
                Order.Greater => a.AsDouble > b.AsDouble,
                _ => a.AsDouble >= b.AsDouble,
            });
        }

        if (a.IsFailure || b.IsFailure) return CelValue.Merge(a, b);
        return WorkBudget.TrySpend(frame, a, b) ? Decide(a, b) : WorkBudget.Spent;
    }

    public CelValue Decide(in CelValue a, in CelValue b)
    {
        int compared = Comparison.Order(a, b);
        if (compared == Comparison.NotComparable) return Arithmetic.NoOverload(Symbol, a, b);
        return CelValue.Of(order switch
        {
            Order.Less => compared == -1,
            Order.LessOrEqual => compared is -1 or 0,
            Order.Greater => compared == 1,
            _ => compared is 1 or 0,
        });
    }

    private string Symbol => order switch { Order.Less => "<", Order.LessOrEqual => "<=", Order.Greater => ">", _ => ">=" };
}

/// <summary>A comparison with a constant double, as most thresholds are.</summary>
/// <param name="general">The same comparison for values of other kinds.</param>
internal sealed class ThresholdNode(Order order, Node left, double threshold, CompareNode general) : Node
{
    /// <summary>The same comparison, its constant side included.</summary>
    public CompareNode General => general;

    public override ImmutableArray<Node> Operands => [left];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = left.Evaluate(frame);
        if (value.Kind != CelValueKind.Double) return value.IsFailure ? value : general.Decide(value, CelValue.OfDouble(threshold));
        double number = value.AsDouble;
        return CelValue.Of(order switch
        {
            Order.Less => number < threshold,
            Order.LessOrEqual => number <= threshold,
            Order.Greater => number > threshold,
            _ => number >= threshold,
        });
    }
}

internal sealed class EqualNode(bool isEqual, Node left, Node right) : Node
{
    public bool IsEqual => isEqual;

    public override ImmutableArray<Node> Operands => [left, right];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue a = left.Evaluate(frame), b = right.Evaluate(frame);
        if (a.IsFailure || b.IsFailure) return CelValue.Merge(a, b);
        if (!WorkBudget.TrySpend(frame, a, b)) return WorkBudget.Spent;
        CelValue equal = Comparison.Equal(a, b);
        return equal.IsFailure || isEqual ? equal : CelValue.Of(!equal.AsBool);
    }
}

internal delegate CelValue BinaryOperation(in CelValue left, in CelValue right);

/// <param name="symbol">As CEL writes it; says which operation it is.</param>
/// <param name="mustBeFinite">Rule mode: a double result that is infinite or no number is an error.</param>
internal sealed class BinaryNode(string symbol, BinaryOperation operation, Node left, Node right, bool mustBeFinite) : Node
{
    public string Symbol => symbol;

    public bool MustBeFinite => mustBeFinite;

    public override ImmutableArray<Node> Operands => [left, right];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue a = left.Evaluate(frame), b = right.Evaluate(frame);
        if (a.IsFailure || b.IsFailure) return CelValue.Merge(a, b);
        if (!WorkBudget.TrySpend(frame, a, b)) return WorkBudget.Spent;
        CelValue result = operation(a, b);
        return mustBeFinite ? Finite.Check(result) : result;
    }
}

internal static class Finite
{
    private static readonly CelValue NotFinite = CelValue.Error("the result is not a finite number (division by zero, or too large)");

    public static CelValue Check(in CelValue value) => value.Kind == CelValueKind.Double && !double.IsFinite(value.AsDouble) ? NotFinite : value;
}
