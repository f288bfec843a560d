namespace Risk.Rules.Matching;

/// <summary>Bands of scores, set by how many clean companies reach them on the name benchmark and not by round numbers.</summary>
public static class ScoreBands
{
    /// <summary>Fewer than 1 in 1,000 clean companies scores this high.</summary>
    public const float Strong = 0.9f;

    /// <summary>Fewer than 1 in 100. The default threshold of <c>risk screen</c>.</summary>
    public const float Review = 0.5f;

    /// <summary>A few in 100.</summary>
    public const float Weak = 0.2f;

    public static string Of(float score) => score >= Strong ? "strong" : score >= Review ? "review" : score >= Weak ? "weak" : "none";
}
