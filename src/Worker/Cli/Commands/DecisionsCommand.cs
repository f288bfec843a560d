using System.CommandLine;
using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>What people decided about suppliers and listed parties.</summary>
internal static class DecisionsCommand
{
    private static readonly string[] Verdicts = ["false-positive", "confirmed"];

    public static Command Create(CommandHost host)
    {
        var supplier = new Option<string>("--supplier") { Description = "Supplier id.", HelpName = "ID", Required = true };
        var list = new Option<string>("--list") { Description = "The list's source id, as 'risk screenings list' shows it.", HelpName = "SOURCE", Required = true };
        var entry = new Option<string>("--entry") { Description = "Id of the list's entry, as 'risk screenings list --supplier ID' shows it.", HelpName = "ENTRY", Required = true };
        var verdict = new Option<string>("--as") { Description = "false-positive: it is another party; confirmed: it is the party.", HelpName = "VERDICT", Required = true };
        var by = new Option<string>("--by") { Description = "Who decides.", HelpName = "WHO", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; shown wherever the decision is.", HelpName = "TEXT", Required = true };
        var until = new Option<string?>("--until") { Description = "Last day; then it is open again. Without it: until something that was compared changes.", HelpName = "DATE" };
        var add = new Command("add", "Decides about a match, with effect at once.") { supplier, list, entry, verdict, by, reason, until };
        host.Handle(add, (context, token) => AddAsync(
            context,
            new DecisionRequest(
                new SupplierId(context.Parsed.GetValue(supplier)!), new SourceId(context.Parsed.GetValue(list)!), context.Parsed.GetValue(entry)!, VerdictOf(context.Parsed.GetValue(verdict)!),
                context.Parsed.GetValue(by)!, context.Parsed.GetValue(reason)!, InstantArgument.Read("--until", context.Parsed.GetValue(until))),
            token));
        var all = new Option<bool>("--all") { Description = "Ended ones too." };
        var show = new Command("list", "Decisions that stand, newest first.") { all };
        host.Handle(show, (context, token) => ListAsync(context, context.Parsed.GetValue(all), token));
        var id = new Argument<string>("ID") { Description = "The decision's id." };
        var remove = new Command("remove", "Takes a decision back: its match is open again at once.") { id, by, reason };
        host.Handle(remove, (context, token) => RemoveAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(by)!, context.Parsed.GetValue(reason)!, token));
        return new Command("decisions", "What people decided about matches with lists.") { add, show, remove };
    }

    public static void Write(Utf8JsonWriter json, MatchDecision decision)
    {
        json.WriteStartObject();
        json.WriteString("id", decision.Id);
        json.WriteString("supplier", decision.Supplier.Value);
        json.WriteString("source", decision.Source.Value);
        json.WriteString("entry", decision.Entry);
        json.WriteString("verdict", Verdicts[(int)decision.Verdict]);
        json.WriteString("by", decision.By);
        json.WriteString("reason", decision.Reason);
        json.WriteString("at", decision.At);
        JsonParts.Instant(json, "until", decision.Until);
        json.WriteString("comparedSha256", ComparedPair.Hash(decision.Compared));
        JsonParts.Instant(json, "endedAt", decision.EndedAt);
        json.WriteString("ended", decision.Ended);
        json.WriteEndObject();
    }

    private static async Task<int> AddAsync(CommandContext context, DecisionRequest request, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        if (application.Sources.Statuses.All(s => s.Id != request.Source))
            throw new CommandFailure(ExitCode.Usage, $"there is no source '{request.Source}'{Suggestion.For(request.Source.Value, application.Sources.Statuses.Select(s => s.Id.Value))}");
        return await ChangeAsync(context, application, (session, at) => MatchDecisions.AddAsync(session, request, at, cancellationToken), cancellationToken);
    }

    private static async Task<int> RemoveAsync(CommandContext context, string id, string by, string reason, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        return await ChangeAsync(context, application, (session, at) => MatchDecisions.RemoveAsync(session, id, by, reason, at, cancellationToken), cancellationToken);
    }

