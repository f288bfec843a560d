using System.Linq.Expressions;
using Risk.Rules.Language.Library;
using Risk.Rules.Language.Planning;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Compiling;

/// <summary>Writes conditions as jumps: to one place when true, to another when false, to a third when undecided.</summary>
internal sealed class ConditionWriter(ExpressionCompiler compiler)
{
    private CodeBuilder Code => compiler.Code;

    /// <summary>Every path through what is written ends in a jump.</summary>
    /// <param name="mayInterpret">Whether the whole node may be left to the interpreter.</param>
    /// <returns>False when it cannot be written; nothing was.</returns>
    public bool TryWrite(Node node, Exit yes, Exit no, Exit undecided, bool mayInterpret = true)
    {
        int start = Code.Position;
        if (TryWriteTyped(node, yes, no, undecided)) return true;
        Code.TakeBack(start);
        if (!mayInterpret || !compiler.CanInterpret(node)) return false;
        Expression value = Code.Keep(compiler.Interpreted(node));
        Code.JumpIf(Expression.Property(value, nameof(CelValue.IsTrue)), yes);
        Code.JumpIf(Expression.Property(value, nameof(CelValue.IsFalse)), no);
        Code.Jump(undecided);
        return true;
    }

    private bool TryWriteTyped(Node node, Exit yes, Exit no, Exit undecided)
    {
        switch (node)
        {
            case ConstantNode { Value.Kind: CelValueKind.Bool } constant:
                Code.Jump(constant.Value.AsBool ? yes : no);
                return true;
            case LogicNode logic:
                return TryLogic(logic, yes, no, undecided);
            case NotNode not:
                return TryWrite(not.Operands[0], no, yes, undecided);
            case ConditionalNode choice:
                return TryChoice(choice, yes, no, undecided);
            case ThresholdNode threshold:
                return TryCompare(threshold.General, yes, no, undecided);
            case CompareNode compare:
                return TryCompare(compare, yes, no, undecided);
            case EqualNode equal:
                return TryEqual(equal, yes, no, undecided);
            case BinaryNode { Symbol: "in" } contained:
                return TryIn(contained, yes, no, undecided);
            case SelectNode { Kind: SelectKind.Has } has:
                return TryHas(has, yes, no);
            case PatternNode pattern:
                if (compiler.Values.TryWrite(pattern.Operands[0], undecided) is not { Kind: CelKind.Text } text) return false;
                return Test(Expression.Call(Expression.Constant(pattern.Pattern), nameof(System.Text.RegularExpressions.Regex.IsMatch), null, text.Code), yes, no);
            case QuantifierNode quantifier:
                return compiler.Loops.TryQuantifier(quantifier, yes, no, undecided);
            case ExistsOneNode one:
                return compiler.Loops.TryExistsOne(one, yes, no, undecided);
            case BindNode { Kind: BindKind.Bind } bind:
                return compiler.Values.TryBind(bind, undecided, () => TryWrite(bind.Body, yes, no, undecided));
            default:
                return compiler.Values.TryWriteTyped(node, undecided) is { Kind: CelKind.Bool } value && Test(value.Code, yes, no);
        }
    }

    private bool Test(Expression condition, Exit yes, Exit no)
    {
        Code.JumpIf(condition, yes);
        Code.Jump(no);
        return true;
    }

    /// <summary>A part that decides wins over undecided ones, in any order.</summary>
    private bool TryLogic(LogicNode node, Exit yes, Exit no, Exit undecided)
    {
        (Exit decides, Exit otherwise) = node.IsAnd ? (no, yes) : (yes, no);
        int start = Code.Position;
        ParameterExpression? isUndecided = null;
        for (int i = 0; i < node.Operands.Length; i++)
        {
            bool isLast = i == node.Operands.Length - 1;
            Exit next = isLast && isUndecided is null ? otherwise : new Exit(), failed = isLast ? undecided : new Exit();
            if (!(node.IsAnd ? TryWrite(node.Operands[i], next, decides, failed) : TryWrite(node.Operands[i], decides, next, failed))) return false;
            if (isLast)
            {
                if (isUndecided is null) return true;
                Code.Mark(next);
                Code.JumpIf(isUndecided, undecided);
                Code.Jump(otherwise);
                Code.InsertAt(start, Expression.Assign(isUndecided, Expression.Constant(false)));
                return true;
            }

            if (failed.IsUsed)
            {
                Code.Mark(failed);
                isUndecided ??= Code.Local(typeof(bool));
                Code.Assign(isUndecided, Expression.Constant(true));
            }

            Code.Mark(next);
        }

        return false;
    }

