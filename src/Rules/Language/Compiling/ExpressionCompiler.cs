using System.Linq.Expressions;
using Risk.Rules.Language.Planning;

namespace Risk.Rules.Language.Compiling;

/// <summary>Makes a delegate of a planned expression, for the values it gives when nothing is missing and nothing fails; the rest is the interpreter's.</summary>
/// <remarks>
/// Compiled code comes to a value, or to none as soon as something it needs is missing, fails, or is of a kind it does not hold. It never says why: whoever needs to know
/// asks the interpreter, once, over the same nodes. So a value must be the interpreter's, and anything else may be left to it.
/// Parts that are not worth compiling are interpreted in their place.
/// </remarks>
internal sealed class ExpressionCompiler
{
    private readonly CelEnvironment environment;
    private readonly IReadOnlyDictionary<Node, CelType> types;
    private readonly Dictionary<int, TypedValue?> variables = [];
    private readonly Dictionary<int, TypedValue> macroVariables = [];
    private readonly CodeBuilder prologue = new();
    private readonly Exit unreadable = new();
    private ParameterExpression? now;
    private ParameterExpression? steps;
    private ParameterExpression? isUnsure;

    /// <summary>Some part is interpreted, so the frame must have room for its macro variables.</summary>
    private bool interprets;

    private ExpressionCompiler(CelEnvironment environment, IReadOnlyDictionary<Node, CelType> types)
    {
        this.environment = environment;
        this.types = types;
        Values = new ValueWriter(this);
        Conditions = new ConditionWriter(this);
        Loops = new LoopWriter(this);
        Calls = new CallWriter(this);
    }

    public CodeBuilder Code { get; } = new();

    public ValueWriter Values { get; }

    public ConditionWriter Conditions { get; }

    public LoopWriter Loops { get; }

    public CallWriter Calls { get; }

    public ParameterExpression Frame { get; } = Expression.Parameter(typeof(CelFrame), "frame");

    /// <summary>The instant of the evaluation in ticks.</summary>
    public Expression Now => now ??= prologue.Local(typeof(long));

    /// <summary>Loop steps left.</summary>
    public ParameterExpression Steps => steps ??= prologue.Local(typeof(int));

    /// <summary>A delegate for conditions, or one for other values, where null_type stands for undecided; neither when nothing of the expression would be compiled.</summary>
    public static (Func<CelFrame, CelOutcome>? Condition, Func<CelFrame, CelValue>? Value) Compile(ExpressionPlan plan, CelType type, CelEnvironment environment)
    {
        if (plan.Types is null || plan.Root is ConstantNode || TypedValue.HostOf(type.Kind) is null) return default;
        var compiler = new ExpressionCompiler(environment, plan.Types);
        return type.Kind == CelKind.Bool ? (compiler.CompileCondition(plan), null) : (null, compiler.CompileValue(plan));
    }

    public CelType TypeOf(Node node) => node is WidenNode ? CelType.Double : types.TryGetValue(node, out CelType? type) ? type : CelType.Dyn;

    /// <summary>The fields of an object type; null when its objects are the interpreter's.</summary>
    public CelObjectAccess? AccessOf(CelType type) => type.Kind == CelKind.Object && environment.ObjectTypes.TryGetValue(type.Name, out CelObjectType? declared) ? declared.Access : null;

    /// <summary>Functions mean what their names say unless the environment brought them.</summary>
    public bool IsKnown(CelFunction function) => function.IsOfRuleLibrary || !environment.Functions.Contains(function);

    public CelType TypeOfVariable(int slot) => environment.Variables[slot].Type;

    /// <summary>The host that a variable holds, read once at the beginning; null when compiled code cannot hold it.</summary>
    public TypedValue? Variable(int slot)
    {
        if (variables.TryGetValue(slot, out TypedValue? known)) return known;
        CelType type = environment.Variables[slot].Type;
        TypedValue? value = null;
        if (AccessOf(type) is { } access)
        {
            Expression objects = prologue.Keep(Expression.Property(Frame, nameof(CelFrame.Objects)));
            prologue.JumpIf(Expression.GreaterThanOrEqual(Expression.Constant(slot), Expression.ArrayLength(objects)), unreadable);
            Expression source = prologue.Keep(Expression.TypeAs(Expression.ArrayIndex(objects, Expression.Constant(slot)), access.Source));
            prologue.JumpIf(Expression.ReferenceEqual(source, Expression.Constant(null)), unreadable);
            value = new TypedValue(prologue.Keep(access.Open(source)), type);
        }

        variables[slot] = value;
        return value;
    }

    public TypedValue? MacroVariable(int index) => macroVariables.GetValueOrDefault(index);

    public void Enter(int index, TypedValue value) => macroVariables[index] = value;

    public void Leave(int index) => macroVariables.Remove(index);

