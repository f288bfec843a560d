using System.Linq.Expressions;
using Risk.Rules.Language.Planning;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language.Compiling;

/// <summary>Writes values. What can fail is tested first, with a jump to "undecided"; the code that is handed back is safe and without effect.</summary>
internal sealed class ValueWriter(ExpressionCompiler compiler)
{
    private CodeBuilder Code => compiler.Code;

    /// <summary>Null when it cannot be written; nothing was.</summary>
    public TypedValue? TryWrite(Node node, Exit undecided, bool mayInterpret = true)
    {
        int start = Code.Position;
        if (TryWriteTyped(node, undecided) is { } typed) return typed;
        Code.TakeBack(start);
        CelType type = compiler.TypeOf(node);
        if (!mayInterpret || TypedValue.HostOf(type.Kind) is null || !compiler.CanInterpret(node)) return null;
        Expression value = Code.Keep(compiler.Interpreted(node));

        // The value kinds are the type kinds in the same order.
        Code.JumpIf(Expression.Property(value, nameof(CelValue.IsFailure)), undecided);
        compiler.GiveUpIf(Expression.NotEqual(Expression.Property(value, nameof(CelValue.Kind)), Expression.Constant((CelValueKind)(byte)type.Kind)), undecided);
        if (type.Kind is not (CelKind.Timestamp or CelKind.Duration)) return new TypedValue(Expression.Property(value, "As" + type.Kind), type);
        ParameterExpression ticks = Code.Local(typeof(long));
        compiler.GiveUpIf(Expression.Not(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.TryTicks), null, value, ticks)), undecided);
        return new TypedValue(ticks, type);
    }

    /// <summary>As <see cref="TryWrite"/>, but never by interpreting the whole node; when null, what was written is to be taken back.</summary>
    public TypedValue? TryWriteTyped(Node node, Exit undecided)
    {
        switch (node)
        {
            case ConstantNode constant:
                return TypedValue.Of(constant.Value);
            case VariableFieldNode or SelectNode { Kind: SelectKind.Plain }:
                return TryField(node, undecided) is { Kind: not CelKind.List } field ? field : null;
            case LocalNode local:
                return TryLocal(local, undecided);
            case NowNode:
                return new TypedValue(compiler.Now, CelType.Timestamp);
            case WidenNode widen:
                return TryWrite(widen.Operands[0], undecided) is { Kind: CelKind.Int } whole ? new TypedValue(Expression.Convert(whole.Code, typeof(double)), CelType.Double) : null;
            case BinaryNode { Symbol: not "in" } binary:
                return TryWrite(binary.Operands[0], undecided) is { } left && TryWrite(binary.Operands[1], undecided) is { } right ? TryBinary(binary, left, right, undecided) : null;
            case NegateNode negate:
                return TryWrite(negate.Operands[0], undecided) is { } inner ? TryNegate(inner, undecided) : null;
            case ConditionalNode choice:
                return TryChoice(choice, undecided);
            case CallNode call:
                return compiler.Calls.TryWrite(call, undecided);
            case BindNode { Kind: BindKind.Bind } bind:
                TypedValue? result = null;
                return TryBind(bind, undecided, () => (result = TryWrite(bind.Body, undecided)) is not null) ? result : null;
            case LogicNode or NotNode or ThresholdNode or CompareNode or EqualNode or BinaryNode or SelectNode or PatternNode or QuantifierNode or ExistsOneNode:
                return TryCondition(node, undecided);
            default:
                return null;
        }
    }

    /// <summary>The object whose field is read: a variable or a macro's variable.</summary>
    public TypedValue? TryOwner(Node node) => node switch
    {
        VariableNode variable => compiler.Variable(variable.Slot),
        LocalNode local => compiler.MacroVariable(local.Index),
        _ => null,
    };

    /// <summary>What the node always is, or null.</summary>
    public CelValue? ConstantOf(Node node) => node switch
    {
        ConstantNode constant => constant.Value,
        VariableFieldNode field => compiler.AccessOf(compiler.TypeOfVariable(field.Variable))?.Field(field.Slot)?.Constant,
        _ => null,
    };

    /// <summary>A list of texts or hosts.</summary>
    public TypedValue? TryList(Node node, Exit undecided)
    {
        if (ConstantOf(node) is { Kind: CelValueKind.List } constant)
        {
            CelList list = constant.AsList;
            return list.IsOpen || !list.Items.All(i => i.Kind == CelValueKind.Text) ? null : new TypedValue(Expression.Constant(list.Items.Select(i => i.AsText).ToArray()), CelType.List(CelType.Text));
        }

        return node is VariableFieldNode or SelectNode { Kind: SelectKind.Plain } && TryField(node, undecided) is { Kind: CelKind.List } field ? field with { Code = Code.Keep(field.Code) } : null;
    }

    /// <summary><c>cel.bind</c>: a failure of the bound value counts only where the name is read.</summary>
    public bool TryBind(BindNode node, Exit undecided, Func<bool> writeBody)
    {
        Exit failed = new(), bound = new();
        if (TryWrite(node.Operands[0], failed) is not { } value || TypedValue.HostOf(value.Kind) is null) return false;
        ParameterExpression local = Code.Local(value.Code.Type);
        ParameterExpression? isKnown = null;
        Code.Assign(local, value.Code);
        if (failed.IsUsed)
        {
            isKnown = Code.Local(typeof(bool));
            Code.Assign(isKnown, Expression.Constant(true));
            Code.Jump(bound);
            Code.Mark(failed);
            Code.Assign(isKnown, Expression.Constant(false));
            Code.Mark(bound);
        }

        compiler.Enter(node.Slot, new TypedValue(local, value.Type, IsKnown: isKnown));
        bool isWritten = writeBody();
        compiler.Leave(node.Slot);
        return isWritten;
    }

    private TypedValue? TryLocal(LocalNode node, Exit undecided)
    {
        if (compiler.MacroVariable(node.Index) is not { } variable || TypedValue.HostOf(variable.Kind) is null) return null;
        if (variable.IsKnown is { } isKnown) Code.JumpIf(Expression.Not(isKnown), undecided);
        return variable;
    }

    private TypedValue? TryField(Node node, Exit undecided)
    {
        if (ConstantOf(node) is { } constant) return TypedValue.Of(constant);
        (TypedValue? owner, int slot) = node switch
        {
            VariableFieldNode field => (compiler.Variable(field.Variable), field.Slot),
            SelectNode select => (TryOwner(select.Operand), select.Slot),
            _ => (null, -1),
        };
        if (owner is null || slot < 0 || compiler.AccessOf(owner.Type)?.Field(slot) is not { Value: not null } access) return null;
        if (access.IsKnown is { } isKnown) Code.JumpIf(Expression.Not(isKnown(owner.Code)), undecided);
        CelType type = compiler.TypeOf(node);
        Expression value = access.Value(owner.Code);
        if (type.Kind == CelKind.List) return value.Type.IsArray ? new TypedValue(value, type, access.IsOpen?.Invoke(owner.Code)) : null;
        if (value.Type == typeof(DateTimeOffset)) value = Expression.Property(value, nameof(DateTimeOffset.UtcTicks));
        else if (value.Type == typeof(TimeSpan)) value = Expression.Property(value, nameof(TimeSpan.Ticks));
        return value.Type == TypedValue.HostOf(type.Kind) ? new TypedValue(value, type) : null;
    }

    private TypedValue? TryChoice(ConditionalNode node, Exit undecided)
    {
        CelType type = compiler.TypeOf(node);
        if (TypedValue.HostOf(type.Kind) is not { } host) return null;
        Exit whenTrue = new(), whenFalse = new(), end = new();
        if (!compiler.Conditions.TryWrite(node.Operands[0], whenTrue, whenFalse, undecided)) return null;
        ParameterExpression result = Code.Local(host);
        Code.Mark(whenTrue);
        if (TryWrite(node.Operands[1], undecided) is not { } first || first.Kind != type.Kind) return null;
        Code.Assign(result, first.Code);
        Code.Jump(end);
        Code.Mark(whenFalse);
        if (TryWrite(node.Operands[2], undecided) is not { } second || second.Kind != type.Kind) return null;
        Code.Assign(result, second.Code);
        Code.Mark(end);
        return new TypedValue(result, type);
    }

    private TypedValue? TryCondition(Node node, Exit undecided)
    {
        Exit yes = new(), no = new(), end = new();
        if (!compiler.Conditions.TryWrite(node, yes, no, undecided, mayInterpret: false)) return null;
        ParameterExpression result = Code.Local(typeof(bool));
        Code.Mark(yes);
        Code.Assign(result, Expression.Constant(true));
        Code.Jump(end);
        Code.Mark(no);
        Code.Assign(result, Expression.Constant(false));
        Code.Mark(end);
        return new TypedValue(result, CelType.Bool);
    }

    private TypedValue? TryBinary(BinaryNode node, TypedValue left, TypedValue right, Exit undecided)
    {
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Double, CelKind.Double):
                Expression? real = node.Symbol switch
                {
                    "+" => Expression.Add(left.Code, right.Code),
                    "-" => Expression.Subtract(left.Code, right.Code),
                    "*" => Expression.Multiply(left.Code, right.Code),
                    "/" => Expression.Divide(left.Code, right.Code),
                    _ => null,
                };
                return real is null ? null : Finite(real, node.MustBeFinite, undecided);
            case (CelKind.Int, CelKind.Int):
                return TryWhole(node.Symbol, Code.Keep(left.Code), Code.Keep(right.Code), undecided);
            case (CelKind.Timestamp, CelKind.Timestamp) when node.Symbol == "-":
            case (CelKind.Duration, CelKind.Duration) when node.Symbol == "-":
                return Within(Expression.Subtract(left.Code, right.Code), CelType.Duration, undecided);
            case (CelKind.Duration, CelKind.Duration) when node.Symbol == "+":
                return Within(Expression.Add(left.Code, right.Code), CelType.Duration, undecided);
            case (CelKind.Timestamp, CelKind.Duration) when node.Symbol == "+":
            case (CelKind.Duration, CelKind.Timestamp) when node.Symbol == "+":
                return Within(Expression.Add(left.Code, right.Code), CelType.Timestamp, undecided);
            case (CelKind.Timestamp, CelKind.Duration) when node.Symbol == "-":
                return Within(Expression.Subtract(left.Code, right.Code), CelType.Timestamp, undecided);
            default:
                return null;
        }
    }

    /// <summary>A double that is undecided when it must be finite and is not.</summary>
    public TypedValue Finite(Expression value, bool mustBeFinite, Exit undecided)
    {
        if (!mustBeFinite) return new TypedValue(value, CelType.Double);
        Expression result = Code.Keep(value);
        Code.JumpIf(Expression.Not(Expression.Call(typeof(double), nameof(double.IsFinite), null, result)), undecided);
        return new TypedValue(result, CelType.Double);
    }

    /// <summary>A time or span in ticks that is undecided outside CEL's range. The sums of two in range fit 64 bits.</summary>
    public TypedValue Within(Expression ticks, CelType type, Exit undecided)
    {
        (long low, long high) = type.Kind == CelKind.Timestamp ? (0L, DateTime.MaxValue.Ticks) : (-TypedRuntime.LongestDuration, TypedRuntime.LongestDuration);
        Expression result = Code.Keep(ticks);
        Code.JumpIf(Expression.OrElse(Expression.LessThan(result, Expression.Constant(low)), Expression.GreaterThan(result, Expression.Constant(high))), undecided);
        return new TypedValue(result, type);
    }

    /// <summary>Overflow and division by zero are tested before, and left to the interpreter.</summary>
    private TypedValue? TryWhole(string symbol, Expression a, Expression b, Exit undecided)
    {
        Expression zero = Expression.Constant(0L), result;
        switch (symbol)
        {
            case "+":
                result = Code.Keep(Expression.Add(a, b));
                Code.JumpIf(Expression.LessThan(Expression.And(Expression.ExclusiveOr(a, result), Expression.ExclusiveOr(b, result)), zero), undecided);
                break;
            case "-":
                result = Code.Keep(Expression.Subtract(a, b));
                Code.JumpIf(Expression.LessThan(Expression.And(Expression.ExclusiveOr(a, b), Expression.ExclusiveOr(a, result)), zero), undecided);
                break;
            case "*":
                result = Code.Local(typeof(long));
                Code.JumpIf(Expression.Not(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.TryMultiply), null, a, b, result)), undecided);
                break;
            case "/" or "%":
                Expression isOverflow = Expression.AndAlso(Expression.Equal(b, Expression.Constant(-1L)), Expression.Equal(a, Expression.Constant(long.MinValue)));
                Code.JumpIf(Expression.OrElse(Expression.Equal(b, zero), isOverflow), undecided);
                result = symbol == "/" ? Expression.Divide(a, b) : Expression.Modulo(a, b);
                break;
            default:
                return null;
        }

        return new TypedValue(result, CelType.Int);
    }

    private TypedValue? TryNegate(TypedValue value, Exit undecided)
    {
        switch (value.Kind)
        {
            case CelKind.Double or CelKind.Duration:
                return value with { Code = Expression.Negate(value.Code) };
            case CelKind.Int:
                Expression kept = Code.Keep(value.Code);
                Code.JumpIf(Expression.Equal(kept, Expression.Constant(long.MinValue)), undecided);
                return new TypedValue(Expression.Negate(kept), CelType.Int);
            default:
                return null;
        }
    }
}
