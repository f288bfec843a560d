using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language.Compiling;

/// <summary>Whether two outcomes are the same.</summary>
internal static class Agreement
{
    /// <summary>The same value (NaN is NaN here), or the same failure with the same inputs and text.</summary>
    public static bool Of(CelValue a, CelValue b)
    {
        if (a.Kind != b.Kind) return false;
        return a.Kind switch
        {
            CelValueKind.Missing or CelValueKind.Error => a.ErrorText == b.ErrorText && a.MissingInputs.SequenceEqual(b.MissingInputs),
            CelValueKind.Double => a.AsDouble.Equals(b.AsDouble),
            _ => CelValue.AreEqual(a, b),
        };
    }
}
