using Risk.Rules.Language.Library;

namespace Risk.Rules.Language;

/// <summary>What one evaluation sees: values of the variables, the instant, and a bound on its work. Reusable; not thread-safe.</summary>
/// <remarks>An object that a frame holds may evaluate further expressions on the same frame from its <see cref="ICelObject.Get"/>.</remarks>
public sealed class CelFrame
{
    /// <summary>Expressions evaluated from within each other (a var that uses a var ...).</summary>
    private const int MaximumNesting = 64;

    private static readonly CelValue Unset = CelValue.Error("a variable has no value");

    private CelValue[] variables;
    private CelValue[] locals = new CelValue[4];
    private int localStart;
    private int localEnd;
    private int evaluations;
    private int stepsLeft;

    public CelFrame(CelEnvironment environment)
        : this(environment.Variables.Length + 4)
    {
    }

    private CelFrame(int size)
    {
        variables = new CelValue[size];
        Array.Fill(variables, Unset);
    }

    /// <summary>For constant expressions.</summary>
    internal static CelFrame Empty() => new(0);

    internal PatternCache Patterns { get; } = new();

    internal CelValue Local(int index) => locals[localStart + index];

    internal void SetLocal(int index, in CelValue value) => locals[localStart + index] = value;

    /// <summary>Takes one loop step; false when none is left.</summary>
    internal bool TrySpend() => --stepsLeft >= 0;

    /// <summary>For explanations, which evaluate each part anew.</summary>
    internal void RefillSteps() => stepsLeft = StepBudget;

    /// <summary>Begins an evaluation, possibly within another; to be ended with what this returns. False when too many are within each other.</summary>
    internal bool TryEnter(int localCount, out (int Start, int End) outer)
    {
        outer = (localStart, localEnd);
        if (evaluations >= MaximumNesting) return false;
        if (evaluations++ == 0) stepsLeft = StepBudget;
        localStart = localEnd;
        localEnd += localCount;
        if (localEnd > locals.Length) Array.Resize(ref locals, localEnd * 2);
        return true;
    }

    internal void Leave((int Start, int End) outer)
    {
        evaluations--;
        (localStart, localEnd) = outer;
    }

    /// <summary>UTC.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

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
                Array.Fill(variables, Unset, old, variables.Length - old);
            }

            variables[slot] = value;
        }
    }
}
