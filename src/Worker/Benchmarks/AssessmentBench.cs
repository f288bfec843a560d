using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;

namespace Risk.Worker.Benchmarks;

/// <summary>What one assessment costs. Means over the suppliers, median over the rounds.</summary>
/// <param name="MicrosecondsToLoad">Of one supplier's dossier from the store, without the others in the same query.</param>
/// <param name="MicrosecondsToAssess">Of a supplier that was assessed before and did not change.</param>
/// <param name="MicrosecondsAtFirst">Of a supplier without a past: what fires opens alerts.</param>
internal sealed record AssessmentBenchResult(double MicrosecondsToLoad, double MicrosecondsToAssess, double BytesToAssess, double MicrosecondsAtFirst, double BytesAtFirst);

/// <summary>Measures whole assessments: rules, life, score, alerts, next change.</summary>
internal static class AssessmentBench
{
    private const int Rounds = 5;
    private const int WarmUps = 5;

    public static AssessmentBenchResult Run(RuleSet rules, (Dossier Dossier, SupplierState State)[] suppliers)
    {
        // What was stored may be older than the rules: the state that counts is the one after an assessment at the same instant.
        (Dossier, SupplierState)[] assessed = [.. suppliers.Select(s => (s.Dossier, rules.Evaluate(s.Dossier, s.State).State))];
        (Dossier, SupplierState)[] unknown = [.. suppliers.Select(s => (s.Dossier, SupplierState.Initial))];
        List<(double Microseconds, double Bytes)> again = [], first = [];

        // The compiler of the runtime has to get wind of what is hot.
        for (int round = -WarmUps; round < Rounds; round++)
        {
            (double, double) ofAgain = Measure(rules, assessed), ofFirst = Measure(rules, unknown);
            if (round < 0) continue;
            again.Add(ofAgain);
            first.Add(ofFirst);
        }

        (double microsecondsAgain, double bytesAgain) = again.Order().ElementAt(Rounds / 2);
        (double microsecondsFirst, double bytesFirst) = first.Order().ElementAt(Rounds / 2);
        return new AssessmentBenchResult(0, microsecondsAgain, bytesAgain, microsecondsFirst, bytesFirst);
    }

    private static (double Microseconds, double Bytes) Measure(RuleSet rules, (Dossier Dossier, SupplierState State)[] suppliers)
    {
        GC.Collect();
        int count = 0;
        TimeSpan start = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        do
        {
            foreach ((Dossier dossier, SupplierState state) in suppliers) rules.Evaluate(dossier, state);
            count += suppliers.Length;
        }
        while ((Environment.CpuUsage.TotalTime - start).TotalMilliseconds < 200);
        double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
        return ((Environment.CpuUsage.TotalTime - start).TotalMicroseconds / count, bytes);
    }
}
