using System.CommandLine;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class AlertsCommand
{
    public static Command Create(CommandHost host)
    {
        var all = new Option<bool>("--all") { Description = "Resolved ones too." };
        var list = new Command("list", "Firing alerts, worst first.") { all };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(all), token));
        var episode = new Argument<string>("EPISODE") { Description = "Episode id, or its beginning." };
        var show = new Command("show", "One alert with its evidence.") { episode };
        host.Handle(show, (context, token) => ShowAsync(context, context.Parsed.GetValue(episode)!, token));
        var command = new Command("alerts", "What the rules found, and what was done about it.") { list, show, TestFireCommand.Create(host) };
        foreach (Command action in AlertActionCommands.Create(host)) command.Subcommands.Add(action);
        return command;
    }

    private static async Task<int> ListAsync(CommandContext context, bool all, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        Alert[] alerts =
        [
            .. (await session.Alerts.ListAsync(all, cancellationToken)).OrderBy(a => a.ResolvedAt is not null).ThenByDescending(a => a.Severity).ThenByDescending(a => a.Points)
                .ThenByDescending(a => a.StartsAt).ThenBy(a => a.EpisodeId, StringComparer.Ordinal),
        ];
        Silences silences = SilencesOf(application);
        DateTimeOffset now = Instants.Now(application.Clock);
        IReadOnlyDictionary<string, AlertWorkflow> workflow = await session.Workflow.FindManyAsync([.. alerts.Select(a => a.EpisodeId)], cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (Alert alert in alerts) JsonParts.Alert(json, alert, SilencedBy(alert), workflow.GetValueOrDefault(alert.EpisodeId));
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (alerts.Length > 0)
        {
            context.Output.Table(
                ["episode", "severity", "kind", "about", "rule", "since", "work", "what"],
                [
                    .. alerts.Select(a => (IReadOnlyList<string>)
                    [
                        a.EpisodeId[..8], a.ResolvedAt is null ? a.Severity.ToString().ToLowerInvariant() : "resolved", a.Kind, a.Supplier?.Value ?? (a.Key.Length > 0 ? a.Key : "-"), a.Rule, CommandOutput.Instant(a.StartsAt), StandingOf(a), a.Message,
                    ]),
                ]);
        }

        int silenced = alerts.Count(a => SilencedBy(a).Any());
        int snoozed = alerts.Count(a => a.ResolvedAt is null && workflow.GetValueOrDefault(a.EpisodeId)?.IsSnoozed(now) == true);
        string muted = (silenced > 0 ? FormattableString.Invariant($", {silenced} of them silenced") : "") + (snoozed > 0 ? FormattableString.Invariant($", {snoozed} snoozed") : "");
        context.Output.Line($"{CommandOutput.Count(alerts.Count(a => a.ResolvedAt is null), "alert")} firing{muted}");
        return ExitCode.Done;

        string StandingOf(Alert alert) => workflow.GetValueOrDefault(alert.EpisodeId) is not { } work || alert.ResolvedAt is not null ? ""
            : work.IsSnoozed(now) ? $"snoozed until {work.Snoozed!.Until.UtcDateTime:yyyy-MM-dd}"
            : work.Assignee.Length > 0 ? $"{(work.IsAcknowledged(alert) ? "acknowledged, " : "")}assigned to {work.Assignee}"
            : work.IsAcknowledged(alert) ? $"acknowledged by {work.Acknowledged!.By}" : "";

        IEnumerable<Silence> SilencedBy(Alert alert) => alert.ResolvedAt is null ? silences.Of(alert.Labels, now) : [];
    }

    private static async Task<int> ShowAsync(CommandContext context, string episode, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        Alert alert = await AlertActionCommands.FindAsync(session, episode, cancellationToken);
        Silence[] silencedBy = alert.ResolvedAt is null ? [.. SilencesOf(application).Of(alert.Labels, Instants.Now(application.Clock))] : [];
        AlertWorkflow? work = await session.Workflow.FindAsync(alert.EpisodeId, cancellationToken);
        IReadOnlyList<AlertAct> acts = await session.Workflow.ActsAsync(alert.EpisodeId, cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json => JsonParts.Alert(json, alert, silencedBy, work));
            return ExitCode.Done;
        }

        CommandOutput output = context.Output;
        output.Line($"{alert.Severity.ToString().ToUpperInvariant()}  {alert.Title}  ({alert.Rule}{(alert.Key.Length > 0 ? " " + alert.Key : "")})");
        output.Line($"  {alert.Message}");
        if (alert.Next.Length > 0) output.Line($"  Next: {alert.Next}");
        if (alert.Flapping > 0) output.Line(FormattableString.Invariant($"  Flapping: opened {alert.Flapping} times lately; one alert for each opening, and the points count once"));
        output.Line($"  Episode {alert.EpisodeId}, since {CommandOutput.Instant(alert.StartsAt)}{(alert.ResolvedAt is { } ended ? $", ended {CommandOutput.Instant(ended)}: {alert.Resolution}" : "")}");
        if (alert.ScoreAfter is { } after) output.Line(FormattableString.Invariant($"  Score {(alert.ScoreBefore is { } before ? $"{before:0.##} -> " : "")}{after:0.##}, band {BandNames.Of(alert.BandAfter ?? Band.InsufficientData)}"));
        foreach (Silence silence in silencedBy) output.Line(Describe(silence));
        foreach (AlertAct act in acts) output.Line($"  {CommandOutput.Instant(act.At)}: {act.Kind} by {act.By}{(act.Via.Length > 0 ? $" ({act.Via})" : "")}{(act.Note.Length > 0 ? $": {act.Note}" : "")}");
        output.Line($"  Labels: {string.Join(", ", alert.Labels.Select(l => $"{l.Key}={l.Value}"))}");
        foreach (FindingEvidence evidence in alert.Evidence)
        {
            output.Line($"  Evidence ({evidence.Source}, {evidence.OccurredAt.UtcDateTime:yyyy-MM-dd}): {evidence.Excerpt}");
            output.Line($"    {evidence.Url}");
        }

        return ExitCode.Done;
    }

    /// <exception cref="CommandFailure">The file is wrong: it would be misleading to say that nothing is silenced.</exception>
    private static Silences SilencesOf(RiskApplication application)
    {
        var diagnostics = new DiagnosticBag();
        return application.Loader.ReadSilences(rules: null, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
    }

    private static string Describe(Silence silence)
    {
        string approved = silence.ApprovedBy.Length > 0 ? $", approved by {silence.ApprovedBy}" : "", ticket = silence.Ticket.Length > 0 ? $" ({silence.Ticket})" : "";
        return $"  Silenced until {CommandOutput.Instant(silence.EndsAt)} by {silence.Author}{approved}: {silence.Reason}{ticket} [{silence.Id}]";
    }
}
