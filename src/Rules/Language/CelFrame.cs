using Risk.Rules.Language.Library;

namespace Risk.Rules.Language;

/// <summary>What one evaluation sees: values of the variables, the instant, and a bound on its work. Reusable; not thread-safe.</summary>
/// <remarks>An object that a frame holds may evaluate further expressions on the same frame from its <see cref="ICelObject.Get"/>.</remarks>
public sealed class CelFrame
{
    /// <summary>Expressions evaluated from within each other (a var that uses a var ...).</summary>
    private const int MaximumNesting = 64;

    /// <summary>Step budgets that one explanation may take in all.</summary>
    private const int MaximumRefills = 20;

    private static readonly CelValue Unset = CelValue.Error("a variable has no value");

    private CelValue[] variables;
    private CelValue[] locals = new CelValue[4];
    private int localStart;
    private int localEnd;
    private int evaluations;
    private int stepsLeft;
    private int refillsLeft;

    public CelFrame(CelEnvironment environment)
        : this(environment.Variables.Length + 4)
    {
    }

    private CelFrame(int size)
    {
        variables = new CelValue[size];
        Objects = new ICelObject?[size];
        Array.Fill(variables, Unset);
    }

    /// <summary>For constant expressions.</summary>
    internal static CelFrame Empty() => new(0);

    internal PatternCache Patterns { get; } = new();

    internal CelValue Local(int index) => locals[localStart + index];

    internal void SetLocal(int index, in CelValue value) => locals[localStart + index] = value;

    /// <summary>Takes one loop step; false when none is left.</summary>
    internal bool TrySpend() => --stepsLeft >= 0;

    /// <summary>Takes many steps at once, for work that grows with the data; false when not as many are left.</summary>
    internal bool TrySpend(long steps)
    {
        stepsLeft = (int)Math.Max(-1, stepsLeft - steps);
        return stepsLeft >= 0;
    }

    /// <summary>For explanations, which evaluate each part anew: back to the full budget, as long as the whole explanation does not take too many steps.</summary>
    internal void RefillSteps()
    {
        int taken = Math.Min(StepBudget - Math.Max(0, stepsLeft), refillsLeft);
        refillsLeft -= taken;
        stepsLeft = Math.Max(0, stepsLeft) + taken;
    }

    /// <summary>Begins an evaluation, possibly within another; to be ended with what this returns. False when too many are within each other.</summary>
    internal bool TryEnter(int localCount, out Nesting outer)
    {
        outer = new Nesting(localStart, localEnd, stepsLeft);
        if (evaluations >= MaximumNesting) return false;
        if (evaluations++ == 0) refillsLeft = StepBudget * MaximumRefills;
        stepsLeft = StepBudget;
        localStart = localEnd;
        localEnd += localCount;
        if (localEnd > locals.Length) Array.Resize(ref locals, localEnd * 2);
        return true;
    }

    internal void Leave(in Nesting outer)
    {
        evaluations--;
        (localStart, localEnd, stepsLeft) = outer;
    }

    /// <summary>Where the outer evaluation stands. Each has a step budget of its own, so that a var costs the rule that asks first no more than the next.</summary>
    internal readonly record struct Nesting(int LocalStart, int LocalEnd, int StepsLeft);

    /// <summary>By slot: the objects among the variables, for compiled code.</summary>
    internal ICelObject?[] Objects { get; private set; }

    /// <summary><see cref="Now"/> for compiled code.</summary>
    internal long NowTicks { get; private set; } = DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>UTC.</summary>
    public DateTimeOffset Now
    {
        get => new(NowTicks, TimeSpan.Zero);
        set => NowTicks = value.UtcTicks;
    }

    /// <summary>Loop steps that one evaluation may take; beyond, its outcome is an error.</summary>
    public int StepBudget { get; set; } = 100_000;

    /// <summary>The value of the variable in the slot (<see cref="CelEnvironment.Slot"/>).</summary>
    public CelValue this[int slot]
    {
        get => slot < variables.Length ? variables[slot] : Unset;
        set
        {
            if (slot >= variables.Length)
            {
                int old = variables.Length;
                Array.Resize(ref variables, slot + 4);
                Objects = [.. Objects, .. new ICelObject?[variables.Length - old]];
                Array.Fill(variables, Unset, old, variables.Length - old);
            }

            variables[slot] = value;
            Objects[slot] = value.Kind == CelValueKind.Object ? value.AsObject : null;
        }
    }
}
