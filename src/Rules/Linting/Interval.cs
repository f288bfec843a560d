namespace Risk.Rules.Linting;

/// <summary>Numbers between two ends, each of which may belong to it or not.</summary>
internal readonly record struct Interval(double Low, bool IsLowOpen, double High, bool IsHighOpen)
{
    public static Interval All { get; } = new(double.NegativeInfinity, true, double.PositiveInfinity, true);

    public bool IsEmpty => Low > High || (Low == High && (IsLowOpen || IsHighOpen));

    public static Interval Between(double low, double high) => new(low, double.IsInfinity(low), high, double.IsInfinity(high));

    public static Interval Point(double value) => new(value, false, value, false);

    /// <summary>The values for which <c>value OPERATOR bound</c> holds.</summary>
    /// <param name="comparison">CEL's name of the operator.</param>
    public static Interval Where(string comparison, double bound) => comparison switch
    {
        "_<_" => new(double.NegativeInfinity, true, bound, true),
        "_<=_" => new(double.NegativeInfinity, true, bound, false),
        "_>_" => new(bound, true, double.PositiveInfinity, true),
        "_>=_" => new(bound, false, double.PositiveInfinity, true),
        "_==_" => Point(bound),
        _ => All,
    };

    public Interval And(Interval other)
    {
        (double low, bool lowOpen) = Low > other.Low ? (Low, IsLowOpen) : other.Low > Low ? (other.Low, other.IsLowOpen) : (Low, IsLowOpen || other.IsLowOpen);
        (double high, bool highOpen) = High < other.High ? (High, IsHighOpen) : other.High < High ? (other.High, other.IsHighOpen) : (High, IsHighOpen || other.IsHighOpen);
        return new(low, lowOpen, high, highOpen);
    }

    /// <summary>The smallest interval that holds both.</summary>
    public Interval Or(Interval other)
    {
        (double low, bool lowOpen) = Low < other.Low ? (Low, IsLowOpen) : other.Low < Low ? (other.Low, other.IsLowOpen) : (Low, IsLowOpen && other.IsLowOpen);
        (double high, bool highOpen) = High > other.High ? (High, IsHighOpen) : other.High > High ? (other.High, other.IsHighOpen) : (High, IsHighOpen && other.IsHighOpen);
        return new(low, lowOpen, high, highOpen);
    }

    public Interval Plus(Interval other) => new(Low + other.Low, IsLowOpen || other.IsLowOpen, High + other.High, IsHighOpen || other.IsHighOpen);

    public Interval Times(double factor) => factor >= 0
        ? new(factor == 0 ? 0 : Low * factor, IsLowOpen, factor == 0 ? 0 : High * factor, IsHighOpen)
        : new(High * factor, IsHighOpen, Low * factor, IsLowOpen);
}
