using Risk.Rules.Matching;

namespace Risk.Worker.Screening;

/// <summary>What one run measured.</summary>
/// <param name="NamesPerSecond">On one core.</param>
/// <param name="ReferencePerSecond">Names a second of the brute-force reference.</param>
internal sealed record BenchReport(
    int Targets, int Queries, double BuildSeconds, double IndexMegabytes, double NamesPerSecond, double MedianMicroseconds, double SlowestHundredthMicroseconds, double BytesPerQuery,
    int ReferenceQueries, double ReferencePerSecond)
{
    public double Ratio => ReferencePerSecond > 0 ? NamesPerSecond / ReferencePerSecond : 0;
}

/// <summary>Measures the screener on its own queries, and in the same run the plainest other way: Jaro-Winkler of every name with every listed name.</summary>
internal static class ScreeningBench
{
    private const int WarmUp = 2000;
    private const int ReferenceQueries = 100;
    private const int Hits = 10;

    public static BenchReport Run(IReadOnlyList<ListedName> targets, IReadOnlyList<QueryRow> queries, TimeProvider clock, CancellationToken cancellationToken)
    {
        // The first build pays for tables and for compilation; the second is the one a running worker sees.
        ScreeningIndex.Build(targets);
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true), started = clock.GetTimestamp();
        ScreeningIndex index = ScreeningIndex.Build(targets);
        double build = clock.GetElapsedTime(started).TotalSeconds, megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        var searcher = new NameSearcher(index);
        var hits = new ScreeningHit[Hits];
        for (int i = 0; i < Math.Min(WarmUp, queries.Count); i++) searcher.Search(queries[i].Query, 0, hits);
        var micros = new double[queries.Count];
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        double total = 0;
        for (int i = 0; i < queries.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            searcher.Search(queries[i].Query, 0, hits);
            TimeSpan took = clock.GetElapsedTime(start);
            micros[i] = took.TotalMicroseconds;
            total += took.TotalSeconds;
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Array.Sort(micros);
        double reference = Reference(targets, queries, clock, cancellationToken);
        return new BenchReport(
            targets.Count, queries.Count, build, megabytes, queries.Count / total, micros[micros.Length / 2], micros[(int)(micros.Length * 0.99)], (double)bytes / queries.Count, Math.Min(ReferenceQueries, queries.Count), reference);
    }

    private static double Reference(IReadOnlyList<ListedName> targets, IReadOnlyList<QueryRow> queries, TimeProvider clock, CancellationToken cancellationToken)
    {
        string[] folded = [.. targets.Select(t => NameNormalizer.Literal(t.Name))];
        int count = Math.Min(ReferenceQueries, queries.Count), step = Math.Max(1, queries.Count / count);
        float best = 0;
        long started = clock.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string query = NameNormalizer.Literal(queries[i * step].Query.Name);
            foreach (string name in folded) best = Math.Max(best, JaroWinkler.Similarity(query, name));
        }

        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        return best >= 0 ? count / seconds : 0;
    }
}
