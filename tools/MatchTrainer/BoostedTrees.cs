using System.Globalization;
using Risk.Rules.Matching;

namespace Risk.MatchTrainer;

/// <summary>How trees are grown.</summary>
internal sealed record TreeSettings(int Trees, int Leaves, double Rate, double Regularisation, double LeastHessian = 3);

/// <summary>Boosted trees with logistic loss and a direction for each feature, grown leaf by leaf over histograms. Deterministic.</summary>
internal sealed class BoostedTrees
{
    private const int MaximumBins = 96;
    private readonly TreeSettings settings;
    private readonly float[][] thresholds;
    private readonly byte[][] bins;
    private readonly float[] labels;
    private readonly double[] sums;
    private readonly double[] gradients;
    private readonly double[] hessians;
    private readonly int rowCount;
    private readonly int featureCount;
    private readonly IReadOnlyList<int> directions;
    private readonly bool[] used;

    /// <param name="rows">Features of a row.</param>
    /// <param name="directions">1 more never lowers, -1 more never raises, 0 free, int.MinValue not used.</param>
    public BoostedTrees(IReadOnlyList<float[]> rows, float[] labels, IReadOnlyList<int> directions, TreeSettings settings)
    {
        this.settings = settings;
        this.labels = labels;
        this.directions = directions;
        rowCount = rows.Count;
        featureCount = directions.Count;
        used = [.. directions.Select(d => d != int.MinValue)];
        thresholds = new float[featureCount][];
        bins = new byte[featureCount][];
        for (int f = 0; f < featureCount; f++)
        {
            thresholds[f] = used[f] ? Thresholds([.. rows.Select(r => r[f]).Order()]) : [];
            bins[f] = new byte[used[f] ? rowCount : 0];
            for (int r = 0; r < bins[f].Length; r++)
            {
                int at = Array.BinarySearch(thresholds[f], rows[r][f]);
                bins[f][r] = (byte)(at >= 0 ? at + 1 : ~at);
            }
        }

        sums = new double[rowCount];
        gradients = new double[rowCount];
        hessians = new double[rowCount];
    }

    public List<string> Lines { get; } = [];

    public double Probability(int row) => 1 / (1 + Math.Exp(-sums[row]));

