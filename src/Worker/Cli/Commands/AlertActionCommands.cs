using System.CommandLine;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>What people do about alerts: subcommands of <c>risk alerts</c>.</summary>
internal static class AlertActionCommands
{
    public static IEnumerable<Command> Create(CommandHost host)
    {
        Argument<string> episode = new("EPISODE") { Description = "Episode id, or its beginning." };
        Option<string> by = new("--by") { Description = "Who: a name or a mail address.", Required = true, HelpName = "WHO" };
        Option<string> note = new("--note") { Description = "What the others should know.", DefaultValueFactory = _ => "", HelpName = "TEXT" };

        var acknowledge = new Command("ack", "Takes an alert: reminders and escalation stop, until it gets worse.") { episode, by, note };
        Act(acknowledge, (acting, alert, token) => AlertActions.AcknowledgeAsync(acting.Session, alert, acting.Actor, acting.Parsed.GetValue(note)!, acting.At, token));

        Option<string> to = new("--to") { Description = "Who is to see to it: a name or a mail address.", Required = true, HelpName = "WHOM" };
        var assign = new Command("assign", "Says who is to see to an alert.") { episode, by, to, note };
        Act(assign, (acting, alert, token) => AlertActions.AssignAsync(acting.Session, alert, acting.Actor, acting.Parsed.GetValue(to)!, acting.Parsed.GetValue(note)!, acting.At, token));

        Option<string> until = new("--until") { Description = "An instant, a date (its end, UTC), or how long: 36h, 14d.", Required = true, HelpName = "T" };
        Option<string> reason = new("--reason") { Description = "Why.", Required = true, HelpName = "TEXT" };
        var snooze = new Command("snooze", "Mutes one alert for a time; told again when the time is up or it gets worse.") { episode, by, until, reason };
        Act(snooze, (acting, alert, token) => AlertActions.SnoozeAsync(acting.Session, alert, acting.Actor, InstantArgument.ReadUntil("--until", acting.Parsed.GetValue(until)!, acting.At), acting.Parsed.GetValue(reason)!, acting.At, token));
        var wake = new Command("wake", "Ends a snooze before its time.") { episode, by };
        Act(wake, (acting, alert, token) => AlertActions.WakeAsync(acting.Session, alert, acting.Actor, acting.At, token));
        var dismiss = new Command("false-positive", "Closes an alert whose evidence is not about what it seems to be, for that evidence; its points no longer count.") { episode, by, reason };
        Act(dismiss, (acting, alert, token) => Acceptances.DismissAsync(acting.Session, alert, acting.Actor, acting.Parsed.GetValue(reason)!, acting.At, token));
        return [acknowledge, assign, snooze, wake, dismiss];

        void Act(Command command, Func<Acting, Alert, CancellationToken, Task<ActionResult>> action) =>
            host.Handle(command, (context, token) => RunAsync(context, context.Parsed.GetValue(episode)!, context.Parsed.GetValue(by)!, action, token));
    }

    /// <summary>One act within its transaction.</summary>
    internal sealed record Acting(ParseResult Parsed, IStoreSession Session, Actor Actor, DateTimeOffset At);

    internal static async Task<int> RunAsync(CommandContext context, string episode, string by, Func<Acting, Alert, CancellationToken, Task<ActionResult>> action, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        Alert alert = await FindAsync(session, episode, cancellationToken);
        ActionResult result = await action(new Acting(context.Parsed, session, new Actor(by, "command"), Instants.Now(application.Clock)), alert, cancellationToken);
        if (!result.IsDone) throw new CommandFailure(ExitCode.Usage, $"{alert.EpisodeId[..8]}: {result.Refusal}");
        await session.CommitAsync(cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("episode", alert.EpisodeId);
                json.WriteString("done", result.Done);
                json.WriteEndObject();
            });
        }
        else context.Output.Line($"{alert.EpisodeId[..8]}: {result.Done}");
        return ExitCode.Done;
    }

    /// <summary>The alert whose episode id is, or alone begins with, the text.</summary>
    /// <exception cref="CommandFailure">None does, or several do.</exception>
    public static async Task<Alert> FindAsync(IStoreSession session, string episode, CancellationToken cancellationToken)
    {
        IReadOnlyList<Alert> found = await session.Alerts.StartingWithAsync(episode.ToLowerInvariant(), 2, cancellationToken);
        return found.Count == 1 ? found[0] : throw new CommandFailure(
            ExitCode.Usage, found.Count == 0 ? $"no alert '{episode}'; 'risk alerts list --all' tells which there are" : $"'{episode}' begins several episodes; give more characters");
    }
}
