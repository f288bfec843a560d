using System.Collections.Immutable;
using System.Globalization;

namespace Risk.Rules.Linting;

/// <summary>A number as a sum of multiples of things that are not known before evaluation, and a constant: <c>metrics.otd - limit.otd_min + 0.02</c>.</summary>
internal sealed record LinearForm(ImmutableSortedDictionary<string, double> Terms, double Constant)
{
    private static readonly ImmutableSortedDictionary<string, double> Nothing = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    public static LinearForm Of(double constant) => new(Nothing, constant);

    public static LinearForm Of(string symbol) => new(Nothing.Add(symbol, 1), 0);

    public bool IsConstant => Terms.IsEmpty;

    public LinearForm Plus(LinearForm other)
    {
        var terms = Terms.ToBuilder();
        foreach ((string symbol, double factor) in other.Terms)
        {
            double sum = terms.GetValueOrDefault(symbol) + factor;
            if (sum == 0) terms.Remove(symbol);
            else terms[symbol] = sum;
        }

        return new(terms.ToImmutable(), Constant + other.Constant);
    }

    public LinearForm Times(double factor) => factor == 0
        ? Of(0)
        : new(Terms.ToImmutableSortedDictionary(t => t.Key, t => t.Value * factor, StringComparer.Ordinal), Constant * factor);

    /// <summary>The terms alone, so scaled that the first counts once: forms with one name differ by a factor and a constant only.</summary>
    /// <param name="factor">What the named terms are to be multiplied with to give this form's.</param>
    public string Name(out double factor)
    {
        factor = Terms.First().Value;
        double first = factor;
        return string.Join(" + ", Terms.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Value / first:R}*{t.Key}")));
    }
}
