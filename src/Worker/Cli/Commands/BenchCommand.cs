using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Dossiers;
using Risk.Worker.Benchmarks;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Identity;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class BenchCommand
{
    /// <summary>Suppliers that are measured; more say nothing new.</summary>
    private const int MostSuppliers = 1_000;

    private static readonly JsonSerializerOptions Style = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create(CommandHost host)
    {
        var rules = new Command("rules", "100 rules over 10,000 dossiers, against the same conditions written in C#.");
        host.Handle(rules, (context, _) => Task.FromResult(Rules(context.Output)));
        var assess = new Command("assess", "The workspace's own rules over its own suppliers; nothing is saved.");
        host.Handle(assess, AssessAsync);
        var alerts = new Command("alerts", "10,000 alerts for 200 people at once: messages, memory, and that none is lost.");
        host.Handle(alerts, AlertsAsync);
        var gold = new Option<string[]>("--gold") { Description = "Audited names: CSV with query, name (the right one, or empty) and other_1, other_2 ... (turned down).", HelpName = "FILE.csv", Required = true, AllowMultipleArgumentsPerToken = true };
        var shown = new Option<bool>("--wrong") { Description = "List the wrong choices." };
        var resolve = new Command("resolve", "Precision and recall of 'risk suppliers resolve' on audited names.") { gold, shown };
        host.Handle(resolve, (context, token) => Task.FromResult(Resolve(context.Output, context.Parsed.GetValue(gold)!, context.Parsed.GetValue(shown), token)));
        var targets = new Option<string?>("--targets") { Description = "Listed names: CSV as of 'risk screen --targets', lists told apart by its column list (default: the lists in force in the workspace).", HelpName = "FILE.csv" };
        var screen = new Command("screen", "100,000 made-up suppliers against every list, then against one list's change.") { targets };
        host.Handle(screen, (context, token) => ScreenAsync(context, context.Parsed.GetValue(targets), token));
        return new Command("bench", "Measures this installation.") { rules, assess, alerts, resolve, screen, BenchFaultsCommand.Create(host) };
    }

    /// <summary>In a workspace of its own, which goes with the measurement; nothing is sent.</summary>
    private static async Task<int> AlertsAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var results = new List<AlertBenchResult>();
        foreach ((string name, string settings) in AlertBench.Scenarios)
        {
            context.Output.Progress(results.Count, AlertBench.Scenarios.Length, name);
            string folder = Directory.CreateTempSubdirectory("risk-bench-").FullName;
            try
            {
                IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Risk:Workspace", folder)]).Build();
                await using RiskApplication application = await RiskApplication.OpenAsync(configuration, cancellationToken);
                results.Add(await AlertBench.RunAsync(name, settings, application.Store, application.Clock, Path.Combine(folder, "outbox"), cancellationToken));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        CommandOutput output = context.Output;
        output.ClearProgress();
        if (output.Json) output.WriteJson(json => JsonSerializer.Serialize(json, results, Style));
        else
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{AlertBench.Alerts:N0} alerts on as many suppliers for {AlertBench.People} people, raised at once:"));
            output.Table(
                ["", ">messages at once", ">most for one", ">later", ">messages/s", ">attempts/s", ">peak MB", ">lost"],
                [.. results.Select(r => (string[])[r.Scenario, Number(r.AtOnce), Number(r.MostPerPerson), Number(r.Later), Number(r.PerSecond), Number(r.AttemptsPerSecond), Number(r.PeakMegabytes), Number(r.Lost)])]);
            output.Line("messages/s: decided, rendered, stored, in the ledger. attempts/s: one after the other, with the outcome stored. Peak of the whole process so far.");
        }

        return results.All(r => r.Lost == 0) ? ExitCode.Done : ExitCode.Found;

        static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
    }

    private static async Task<int> ScreenAsync(CommandContext context, string? targets, CancellationToken cancellationToken)
    {
        CommandOutput output = context.Output;
        IReadOnlyList<(string, ImmutableArray<ListEntry>)> lists;
        if (targets is null)
        {
            await using RiskApplication application = await context.OpenAsync(cancellationToken);
            await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
            lists = [.. (await session.Screening.ListsAsync(cancellationToken)).Select(l => (l.Source.Value, ListEntryFile.Read(l.Entries))).Where(l => l.Item2.Length > 0)];
        }
        else
        {
            var diagnostics = new DiagnosticBag();
            lists = PortfolioBench.ListsOf(ScreeningFiles.ReadTargets(targets, diagnostics));
            if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        }

        if (lists.Count == 0)
            throw new CommandFailure(ExitCode.Usage, targets is null ? "no list was pulled into this workspace yet; run 'risk run --once', or give listed names with --targets FILE.csv" : $"{targets}: no listed names");
        PortfolioBenchResult r = PortfolioBench.Run(lists, PortfolioBench.Suppliers, TimeProvider.System, (done, total, what) => output.Progress(done, total, what), cancellationToken);
        output.ClearProgress();
        if (output.Json)
        {
            output.WriteJson(json => JsonSerializer.Serialize(json, r, Style));
            return ExitCode.Done;
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"{r.Suppliers:N0} made-up suppliers against {r.Lists.Count} lists, {Environment.ProcessorCount} processors:"));
        output.Table(
            ["list", ">names", ">wall s", ">processor s", ">matches"],
            [.. r.Lists.Select(l => (string[])[l.List, Text($"{l.Names:N0}"), Text($"{l.WallSeconds:0.0}"), Text($"{l.ProcessorSeconds:0.0}"), Text($"{l.Matches:N0}")]),
                ["together", Text($"{r.Lists.Sum(l => l.Names):N0}"), Text($"{r.WallSeconds:0.0}"), Text($"{r.ProcessorSeconds:0.0}"), Text($"{r.Lists.Sum(l => l.Matches):N0}")]]);
        output.Line(Text($"{r.NamesPerSecond:N0} suppliers a second against one list; at most {r.PeakMegabytes:N0} MB of memory."));
        output.Line(Text($"A change of {r.DeltaNames:N0} names of the largest list: {r.DeltaMilliseconds:0} ms, {r.DeltaSuppliers:N0} suppliers compared; the portfolio made searchable for it in {r.PortfolioIndexSeconds:0.0} s, once a run."));
        return ExitCode.Done;

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    private static int Resolve(CommandOutput output, string[] gold, bool showWrong, CancellationToken cancellationToken)
    {
        var diagnostics = new DiagnosticBag();
        IReadOnlyList<GoldQuery> queries = GoldFiles.Read(gold, diagnostics);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        if (queries.Count == 0) throw new CommandFailure(ExitCode.Usage, $"{string.Join(", ", gold)}: no names to resolve");
        ResolveReport report = ResolveBench.Run(queries, TimeProvider.System, (done, total) => output.Progress(done, total, "resolving"), cancellationToken);
        output.ClearProgress();
        if (output.Json)
        {
            output.WriteJson(json => JsonSerializer.Serialize(json, new { report.Names, report.Seconds, report.Parts }, Style));
            return ExitCode.Done;
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"{queries.Count:N0} names, each resolved against {report.Names:N0} names of the files, in {report.Seconds:0.0} s"));
        output.Line();
        output.Table(
            ["half", ">names", ">have a match", "verdict", ">right", ">rejected", ">unjudged", ">precision", ">recall"],
            [.. report.Parts.SelectMany(p => (IReadOnlyList<string>[])[Row(p, "confirmed", p.Confirmed, p.ConfirmedRecall), Row(p, "likely", p.Likely, p.LikelyRecall)])]);
        foreach (ResolveScore p in report.Parts) output.Line(string.Create(CultureInfo.InvariantCulture, $"{p.Part}: {p.Ambiguous:N0} ambiguous ({p.AmbiguousRight:N0} with the right name first), {p.None:N0} none"));
        output.Line("Recall of likely counts confirmed ones too. Unjudged: a name of the files that no audit was offered for this one; it counts as wrong.");
        if (!showWrong) return ExitCode.Done;
        foreach (WrongChoice w in report.Wrong) output.Line($"{w.Part}; {w.Verdict}; {w.Query}; {w.Chosen}; {w.Accepted}");
        return ExitCode.Done;

        static string[] Row(ResolveScore p, string verdict, VerdictCount count, double recall) =>
        [
            p.Part, Number(p.Queries), Number(p.WithMatch), verdict, Number(count.Right), Number(count.Rejected), Number(count.Unjudged), count.Precision.ToString("0.0000", CultureInfo.InvariantCulture),
            recall.ToString("0.000", CultureInfo.InvariantCulture),
        ];

        static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
    }

    private static int Rules(CommandOutput output)
    {
        RuleBenchResult result = new RuleBench(RuleBench.DefaultDossiers).Run((done, total) => output.Progress(done, total, "rounds"));
        output.ClearProgress();
        if (output.Json) output.WriteJson(json => JsonSerializer.Serialize(json, result, Style));
        else Print(output, result);
        if (result.Differences == 0) return ExitCode.Done;
        output.Error(string.Create(CultureInfo.InvariantCulture, $"{result.Differences:N0} answers of the rules differ from those of the lambdas"));
        return ExitCode.Found;
    }

    private static void Print(CommandOutput output, RuleBenchResult r)
    {
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{r.Conditions} rules over {r.Dossiers:N0} dossiers: {r.Answers:N0} answers, {r.True:N0} true, {r.Undecided:N0} undecided, {r.Differences:N0} other than the lambdas'"));
        output.Line();
        output.Table(
            ["", ">evaluations/s", ">bytes/evaluation", ">of by hand", ">lowest"],
            [Row("C# lambdas by hand", r.ByHand), Row("rules", r.Compiled), Row("rules, with missing inputs and evidence", r.Full), Row("the same, each dossier laid out first", r.FromDossiers)]);
        output.Line();
        output.Line(string.Create(CultureInfo.InvariantCulture, $"An evaluation of a rule without macros allocates {r.BytesWithoutMacros:0.###} bytes."));
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Loading the rules (read, parse, check, plan, compile): {r.ColdLoad.Total:0} ms in a new process ({r.ColdLoad.Compile:0} ms of it to compile), {r.WarmLoad.Total:0} ms later ({r.WarmLoad.Compile:0} ms)."));
        output.Line("All by processor time of this process; lambdas and rules take turns. The lambdas know three outcomes too, but say neither what is missing nor what proves it.");
    }

    private static string[] Row(string name, Rate rate) =>
    [
        name, rate.PerSecond.ToString("N0", CultureInfo.InvariantCulture), rate.Bytes.ToString("0.##", CultureInfo.InvariantCulture), rate.Ratio.ToString("P0", CultureInfo.InvariantCulture),
        rate.LowestRatio.ToString("P0", CultureInfo.InvariantCulture),
    ];

    private static async Task<int> AssessAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        DateTimeOffset at = Configuration.Instants.Now(application.Clock);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        StoredSupplier[] suppliers = [.. (await session.Suppliers.ListAsync(null, cancellationToken)).Where(s => s.RetiredAt is null).Take(MostSuppliers)];
        if (suppliers.Length == 0) throw new CommandFailure(ExitCode.Usage, "there are no suppliers; 'risk run --once' imports the portfolio and fetches the sources");
        var states = await session.Assessments.StatesAsync([.. suppliers.Select(s => s.Supplier.Id)], cancellationToken);
        var work = new (Dossier Dossier, SupplierState State)[suppliers.Length];
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < work.Length; i++)
            work[i] = (await EvaluationCycle.DossierAsync(session, book.Catalog, suppliers[i], at, cancellationToken), states.GetValueOrDefault(suppliers[i].Supplier.Id, SupplierState.Initial));
        double load = (Environment.CpuUsage.TotalTime - start).TotalMicroseconds / work.Length;
        AssessmentBenchResult result = AssessmentBench.Run(book.Rules, work) with { MicrosecondsToLoad = load };
        CommandOutput output = context.Output;
        if (output.Json) output.WriteJson(json => JsonSerializer.Serialize(json, result, Style));
        else
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{book.Rules.Rules.Length} rules, {work.Length:N0} suppliers, by processor time of this process:"));
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {result.MicrosecondsToLoad,9:N0} µs to load one supplier's dossier from the store, alone"));
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {result.MicrosecondsToAssess,9:N1} µs to assess it anew, {result.BytesToAssess:N0} bytes"));
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {result.MicrosecondsAtFirst,9:N1} µs to assess it for the first time, {result.BytesAtFirst:N0} bytes"));
        }

        return ExitCode.Done;
    }
}
