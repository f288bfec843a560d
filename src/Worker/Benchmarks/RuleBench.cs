using System.Diagnostics;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;

namespace Risk.Worker.Benchmarks;

/// <summary>How long 100 rules take to load.</summary>
/// <param name="Total">Milliseconds of processor time from text to compiled delegates.</param>
/// <param name="Compile">The part for making delegates.</param>
internal sealed record LoadTime(double Total, double Compile);

/// <summary>Rates of one way of evaluating, over the rounds.</summary>
/// <param name="PerSecond">Evaluations per second of processor time, median.</param>
/// <param name="Bytes">Allocated for one evaluation.</param>
/// <param name="Ratio">Speed relative to the lambdas, median over the rounds.</param>
/// <param name="LowestRatio">In the least favourable round.</param>
internal sealed record Rate(double PerSecond, double Bytes, double Ratio, double LowestRatio);

/// <param name="Differences">Answers of the rules that are not the lambdas'.</param>
/// <param name="ColdLoad">The first load in this process.</param>
/// <param name="WarmLoad">Median of later ones.</param>
/// <param name="Full">With the missing inputs of what is undecided and the evidence of what holds.</param>
/// <param name="FromDossiers">As <paramref name="Full"/>, from signals: the others begin with dossiers that are laid out.</param>
/// <param name="BytesWithoutMacros">Allocated for one evaluation of a rule without macros.</param>
internal sealed record RuleBenchResult(
    int Conditions, int Dossiers, long Answers, long Undecided, long True, long Differences, LoadTime ColdLoad, LoadTime WarmLoad, Rate ByHand, Rate Compiled, Rate Full, Rate FromDossiers, double BytesWithoutMacros);

/// <summary>Measures compiled rules against lambdas of the same meaning over the same dossiers, in rounds that take turns, by the processor time of the process.</summary>
internal sealed class RuleBench
{
    public const int DefaultDossiers = 10_000;
    private const int Rounds = 9;
    private const int WarmUps = 3;

    private readonly Catalog catalog = BenchWorkload.Catalog();
    private readonly string pack = BenchWorkload.Pack();
    private readonly int count;
    private RuleSet rules = null!;
    private Dossier[] dossiers = null!;
    private OpenDossier[] open = null!;

    public RuleBench(int count) => this.count = count;

    /// <summary>Loads first, so that the first figure is that of a new process.</summary>
    public RuleBenchResult Run(Action<int, int> progress)
    {
        LoadTime cold = Prepare();
        (long trueAnswers, long undecided, long differences) = Compare();
        List<double> byHand = [], compiled = [], full = [], fromDossiers = [];
        for (int round = 0; round < WarmUps + Rounds; round++)
        {
            progress(round, WarmUps + Rounds);
            double hand = Measure(ByHand), own = Measure(Compiled), all = Measure(Full), laidOut = Measure(FullFromDossiers);
            if (round < WarmUps) continue;
            byHand.Add(hand);
            compiled.Add(own);
            full.Add(all);
            fromDossiers.Add(laidOut);
        }

        double answers = (double)count * BenchConditions.All.Length;
        var warm = new LoadTime[5];
        for (int i = 0; i < warm.Length; i++) warm[i] = Load();
        return new RuleBenchResult(
            BenchConditions.All.Length, count, (long)answers, undecided, trueAnswers, differences, cold, warm.OrderBy(w => w.Total).ElementAt(2),
            Of(byHand, byHand, ByHand), Of(compiled, byHand, Compiled), Of(full, byHand, Full), Of(fromDossiers, byHand, FullFromDossiers), PlainBytes());

        Rate Of(List<double> seconds, List<double> reference, Func<long> pass)
        {
            double[] ratios = [.. reference.Zip(seconds, (hand, own) => hand / own).Order()];
            return new Rate(answers / seconds.Order().ElementAt(Rounds / 2), Allocated(pass) / answers, ratios[Rounds / 2], ratios[0]);
        }
    }

    private readonly Signal[] evidence = new Signal[OpenDossier.MostEvidence];

