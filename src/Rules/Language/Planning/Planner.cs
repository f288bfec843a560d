using System.Collections.Immutable;
using Risk.Rules.Language.Checking;
using Risk.Rules.Language.Library;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Planning;

/// <summary>A planned expression.</summary>
/// <param name="Locals">How many macro variables it needs at once.</param>
/// <param name="Types">The static types of its parts; null when nothing was checked.</param>
internal sealed record ExpressionPlan(Node Root, int Locals, IReadOnlyDictionary<Node, CelType>? Types);

/// <summary>Makes nodes of a checked tree. Constant parts are computed here; in rule mode a constant call that fails is an error of the text.</summary>
internal sealed class Planner
{
    private readonly CheckedTree tree;
    private readonly SyntaxErrors errors;
    private readonly bool isRules;
    private readonly bool folds;
    private readonly CelFrame folding = CelFrame.Empty();
    private readonly Dictionary<Node, CelType> types = new(ReferenceEqualityComparer.Instance);
    private int depth;
    private int deepest;

    private Planner(CheckedTree tree, SyntaxErrors errors, bool isRules, bool folds)
    {
        this.tree = tree;
        this.errors = errors;
        this.isRules = isRules;
        this.folds = folds;
    }

    /// <param name="widen">The result is an int where a double is expected.</param>
    /// <param name="folds">Constant parts are computed now.</param>
    public static ExpressionPlan Plan(CheckedTree tree, SyntaxErrors errors, CelMode mode, bool widen, bool folds)
    {
        var planner = new Planner(tree, errors, mode == CelMode.Rules, folds);
        Node root = planner.Visit(tree.Root);
        if (widen) root = planner.Fold(new WidenNode(root) { Text = root.Text }, tree.Root);
        return new ExpressionPlan(root, planner.deepest, tree.IsStrict ? planner.types : null);
    }

    private Node Visit(SyntaxNode node)
    {
        Node made = Fold(Make(node, errors.Text[node.Span.Start..node.Span.End]), node);
        types[made] = tree.TypeOf(node);
        return made;
    }

    private Node Fold(Node node, SyntaxNode syntax)
    {
        ImmutableArray<Node> operands = node.Operands;
        if (!folds || node is ConstantNode || !node.IsPure || !operands.All(o => o is ConstantNode)) return node;
        CelValue value = node.Evaluate(folding);
        if (!value.IsFailure) return new ConstantNode(value) { Text = node.Text };
        if (isRules && node is (CallNode or BinaryNode or NegateNode or IndexNode)) errors.Error("C040", value.ErrorText, syntax.Span);
        return node;
    }

    private Node Make(SyntaxNode node, string text)
    {
        Resolution? meaning = tree.Resolutions.GetValueOrDefault(node);
        switch (meaning)
        {
            case Resolution.Variable variable:
                return new VariableNode(variable.Slot) { Text = text };
            case Resolution.Local local:
                return new LocalNode(local.Index) { Text = text };
            case Resolution.Constant constant:
                return new ConstantNode(constant.Value) { Text = text };
            case Resolution.Now:
                return new NowNode { Text = text };
            case Resolution.Unknown unknown:
                return new UnknownNode(unknown.Message) { Text = text };
        }

        return node switch
        {
            LiteralSyntax literal => new ConstantNode(literal.Value) { Text = text },
            SelectSyntax select => Select(select, meaning as Resolution.Field, text),
            CallSyntax { IsOperator: true } call => Operator(call, meaning as Resolution.Call, text),
            CallSyntax call => Call(call, meaning, text),
            ListSyntax list => new ListNode([.. list.Items.Select(i => Visit(i.Value))], [.. list.Items.Select(i => i.IsOptional)]) { Text = text },
            MapSyntax map => new MapNode([.. map.Entries.SelectMany(e => new[] { Visit(e.Key), Visit(e.Value) })], [.. map.Entries.Select(e => e.IsOptional)]) { Text = text },
            LoopSyntax loop => Loop(loop, text),
            BindSyntax bind => Bind(bind, text),
            _ => new UnknownNode("this cannot be evaluated") { Text = text },
        };
    }

    private Node Select(SelectSyntax select, Resolution.Field? field, string text)
    {
        Node operand = Visit(select.Operand);
        if (field is not null && select.Kind == SelectKind.Plain && operand is VariableNode variable) return new VariableFieldNode(variable.Slot, field.Slot) { Text = text };
        return new SelectNode(operand, select.Field, field?.Slot ?? -1, select.Kind) { Text = text };
    }

    private ImmutableArray<Node> Arguments(IEnumerable<SyntaxNode> arguments, Resolution.Call? call)
    {
        ImmutableArray<bool> widen = call?.Widen ?? [];
        return [.. arguments.Select((a, i) => i < widen.Length && widen[i] ? Fold(new WidenNode(Visit(a)) { Text = errors.Text[a.Span.Start..a.Span.End] }, a) : Visit(a))];
    }

