using System.Collections.Immutable;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Checking;

/// <summary>What a name or call stands for.</summary>
internal abstract record Resolution
{
    /// <summary>A variable of the environment.</summary>
    internal sealed record Variable(int Slot, string Name) : Resolution;

    /// <summary>A macro's variable; the number counts from the outermost.</summary>
    internal sealed record Local(int Index) : Resolution;

    internal sealed record Constant(CelValue Value) : Resolution;

    internal sealed record Now : Resolution;

    /// <summary>A field of an object type.</summary>
    internal sealed record Field(int Slot, CelObjectType Owner) : Resolution;

    /// <summary>A call: the overloads that may apply, whether the target is the first argument, and which int arguments become double.</summary>
    internal sealed record Call(ImmutableArray<CelFunction> Overloads, bool PassTarget, ImmutableArray<bool> Widen) : Resolution;

    /// <summary>A call of a reference function: the field it is about.</summary>
    internal sealed record Reference(CelFunction Function, SyntaxNode Owner, int Slot) : Resolution;

    /// <summary>Nothing by that name: an error when evaluated (only without checking).</summary>
    internal sealed record Unknown(string Message) : Resolution;
}

/// <summary>A syntax tree with its types, what its names mean, and what it reads.</summary>
internal sealed class CheckedTree(SyntaxNode root, bool isStrict)
{
    /// <summary>The types hold; false when nothing was checked.</summary>
    public bool IsStrict { get; } = isStrict;

    public SyntaxNode Root { get; } = root;

    public Dictionary<SyntaxNode, CelType> Types { get; } = new(ReferenceEqualityComparer.Instance);

    public Dictionary<SyntaxNode, Resolution> Resolutions { get; } = new(ReferenceEqualityComparer.Instance);

    public SortedSet<string> References { get; } = new(StringComparer.Ordinal);

    public CelType TypeOf(SyntaxNode node) => Types.TryGetValue(node, out CelType? type) ? type : CelType.Dyn;
}
