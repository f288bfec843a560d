using System.Globalization;

namespace Risk.Rules.Matching;

/// <summary>From measured features to a score between 0 and 1: boosted trees, each feature with a direction that no split breaks.</summary>
/// <remarks>
/// The trees are constants in <c>Data/score-model.txt</c>; how they were made is in docs/screening.md. Because of the directions more evidence never lowers a score and more
/// difference never raises it.
/// </remarks>
internal sealed class ScoreModel
{
    private readonly Node[] nodes;
    private readonly int[] roots;
    private readonly float bias;

    /// <param name="lines">A line a tree: <c>feature:threshold:left:right</c> or <c>=value</c>, nodes counted from the root; one line <c>bias VALUE</c>.</param>
    public ScoreModel(IEnumerable<string> lines)
    {
        var all = new List<Node>();
        var starts = new List<int>();
        foreach (string[] parts in lines.Select(line => line.Split(' ')))
        {
            if (parts[0] == "bias")
            {
                bias = float.Parse(parts[1], CultureInfo.InvariantCulture);
                continue;
            }

            int root = all.Count;
            starts.Add(root);
            foreach (string[] node in parts.Skip(1).Select(part => part.Split(':')))
            {
                all.Add(node.Length == 1
                    ? new Node(-1, float.Parse(node[0].AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture), 0, 0)
                    : new Node(int.Parse(node[0], CultureInfo.InvariantCulture), float.Parse(node[1], CultureInfo.InvariantCulture), root + int.Parse(node[2], CultureInfo.InvariantCulture), root + int.Parse(node[3], CultureInfo.InvariantCulture)));
            }
        }

        (nodes, roots) = ([.. all], [.. starts]);
    }

    public static ScoreModel Default { get; } = new(DataLines.Read("score-model.txt"));

    /// <summary>A rough order by hand-set weights: which names are worth the exact score.</summary>
    public static float Rank(ReadOnlySpan<float> f) =>
        (0.28f * f[(int)MatchFeature.MatchedBits]) + (4f * f[(int)MatchFeature.Cosine]) + (2.5f * f[(int)MatchFeature.LetterRuns]) - (0.16f * f[(int)MatchFeature.UnmatchedQueryBits])
            - (0.08f * f[(int)MatchFeature.UnmatchedListedBits]) + (0.2f * f[(int)MatchFeature.LegalForm]) + f[(int)MatchFeature.Numbers] + f[(int)MatchFeature.Organization] + f[(int)MatchFeature.WholeText];

    public float Score(ReadOnlySpan<float> features)
    {
        float sum = bias;
        foreach (int root in roots)
        {
            int at = root;
            while (nodes[at].Feature >= 0) at = features[nodes[at].Feature] >= nodes[at].Value ? nodes[at].Right : nodes[at].Left;
            sum += nodes[at].Value;
        }

        return 1 / (1 + MathF.Exp(-sum));
    }

    /// <param name="Feature">-1 for a leaf.</param>
    /// <param name="Value">The threshold, or what a leaf adds.</param>
    private readonly record struct Node(int Feature, float Value, int Left, int Right);
}
