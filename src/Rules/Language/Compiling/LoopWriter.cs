using System.Linq.Expressions;
using Risk.Rules.Language.Planning;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Compiling;

/// <summary>Writes macros over typed lists as plain loops in the same delegate.</summary>
internal sealed class LoopWriter(ExpressionCompiler compiler)
{
    private CodeBuilder Code => compiler.Code;

    /// <summary><c>all</c> and <c>exists</c>: the first item that decides wins over undecided ones and over the open end of the list.</summary>
    public bool TryQuantifier(QuantifierNode node, Exit yes, Exit no, Exit undecided)
    {
        if (compiler.Values.TryList(node.Range, undecided) is not { } list) return false;
        ParameterExpression isUndecided = Code.Local(typeof(bool));
        Code.Assign(isUndecided, list.IsOpen ?? Expression.Constant(false));
        bool isWritten = TryLoop(list, node.Variables, undecided, next =>
        {
            var failed = new Exit();
            if (!(node.IsAll ? compiler.Conditions.TryWrite(node.Body, next, no, failed) : compiler.Conditions.TryWrite(node.Body, yes, next, failed))) return false;
            if (!failed.IsUsed) return true;
            Code.Mark(failed);
            Code.Assign(isUndecided, Expression.Constant(true));
            Code.Jump(next);
            return true;
        });
        Code.JumpIf(isUndecided, undecided);
        Code.Jump(node.IsAll ? yes : no);
        return isWritten;
    }

    /// <summary><c>exists_one</c>.</summary>
    public bool TryExistsOne(ExistsOneNode node, Exit yes, Exit no, Exit undecided)
    {
        if (TryCount(node.Range, node.Variables, node.Body, undecided) is not var (count, isOpen)) return false;
        if (isOpen is not null) Code.JumpIf(Expression.AndAlso(isOpen, Expression.LessThan(count, Expression.Constant(2L))), undecided);
        Code.JumpIf(Expression.Equal(count, Expression.Constant(1L)), yes);
        Code.Jump(no);
        return true;
    }

    /// <summary><c>size()</c> of a list, or of what <c>filter</c> leaves of one, which is not built for that.</summary>
    public TypedValue? TrySize(Node node, Exit undecided)
    {
        if (node is TransformNode { IsFilter: true, Filter: { } condition } filter)
        {
            if (TryCount(filter.Range, filter.Variables, condition, undecided) is not var (count, isOpen)) return null;
            if (isOpen is not null) Code.JumpIf(isOpen, undecided);
            return new TypedValue(count, CelType.Int);
        }

        if (compiler.Values.TryList(node, undecided) is not { } list) return null;
        if (list.IsOpen is { } isListOpen) Code.JumpIf(isListOpen, undecided);
        return new TypedValue(Expression.Convert(Expression.ArrayLength(list.Code), typeof(long)), CelType.Int);
    }

    /// <summary>How many items meet the condition; undecided when that is so for any of them.</summary>
    private (Expression Count, Expression? IsOpen)? TryCount(Node range, LoopVariables variables, Node condition, Exit undecided)
    {
        if (compiler.Values.TryList(range, undecided) is not { } list) return null;
        ParameterExpression count = Code.Local(typeof(long));
        Code.Assign(count, Expression.Constant(0L));
        bool isWritten = TryLoop(list, variables, undecided, next =>
        {
            var found = new Exit();
            if (!compiler.Conditions.TryWrite(condition, found, next, undecided)) return false;
            Code.Mark(found);
            Code.Assign(count, Expression.Add(count, Expression.Constant(1L)));
            Code.Jump(next);
            return true;
        });
        return isWritten ? (count, list.IsOpen) : null;
    }

    /// <param name="writeBody">Writes what is done with one item; every path ends in a jump.</param>
    private bool TryLoop(TypedValue list, LoopVariables variables, Exit undecided, Func<Exit, bool> writeBody)
    {
        Exit next = new(), end = new();
        CelType itemType = list.Type.Arguments[0];
        ParameterExpression index = Code.Local(typeof(int)), item = Code.Local(list.Item);
        BinaryExpression spent = Expression.Subtract(compiler.Steps, Expression.ArrayLength(list.Code));
        Code.Assign(compiler.Steps, spent);
        compiler.GiveUpIf(Expression.LessThan(compiler.Steps, Expression.Constant(0)), undecided);
        Code.Assign(index, Expression.Constant(-1));
        Code.Mark(next);
        Code.Assign(index, Expression.Add(index, Expression.Constant(1)));
        Code.JumpIf(Expression.GreaterThanOrEqual(index, Expression.ArrayLength(list.Code)), end);
        Code.Assign(item, Expression.ArrayIndex(list.Code, index));
        if (variables.IsTwoVariable) compiler.Enter(variables.Slot, new TypedValue(Expression.Convert(index, typeof(long)), CelType.Int));
        int itemSlot = variables.IsTwoVariable ? variables.Slot + 1 : variables.Slot;
        compiler.Enter(itemSlot, new TypedValue(item, itemType));
        bool isWritten = writeBody(next);
        compiler.Leave(itemSlot);
        compiler.Leave(variables.Slot);
        Code.Mark(end);
        return isWritten;
    }
}
