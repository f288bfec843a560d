using System.Linq.Expressions;
using Risk.Rules.Language.Planning;

namespace Risk.Rules.Language.Compiling;

/// <summary>Writes those calls of the library that rules often make; the others are interpreted.</summary>
internal sealed class CallWriter(ExpressionCompiler compiler)
{
    private CodeBuilder Code => compiler.Code;

    /// <summary>Null when it cannot be written; what was written is to be taken back.</summary>
    public TypedValue? TryWrite(CallNode node, Exit undecided)
    {
        if (node.Overload is not { } function || !compiler.IsKnown(function)) return null;
        if (function.Name == "size" && node.Operands.Length == 1 && function.Parameters[0].Kind == CelKind.List) return compiler.Loops.TrySize(node.Operands[0], undecided);
        if (!IsWritten(function)) return null;
        var arguments = new TypedValue[node.Operands.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (compiler.Values.TryWrite(node.Operands[i], undecided) is not { } argument) return null;
            arguments[i] = argument;
        }

        return arguments switch
        {
            [{ Kind: CelKind.Text } text, { Kind: CelKind.Text } part] => OfTexts(function.Name, text.Code, part.Code),
            [{ Kind: CelKind.Double } a, { Kind: CelKind.Double } b] => OfNumbers(function.Name, a.Code, b.Code),
            [{ } only] => TryOne(function.Name, only, node.MustBeFinite, undecided),
            _ => null,
        };
    }

    private static bool IsWritten(CelFunction function) => function.Name switch
    {
        "contains" or "startsWith" or "endsWith" or "since" or "until" or "days" or "hours" or "weeks" or "math.least" or "math.greatest" => true,
        "double" => function.Parameters[0].Kind is CelKind.Int or CelKind.Double,
        "size" => function.Parameters[0].Kind == CelKind.Text,
        "math.abs" => function.Parameters[0].Kind == CelKind.Double,
        _ => false,
    };

    private static TypedValue? OfTexts(string name, Expression text, Expression part) => name switch
    {
        "contains" => Ordinal(nameof(string.Contains), text, part),
        "startsWith" => Ordinal(nameof(string.StartsWith), text, part),
        "endsWith" => Ordinal(nameof(string.EndsWith), text, part),
        _ => null,
    };

    private static TypedValue Ordinal(string method, Expression text, Expression part) => new(Expression.Call(text, method, null, part, Expression.Constant(StringComparison.Ordinal)), CelType.Bool);

    private static TypedValue? OfNumbers(string name, Expression a, Expression b) => name switch
    {
        "math.least" => new TypedValue(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.Extreme), null, a, b, Expression.Constant(-1)), CelType.Double),
        "math.greatest" => new TypedValue(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.Extreme), null, a, b, Expression.Constant(1)), CelType.Double),
        _ => null,
    };

    private TypedValue? TryOne(string name, TypedValue value, bool mustBeFinite, Exit undecided)
    {
        switch (name, value.Kind)
        {
            case ("since", CelKind.Timestamp):
                return compiler.Values.Within(Expression.Subtract(compiler.Now, value.Code), CelType.Duration, undecided);
            case ("until", CelKind.Timestamp):
                return compiler.Values.Within(Expression.Subtract(value.Code, compiler.Now), CelType.Duration, undecided);
            case ("hours", CelKind.Int):
                return Hours(value, 1, undecided);
            case ("days", CelKind.Int):
                return Hours(value, 24, undecided);
            case ("weeks", CelKind.Int):
                return Hours(value, 168, undecided);
            case ("double", CelKind.Int):
                return new TypedValue(Expression.Convert(value.Code, typeof(double)), CelType.Double);
            case ("double", CelKind.Double):
                return compiler.Values.Finite(value.Code, mustBeFinite, undecided);
            case ("math.abs", CelKind.Double):
                return new TypedValue(Expression.Call(typeof(Math).GetMethod(nameof(Math.Abs), [typeof(double)])!, value.Code), CelType.Double);
            case ("size", CelKind.Text):
                return new TypedValue(Expression.Convert(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.Length), null, value.Code), typeof(long)), CelType.Int);
            default:
                return null;
        }
    }

    private TypedValue Hours(TypedValue count, long hours, Exit undecided)
    {
        ParameterExpression ticks = Code.Local(typeof(long));
        Code.JumpIf(Expression.Not(Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.TryHours), null, count.Code, Expression.Constant(hours), ticks)), undecided);
        return new TypedValue(ticks, CelType.Duration);
    }
}