    private Node Operator(CallSyntax call, Resolution.Call? resolution, string text)
    {
        ImmutableArray<Node> a = Arguments(call.Arguments, resolution);
        return call.Function switch
        {
            "_&&_" => new LogicNode(true, a) { Text = text },
            "_||_" => new LogicNode(false, a) { Text = text },
            "!_" => new NotNode(a[0]) { Text = text },
            "-_" => new NegateNode(a[0]) { Text = text },
            "_?_:_" => new ConditionalNode(a[0], a[1], a[2]) { Text = text },
            "_[_]" => new IndexNode(a[0], a[1], false) { Text = text },
            "_[?_]" => new IndexNode(a[0], a[1], true) { Text = text },
            "_==_" => new EqualNode(true, a[0], a[1]) { Text = text },
            "_!=_" => new EqualNode(false, a[0], a[1]) { Text = text },
            "_<_" => Compare(Order.Less, a[0], a[1], text),
            "_<=_" => Compare(Order.LessOrEqual, a[0], a[1], text),
            "_>_" => Compare(Order.Greater, a[0], a[1], text),
            "_>=_" => Compare(Order.GreaterOrEqual, a[0], a[1], text),
            "@in" => new BinaryNode("in", Arithmetic.In, a[0], a[1], false) { Text = text },
            "_+_" => new BinaryNode("+", Arithmetic.Add, a[0], a[1], isRules) { Text = text },
            "_-_" => new BinaryNode("-", Arithmetic.Subtract, a[0], a[1], isRules) { Text = text },
            "_*_" => new BinaryNode("*", Arithmetic.Multiply, a[0], a[1], isRules) { Text = text },
            "_/_" => new BinaryNode("/", Arithmetic.Divide, a[0], a[1], isRules) { Text = text },
            _ => new BinaryNode("%", Arithmetic.Modulo, a[0], a[1], false) { Text = text },
        };
    }

    private static Node Compare(Order order, Node left, Node right, string text)
    {
        var general = new CompareNode(order, left, right) { Text = text };
        return right is ConstantNode { Value.Kind: CelValueKind.Double } constant && left is not ConstantNode ? new ThresholdNode(order, left, constant.Value.AsDouble, general) { Text = text } : general;
    }

    private Node Call(CallSyntax call, Resolution? meaning, string text)
    {
        if (meaning is Resolution.Reference reference)
        {
            return new ReferenceNode(reference.Function, Visit(reference.Owner), reference.Slot, [.. call.Arguments.Skip(1).Select(Visit)], isRules) { Text = text };
        }

        if (meaning is not Resolution.Call resolved) return new UnknownNode($"no function '{call.Function}'") { Text = text };
        IEnumerable<SyntaxNode> given = resolved.PassTarget ? call.Arguments.Prepend(call.Target!) : call.Arguments;
        ImmutableArray<Node> arguments = Arguments(given, resolved);
        if (call.Function is "or" or "orValue" && resolved.PassTarget && arguments.Length == 2) return new OrElseNode(arguments[0], arguments[1], call.Function == "orValue") { Text = text };
        if (call.Function == "matches" && arguments is [var subject, ConstantNode { Value.Kind: CelValueKind.Text } pattern])
        {
            if (PatternCache.TryMake(pattern.Value.AsText, out string problem) is { } made) return new PatternNode(subject, made) { Text = text };
            if (isRules) errors.Error("C040", problem, call.Arguments[^1].Span);
        }

        bool mustChoose = !tree.IsStrict || resolved.Overloads.Length != 1 || given.Any(g => tree.TypeOf(g).Kind == CelKind.Dyn) || resolved.Overloads[0].Parameters.Length != arguments.Length;
        return new CallNode(call.Function.TrimStart('.'), resolved.Overloads, arguments, mustChoose, isRules) { Text = text };
    }

    private Node Loop(LoopSyntax loop, string text)
    {
        Node range = Visit(loop.Range);
        var variables = new LoopVariables(depth, loop.Second is not null);
        Enter(loop.Second is null ? 1 : 2);
        Node? filter = loop.Filter is null ? null : Visit(loop.Filter);
        Node body = Visit(loop.Body);
        depth -= loop.Second is null ? 1 : 2;
        return loop.Kind switch
        {
            LoopKind.All => new QuantifierNode(true, range, variables, body) { Text = text },
            LoopKind.Exists => new QuantifierNode(false, range, variables, body) { Text = text },
            LoopKind.ExistsOne => new ExistsOneNode(range, variables, body) { Text = text },
            LoopKind.Filter => new TransformNode(loop.Kind, range, variables, body, null) { Text = text },
            _ => new TransformNode(loop.Kind, range, variables, filter, body) { Text = text },
        };
    }

    private BindNode Bind(BindSyntax bind, string text)
    {
        Node value = Visit(bind.Value);
        int slot = depth;
        Enter(1);
        Node body = Visit(bind.Body);
        depth--;
        return new BindNode(bind.Kind, value, slot, body) { Text = text };
    }

    private void Enter(int variables)
    {
        depth += variables;
        deepest = Math.Max(deepest, depth);
    }
}
