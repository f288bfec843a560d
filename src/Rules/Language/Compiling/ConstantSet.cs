using System.Collections.Frozen;
using System.Linq.Expressions;

namespace Risk.Rules.Language.Compiling;

/// <summary>Membership in a list known at load time: a few comparisons, or a frozen set.</summary>
internal static class ConstantSet
{
    private const int HashFrom = 5;

    /// <summary>Null when the list has items of another kind than the one looked for.</summary>
    public static Expression? Test(TypedValue item, CelList list)
    {
        if (list.IsOpen) return null;
        return item.Kind switch
        {
            CelKind.Text when list.Items.All(i => i.Kind == CelValueKind.Text) => Test([.. list.Items.Select(i => i.AsText)], item.Code),
            CelKind.Int when list.Items.All(i => i.Kind == CelValueKind.Int) => Test([.. list.Items.Select(i => i.AsInt)], item.Code),
            _ => null,
        };
    }

    private static Expression Test<T>(T[] items, Expression item)
        where T : notnull
    {
        T[] distinct = [.. items.Distinct()];
        if (distinct.Length >= HashFrom) return Expression.Call(Expression.Constant(distinct.ToFrozenSet(), typeof(FrozenSet<T>)), nameof(FrozenSet<T>.Contains), null, item);
        if (distinct.Length > 1 && item is not (ParameterExpression or ConstantExpression))
        {
            ParameterExpression kept = Expression.Variable(typeof(T));
            return Expression.Block(typeof(bool), [kept], Expression.Assign(kept, item), Chain(distinct, kept));
        }

        return Chain(distinct, item);
    }

    private static Expression Chain<T>(T[] items, Expression item) =>
        items.Select(i => (Expression)Expression.Equal(item, Expression.Constant(i))).DefaultIfEmpty(Expression.Constant(false)).Aggregate(Expression.OrElse);
}
