using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Replay;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class ReplayCommand
{
    /// <summary>Rules whose sources are off: 'risk check' tells of them.</summary>
    private const string DormantRule = "R006";

    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary>A worker that was started at Risk:Clock goes on from there: what it stored within this time belongs to that instant, and two replays end at the same one.</summary>
    private static readonly TimeSpan ClockRun = TimeSpan.FromHours(1);

    public static Command Create(CommandHost host)
    {
        var from = new Option<string?>("--from") { Description = "Start (default: a year before the end, or when the first supplier became known).", HelpName = "INSTANT" };
        var to = new Option<string?>("--to") { Description = "End (default: now).", HelpName = "INSTANT" };
        var rules = new Option<string?>("--rules") { Description = "Rules to try: a folder like the workspace's rules; scoring.yaml and overlay.yaml in it or beside it count, else the workspace's.", HelpName = "DIR" };
        var rule = new Option<string?>("--rule") { Description = "Only the alerts of this rule.", HelpName = "ID" };
        var budget = new Option<decimal?>("--budget") { Description = "Exit with 1 when the change adds more than N alerts a week (without --rules: when the rules raise more).", HelpName = "N" };
        var command = new Command("replay", "Backtest: which alerts the stored history would have raised, for whom, and what other rules would change. Never sends, never stores.") { from, to, rules, rule, budget };
        host.Handle(command, (context, token) =>
        {
            ParseResult parsed = context.Parsed;
            return ReplayAsync(
                context, new Request(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(rules), parsed.GetValue(rule), parsed.GetValue(budget)), token);
        });
        return command;
    }

    private sealed record Request(string? From, string? To, string? Rules, string? Rule, decimal? Budget);

    private static async Task<int> ReplayAsync(CommandContext context, Request request, CancellationToken cancellationToken)
    {
        DateTimeOffset? from = InstantArgument.ReadStart("--from", request.From), to = InstantArgument.Read("--to", request.To);
        if (request.Budget < 0) throw new CommandFailure(ExitCode.Usage, "--budget: a number of alerts a week, 0 or more");
        if (request.Rules is { } missing && !Directory.Exists(missing)) throw new CommandFailure(ExitCode.Usage, $"--rules: there is no folder {missing}");
        RequireStore(context.Configuration);
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        var known = new HashSet<string>(StringComparer.Ordinal);
        RuleBook book = await application.LoadBookAsync(warnings => known.UnionWith(warnings.Select(w => w.Message)), cancellationToken);
        ProposedRules? proposed = request.Rules is null ? null : Propose(context.Output, application.Options, book, known, request.Rules);
        if (request.Rule is { } rule && book.Rules.Find(rule) is null && proposed?.Rules.Find(rule) is null)
        {
            IEnumerable<string> ids = book.Rules.Rules.Concat(proposed?.Rules.Rules ?? []).Select(r => r.Id).Distinct(StringComparer.Ordinal);
            throw new CommandFailure(ExitCode.Usage, $"--rule: there is no rule '{rule}'{Suggestion.For(rule, ids)}");
        }

        ReplayPeriod period = await PeriodAsync(application, from, to, cancellationToken);
        ImmutableArray<RuleSet> ruleSets = proposed is null ? [book.Rules] : [book.Rules, proposed.Rules];
        var replay = new HistoryReplay(application.Store, book.Routing, period);
        (ReplayedHistory history, ImmutableArray<ImmutableArray<SupplierOutcome>> outcomes) =
            await replay.RunAsync(ruleSets, (done, all) => context.Output.Progress(done, all, "suppliers replayed"), cancellationToken);
        context.Output.ClearProgress();
        if (history.Signals + history.Checks == 0) throw Empty($"between {CommandOutput.Instant(period.From)} and {CommandOutput.Instant(period.To)}");

        ReplayComparison? comparison = proposed is null ? null : ReplayComparison.Of(outcomes[0], outcomes[1], period, request.Rule);
        var report = new ReplayReport(
            period, history, request.Rule, book.Rules.Hash, comparison?.Before ?? ReplaySummary.Of(outcomes[0], period, request.Rule), proposed?.Rules.Hash, proposed?.Changes ?? [], comparison,
            request.Budget);
        if (context.Output.Json) context.Output.WriteJson(json => ReplayJson.Write(json, report));
        else ReplayText.Print(context.Output, report);
        return report.IsOverBudget ? ExitCode.Found : ExitCode.Done;
    }

    /// <summary>Looking back must not make the store that there is nothing in.</summary>
    private static void RequireStore(IConfiguration configuration)
    {
        if (RiskOptions.Read(configuration, new DiagnosticBag()) is { } options && Directory.Exists(options.Workspace) && !File.Exists(options.StorePath)) throw Empty("yet");
    }

    private sealed record ProposedRules(RuleSet Rules, ImmutableArray<RuleFileChange> Changes);

    /// <param name="known">Warnings that the rules in force give too.</param>
    private static ProposedRules Propose(CommandOutput output, RiskOptions options, RuleBook book, HashSet<string> known, string folder)
    {
        var diagnostics = new DiagnosticBag();
        ImmutableArray<Document> documents = RuleFolder.Read(folder, options.Workspace, diagnostics);
        RuleSet? rules = RuleSetLoader.Load(documents, book.Catalog, diagnostics);
        Diagnostic[] told = [.. diagnostics.Sorted().Where(d => d.Code != DormantRule && (d.Severity == DiagnosticSeverity.Error || !known.Contains(d.Message)))];
        if (rules is null || diagnostics.HasErrors) throw new CommandFailure(told);
        if (told.Length > 0) output.Diagnostics(told);
        ImmutableArray<Document> present = RuleFolder.Read(options.RulesFolder, options.Workspace, new DiagnosticBag());
        return new ProposedRules(rules, RuleFileChanges.Between(present, documents));
    }

    /// <summary>What was asked for, as far as anything can be known of it: rates over weeks before the first supplier would be too low.</summary>
    private static async Task<ReplayPeriod> PeriodAsync(RiskApplication application, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        DateTimeOffset now = application.Options.Clock is { } clock ? clock + ClockRun : Instants.Now(application.Clock);
        DateTimeOffset end = to is { } asked && asked < now ? asked : now;
        if (from > end) throw new CommandFailure(ExitCode.Usage, $"--from {CommandOutput.Instant(from)} is after {(to is null || to > now ? "now," : "--to")} {CommandOutput.Instant(end)}");
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        DateTimeOffset known = await session.History.StartAsync(cancellationToken) ?? throw Empty("yet");
        if (known > end) throw Empty(string.Create(CultureInfo.InvariantCulture, $"before {CommandOutput.Instant(end)}; the first supplier became known at {CommandOutput.Instant(known)}"));
        DateTimeOffset start = from ?? end - Year;
        return new ReplayPeriod(start > known ? start : known, end);
    }

    private static CommandFailure Empty(string when) => new(ExitCode.Usage, $"there is no history {when}; history grows with every 'risk run'");
}
