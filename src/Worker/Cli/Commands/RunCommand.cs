using System.CommandLine;
using Risk.Rules.Diagnostics;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class RunCommand
{
    public static Command Create(CommandHost host)
    {
        var once = new Option<bool>("--once") { Description = "Collect every enabled source, assess, deliver, print a summary, and end." };
        var command = new Command("run", "The service: collects by schedule, assesses, alerts.") { once };
        host.Handle(command, (context, token) => context.Parsed.GetValue(once) ? OnceAsync(context, token) : ServeAsync(context, token));
        return command;
    }

    private static async Task<int> ServeAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        using WorkerLock taken = WorkerLock.Take(application.Options);
        await application.TidySnapshotsAsync(cancellationToken);
        string files = WorkspaceFiles.Fingerprint(application.Options);
        RuleBook book = await PortfolioSync.ImportAsync(application, context.Output, warnings => Remark(context.Output, warnings), cancellationToken);
        await RiskService.RunAsync(application, book, files, cancellationToken);
        return ExitCode.Done;
    }

    /// <summary>Warnings do not stop a run; they are told in full by <c>risk check</c>.</summary>
    private static void Remark(CommandOutput output, IReadOnlyCollection<Diagnostic> warnings)
    {
        if (warnings.Count > 0 && !output.Json) output.Line($"Rules: {CommandOutput.Count(warnings.Count, "remark")}; 'risk check' tells them");
    }

    private static async Task<int> OnceAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        using WorkerLock taken = WorkerLock.Take(application.Options);
        await application.TidySnapshotsAsync(cancellationToken);
        RuleBook book = await PortfolioSync.ImportAsync(application, context.Output, warnings => Remark(context.Output, warnings), cancellationToken);
        RunOutcome outcome = await RunOnceAsync(application, book, context.Output, cancellationToken);
        outcome.Print(context.Output);
        return outcome.Troubled.Count > 0 ? ExitCode.Outside : outcome.Sources.All(s => s.Succeeded) ? ExitCode.Done : ExitCode.Found;
    }

    /// <summary>One pass over everything; used by <c>run --once</c> and by the demo.</summary>
    public static async Task<RunOutcome> RunOnceAsync(RiskApplication application, RuleBook book, CommandOutput output, CancellationToken cancellationToken)
    {
        using RiskCycle cycle = application.Cycle(book);
        IReadOnlyDictionary<DeliveryState, int> before = await CountsAsync(application, cancellationToken);
        await cycle.AdoptAsync(cancellationToken);
        var results = new SourceRunResult[application.Sources.Enabled.Length];
        int done = 0;
        output.Progress(0, 0, $"pulling {CommandOutput.Count(results.Length, "source")}");
        // Sources that add to what others found come after them.
        foreach (IGrouping<bool, int> some in Enumerable.Range(0, results.Length).GroupBy(i => !application.Sources.Enabled[i].Manifest.JoinsFeeds.IsEmpty).OrderBy(g => g.Key))
        {
            await Parallel.ForEachAsync(
                some,
                new ParallelOptions { MaxDegreeOfParallelism = results.Length, CancellationToken = cancellationToken },
                async (i, token) =>
                {
                    results[i] = await cycle.CollectAsync(application.Sources.Enabled[i].Manifest.Id, (count, total, what) => output.Progress(count, total, $"{application.Sources.Enabled[i].Manifest.Id} {what}"), token);
                    output.Progress(Interlocked.Increment(ref done), results.Length, "sources");
                });
        }

        EvaluationSummary evaluation = await cycle.AssessAsync((count, total) => output.Progress(count, total, "assessing"), cancellationToken);
        IReadOnlyList<string> enqueued = await cycle.FlushAsync(everythingNow: true, schedule: null, cancellationToken);
        output.Progress(0, 0, "delivering");
        await cycle.DeliverDueAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<Delivery> pending = await session.Deliveries.ListAsync(DeliveryState.Pending, 50, cancellationToken);
        IReadOnlyList<Delivery> dead = [.. (await session.Deliveries.ListAsync(DeliveryState.Dead, 50, cancellationToken)).Where(d => enqueued.Contains(d.Id))];
        return new RunOutcome(results, evaluation, enqueued.Count, before, await session.Deliveries.CountsAsync(cancellationToken), [.. dead, .. pending.Where(d => d.LastError.Length > 0)]);
    }

    private static async Task<IReadOnlyDictionary<DeliveryState, int>> CountsAsync(RiskApplication application, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        return await session.Deliveries.CountsAsync(cancellationToken);
    }
}

