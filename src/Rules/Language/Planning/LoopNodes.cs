using System.Collections.Immutable;
using Risk.Rules.Language.Library;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Planning;

/// <summary>What a loop goes over.</summary>
internal readonly struct LoopRange(CelList? list, CelMap? map)
{
    public int Count => list?.Items.Length ?? map!.Entries.Length;

    public ImmutableArray<string> OpenInputs => list?.OpenInputs ?? map!.OpenInputs;

    /// <summary>Sets the macro's variables for one item; false when the step budget is spent.</summary>
    public bool TryBind(CelFrame frame, int slot, bool isTwoVariable, int index)
    {
        if (!frame.TrySpend()) return false;
        CelValue key = map is not null ? map.Entries[index].Key : isTwoVariable ? CelValue.Of(index) : list!.Items[index];
        frame.SetLocal(slot, key);
        if (isTwoVariable) frame.SetLocal(slot + 1, map is not null ? map.Entries[index].Value : list!.Items[index]);
        return true;
    }
}

internal sealed record LoopVariables(int Slot, bool IsTwoVariable);

internal abstract class LoopNode(Node range, LoopVariables variables) : Node
{
    public Node Range => range;

    public override ImmutableArray<Node> Operands => [range];

    /// <summary>The body reads variables: never folded into a constant.</summary>
    public override bool IsPure => false;

    public LoopVariables Variables => variables;

    public sealed override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = range.Evaluate(frame);
        if (value.IsFailure) return value;
        return TryRange(value, out LoopRange items) ? Run(frame, items) : CelValue.Error($"a macro goes over a list or a map, not {Arithmetic.Name(value)}");
    }

    protected static bool TryRange(in CelValue value, out LoopRange items)
    {
        items = new LoopRange(value.Kind == CelValueKind.List ? value.AsList : null, value.Kind == CelValueKind.Map ? value.AsMap : null);
        return value.Kind is CelValueKind.List or CelValueKind.Map;
    }

    protected bool TryBind(CelFrame frame, in LoopRange items, int index) => items.TryBind(frame, variables.Slot, variables.IsTwoVariable, index);

    protected abstract CelValue Run(CelFrame frame, in LoopRange items);

    protected static CelValue NotBool(in CelValue value) => value.IsFailure ? value : CelValue.Error($"a condition must be bool, not {Arithmetic.Name(value)}");
}

/// <summary><c>all</c> and <c>exists</c>: as <c>&amp;&amp;</c> and <c>||</c> over the items.</summary>
internal sealed class QuantifierNode(bool isAll, Node range, LoopVariables variables, Node body) : LoopNode(range, variables)
{
    public bool IsAll => isAll;

    public Node Body => body;

    public override ImmutableArray<Node> Bodies => [body];

    protected override CelValue Run(CelFrame frame, in LoopRange items)
    {
        CelValue failure = default;
        for (int i = 0; i < items.Count; i++)
        {
            if (!TryBind(frame, items, i)) return WorkBudget.Spent;
            CelValue value = body.Evaluate(frame);
            if (value.Kind == CelValueKind.Bool)
            {
                if (value.AsBool != isAll) return value;
                continue;
            }

            value = NotBool(value);
            failure = failure.IsFailure ? CelValue.Merge(failure, value) : value;
        }

        if (!items.OpenInputs.IsEmpty) failure = CelValue.Merge(failure, CelValue.Missing(items.OpenInputs));
        return failure.IsFailure ? failure : CelValue.Of(isAll);
    }

    /// <summary>The first item that decides the outcome.</summary>
    protected override IEnumerable<CelTrace> Inner(CelFrame frame, CelValue value)
    {
        if (value.Kind != CelValueKind.Bool || value.AsBool == isAll || !TryRange(Operands[0].Evaluate(frame), out LoopRange items)) yield break;
        for (int i = 0; i < items.Count && TryBind(frame, items, i); i++)
        {
            CelValue outcome = body.Evaluate(frame);
            if (outcome.Kind != CelValueKind.Bool || outcome.AsBool == isAll) continue;
            yield return body.Trace(frame);
            yield break;
        }
    }
}

internal sealed class ExistsOneNode(Node range, LoopVariables variables, Node body) : LoopNode(range, variables)
{
    public Node Body => body;

    public override ImmutableArray<Node> Bodies => [body];

