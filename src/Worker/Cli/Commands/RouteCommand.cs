using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class RouteCommand
{
    public static Command Create(CommandHost host)
    {
        var labels = new Argument<string[]>("LABEL=VALUE") { Description = "Labels of an alert, for example severity=critical.", Arity = ArgumentArity.ZeroOrMore };
        var supplier = new Option<string?>("--supplier") { Description = "Take the labels that this supplier's alerts have.", HelpName = "ID" };
        var rule = new Option<string?>("--rule") { Description = "Take the labels that this rule's alerts have.", HelpName = "RULE" };
        var verify = new Option<string?>("--verify-receivers") { Description = "Exit code 1 unless these are the receivers, in this order; separated by commas.", HelpName = "NAMES" };
        var test = new Command("test", "Which receivers an alert reaches, and why.") { labels, supplier, rule, verify };
        host.Handle(test, (context, token) =>
            TestAsync(context, context.Parsed.GetValue(labels)!, context.Parsed.GetValue(supplier), context.Parsed.GetValue(rule), context.Parsed.GetValue(verify), token));
        var show = new Command("show", "The routes as a tree.");
        host.Handle(show, ShowAsync);
        return new Command("route", "Who is told what.") { test, show };
    }

    private static async Task<int> TestAsync(CommandContext context, string[] written, string? supplier, string? rule, string? verify, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        RequestedLabels labels = await RequestedLabels.ReadAsync(application, book, session, written, supplier, rule, cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock);
        ImmutableArray<RouteStep> steps = RouteTrace.Of(book.Routing.Routes, labels.Routed);
        Reached[] reached = [.. steps.Where(s => s.Verdict == RouteVerdict.Takes).Select(s => Reach(book.Routing, s.Route, labels, now))];
        Silence[] silences = [.. book.Routing.Silences.Of(labels.Labels, now)];
        (InhibitRule Rule, Alert Source)[] inhibitions = await InhibitionsAsync(session, book.Routing, labels.Labels, cancellationToken);
        if (context.Output.Json) context.Output.WriteJson(json => Write(json, labels, steps, reached, silences, inhibitions));
        else Print(context.Output, labels, steps, reached, silences, inhibitions);
        if (verify is null) return ExitCode.Done;
        string[] wanted = verify.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (wanted.SequenceEqual(reached.Select(r => r.Route.Receiver))) return ExitCode.Done;
        context.Output.Error($"risk: it reaches {string.Join(", ", reached.Select(r => r.Route.Receiver))}, and not {string.Join(", ", wanted)}");
        return ExitCode.Found;
    }

    private static Reached Reach(RoutingModel routing, RouteNode route, RequestedLabels labels, DateTimeOffset now)
    {
        var probe = AssuranceNotices.Test(route.Receiver, labels.Labels, labels.Context, now);
        ImmutableArray<(string, string)> recipients =
        [
            .. from target in routing.Receivers[route.Receiver].Targets
               from to in RiskApplication.Channels.Find(target.Channel)!.Address(target, probe)
               select (target.Channel, to.Recipient),
        ];
        string[] muting = [.. route.MuteTimeIntervals.Where(name => routing.TimeIntervals[name].Contains(now))];
        bool isActive = route.ActiveTimeIntervals.IsEmpty || route.ActiveTimeIntervals.Any(name => routing.TimeIntervals[name].Contains(now));
        string waits = muting.Length > 0 ? $"waits now: in {string.Join(", ", muting)}" : isActive ? "" : $"waits now: outside {string.Join(", ", route.ActiveTimeIntervals)}";
        return new Reached(route, Groups.Key(route, route.GroupLabels(labels.Routed)), recipients, waits);
    }

    private static async Task<(InhibitRule Rule, Alert Source)[]> InhibitionsAsync(IStoreSession session, RoutingModel routing, ImmutableSortedDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        if (routing.InhibitRules.IsEmpty) return [];
        IReadOnlyList<Alert> firing = await session.Alerts.ListAsync(resolved: false, cancellationToken);
        return [.. from rule in routing.InhibitRules let source = firing.FirstOrDefault(a => rule.Inhibits(a.Labels, labels)) where source is not null select (rule, source)];
    }

    private static void Print(CommandOutput output, RequestedLabels labels, ImmutableArray<RouteStep> steps, Reached[] reached, Silence[] silences, (InhibitRule Rule, Alert Source)[] inhibitions)
    {
        output.Line($"Labels: {string.Join(", ", labels.Routed.Select(l => $"{l.Key}={l.Value}"))}");
        output.Line();
        output.Table(["route", "receiver", "why"], [.. steps.Select(s => (IReadOnlyList<string>)[new string(' ', s.Depth * 2) + Own(s.Route), s.Route.Receiver, Why(s, labels.Routed)])]);
        foreach (Reached one in reached)
        {
            output.Line();
            output.Line($"-> {one.Route.Receiver}{(one.Waits.Length > 0 ? $" ({one.Waits})" : "")}");
            output.Line($"   group  {one.GroupKey}");
            output.Line($"   when   {Timing(one.Route)}");
            foreach ((string channel, string recipient) in one.Recipients) output.Line($"   {channel}  {recipient}");
            if (one.Recipients.IsEmpty) output.Line("   nobody: the receiver has no target that takes it");
        }

        output.Line();
        foreach (Silence silence in silences) output.Line($"Silenced until {CommandOutput.Instant(silence.EndsAt)} by {silence.Id} ({silence.Author}: {silence.Reason})");
        foreach ((InhibitRule rule, Alert source) in inhibitions) output.Line($"Inhibited by {source.Rule} {source.EpisodeId[..8]}, which fires{(rule.Name.Length > 0 ? $" (rule {rule.Name})" : "")}");
        if (silences.Length + inhibitions.Length == 0) output.Line("Neither silenced nor inhibited now.");
    }

    private static string Why(RouteStep step, ImmutableSortedDictionary<string, string> labels) => step.Verdict switch
    {
        RouteVerdict.Takes when step.Route.Children.IsEmpty => "takes it" + (step.Route.Continue ? ", and the next routes are asked" : ""),
        RouteVerdict.Takes => "takes it: no route below does" + (step.Route.Continue ? ", and the next routes are asked" : ""),
        RouteVerdict.PassesOn => "passes it on",
        RouteVerdict.NotAsked => "not asked: an earlier route took it",
        _ => "no: " + string.Join(", ", step.Failed.Select(m => labels.TryGetValue(m.Label, out string? value) ? $"{m.Label} is {value}" : $"it has no {m.Label}")),
    };

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        RoutingModel routing = (await application.LoadBookAsync(static _ => { }, cancellationToken)).Routing;
        if (context.Output.Json)
        {
            context.Output.WriteJson(json => Write(json, routing.Routes.Root));
            return ExitCode.Done;
        }

        var rows = new List<IReadOnlyList<string>>();
        Collect(routing.Routes.Root, 0, rows);
        context.Output.Table(["route", "receiver", "group by", "when"], rows);
        return ExitCode.Done;
    }

    private static void Collect(RouteNode route, int depth, List<IReadOnlyList<string>> rows)
    {
        string intervals = string.Concat(route.MuteTimeIntervals.Select(i => $", not in {i}").Concat(route.ActiveTimeIntervals.Select(i => $", only in {i}")));
        rows.Add([new string(' ', depth * 2) + Own(route) + (route.Continue ? " (continue)" : ""), route.Receiver, route.GroupByAll ? "..." : string.Join(", ", route.GroupBy), Timing(route) + intervals]);
        foreach (RouteNode child in route.Children) Collect(child, depth + 1, rows);
    }

    private static string Own(RouteNode route) => route.Matchers.IsEmpty ? "{}" : "{" + string.Join(",", route.Matchers.Select(m => m.ToString())) + "}";

    private static string Timing(RouteNode route) => $"after {PrometheusDuration.Format(route.GroupWait)}, then every {PrometheusDuration.Format(route.GroupInterval)}, again after {PrometheusDuration.Format(route.RepeatInterval)}";

    private static void Write(Utf8JsonWriter json, RequestedLabels labels, ImmutableArray<RouteStep> steps, Reached[] reached, Silence[] silences, (InhibitRule Rule, Alert Source)[] inhibitions)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach ((string name, string value) in labels.Routed) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("receivers");
        foreach (Reached one in reached)
        {
            json.WriteStartObject();
            json.WriteString("receiver", one.Route.Receiver);
            json.WriteString("route", one.Route.Path);
            json.WriteString("group", one.GroupKey);
            Timing(json, one.Route);
            json.WriteString("waits", one.Waits);
            json.WriteStartArray("recipients");
            foreach ((string channel, string recipient) in one.Recipients)
            {
                json.WriteStartObject();
                json.WriteString("channel", channel);
                json.WriteString("recipient", recipient);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("path");
        foreach (RouteStep step in steps)
        {
            json.WriteStartObject();
            json.WriteString("route", step.Route.Path);
            json.WriteString("verdict", step.Verdict switch { RouteVerdict.Takes => "takes", RouteVerdict.PassesOn => "passes-on", RouteVerdict.Refuses => "refuses", _ => "not-asked" });
            json.WriteString("why", Why(step, labels.Routed));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("silencedBy");
        foreach (Silence silence in silences) json.WriteStringValue(silence.Id);
        json.WriteEndArray();
        json.WriteStartArray("inhibitedBy");
        foreach ((InhibitRule rule, Alert source) in inhibitions)
        {
            json.WriteStartObject();
            json.WriteString("rule", rule.Name);
            json.WriteString("episode", source.EpisodeId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RouteNode route)
    {
        json.WriteStartObject();
        json.WriteString("route", route.Path);
        json.WriteString("receiver", route.Receiver);
        json.WriteBoolean("continue", route.Continue);
        json.WriteStartArray("groupBy");
        foreach (string label in route.GroupByAll ? ["..."] : route.GroupBy) json.WriteStringValue(label);
        json.WriteEndArray();
        Timing(json, route);
        json.WriteStartArray("routes");
        foreach (RouteNode child in route.Children) Write(json, child);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Timing(Utf8JsonWriter json, RouteNode route)
    {
        json.WriteString("groupWait", PrometheusDuration.Format(route.GroupWait));
        json.WriteString("groupInterval", PrometheusDuration.Format(route.GroupInterval));
        json.WriteString("repeatInterval", PrometheusDuration.Format(route.RepeatInterval));
    }

    /// <param name="Waits">Why nothing is told now, or "".</param>
    private sealed record Reached(RouteNode Route, string GroupKey, ImmutableArray<(string Channel, string Recipient)> Recipients, string Waits);
}
