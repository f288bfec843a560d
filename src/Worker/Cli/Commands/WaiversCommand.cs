using System.CommandLine;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Accepted risks: alerts that are closed though their rule holds, each for its evidence and a time.</summary>
internal static class WaiversCommand
{
    public static Command Create(CommandHost host)
    {
        Option<string> alert = new("--alert") { Description = "Episode id, or its beginning.", Required = true, HelpName = "EPISODE" };
        Option<string> by = new("--by") { Description = "Who does it: a name or a mail address.", Required = true, HelpName = "WHO" };
        Option<string> approver = new("--approver") { Description = "Who agreed to bear the risk.", Required = true, HelpName = "WHO" };
        Option<string> reason = new("--reason") { Description = "Why.", Required = true, HelpName = "TEXT" };
        Option<string> until = new("--until") { Description = "An instant, a date (its end, UTC), or how long: 90d. A year at most.", Required = true, HelpName = "T" };
        var add = new Command("add", "Accepts the risk of an alert as it is. Other evidence or a worse severity makes it void.") { alert, by, approver, reason, until };
        host.Handle(add, (context, token) => AlertActionCommands.RunAsync(
            context, context.Parsed.GetValue(alert)!, context.Parsed.GetValue(by)!,
            (acting, found, stop) => Acceptances.WaiveAsync(
                acting.Session, found, acting.Actor, acting.Parsed.GetValue(approver)!, acting.Parsed.GetValue(reason)!, InstantArgument.ReadUntil("--until", acting.Parsed.GetValue(until)!, acting.At), acting.At, stop),
            token));

        var all = new Option<bool>("--all") { Description = "Ended ones too." };
        var list = new Command("list", "Waivers and false positives in force, the next to end first.") { all };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(all), token));

        var id = new Argument<string>("ID") { Description = "As 'risk waivers list' says." };
        var revoke = new Command("revoke", "Takes a waiver or a false positive back; what it closed is told again.") { id, by, reason };
        host.Handle(revoke, (context, token) => RevokeAsync(context, context.Parsed.GetValue(id)!, new Actor(context.Parsed.GetValue(by)!, "command"), context.Parsed.GetValue(reason)!, token));
        return new Command("waivers", "Accepted risks and false positives.") { add, list, revoke };
    }

    private static async Task<int> ListAsync(CommandContext context, bool all, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<StoredAcceptance> found = await session.Workflow.AcceptancesAsync(all, cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (StoredAcceptance stored in found) WriteJson(json, stored);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (found.Count > 0)
        {
            context.Output.Table(
                ["id", "supplier", "rule", "severity", "until", "approved by", "why"],
                [
                    .. found.Select(f => (IReadOnlyList<string>)
                    [
                        f.Acceptance.Id, f.Acceptance.Alert.Supplier?.Value ?? "", $"{f.Acceptance.Alert.Rule} {f.Acceptance.Alert.Key}".Trim(), f.Acceptance.Alert.Severity.ToString().ToLowerInvariant(),
                        f.EndedAt is { } ended ? $"ended {CommandOutput.Instant(ended)}" : f.Acceptance.Until is { } until ? CommandOutput.Instant(until) : "its evidence changes",
                        f.Acceptance.Kind == AcceptanceKind.Waiver ? f.Acceptance.Approver : f.Acceptance.By, f.Why.Length > 0 ? $"{f.Acceptance.Reason} ({f.Why})" : f.Acceptance.Reason,
                    ]),
                ]);
        }

        context.Output.Line($"{CommandOutput.Count(found.Count(f => f.EndedAt is null && f.Acceptance.Kind == AcceptanceKind.Waiver), "waiver")} and {CommandOutput.Count(found.Count(f => f.EndedAt is null && f.Acceptance.Kind == AcceptanceKind.FalsePositive), "false positive")} in force");
        return ExitCode.Done;
    }

    private static async Task<int> RevokeAsync(CommandContext context, string id, Actor actor, string reason, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        ActionResult result = await Acceptances.RevokeAsync(session, id, actor, reason, Instants.Now(application.Clock), cancellationToken);
        if (!result.IsDone) throw new CommandFailure(ExitCode.Usage, result.Refusal);
        await session.CommitAsync(cancellationToken);
        context.Output.Line(result.Done);
        return ExitCode.Done;
    }

    private static void WriteJson(System.Text.Json.Utf8JsonWriter json, StoredAcceptance stored)
    {
        Acceptance acceptance = stored.Acceptance;
        json.WriteStartObject();
        json.WriteString("id", acceptance.Id);
        json.WriteString("kind", acceptance.Kind == AcceptanceKind.Waiver ? "waiver" : "false-positive");
        json.WriteString("episode", acceptance.Alert.EpisodeId);
        json.WriteString("supplier", acceptance.Alert.Supplier?.Value);
        json.WriteString("rule", acceptance.Alert.Rule);
        json.WriteString("key", acceptance.Alert.Key);
        json.WriteString("severity", acceptance.Alert.Severity.ToString().ToLowerInvariant());
        json.WriteString("message", acceptance.Alert.Message);
        json.WriteString("reason", acceptance.Reason);
        json.WriteString("by", acceptance.By);
        json.WriteString("approver", acceptance.Approver);
        json.WriteString("at", acceptance.At);
        JsonParts.Instant(json, "until", acceptance.Until);
        json.WriteString("evidenceSha256", acceptance.EvidenceHash);
        JsonParts.Instant(json, "endedAt", stored.EndedAt);
        json.WriteString("why", stored.Why.Length > 0 ? stored.Why : acceptance.Revoked);
        json.WriteEndObject();
    }
}
