using System.Collections.Immutable;

namespace Risk.Rules.Language.Planning;

/// <summary>A planned expression. Evaluates without throwing; immutable.</summary>
internal abstract class Node
{
    /// <summary>The source text it was made of.</summary>
    public string Text { get; init; } = "";

    public virtual ImmutableArray<Node> Operands => [];

    /// <summary>Parts that are evaluated with variables of this node's own: bodies of macros.</summary>
    public virtual ImmutableArray<Node> Bodies => [];

    /// <summary>Depends on nothing but its operands.</summary>
    public virtual bool IsPure => true;

    public abstract CelValue Evaluate(CelFrame frame);

    public CelTrace Trace(CelFrame frame)
    {
        frame.RefillSteps();
        CelValue value = Evaluate(frame);
        return new CelTrace(Text, value, [.. Deciding(frame, value).Where(n => n is not ConstantNode).Select(n => n.Trace(frame)), .. Inner(frame, value)]);
    }

    /// <summary>The operands that decide the value.</summary>
    protected virtual IEnumerable<Node> Deciding(CelFrame frame, CelValue value) => Operands;

    /// <summary>Traces of parts that need a macro's variable.</summary>
    protected virtual IEnumerable<CelTrace> Inner(CelFrame frame, CelValue value) => [];
}

internal sealed class ConstantNode(CelValue value) : Node
{
    private readonly CelValue value = value;

    public CelValue Value => value;

    public override CelValue Evaluate(CelFrame frame) => value;
}

internal sealed class VariableNode(int slot) : Node
{
    public int Slot => slot;

    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame) => frame[slot];
}

internal sealed class LocalNode(int index) : Node
{
    public int Index => index;

    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame) => frame.Local(index);
}

internal sealed class NowNode : Node
{
    public override bool IsPure => false;

    public override CelValue Evaluate(CelFrame frame) => CelValue.Timestamp(frame.Now);
}

/// <summary>An int where the types want a double.</summary>
internal sealed class WidenNode(Node inner) : Node
{
    public override ImmutableArray<Node> Operands => [inner];

    public override CelValue Evaluate(CelFrame frame)
    {
        CelValue value = inner.Evaluate(frame);
        return value.Kind == CelValueKind.Int ? CelValue.OfDouble(value.AsInt) : value;
    }

    protected override IEnumerable<Node> Deciding(CelFrame frame, CelValue value) => inner.Operands;
}