    protected override CelValue Run(CelFrame frame, in LoopRange items)
    {
        CelValue failure = default;
        int found = 0;
        for (int i = 0; i < items.Count; i++)
        {
            if (!TryBind(frame, items, i)) return WorkBudget.Spent;
            CelValue value = body.Evaluate(frame);
            if (value.IsTrue) found++;
            else if (!value.IsFalse) failure = CelValue.Merge(failure, NotBool(value));
        }

        if (failure.IsFailure) return failure;
        return found < 2 && !items.OpenInputs.IsEmpty ? CelValue.Missing(items.OpenInputs) : CelValue.Of(found == 1);
    }
}

/// <summary><c>filter</c>, <c>map</c> and the transforming macros.</summary>
/// <param name="filter">Which items take part, or null for all.</param>
/// <param name="body">What becomes of them, or null when they stay as they are.</param>
internal sealed class TransformNode(LoopKind kind, Node range, LoopVariables variables, Node? filter, Node? body) : LoopNode(range, variables)
{
    public bool IsFilter => kind == LoopKind.Filter;

    public Node? Filter => filter;

    public Node? Body => body;

    public override ImmutableArray<Node> Bodies => [.. new[] { filter, body }.OfType<Node>()];

    protected override CelValue Run(CelFrame frame, in LoopRange items)
    {
        MapBuilder? map = kind is LoopKind.TransformMap or LoopKind.TransformMapEntry ? new MapBuilder() : null;
        var list = ImmutableArray.CreateBuilder<CelValue>();
        long weight = 0;
        CelValue failure = items.OpenInputs.IsEmpty ? default : CelValue.Missing(items.OpenInputs);
        for (int i = 0; i < items.Count; i++)
        {
            if (!TryBind(frame, items, i)) return WorkBudget.Spent;
            if (filter is not null)
            {
                CelValue taken = filter.Evaluate(frame);
                if (taken.IsFalse) continue;
                if (!taken.IsTrue)
                {
                    failure = CelValue.Merge(failure, NotBool(taken));
                    continue;
                }
            }

            CelValue first = frame.Local(Variables.Slot);
            CelValue value = body is null ? first : body.Evaluate(frame);
            if (!value.IsFailure)
            {
                weight += value.Weight;
                if (weight > Arithmetic.MaximumSize) return Arithmetic.TooLarge;
                if (map is null) list.Add(value);
                else value = kind == LoopKind.TransformMap ? map.Add(first, value) : AddEntries(map, value);
            }

            if (value.IsFailure) failure = failure.IsFailure ? CelValue.Merge(failure, value) : value;
        }

        return failure.IsFailure ? failure : map?.Build() ?? Sized.List(list.ToImmutable());
    }

    private static CelValue AddEntries(MapBuilder map, in CelValue entries)
    {
        if (entries.Kind != CelValueKind.Map) return CelValue.Error("transformMapEntry() needs a map, as {key: value}");
        foreach ((CelValue key, CelValue value) in entries.AsMap.Entries)
        {
            CelValue problem = map.Add(key, value);
            if (problem.IsFailure) return problem;
        }

        return CelValue.Null;
    }
}

/// <summary><c>cel.bind</c>, <c>optMap</c> and <c>optFlatMap</c>.</summary>
internal sealed class BindNode(BindKind kind, Node bound, int slot, Node body) : Node
{
    public BindKind Kind => kind;

    public int Slot => slot;

    public Node Body => body;

    public override ImmutableArray<Node> Bodies => [body];

    public override ImmutableArray<Node> Operands => [bound];

    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = bound.Evaluate(frame);
        if (kind == BindKind.Bind)
        {
            // A failure is bound too: it counts only where the name is read.
            frame.SetLocal(slot, value);
            return body.Evaluate(frame);
        }

        if (value.IsFailure) return value;
        if (value.Kind != CelValueKind.Optional) return CelValue.Error($"optMap() is for optional values, not {Arithmetic.Name(value)}");
        if (!value.HasValue) return value;
        frame.SetLocal(slot, value.AsOptional);
        CelValue result = body.Evaluate(frame);
        if (result.IsFailure) return result;
        if (kind == BindKind.OptionalMap) return CelValue.Optional(result);
        return result.Kind == CelValueKind.Optional ? result : CelValue.Error("optFlatMap() needs an optional result");
    }

    protected override IEnumerable<CelTrace> Inner(CelFrame frame, CelValue value)
    {
        if (kind != BindKind.Bind) yield break;
        frame.SetLocal(slot, bound.Evaluate(frame));
        yield return body.Trace(frame);
    }
}
