using System.Collections.Immutable;
using Risk.Rules.Language.Library;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Planning;

/// <summary>A field of an object that a variable holds: the commonest read, without a step between.</summary>
internal sealed class VariableFieldNode(int variable, int slot) : Node
{
    public int Variable => variable;

    public int Slot => slot;

    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = frame[variable];
        return value.Kind == CelValueKind.Object ? value.AsObject.Get(slot) : value.IsFailure ? value : CelValue.Error($"no such field in {Arithmetic.Name(value)}");
    }
}

/// <summary><c>a.b</c>, <c>a.?b</c> and <c>has(a.b)</c> on objects, maps and optionals.</summary>
/// <param name="slot">Of the field when the operand is an object, else -1.</param>
internal sealed class SelectNode(Node operand, string field, int slot, SelectKind kind) : Node
{
    private readonly CelValue key = CelValue.Text(field);

    public Node Operand => operand;

    public int Slot => slot;

    public SelectKind Kind => kind;

    public override ImmutableArray<Node> Operands => [operand];

    protected override IEnumerable<Node> Deciding(CelFrame frame, CelValue value) => operand is VariableNode ? [] : Operands;

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = operand.Evaluate(frame);
        if (value.IsFailure) return value;
        if (value.Kind != CelValueKind.Optional) return Read(value, kind);
        if (!value.HasValue) return kind == SelectKind.Has ? CelValue.False : value;
        return Read(value.AsOptional, kind == SelectKind.Plain ? SelectKind.Optional : kind);
    }

    private CelValue Read(in CelValue value, SelectKind how)
    {
        if (value.Kind == CelValueKind.Object && slot >= 0) return ReadObject(value.AsObject, how);
        if (value.Kind == CelValueKind.Optional) return value.HasValue ? Read(value.AsOptional, how) : how == SelectKind.Has ? CelValue.False : value;
        if (value.Kind != CelValueKind.Map) return CelValue.Error($"{Arithmetic.Name(value)} has no field '{field}'");
        CelMap map = value.AsMap;
        return how switch
        {
            SelectKind.Has => map.ContainsKey(key),
            SelectKind.Plain => map.Get(key),
            _ => map.TryGet(key, out CelValue found) ? CelValue.Optional(found) : map.IsOpen ? CelValue.Missing(map.OpenInputs) : CelValue.OptionalNone,
        };
    }

    private CelValue ReadObject(ICelObject target, SelectKind how)
    {
        if (how == SelectKind.Plain) return target.Get(slot);
        bool? has = target.Has(slot);
        if (has is null)
        {
            CelValue unknown = target.Get(slot);
            return unknown.IsFailure ? unknown : CelValue.Missing($"{operand.Text}.{field}: unknown");
        }

        if (how == SelectKind.Has) return CelValue.Of(has.Value);
        if (!has.Value) return CelValue.OptionalNone;
        CelValue value = target.Get(slot);
        return value.IsFailure ? value : CelValue.Optional(value);
    }
}

/// <summary><c>a[i]</c> and <c>a[?i]</c>.</summary>
internal sealed class IndexNode(Node operand, Node index, bool isOptional) : Node
{
    public override ImmutableArray<Node> Operands => [operand, index];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = operand.Evaluate(frame);
        CelValue at = index.Evaluate(frame);
        if (value.IsFailure || at.IsFailure) return CelValue.Merge(value, at);
        bool optional = isOptional;
        while (value.Kind == CelValueKind.Optional)
        {
            if (!value.HasValue) return value;
            value = value.AsOptional;
            optional = true;
        }

