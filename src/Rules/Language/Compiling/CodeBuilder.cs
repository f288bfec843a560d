using System.Linq.Expressions;

namespace Risk.Rules.Language.Compiling;

/// <summary>A place in the code to jump to.</summary>
internal sealed class Exit
{
    public LabelTarget Label { get; } = Expression.Label();

    /// <summary>Some code jumps here.</summary>
    public bool IsUsed { get; set; }
}

/// <summary>Collects the statements of one delegate. Control flow is made of jumps, so that no outcome is ever boxed, thrown or passed through a call.</summary>
internal sealed class CodeBuilder
{
    private readonly List<ParameterExpression> locals = [];
    private readonly List<Expression> code = [];

    /// <summary>The next statement's place; what was added after it can be taken back.</summary>
    public int Position => code.Count;

    public void Add(Expression statement) => code.Add(statement);

    public void InsertAt(int position, Expression statement) => code.Insert(position, statement);

    public void TakeBack(int position) => code.RemoveRange(position, code.Count - position);

    public void Jump(Exit exit)
    {
        exit.IsUsed = true;
        code.Add(Expression.Goto(exit.Label));
    }

    public void JumpIf(Expression condition, Exit exit)
    {
        exit.IsUsed = true;
        code.Add(Expression.IfThen(condition, Expression.Goto(exit.Label)));
    }

    public void Mark(Exit exit) => code.Add(Expression.Label(exit.Label));

    public ParameterExpression Local(Type type)
    {
        ParameterExpression local = Expression.Variable(type);
        locals.Add(local);
        return local;
    }

    public void Assign(ParameterExpression local, Expression value) => code.Add(Expression.Assign(local, value));

    /// <summary>A local that holds the value, for what is used more than once.</summary>
    public Expression Keep(Expression value)
    {
        if (value is ConstantExpression or ParameterExpression) return value;
        ParameterExpression local = Local(value.Type);
        Assign(local, value);
        return local;
    }

    public BlockExpression ToBlock(Expression result) => Expression.Block(result.Type, locals, [.. code, result]);
}
