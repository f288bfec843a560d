using System.Buffers;
using System.Collections.Immutable;

namespace Risk.Rules.Language.Syntax;

/// <summary>A part of the source text: UTF-16 offsets, end exclusive.</summary>
internal readonly record struct Span(int Start, int End)
{
    public Span To(Span other) => new(Start, other.End);
}

/// <summary>An expression as written; macros are nodes of their own.</summary>
internal abstract class SyntaxNode(Span span, int depth)
{
    public Span Span { get; } = span;

    /// <summary>Height of the tree: bounds the recursion of every later stage.</summary>
    public int Depth { get; } = depth + 1;

    /// <summary>What an error about the node points at: the operator, the function's name, the field.</summary>
    public virtual Span Mark => Span;

    public virtual IEnumerable<SyntaxNode> Children => [];

    protected static int Deepest(IEnumerable<SyntaxNode> nodes)
    {
        int deepest = 0;
        foreach (SyntaxNode node in nodes) deepest = Math.Max(deepest, node.Depth);
        return deepest;
    }
}

internal sealed class LiteralSyntax(Span span, CelValue value) : SyntaxNode(span, 0)
{
    public CelValue Value { get; } = value;
}

/// <param name="isRooted">Written <c>.name</c>: neither a macro's variable nor in the container.</param>
internal sealed class NameSyntax(Span span, string name, bool isRooted) : SyntaxNode(span, 0)
{
    public string Name { get; } = name;

    public bool IsRooted { get; } = isRooted;
}

internal enum SelectKind { Plain, Optional, Has }

/// <summary><c>a.b</c>, <c>a.?b</c> or <c>has(a.b)</c>.</summary>
internal sealed class SelectSyntax(Span span, Span mark, SyntaxNode operand, string field, SelectKind kind) : SyntaxNode(span, operand.Depth)
{
    public override Span Mark { get; } = mark;

    public override IEnumerable<SyntaxNode> Children => [Operand];

    public SyntaxNode Operand { get; } = operand;

    public string Field { get; } = field;

    public SelectKind Kind { get; } = kind;
}

/// <summary>A call <c>f(a)</c>, <c>t.f(a)</c>, or an operator by its CEL name (<c>_+_</c>, <c>_[_]</c>, <c>@in</c>).</summary>
/// <remarks><c>_&amp;&amp;_</c> and <c>_||_</c> have two or more arguments, so that long chains are not deep.</remarks>
internal sealed class CallSyntax(Span span, Span mark, string function, SyntaxNode? target, ImmutableArray<SyntaxNode> arguments)
    : SyntaxNode(span, Math.Max(target?.Depth ?? 0, Deepest(arguments)))
{
    public override Span Mark { get; } = mark;

    public override IEnumerable<SyntaxNode> Children => Target is null ? Arguments : Arguments.Prepend(Target);

    public string Function { get; } = function;

    public SyntaxNode? Target { get; } = target;

    public ImmutableArray<SyntaxNode> Arguments { get; } = arguments;

    /// <summary>Operators have a sign in their name, which no function can have.</summary>
    public bool IsOperator { get; } = function.AsSpan().ContainsAny(OperatorSigns);

    private static readonly SearchValues<char> OperatorSigns = SearchValues.Create("+-*/%&|!<>=?[@");
}

internal readonly record struct ListItemSyntax(SyntaxNode Value, bool IsOptional);

internal sealed class ListSyntax(Span span, ImmutableArray<ListItemSyntax> items) : SyntaxNode(span, Deepest(items.Select(i => i.Value)))
{
    public override IEnumerable<SyntaxNode> Children => Items.Select(i => i.Value);

    public ImmutableArray<ListItemSyntax> Items { get; } = items;
}

internal readonly record struct MapEntrySyntax(SyntaxNode Key, SyntaxNode Value, bool IsOptional);

internal sealed class MapSyntax(Span span, ImmutableArray<MapEntrySyntax> entries)
    : SyntaxNode(span, Math.Max(Deepest(entries.Select(e => e.Key)), Deepest(entries.Select(e => e.Value))))
{
    public override IEnumerable<SyntaxNode> Children => Entries.SelectMany(e => new[] { e.Key, e.Value });

    public ImmutableArray<MapEntrySyntax> Entries { get; } = entries;
}

/// <summary><c>Name{field: value}</c>: valid syntax that no environment here can make a value of.</summary>
internal sealed class MessageSyntax(Span span, Span mark, string typeName, ImmutableArray<SyntaxNode> values) : SyntaxNode(span, Deepest(values))
{
    public override Span Mark { get; } = mark;

    public override IEnumerable<SyntaxNode> Children => Values;

    public string TypeName { get; } = typeName;

    public ImmutableArray<SyntaxNode> Values { get; } = values;
}

internal enum LoopKind { All, Exists, ExistsOne, Filter, Map, TransformList, TransformMap, TransformMapEntry }

/// <summary>A comprehension macro.</summary>
/// <param name="second">Name of the second variable (value beside index or key), or null.</param>
/// <param name="filter">Condition of <c>map(x, condition, result)</c> and its like, or null.</param>
internal sealed class LoopSyntax(Span span, Span mark, LoopKind kind, SyntaxNode range, string first, string? second, SyntaxNode? filter, SyntaxNode body)
    : SyntaxNode(span, Math.Max(range.Depth, Math.Max(filter?.Depth ?? 0, body.Depth)))
{
    public override Span Mark { get; } = mark;

    public override IEnumerable<SyntaxNode> Children => Filter is null ? [Range, Body] : [Range, Filter, Body];

    public LoopKind Kind { get; } = kind;

    public SyntaxNode Range { get; } = range;

    public string First { get; } = first;

    public string? Second { get; } = second;

    public SyntaxNode? Filter { get; } = filter;

    public SyntaxNode Body { get; } = body;
}

internal enum BindKind { Bind, OptionalMap, OptionalFlatMap }

/// <summary><c>cel.bind(name, value, body)</c>, <c>value.optMap(name, body)</c>, <c>value.optFlatMap(name, body)</c>.</summary>
internal sealed class BindSyntax(Span span, Span mark, BindKind kind, string name, SyntaxNode value, SyntaxNode body) : SyntaxNode(span, Math.Max(value.Depth, body.Depth))
{
    public override Span Mark { get; } = mark;

    public override IEnumerable<SyntaxNode> Children => [Value, Body];

    public BindKind Kind { get; } = kind;

    public string Name { get; } = name;

    public SyntaxNode Value { get; } = value;

    public SyntaxNode Body { get; } = body;
}
