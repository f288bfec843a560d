namespace Risk.Rules.Language;

/// <summary>What one evaluation sees: values of the variables, the instant, and a bound on its work. Reusable; not thread-safe.</summary>
/// <remarks>An object that a frame holds may evaluate further expressions on the same frame from its <see cref="ICelObject.Get"/>.</remarks>
public sealed class CelFrame
{
    private CelValue[] variables;

    public CelFrame(CelEnvironment environment)
    {
        variables = new CelValue[environment.Variables.Length + 4];
        Array.Fill(variables, Unset);
    }

    private static readonly CelValue Unset = CelValue.Error("a variable has no value");

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