    /// <param name="weigh">Called before every tree: sets the weights of the rows.</param>
    public void Train(Action<int, float[]> weigh)
    {
        var weights = new float[rowCount];
        weigh(0, weights);
        double positive = 1, all = 2;
        for (int r = 0; r < rowCount; r++) (positive, all) = (positive + (weights[r] * labels[r]), all + weights[r]);
        double bias = Math.Log(positive / (all - positive));
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"bias {bias:R}"));
        Array.Fill(sums, bias);
        for (int tree = 0; tree < settings.Trees; tree++)
        {
            weigh(tree, weights);
            for (int r = 0; r < rowCount; r++)
            {
                double p = Probability(r);
                gradients[r] = weights[r] * (p - labels[r]);
                hessians[r] = weights[r] * p * (1 - p);
            }

            Lines.Add(Grow());
        }
    }

    private static float[] Thresholds(float[] sorted)
    {
        float[] distinct = [.. sorted.Distinct()];
        if (distinct.Length <= MaximumBins) return distinct[1..];
        var cuts = new SortedSet<float>();
        for (int i = 1; i < MaximumBins; i++) cuts.Add(sorted[(int)((long)sorted.Length * i / MaximumBins)]);

        // The upper end decides who is alerted and holds few rows: it is cut finer.
        for (int i = 1; i < MaximumBins; i++) cuts.Add(distinct[(int)((long)distinct.Length * i / MaximumBins)]);
        cuts.Remove(distinct[0]);
        return [.. cuts];
    }

    private string Grow()
    {
        var nodes = new List<Node> { new(Enumerable.Range(0, rowCount).ToArray(), double.NegativeInfinity, double.PositiveInfinity, 0) };
        Measure(nodes[0], null, null);
        for (int leaves = 1; leaves < settings.Leaves; leaves++)
        {
            Node? best = nodes.Where(n => n.Left < 0 && n.Gain > 0).MaxBy(n => n.Gain);
            if (best is null) break;
            Split(best, nodes);
        }

        foreach (Node leaf in nodes.Where(n => n.Left < 0))
        {
            foreach (int row in leaf.Rows) sums[row] += leaf.Value * settings.Rate;
        }

        return "tree " + string.Join(' ', nodes.Select(n => n.Left < 0
            ? string.Create(CultureInfo.InvariantCulture, $"={n.Value * settings.Rate:G5}") : string.Create(CultureInfo.InvariantCulture, $"{n.Feature}:{thresholds[n.Feature][n.Bin - 1]:R}:{n.Left}:{n.Left + 1}")));
    }

    private void Split(Node node, List<Node> nodes)
    {
        byte[] bin = bins[node.Feature];
        int[] left = [.. node.Rows.Where(r => bin[r] < node.Bin)], right = [.. node.Rows.Where(r => bin[r] >= node.Bin)];
        double middle = (node.LeftValue + node.RightValue) / 2, low = node.Low, high = node.High;
        int direction = directions[node.Feature];
        var first = new Node(left, direction < 0 ? middle : low, direction > 0 ? middle : high, node.LeftValue);
        var second = new Node(right, direction > 0 ? middle : low, direction < 0 ? middle : high, node.RightValue);
        node.Left = nodes.Count;
        nodes.Add(first);
        nodes.Add(second);
        (Node small, Node large) = left.Length < right.Length ? (first, second) : (second, first);
        Measure(small, null, null);
        Measure(large, node, small);
        node.Histogram = null;
    }

    /// <summary>Fills the histogram, from the parent's less the sibling's where they are there, and finds the best split.</summary>
    private void Measure(Node node, Node? parent, Node? sibling)
    {
        double[][] histogram = node.Histogram = new double[featureCount][];
        for (int f = 0; f < featureCount; f++)
        {
            if (!used[f]) continue;
            double[] h = histogram[f] = new double[2 * (thresholds[f].Length + 1)];
            if (parent is not null)
            {
                double[] whole = parent.Histogram![f], other = sibling!.Histogram![f];
                for (int i = 0; i < h.Length; i++) h[i] = whole[i] - other[i];
                continue;
            }

            byte[] bin = bins[f];
            foreach (int row in node.Rows)
            {
                int at = 2 * bin[row];
                h[at] += gradients[row];
                h[at + 1] += hessians[row];
            }
        }

        for (int f = 0; f < featureCount; f++)
        {
            if (used[f]) FindSplit(node, f, histogram[f]);
        }
    }

    private void FindSplit(Node node, int feature, double[] histogram)
    {
        double allGradient = 0, allHessian = 0, gradient = 0, hessian = 0;
        for (int i = 0; i < histogram.Length; i += 2) (allGradient, allHessian) = (allGradient + histogram[i], allHessian + histogram[i + 1]);
        double before = Gain(allGradient, allHessian, Clip(node, allGradient, allHessian));
        for (int bin = 1; bin < histogram.Length / 2; bin++)
        {
            gradient += histogram[(2 * bin) - 2];
            hessian += histogram[(2 * bin) - 1];
            if (hessian < settings.LeastHessian || allHessian - hessian < settings.LeastHessian) continue;
            double left = Clip(node, gradient, hessian), right = Clip(node, allGradient - gradient, allHessian - hessian);
            if (directions[feature] * (right - left) < 0) continue;
            double gain = Gain(gradient, hessian, left) + Gain(allGradient - gradient, allHessian - hessian, right) - before;
            if (gain > node.Gain + 1e-9) (node.Gain, node.Feature, node.Bin, node.LeftValue, node.RightValue) = (gain, feature, bin, left, right);
        }
    }

    private double Clip(Node node, double gradient, double hessian) => Math.Clamp(-gradient / (hessian + settings.Regularisation), node.Low, node.High);

    private double Gain(double gradient, double hessian, double value) => -((gradient * value) + (0.5 * (hessian + settings.Regularisation) * value * value));

    private sealed class Node(int[] rows, double low, double high, double value)
    {
        public int[] Rows { get; } = rows;

        public double Low { get; } = low;

        public double High { get; } = high;

        public double Value { get; } = value;

        public double[][]? Histogram { get; set; }

        public double Gain { get; set; }

        public int Feature { get; set; }

        public int Bin { get; set; }

        public double LeftValue { get; set; }

        public double RightValue { get; set; }

        public int Left { get; set; } = -1;
    }
}