    /// <summary>Loads the rules and lays out the dossiers.</summary>
    public LoadTime Prepare()
    {
        LoadTime cold = Load();
        dossiers = BenchWorkload.Dossiers(catalog, count);
        open = [.. dossiers.Select(rules.Open)];
        return cold;
    }

    private LoadTime Load()
    {
        TimeSpan start = Now;
        RuleSet set = BenchWorkload.Load(pack, catalog);
        TimeSpan read = Now;
        set.Prepare();
        TimeSpan end = Now;
        rules = set;
        return new LoadTime((end - start).TotalMilliseconds, (end - read).TotalMilliseconds);
    }

    /// <summary>How the rules answer, and how often otherwise than the lambdas.</summary>
    public (long True, long Undecided, long Differences) Compare()
    {
        long yes = 0, undecided = 0, differences = 0;
        foreach (OpenDossier dossier in open)
        {
            for (int i = 0; i < BenchConditions.All.Length; i++)
            {
                CelOutcome wanted = BenchConditions.All[i].ByHand(dossier.View), given = dossier.Decide(i);
                if (given == CelOutcome.True) yes++;
                if (given == CelOutcome.Undecided) undecided++;
                if (given != wanted) differences++;
            }
        }

        return (yes, undecided, differences);
    }

    private long ByHand()
    {
        BenchCondition[] conditions = BenchConditions.All;
        long sum = 0;
        foreach (OpenDossier dossier in open)
        {
            DossierView view = dossier.View;
            for (int i = 0; i < conditions.Length; i++) sum += (long)conditions[i].ByHand(view);
        }

        return sum;
    }

    private long Compiled()
    {
        int conditions = BenchConditions.All.Length;
        long sum = 0;
        foreach (OpenDossier dossier in open)
        {
            for (int i = 0; i < conditions; i++) sum += (long)dossier.Decide(i);
        }

        return sum;
    }

    /// <summary>As an assessment needs it: what is missing where a rule is undecided, the evidence where it holds.</summary>
    private long Full()
    {
        long sum = 0;
        foreach (OpenDossier dossier in open) sum += Full(dossier);
        return sum;
    }

    /// <summary>The same with one workspace for all, into which each dossier is laid out first.</summary>
    private long FullFromDossiers()
    {
        OpenDossier one = open[0];
        long sum = 0;
        foreach (Dossier dossier in dossiers)
        {
            one.Reset(dossier);
            sum += Full(one);
        }

        one.Reset(dossiers[0]);
        return sum;
    }

    private long Full(OpenDossier dossier)
    {
        long sum = 0;
        for (int i = 0; i < BenchConditions.All.Length; i++)
        {
            CelOutcome outcome = dossier.Decide(i);
            sum += (long)outcome;
            if (outcome == CelOutcome.True) sum += dossier.EvidenceFor(i, evidence);
            else if (outcome == CelOutcome.Undecided) sum += dossier.MissingFor(i).Length;
        }

        return sum;
    }

    /// <summary>Allocated bytes per evaluation of the conditions without macros.</summary>
    public double PlainBytes()
    {
        int[] plain = [.. Enumerable.Range(0, BenchConditions.All.Length).Where(i => !BenchConditions.All[i].Text.Contains("(e,", StringComparison.Ordinal) && !BenchConditions.All[i].Text.Contains("(t,", StringComparison.Ordinal))];
        return Allocated(() =>
        {
            long sum = 0;
            foreach (OpenDossier dossier in open)
            {
                foreach (int i in plain) sum += (long)dossier.Decide(i);
            }

            return sum;
        }) / ((double)count * plain.Length);
    }

    private static TimeSpan Now => Environment.CpuUsage.TotalTime;

    /// <summary>Seconds of processor time for one pass, over as many passes as last long enough for the clock.</summary>
    private static double Measure(Func<long> pass)
    {
        GC.Collect();
        TimeSpan start = Now;
        int passes = 0;
        long sum = 0;
        do
        {
            sum += pass();
            passes++;
        }
        while ((Now - start).TotalMilliseconds < 150);
        GC.KeepAlive(sum);
        return (Now - start).TotalSeconds / passes;
    }

    private static double Allocated(Func<long> pass)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(pass());
        return GC.GetAllocatedBytesForCurrentThread() - before - 24;
    }
}
