// match-trainer FOLDER [folds=4] [pairs] [shipped] [worst=N] [dump=FILE] [out=FILE]: trains the screening score on the name benchmark and says what it is worth; docs/screening.md tells how.
using System.Diagnostics;
using Risk.MatchTrainer;
using Risk.Rules.Matching;

string data = args[0];
var options = args.Skip(1).Select(a => a.Split('=', 2)).ToDictionary(a => a[0], a => a.Length > 1 ? a[1] : "");
int folds = int.Parse(options.GetValueOrDefault("folds", "4"));
int trees = int.Parse(options.GetValueOrDefault("trees", "110"));
var clock = Stopwatch.StartNew();
ScreeningIndex index = ScreeningIndex.Build(Benchmark.Targets(data));
IReadOnlyList<Query> queries = Benchmark.Queries(data);
List<Sample> samples = Sample.Of(index, queries);
Console.WriteLine($"{queries.Count} queries, {samples.Count} rows, {clock.Elapsed.TotalSeconds:0.0} s");
if (options.ContainsKey("shipped")) Report("shipped, in sample", Scoring.Score(index, queries, samples, (_, f) => ScoreModel.Default.Score(f)), options);
var settings = new TreeSettings(Trees: trees, Leaves: int.Parse(options.GetValueOrDefault("leaves", "16")), Rate: double.Parse(options.GetValueOrDefault("rate", "0.1")), Regularisation: double.Parse(options.GetValueOrDefault("reg", "5")));
if (folds > 1)
{
    int[] foldOf = [.. queries.Select(q => q.Fold(folds))];
    var models = new ScoreModel[folds];
    Parallel.For(0, folds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, fold => models[fold] = Trainer.Train([.. samples.Where(s => foldOf[s.Query] != fold)], queries, settings, options).Model);
    IReadOnlyList<Outcome> outcomes = Scoring.Score(index, queries, samples, (q, f) => models[foldOf[q]].Score(f));
    for (int fold = 0; fold < folds; fold++) Console.WriteLine($"  fold {fold}: {Metrics.Of([.. outcomes.Where((_, i) => foldOf[i] == fold)])}");
    Report($"held out, {folds} folds pooled", outcomes, options);
    if (options.TryGetValue("pairdump", out string? pairDump)) File.WriteAllLines(pairDump, Benchmark.Pairs(data).Select(p => $"{Pairs.Score(p, models[0]):0.0000}\t{(p.IsMatch ? 1 : 0)}\t{p.Published}\t{p.First}\t{p.Second}"));
    if (options.ContainsKey("pairs")) Console.WriteLine($"pairs by the folds' models: {string.Join(' ', models.Select(m => Pairs.Area(data, m)))}");
}

Console.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s");
if (options.TryGetValue("out", out string? path))
{
    (ScoreModel model, List<string> lines) = Trainer.Train(samples, queries, settings, options);
    File.WriteAllLines(path, [.. Trainer.Header, .. lines]);
    Report("shipped trees, in sample", Scoring.Score(index, queries, samples, (_, f) => model.Score(f)), options);
    Console.WriteLine($"pairs: {Pairs.Area(data, model)}");
}

static void Report(string title, IReadOnlyList<Outcome> outcomes, Dictionary<string, string> options)
{
    Console.WriteLine($"{title}: {Metrics.Of(outcomes)}");
    if (options.TryGetValue("dump", out string? dump)) File.WriteAllLines(dump, outcomes.Select(o => $"{o.Query.Kind}\t{o.Query.Name}\t{o.Expected}\t{o.Best}\t{o.BestName}\t{o.Features}\t{o.ExpectedName}\t{o.ExpectedFeatures}"));
    if (!options.TryGetValue("worst", out string? worst)) return;
    foreach (Outcome o in outcomes.Where(o => !o.Query.IsListed).OrderByDescending(o => o.Best).Take(int.Parse(worst))) Console.WriteLine($"    {o.Best:0.00000} {o.Query.Name} ~ {o.BestName}   {o.Features}");
}