    /// <summary>Stores the change, then assesses the supplier, unless a worker runs that does.</summary>
    private static async Task<int> ChangeAsync(CommandContext context, RiskApplication application, Func<IStoreSession, DateTimeOffset, Task<MatchDecision>> change, CancellationToken cancellationToken)
    {
        MatchDecision decision;
        try
        {
            await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
            decision = await change(session, Instants.Now(application.Clock));
            decision = await session.Screening.FindDecisionAsync(decision.Id, cancellationToken) ?? decision;
            await session.CommitAsync(cancellationToken);
        }
        catch (DecisionRefusedException refusal)
        {
            throw new CommandFailure(ExitCode.Usage, refusal.Message);
        }

        string effect = await AssessAsync(application, decision.Supplier, cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json => Write(json, decision));
            return ExitCode.Done;
        }

        string what = decision.EndedAt is null ? MatchSignals.Describe(decision) : $"open again, {decision.Ended}";
        context.Output.Line($"{decision.Id}  {decision.Supplier}, {decision.Source} {decision.Entry}: {what}");
        context.Output.Line(effect);
        return ExitCode.Done;
    }

    /// <summary>What came of it, for people. The decision is stored whatever happens here.</summary>
    private static async Task<string> AssessAsync(RiskApplication application, SupplierId supplier, CancellationToken cancellationToken)
    {
        using WorkerLock? taken = WorkerLock.TryTake(application.Options);
        if (taken is null) return "The running worker assesses the supplier within a minute.";
        try
        {
            RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
            await using (IStoreSession session = await application.Store.ReadAsync(cancellationToken))
            {
                if (await session.Assessments.RuleSetInForceAsync(cancellationToken) != book.Identity) return "The rules changed since the last run: the supplier is assessed at the next one.";
            }

            using RiskCycle cycle = application.Cycle(book);
            EvaluationSummary summary = await cycle.AssessAsync(static (_, _) => { }, cancellationToken);
            ScoreChange? score = summary.Worst.FirstOrDefault(c => c.Supplier.Id == supplier);
            string moved = score is null ? "its score is the same" : FormattableString.Invariant($"score {score.ScoreBefore:0.##} -> {score.After.Score:0.##}, band {BandNames.Of(score.After.Band)}");
            return $"Assessed: {moved}; {CommandOutput.Count(summary.Opened, "alert")} opened, {summary.Resolved} resolved. Who has to know is told at the next run.";
        }
        catch (CommandFailure failure)
        {
            return $"The supplier is assessed at the next run: the rules cannot be read now ({(failure.Diagnostics.Length > 0 ? failure.Diagnostics[0].Message : failure.Message)}).";
        }
    }

    private static async Task<int> ListAsync(CommandContext context, bool all, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<MatchDecision> decisions = await session.Screening.DecisionsAsync(all, cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (MatchDecision decision in decisions) Write(json, decision);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (decisions.Count > 0)
        {
            context.Output.Table(
                ["id", "supplier", "list", "entry", "verdict", "by", "on", "until", "reason"],
                [
                    .. decisions.Select(d => (IReadOnlyList<string>)
                    [
                        d.Id, d.Supplier.Value, d.Source.Value, d.Entry, d.EndedAt is null ? Verdicts[(int)d.Verdict] : "ended", d.By, MatchSignals.Day(d.At), d.Until is { } end ? MatchSignals.Day(end) : "-",
                        d.EndedAt is null ? d.Reason : $"{d.Reason} ({d.Ended})",
                    ]),
                ]);
        }

        context.Output.Line(CommandOutput.Count(decisions.Count(d => d.EndedAt is null), "decision") + " standing");
        return ExitCode.Done;
    }

    private static MatchVerdict VerdictOf(string text) => Array.IndexOf(Verdicts, text) is >= 0 and var verdict
        ? (MatchVerdict)verdict
        : throw new CommandFailure(ExitCode.Usage, $"--as is {string.Join(" or ", Verdicts)}, not '{text}'{Suggestion.For(text, Verdicts)}");
}
