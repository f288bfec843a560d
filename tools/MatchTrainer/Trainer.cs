using Risk.Rules.Matching;

namespace Risk.MatchTrainer;

/// <summary>Trains the trees that say how likely a name and a listed name are one.</summary>
internal static class Trainer
{
    private const int Rechosen = 20;

    public static readonly string[] Header = ["# Gradient-boosted trees with monotone features, trained for this program by tools/MatchTrainer on the developers part of the name benchmark; see docs/screening.md."];

    public static (ScoreModel Model, List<string> Lines) Train(IReadOnlyList<Sample> all, IReadOnlyList<Query> queries, TreeSettings settings, Dictionary<string, string> options)
    {
        float others = Option(options, "others", 0.1f), real = Option(options, "real", 1.5f), negative = Option(options, "neg", 3f), cyrillic = Option(options, "cyrl", 1f);
        Sample[] samples = [.. all.Where(s => !s.IsSame && queries[s.Query].IsTrained)];
        float[] labels = [.. samples.Select(s => s.IsExpected ? 1f : 0)];
        var trees = new BoostedTrees([.. samples.Select(s => s.Features)], labels, MatchFeatures.Directions, settings);
        int[][] byQuery = [.. Enumerable.Range(0, samples.Length).GroupBy(i => samples[i].Query).Select(g => g.ToArray())];
        trees.Train((tree, weights) =>
        {
            if (tree % Rechosen != 0) return;
            foreach (int[] rows in byQuery)
            {
                Query query = queries[samples[rows[0]].Query];
                int bestExpected = -1, bestOther = -1;
                foreach (int row in rows)
                {
                    ref int best = ref labels[row] > 0 ? ref bestExpected : ref bestOther;
                    if (best < 0 || Rough(row) > Rough(best)) best = row;
                }

                foreach (int row in rows)
                {
                    weights[row] = labels[row] > 0 ? (row == bestExpected ? (query.IsReal ? real : query.IsCyrillic ? cyrillic : 1) : 0)
                        : (row == bestOther ? 1 : others) * (query.IsListed ? 0.35f : negative);
                }
            }

            double Rough(int row) => tree == 0 ? ScoreModel.Rank(samples[row].Features) : trees.Probability(row);
        });
        return (new ScoreModel(trees.Lines), trees.Lines);
    }

    private static float Option(Dictionary<string, string> options, string name, float otherwise) => options.TryGetValue(name, out string? text) ? float.Parse(text) : otherwise;
}