        CelValue found = value.Kind switch
        {
            CelValueKind.List => Item(value.AsList, at, ref optional),
            CelValueKind.Map => Entry(value.AsMap, at, ref optional),
            _ => CelValue.Error($"{Arithmetic.Name(value)} has no index"),
        };
        return optional && !found.IsFailure ? CelValue.Optional(found) : found;
    }

    /// <remarks>Sets <paramref name="optional"/> to false when the result is final: an empty optional.</remarks>
    private static CelValue Item(CelList list, in CelValue at, ref bool optional)
    {
        long number = at.Kind switch
        {
            CelValueKind.Int => at.AsInt,
            CelValueKind.Uint when at.AsUint <= int.MaxValue => (long)at.AsUint,
            CelValueKind.Double when at.AsDouble is >= 0 and <= int.MaxValue && Math.Truncate(at.AsDouble) == at.AsDouble => (long)at.AsDouble,
            _ => -1,
        };
        if (at.Kind is not (CelValueKind.Int or CelValueKind.Uint or CelValueKind.Double)) return CelValue.Error($"a list's index must be int, not {Arithmetic.Name(at)}");
        if (list.IsOpen) return CelValue.Missing(list.OpenInputs);
        if (number >= 0 && number < list.Items.Length) return list.Items[(int)number];
        if (!optional) return CelValue.Error($"the index {at} is outside the list of {list.Items.Length}");
        optional = false;
        return CelValue.OptionalNone;
    }

    private static CelValue Entry(CelMap map, in CelValue key, ref bool optional)
    {
        if (key.Kind is CelValueKind.List or CelValueKind.Map or CelValueKind.Bytes or CelValueKind.Null) return CelValue.Error($"{Arithmetic.Name(key)} cannot be a map's key");
        if (map.TryGet(key, out CelValue found)) return found;
        if (!optional || map.IsOpen) return map.Get(key);
        optional = false;
        return CelValue.OptionalNone;
    }
}

internal sealed class ListNode(ImmutableArray<Node> items, ImmutableArray<bool> optional) : Node
{
    public override ImmutableArray<Node> Operands => items;

    public override CelValue Evaluate(CelFrame frame)
    {
        var values = ImmutableArray.CreateBuilder<CelValue>(items.Length);
        CelValue failure = default;
        for (int i = 0; i < items.Length; i++)
        {
            CelValue value = items[i].Evaluate(frame);
            if (value.IsFailure) failure = failure.IsFailure ? CelValue.Merge(failure, value) : value;
            else if (!optional[i]) values.Add(value);
            else if (value.Kind != CelValueKind.Optional) failure = CelValue.Error("'?' takes an optional value");
            else if (value.HasValue) values.Add(value.AsOptional);
        }

        return failure.IsFailure ? failure : Sized.List(values.ToImmutable());
    }
}

internal sealed class MapNode(ImmutableArray<Node> keysAndValues, ImmutableArray<bool> optional) : Node
{
    public override ImmutableArray<Node> Operands => keysAndValues;

    public override CelValue Evaluate(CelFrame frame)
    {
        var builder = new MapBuilder();
        CelValue failure = default;
        for (int i = 0; i < optional.Length; i++)
        {
            CelValue key = keysAndValues[2 * i].Evaluate(frame), value = keysAndValues[(2 * i) + 1].Evaluate(frame);
            CelValue problem = CelValue.Merge(key, value);
            if (!problem.IsFailure && optional[i])
            {
                if (value.Kind != CelValueKind.Optional) problem = CelValue.Error("'?' takes an optional value");
                else if (!value.HasValue) continue;
                else value = value.AsOptional;
            }

            if (!problem.IsFailure) problem = builder.Add(key, value);
            if (problem.IsFailure) failure = failure.IsFailure ? CelValue.Merge(failure, problem) : problem;
        }

        return failure.IsFailure ? failure : builder.Build();
    }
}

/// <summary>Collects entries and refuses keys of a wrong kind or that come twice.</summary>
internal sealed class MapBuilder
{
    private readonly Dictionary<CelValue, CelValue> entries = new(Comparison.Comparer.Instance);

    /// <summary>An error, or a value that is none.</summary>
    public CelValue Add(CelValue key, CelValue value)
    {
        if (key.Kind is not (CelValueKind.Bool or CelValueKind.Int or CelValueKind.Uint or CelValueKind.Text)) return CelValue.Error($"a map's key must be bool, int, uint or string, not {Arithmetic.Name(key)}");
        return entries.TryAdd(key, value) ? CelValue.Null : CelValue.Error($"the key {key} comes twice");
    }

    public CelValue Build()
    {
        var map = new CelMap(entries);
        return map.Weight > Arithmetic.MaximumSize ? Arithmetic.TooLarge : CelValue.Map(map);
    }
}

internal static class Sized
{
    /// <summary>A list, or an error when it and the lists inside it have too many values.</summary>
    public static CelValue List(ImmutableArray<CelValue> items)
    {
        var list = new CelList(items);
        return list.Weight > Arithmetic.MaximumSize ? Arithmetic.TooLarge : CelValue.List(list);
    }
}