    /// <summary>The interpreter cannot see variables of compiled loops.</summary>
    public bool CanInterpret(Node node) => !(node is LocalNode local && macroVariables.ContainsKey(local.Index)) && node.Operands.All(CanInterpret) && node.Bodies.All(CanInterpret);

    /// <summary>Leaves the expression undecided where the interpreter may well come to a value.</summary>
    public void GiveUpIf(Expression condition, Exit undecided)
    {
        isUnsure ??= prologue.Local(typeof(bool));
        undecided.IsUsed = true;
        Code.Add(Expression.IfThen(condition, Expression.Block(Expression.Assign(isUnsure, Expression.Constant(true)), Expression.Goto(undecided.Label))));
    }

    public Expression Interpreted(Node node)
    {
        interprets = true;
        return Expression.Call(Expression.Constant(node, typeof(Node)), nameof(Node.Evaluate), null, Frame);
    }

    private Func<CelFrame, CelOutcome>? CompileCondition(ExpressionPlan plan)
    {
        Exit yes = new(), no = new(), undecided = new(), end = new();
        if (!Conditions.TryWrite(plan.Root, yes, no, undecided, mayInterpret: false)) return null;
        ParameterExpression outcome = Code.Local(typeof(CelOutcome));
        foreach ((Exit exit, CelOutcome value) in new[] { (yes, CelOutcome.True), (no, CelOutcome.False) })
        {
            if (!exit.IsUsed) continue;
            Code.Mark(exit);
            Code.Assign(outcome, Expression.Constant(value));
            Code.Jump(end);
        }

        Code.Mark(undecided);
        Expression failed = Expression.Constant(CelOutcome.Undecided), unsure = Expression.Constant(CelOutcome.Unsure);
        Code.Assign(outcome, isUnsure is null ? failed : Expression.Condition(isUnsure, unsure, failed));
        Code.Mark(end);
        Func<CelFrame, CelOutcome> compiled = Delegate<Func<CelFrame, CelOutcome>>(Code.ToBlock(outcome), unsure);
        if (!interprets) return compiled;
        int locals = plan.Locals;
        return frame =>
        {
            if (!frame.TryEnter(locals, out CelFrame.Nesting outer)) return CelOutcome.Unsure;
            CelOutcome result = compiled(frame);
            frame.Leave(outer);
            return result;
        };
    }

    private Func<CelFrame, CelValue>? CompileValue(ExpressionPlan plan)
    {
        Exit undecided = new(), end = new();
        if (Values.TryWrite(plan.Root, undecided, mayInterpret: false) is not { } value) return null;
        ParameterExpression result = Code.Local(typeof(CelValue));
        Code.Assign(result, ToCelValue(value));
        Code.Jump(end);
        Code.Mark(undecided);
        Code.Assign(result, Expression.Default(typeof(CelValue)));
        Code.Mark(end);
        Func<CelFrame, CelValue> compiled = Delegate<Func<CelFrame, CelValue>>(Code.ToBlock(result), Expression.Default(typeof(CelValue)));
        if (!interprets) return compiled;
        int locals = plan.Locals;
        return frame =>
        {
            if (!frame.TryEnter(locals, out CelFrame.Nesting outer)) return default;
            CelValue given = compiled(frame);
            frame.Leave(outer);
            return given;
        };
    }

    private static Expression ToCelValue(TypedValue value) => value.Kind switch
    {
        CelKind.Double => Expression.Call(typeof(CelValue), nameof(CelValue.OfDouble), null, value.Code),
        CelKind.Uint => Expression.Call(typeof(CelValue), nameof(CelValue.OfUint), null, value.Code),
        CelKind.Text => Expression.Call(typeof(CelValue), nameof(CelValue.Text), null, value.Code),
        CelKind.Timestamp or CelKind.Duration => Expression.Call(typeof(TypedRuntime), nameof(TypedRuntime.ToValue), null, Expression.Constant(value.Kind), value.Code),
        _ => Expression.Call(typeof(CelValue).GetMethod(nameof(CelValue.Of), [value.Code.Type])!, value.Code),
    };

    private T Delegate<T>(Expression body, Expression undecided)
        where T : Delegate
    {
        if (now is not null) prologue.Assign(now, Expression.Property(Frame, nameof(CelFrame.NowTicks)));
        if (isUnsure is not null) prologue.Assign(isUnsure, Expression.Constant(false));
        if (steps is not null) prologue.Assign(steps, Expression.Property(Frame, nameof(CelFrame.StepBudget)));
        if (unreadable.IsUsed)
        {
            ParameterExpression result = prologue.Local(body.Type);
            var end = new Exit();
            prologue.Assign(result, body);
            prologue.Jump(end);
            prologue.Mark(unreadable);
            prologue.Assign(result, undecided);
            prologue.Mark(end);
            body = result;
        }

        return Expression.Lambda<T>(prologue.ToBlock(body), Frame).Compile();
    }
}
