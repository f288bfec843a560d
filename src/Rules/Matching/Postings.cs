namespace Risk.Rules.Matching;

/// <summary>Which names hold which key: one array for all, names in order and each once a key.</summary>
internal sealed class Postings
{
    private readonly int[] starts;
    private readonly int[] names;

    private Postings(int[] starts, int[] names)
    {
        this.starts = starts;
        this.names = names;
    }

    public ReadOnlySpan<int> Of(int key) => names.AsSpan(starts[key], starts[key + 1] - starts[key]);

    /// <param name="keyCount">Keys are from 0 to this.</param>
    /// <param name="nameCount">Names are from 0 to this.</param>
    /// <param name="each">Calls back with every key of a name; called twice for each name.</param>
    public static Postings Build(int keyCount, int nameCount, Action<int, Action<int>> each)
    {
        var last = new int[keyCount];
        var counts = new int[keyCount + 1];
        Array.Fill(last, -1);
        int name = 0;
        Action<int> count = key =>
        {
            if (last[key] == name) return;
            last[key] = name;
            counts[key + 1]++;
        };
        for (; name < nameCount; name++) each(name, count);
        for (int key = 0; key < keyCount; key++) counts[key + 1] += counts[key];
        var names = new int[counts[keyCount]];
        var next = counts.AsSpan(0, keyCount).ToArray();
        Array.Fill(last, -1);
        Action<int> fill = key =>
        {
            if (last[key] == name) return;
            last[key] = name;
            names[next[key]++] = name;
        };
        for (name = 0; name < nameCount; name++) each(name, fill);
        return new Postings(counts, names);
    }
}
