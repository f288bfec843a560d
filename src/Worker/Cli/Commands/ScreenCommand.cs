using System.CommandLine;
using System.Globalization;
using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Matching;
using Risk.Worker.Hosting;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Screens names against listed names.</summary>
internal static class ScreenCommand
{
    private const int DefaultTop = 10;
    private const double DefaultThreshold = 0.5;
    private const int MostHits = 50;
    private const int ProgressEvery = 500;

    public static Command Create(CommandHost host)
    {
        var name = new Argument<string?>("NAME") { Description = "One name to screen.", Arity = ArgumentArity.ZeroOrOne };
        var queries = new Option<string?>("--queries") { Description = "Names to screen: CSV with id,query and, where known, country and identifiers.", HelpName = "FILE.csv" };
        var targets = new Option<string?>("--targets") { Description = "Listed names: CSV with entity_id,name and is_alias,type,country,list,identifiers (default: the lists in force in the workspace).", HelpName = "FILE.csv" };
        var result = new Option<string?>("--out") { Description = "Where results go: CSV with query_id,rank,entity_id,score,explanation.", HelpName = "FILE.csv" };
        var country = new Option<string?>("--country") { Description = "Country of NAME: a code or an English name.", HelpName = "COUNTRY" };
        var top = new Option<int>("--top") { Description = $"Parties for each name (1 to {MostHits}; default {DefaultTop}).", HelpName = "N", DefaultValueFactory = _ => DefaultTop };
        var threshold = new Option<double>("--threshold") { Description = "Least score, 0 to 1 (default 0.5: review).", HelpName = "X", DefaultValueFactory = _ => DefaultThreshold };
        var bench = new Option<bool>("--bench") { Description = "Measure speed and memory on the queries, beside brute-force Jaro-Winkler." };
        var command = new Command("screen", "Screens names against listed names: score, explanation, list.") { name, queries, targets, result, country, top, threshold, bench };
        host.Handle(command, (context, token) =>
        {
            var request = new Request(
                context.Parsed.GetValue(name), context.Parsed.GetValue(queries), context.Parsed.GetValue(targets), context.Parsed.GetValue(result), context.Parsed.GetValue(country) ?? "",
                context.Parsed.GetValue(top), (float)context.Parsed.GetValue(threshold), context.Parsed.GetValue(bench));
            return ScreenAsync(context, request, token);
        });
        return command;
    }

    private static async Task<int> ScreenAsync(CommandContext context, Request request, CancellationToken cancellationToken)
    {
        if (request.Top is < 1 or > MostHits) throw new CommandFailure(ExitCode.Usage, $"--top is 1 to {MostHits}, not {request.Top}");
        if (!(request.Threshold is >= 0 and <= 1)) throw new CommandFailure(ExitCode.Usage, "--threshold is 0 to 1");
        if (request.Name is null == request.Queries is null) throw new CommandFailure(ExitCode.Usage, "give a NAME to screen, or --queries FILE.csv with many");
        if (request.Bench && request.Queries is null) throw new CommandFailure(ExitCode.Usage, "--bench measures on --queries FILE.csv");
        CommandOutput output = context.Output;
        var diagnostics = new DiagnosticBag();
        output.Progress(0, 0, "reading the lists");
        IReadOnlyList<QueryRow> queries = request.Queries is null ? [new QueryRow("", new ScreeningQuery(request.Name!, request.Country))] : ScreeningFiles.ReadQueries(request.Queries, diagnostics);
        ListsInForce listed = request.Targets is null ? await InForceAsync(context, cancellationToken) : new ListsInForce(ScreeningFiles.ReadTargets(request.Targets, diagnostics), new Dictionary<string, string>());
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        if (listed.Names.Count == 0) throw new CommandFailure(ExitCode.Usage, $"{request.Targets}: no listed names; nothing can be cleared against an empty list");
        if (queries.Count == 0) throw new CommandFailure(ExitCode.Usage, $"{request.Queries}: no names to screen");
        if (request.Bench) return Bench(output, listed.Names, queries, cancellationToken);
        output.Progress(0, 0, "building the index");
        ScreeningIndex index = ScreeningIndex.Build(listed.Names);
        return request.Queries is null ? One(output, index, listed.Dates, request, queries[0].Query) : Many(output, index, request, queries, cancellationToken);
    }