/// <summary>What a one-shot run did.</summary>
/// <param name="Troubled">Deliveries that failed: given up by this run, or waiting for another try.</param>
internal sealed record RunOutcome(
    IReadOnlyList<SourceRunResult> Sources, EvaluationSummary Evaluation, int Enqueued, IReadOnlyDictionary<DeliveryState, int> Before, IReadOnlyDictionary<DeliveryState, int> After, IReadOnlyList<Delivery> Troubled)
{
    public void Print(CommandOutput output)
    {
        output.ClearProgress();
        if (output.Json)
        {
            output.WriteJson(WriteJson);
            return;
        }

        RunReport.Sources(output, Sources);
        output.Line();
        RunReport.Evaluation(output, Evaluation);
        RunReport.Deliveries(output, Enqueued, Before, After, Troubled);
    }

    private void WriteJson(System.Text.Json.Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("sources");
        foreach (SourceRunResult source in Sources)
        {
            json.WriteStartObject();
            json.WriteString("id", source.Source.Value);
            json.WriteBoolean("succeeded", source.Succeeded);
            json.WriteString("failure", source.Failure?.Message ?? "");
            json.WriteString("failureKind", source.Failure?.Kind.ToString() ?? "");
            json.WriteNumber("read", source.Read);
            json.WriteNumber("rejected", source.RejectedCount);
            json.WriteNumber("added", source.Added);
            json.WriteNumber("revised", source.Revised);
            json.WriteNumber("withdrawn", source.Withdrawn);
            json.WriteNumber("checked", source.Checked);
            json.WriteStartArray("supplierFailures");
            foreach ((Rules.Suppliers.SupplierId supplier, string reason) in source.SupplierFailures)
            {
                json.WriteStartObject();
                json.WriteString("supplier", supplier.Value);
                json.WriteString("reason", reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("assessed", Evaluation.Assessed);
        json.WriteNumber("opened", Evaluation.Opened);
        json.WriteNumber("worsened", Evaluation.Worsened);
        json.WriteNumber("resolved", Evaluation.Resolved);
        json.WriteNumber("changed", Evaluation.Changed);
        json.WriteStartArray("changes");
        foreach (ScoreChange change in Evaluation.Worst)
        {
            json.WriteStartObject();
            json.WriteString("supplier", change.Supplier.Id.Value);
            json.WriteString("name", change.Supplier.Name);
            if (change.ScoreBefore is { } scoreBefore) json.WriteNumber("scoreBefore", scoreBefore);
            if (change.BandBefore is { } bandBefore) json.WriteString("bandBefore", BandNames.Of(bandBefore));
            json.WriteNumber("score", change.After.Score);
            json.WriteString("band", BandNames.Of(change.After.Band));
            json.WriteNumber("coverage", change.After.Coverage);
            json.WriteBoolean("movedByRuleChange", RunReport.IsByRules(change));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("enqueued", Enqueued);
        json.WriteNumber("delivered", After.GetValueOrDefault(DeliveryState.Delivered) - Before.GetValueOrDefault(DeliveryState.Delivered));
        json.WriteNumber("waiting", After.GetValueOrDefault(DeliveryState.Pending));
        json.WriteNumber("dead", After.GetValueOrDefault(DeliveryState.Dead) - Before.GetValueOrDefault(DeliveryState.Dead));
        json.WriteEndObject();
    }
}
