namespace Risk.MatchTrainer;

/// <summary>A query with its best parties.</summary>
/// <param name="Expected">Score of the expected party, 0 when it was not found.</param>
/// <param name="Best">The highest score.</param>
/// <param name="BestName">The listed name that has it.</param>
/// <param name="Features">Why.</param>
internal sealed record Outcome(Query Query, float Expected, float Best, string BestName, string Features, string ExpectedName, string ExpectedFeatures);

/// <summary>What the benchmark measures.</summary>
internal sealed record Metrics(double MainAtPercent, double MainAtTenth, double RealAtPercent, double CyrillicAtPercent, double RightFirst, double MainAroundTenth)
{
    public static Metrics Of(IReadOnlyList<Outcome> outcomes)
    {
        float[] clean = [.. outcomes.Where(o => !o.Query.IsListed).Select(o => o.Best).OrderDescending()];
        float[] main = [.. outcomes.Where(o => o.Query.IsMain).Select(o => o.Expected)];
        float[] real = [.. outcomes.Where(o => o.Query.IsReal).Select(o => o.Expected)];
        float[] cyrillic = [.. outcomes.Where(o => o.Query.IsCyrillic).Select(o => o.Expected)];
        double First() => outcomes.Where(o => o.Query.IsMain).Average(o => o.Expected > 0 && o.Expected >= o.Best ? 1.0 : 0);
        double At(float[] scores, double rate)
        {
            int place = (int)(rate * clean.Length);
            float threshold = place < clean.Length ? clean[place] + 1e-9f : 0;
            return scores.Length == 0 ? 0 : scores.Average(s => s > threshold ? 1.0 : 0);
        }

        double around = Enumerable.Range(0, 6).Average(i => At(main, 0.0004 + (0.0003 * i)));
        return new Metrics(At(main, 0.01), At(main, 0.001), At(real, 0.01), At(cyrillic, 0.01), First(), around);
    }

    public override string ToString() => $"1% {MainAtPercent:0.0000}  0.1% {MainAtTenth:0.0000} (around {MainAroundTenth:0.0000})  real {RealAtPercent:0.0000}  cyrl {CyrillicAtPercent:0.0000}  first {RightFirst:0.0000}";

    /// <summary>Area under the ROC curve.</summary>
    public static double Area(IReadOnlyList<(float Score, bool IsMatch)> pairs)
    {
        double wins = 0;
        foreach ((float positive, _) in pairs.Where(p => p.IsMatch))
        {
            foreach ((float negative, _) in pairs.Where(p => !p.IsMatch)) wins += positive > negative ? 1 : positive == negative ? 0.5 : 0;
        }

        return wins / ((double)pairs.Count(p => p.IsMatch) * pairs.Count(p => !p.IsMatch));
    }
}