    private static async Task<ListsInForce> InForceAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        ListsInForce lists = await ListsInForce.LoadAsync(session, cancellationToken);
        if (lists.Names.Count == 0) throw new CommandFailure(ExitCode.Usage, "no list was pulled into this workspace yet; run 'risk run --once', or give listed names with --targets FILE.csv");
        return lists;
    }

    private static int One(CommandOutput output, ScreeningIndex index, IReadOnlyDictionary<string, string> dates, Request request, in ScreeningQuery query)
    {
        var searcher = new NameSearcher(index);
        var hits = new ScreeningHit[request.Top];
        int count = searcher.Search(query, request.Threshold, hits);
        output.ClearProgress();
        var explained = new MatchExplanation[count];
        for (int i = 0; i < count; i++) explained[i] = searcher.Explain(query, hits[i]);
        string name = query.Name;
        if (output.Json) output.WriteJson(json => ScreeningJson.Write(json, name, explained, dates));
        else Print(output, name, explained, dates);
        return count > 0 ? ExitCode.Found : ExitCode.Done;
    }

    private static void Print(CommandOutput output, string name, MatchExplanation[] explained, IReadOnlyDictionary<string, string> dates)
    {
        if (explained.Length == 0) output.Line("no listed party has a name like this at this threshold");
        if (dates.Count > 0) output.Line($"screened against {string.Join(", ", dates.Select(d => $"{d.Key} of {d.Value}"))}");
        foreach (MatchExplanation hit in explained)
        {
            ListedName listed = hit.Listed;
            string origin = string.Join(", ", new[] { listed.EntityId, dates.TryGetValue(listed.List, out string? date) ? $"{listed.List} of {date}" : listed.List, listed.Country.Replace(";", ", ", StringComparison.Ordinal), listed.Strength == NameStrength.Primary ? "" : listed.Strength == NameStrength.Alias ? "alias" : "weak alias" }.Where(part => part.Length > 0));
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{hit.Score:0.000}  {ScoreBands.Of(hit.Score),-6}  {listed.Name}  ({origin}; OFAC's own search would say {OfacParity.Score(name, listed.Name)})"));
            foreach (MatchReason reason in hit.Reasons) output.Line($"         {reason.Text}");
        }
    }

    /// <summary>The hits are the result, not a failure: a batch that ran through is done.</summary>
    private static int Many(CommandOutput output, ScreeningIndex index, Request request, IReadOnlyList<QueryRow> queries, CancellationToken cancellationToken)
    {
        var searcher = new NameSearcher(index);
        var hits = new ScreeningHit[request.Top];
        int alerted = 0;
        using (TextWriter writer = Open(request.Out))
        {
            var results = new ScreeningResults(writer);
            results.Header();
            for (int i = 0; i < queries.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (i % ProgressEvery == 0) output.Progress(i, queries.Count, "screening");
                QueryRow row = queries[i];
                int count = searcher.Search(row.Query, request.Threshold, hits);
                alerted += count > 0 ? 1 : 0;
                for (int rank = 0; rank < count; rank++)
                    results.Row(row.Id, rank + 1, index.Names[hits[rank].NameIndex].EntityId, hits[rank].Score, searcher.Explain(row.Query, hits[rank]).ToString());
            }
        }

        output.Error(string.Create(CultureInfo.InvariantCulture, $"{queries.Count:N0} names screened against {index.Names.Count:N0} listed names of {index.EntityCount:N0} parties: {alerted:N0} with hits at {request.Threshold:0.##} or over"));
        return ExitCode.Done;
    }

    private static TextWriter Open(string? path)
    {
        if (path is null) return new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        try
        {
            return new StreamWriter(path, append: false, new UTF8Encoding(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{path}: {e.Message}");
        }
    }

    private static int Bench(CommandOutput output, IReadOnlyList<ListedName> listed, IReadOnlyList<QueryRow> queries, CancellationToken cancellationToken)
    {
        output.Progress(0, 0, "measuring");
        BenchReport report = ScreeningBench.Run(listed, queries, TimeProvider.System, cancellationToken);
        output.ClearProgress();
        if (output.Json)
        {
            output.WriteJson(json => ScreeningJson.Write(json, report));
            return ExitCode.Done;
        }

        output.Table(["measured", ">value"], [
            ["listed names", Text($"{report.Targets:N0}")],
            ["queries", Text($"{report.Queries:N0}")],
            ["index build, s", Text($"{report.BuildSeconds:0.00}")],
            ["index size, MB", Text($"{report.IndexMegabytes:0.0}")],
            ["names a second, one core", Text($"{report.NamesPerSecond:N0}")],
            ["p50 of a query, us", Text($"{report.MedianMicroseconds:0}")],
            ["p99 of a query, us", Text($"{report.SlowestHundredthMicroseconds:0}")],
            ["bytes allocated a query", Text($"{report.BytesPerQuery:0}")],
            ["brute-force Jaro-Winkler, names a second", Text($"{report.ReferencePerSecond:0.00}")],
            ["times the reference", Text($"{report.Ratio:N0}")],
        ]);
        return ExitCode.Done;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Request(string? Name, string? Queries, string? Targets, string? Out, string Country, int Top, float Threshold, bool Bench);
}
