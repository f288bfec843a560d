using Risk.Rules.Matching;

namespace Risk.MatchTrainer;

/// <summary>A name beside one of its best candidates.</summary>
/// <param name="Query">Place of the query.</param>
/// <param name="Row">Row of the index.</param>
/// <param name="IsSame">Equal in every word.</param>
internal sealed record Sample(int Query, int Row, bool IsSame, bool IsExpected, float[] Features)
{
    public static List<Sample> Of(ScreeningIndex index, IReadOnlyList<Query> queries)
    {
        var samples = new List<Sample>();
        var searcher = new NameSearcher(index);
        for (int q = 0; q < queries.Count; q++)
        {
            int query = q;
            string expected = queries[q].Expected;
            searcher.Examine(queries[q].Name, (row, isSame, features) => samples.Add(new Sample(query, row, isSame, index.Name(row).EntityId == expected, features)));
        }

        return samples;
    }
}

/// <summary>Scores as the product makes them.</summary>
internal static class Scoring
{
    public static IReadOnlyList<Outcome> Score(ScreeningIndex index, IReadOnlyList<Query> queries, IReadOnlyList<Sample> samples, Func<int, float[], float> likeness)
    {
        var outcomes = queries.Select(q => new Outcome(q, 0, 0, "", "", "", "")).ToArray();
        foreach (Sample s in samples)
        {
            float[] f = s.Features;
            float score = ScorePolicy.Apply(s.IsSame ? ScorePolicy.SameName : likeness(s.Query, f), f, index.Name(s.Row).Strength, null);
            ref Outcome outcome = ref outcomes[s.Query];
            if (score > outcome.Best) outcome = outcome with { Best = score, BestName = index.Name(s.Row).Name, Features = Show(f) };
            if (s.IsExpected && score > outcome.Expected) outcome = outcome with { Expected = score, ExpectedName = index.Name(s.Row).Name, ExpectedFeatures = Show(f) };
        }

        return outcomes;
    }

    private static string Show(float[] features) => string.Join(' ', features.Select((v, i) => $"{(MatchFeature)i}={v:0.##}"));
}
