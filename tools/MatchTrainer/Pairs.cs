using Risk.Rules.Matching;

namespace Risk.MatchTrainer;

/// <summary>The labelled pairs: how well the score of a pair tells matches from others. They are measured and never trained on.</summary>
internal static class Pairs
{
    public static string Area(string data, ScoreModel model)
    {
        IReadOnlyList<LabelledPair> pairs = Benchmark.Pairs(data);
        float[] scores = [.. pairs.Select(p => Score(p, model))];
        (float, bool)[] all = [.. pairs.Select((p, i) => (scores[i], p.IsMatch))], published = [.. pairs.Select((p, i) => (scores[i], p)).Where(p => p.p.Published is not null).Select(p => (p.Item1, p.p.IsMatch))];
        return $"{Metrics.Area(all):0.000} ({Metrics.Area(published):0.000} of those with a published score)";
    }

    public static float Score(LabelledPair pair, ScoreModel model)
    {
        ScreeningIndex index = ScreeningIndex.Build([new ListedName("1", pair.Second, NameStrength.Primary, PartyKind.Organization, "", "")]);
        var samples = new List<Sample>();
        new NameSearcher(index).Examine(pair.First, (row, isSame, features) => samples.Add(new Sample(0, row, isSame, true, features)));
        return Scoring.Score(index, [new Query("", pair.First, "1", "")], samples, (_, f) => model.Score(f))[0].Expected;
    }
}