    private bool TryChoice(ConditionalNode node, Exit yes, Exit no, Exit undecided)
    {
        Exit whenTrue = new(), whenFalse = new();
        if (!TryWrite(node.Operands[0], whenTrue, whenFalse, undecided)) return false;
        Code.Mark(whenTrue);
        if (!TryWrite(node.Operands[1], yes, no, undecided)) return false;
        Code.Mark(whenFalse);
        return TryWrite(node.Operands[2], yes, no, undecided);
    }

    private bool TryCompare(CompareNode node, Exit yes, Exit no, Exit undecided)
    {
        if (TryPair(node.Operands[0], node.Operands[1], undecided) is not var (left, right) || left.Kind is CelKind.Text or CelKind.Bool) return false;
        return Test(
            node.Order switch
            {
                Order.Less => Expression.LessThan(left.Code, right.Code),
                Order.LessOrEqual => Expression.LessThanOrEqual(left.Code, right.Code),
                Order.Greater => Expression.GreaterThan(left.Code, right.Code),
                _ => Expression.GreaterThanOrEqual(left.Code, right.Code),
            },
            yes,
            no);
    }

    private bool TryEqual(EqualNode node, Exit yes, Exit no, Exit undecided)
    {
        if (TryPair(node.Operands[0], node.Operands[1], undecided) is not var (left, right)) return false;
        return node.IsEqual ? Test(Expression.Equal(left.Code, right.Code), yes, no) : Test(Expression.Equal(left.Code, right.Code), no, yes);
    }

    /// <summary>Two values of one kind that C# compares as CEL does. An int and a double meet as doubles where one is a constant that no int near it rounds to.</summary>
    private (TypedValue Left, TypedValue Right)? TryPair(Node leftNode, Node rightNode, Exit undecided)
    {
        if (compiler.Values.TryWrite(leftNode, undecided) is not { } left || compiler.Values.TryWrite(rightNode, undecided) is not { } right) return null;
        if (TypedValue.HostOf(left.Kind) is null) return null;
        if (left.Kind == right.Kind) return (left, right);
        if (left.Kind == CelKind.Int && right.Kind == CelKind.Double && (IsSmall(left) || IsSmall(right))) return (Widened(left), right);
        if (left.Kind == CelKind.Double && right.Kind == CelKind.Int && (IsSmall(left) || IsSmall(right))) return (left, Widened(right));
        return null;
    }

    private static TypedValue Widened(TypedValue value) => new(Expression.Convert(value.Code, typeof(double)), CelType.Double);

    private static bool IsSmall(TypedValue value) => value.Code is ConstantExpression { Value: long and > -(1L << 53) and < 1L << 53 } or ConstantExpression { Value: double and > -(double)(1L << 53) and < 1L << 53 };

    private bool TryIn(BinaryNode node, Exit yes, Exit no, Exit undecided)
    {
        if (compiler.Values.TryWrite(node.Operands[0], undecided) is not { } item) return false;
        if (compiler.Values.ConstantOf(node.Operands[1]) is { Kind: CelValueKind.List } constant)
            return ConstantSet.Test(item, constant.AsList) is { } test && Test(test, yes, no);
        if (item.Kind != CelKind.Text || compiler.Values.TryList(node.Operands[1], undecided) is not { } list || list.Item != typeof(string)) return false;
        Code.JumpIf(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.Contains), null, list.Code, item.Code), yes);
        if (list.IsOpen is { } isOpen) Code.JumpIf(isOpen, undecided);
        Code.Jump(no);
        return true;
    }

    private bool TryHas(SelectNode node, Exit yes, Exit no)
    {
        if (compiler.Values.TryOwner(node.Operand) is not { } owner || node.Slot < 0 || compiler.AccessOf(owner.Type)?.Field(node.Slot)?.Has is not { } has) return false;
        return Test(has(owner.Code), yes, no);
    }
}
