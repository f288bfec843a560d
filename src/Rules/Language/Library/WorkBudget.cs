namespace Risk.Rules.Language.Library;

/// <summary>Steps that operations take for large data, so that the step budget bounds time and memory and not only loops.</summary>
/// <remarks>Texts below 256 characters and lists below 64 values cost nothing: rules over a dossier pay for their loops alone.</remarks>
internal static class WorkBudget
{
    private const int CharactersPerStep = 256;
    private const int ValuesPerStep = 64;

    /// <summary>Looking for one text in another may compare every character of the one with every character of the other.</summary>
    private const int ComparisonsPerStep = 65_536;

    public static readonly CelValue Spent = CelValue.Error("the expression takes too many steps; the lists or texts it goes over are too long");

    public static bool TrySpend(CelFrame frame, in CelValue left, in CelValue right)
    {
        long steps = Steps(left) + Steps(right);
        return steps == 0 || frame.TrySpend(steps);
    }

    /// <summary>For a call with these arguments.</summary>
    public static bool TrySpend(CelFrame frame, ReadOnlySpan<CelValue> arguments)
    {
        long steps = 0;
        foreach (CelValue argument in arguments) steps += Steps(argument);
        if (arguments.Length > 1 && arguments[0].Kind == CelValueKind.Text && arguments[1].Kind == CelValueKind.Text)
        {
            steps += (long)arguments[0].AsText.Length * arguments[1].AsText.Length / ComparisonsPerStep;
        }

        return steps == 0 || frame.TrySpend(steps);
    }

    /// <summary>The result of a function, or an error when it is too large: escapes and base64 make texts longer with every call.</summary>
    public static CelValue Bounded(in CelValue result) => result.Kind switch
    {
        CelValueKind.Text when result.AsText.Length > Arithmetic.MaximumSize => Arithmetic.TooLarge,
        CelValueKind.Bytes when result.AsBytes.Length > Arithmetic.MaximumSize => Arithmetic.TooLarge,
        CelValueKind.List when result.AsList.Weight > Arithmetic.MaximumSize => Arithmetic.TooLarge,
        _ => result,
    };

    private static long Steps(in CelValue value) => value.Kind switch
    {
        CelValueKind.Text => value.AsText.Length / CharactersPerStep,
        CelValueKind.Bytes => value.AsBytes.Length / CharactersPerStep,
        CelValueKind.List => value.AsList.Weight / ValuesPerStep,
        CelValueKind.Map => value.AsMap.Weight / ValuesPerStep,
        _ => 0,
    };
}
