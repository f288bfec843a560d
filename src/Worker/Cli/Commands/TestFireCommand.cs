using System.Collections.Immutable;
using System.CommandLine;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Sends a marked test alert through the outbox and the channels that alerts use, and tells what came of it.</summary>
internal static class TestFireCommand
{
    /// <summary>The command sends by itself; only if it is killed a running worker takes over.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    private const int AtOnce = 8;

    public static Command Create(CommandHost host)
    {
        var labels = new Argument<string[]>("LABEL=VALUE") { Description = "Labels of the test alert; the routes decide by them (default: kind=system severity=info).", Arity = ArgumentArity.ZeroOrMore };
        var receiver = new Option<string?>("--receiver") { Description = "This receiver, whatever the routes say.", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "Every receiver." };
        var command = new Command("test-fire", "Sends a marked test alert and prints the proof of delivery, or what went wrong.") { labels, receiver, all };
        host.Handle(command, (context, token) => FireAsync(context, context.Parsed.GetValue(labels)!, context.Parsed.GetValue(receiver), context.Parsed.GetValue(all), token));
        return command;
    }

    private static async Task<int> FireAsync(CommandContext context, string[] written, string? receiver, bool all, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        DateTimeOffset at = Instants.Now(application.Clock);
        string[] ids = await EnqueueAsync(application, book, written, receiver, all, at, cancellationToken);
        if (ids.Length == 0) throw new CommandFailure(ExitCode.Usage, "nobody would be told: the receivers it reaches have no targets; 'risk route test' tells which it reaches");
        DeliveryAttempt attempt = application.Assemble(book, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).Attempt;
        context.Output.Progress(0, 0, "sending");
        await Parallel.ForEachAsync(
            ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, token) => await attempt.TryAsync(application.Store, id, at, token));
        Delivery[] sent = await SettleAsync(application, ids, at);
        Print(context.Output, sent);
        return sent.All(d => d.State == DeliveryState.Delivered) ? ExitCode.Done : ExitCode.Outside;
    }

    private static async Task<string[]> EnqueueAsync(RiskApplication application, RuleBook book, string[] written, string? receiver, bool all, DateTimeOffset at, CancellationToken cancellationToken)
    {
        RoutingModel routing = book.Routing;
        if (receiver is not null && !routing.Receivers.ContainsKey(receiver))
            throw new CommandFailure(ExitCode.Usage, $"there is no receiver '{receiver}'{Suggestion.OrAll(receiver, routing.Receivers.Keys)}");
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        RequestedLabels labels = await RequestedLabels.ReadAsync(application, book, session, written, null, null, cancellationToken);
        ImmutableSortedDictionary<string, string> own = labels.Labels, routed = labels.Routed;
        foreach ((string name, string value) in ((string, string)[])[("kind", AlertKind.System), ("category", AlertKind.System), ("severity", "info")])
        {
            if (!own.ContainsKey(name)) own = own.Add(name, value);
            if (!routed.ContainsKey(name)) routed = routed.Add(name, value);
        }

        own = own.SetItem("rule", AssuranceNotices.TestRule);
        string[] receivers = receiver is not null ? [receiver] : all ? [.. routing.Receivers.Keys] : [.. routing.Routes.Match(routed).Select(r => r.Receiver).Distinct()];
        var planner = new NotificationPlanner(routing, RiskApplication.Channels);
        Delivery[] deliveries =
        [
            .. from name in receivers
               let test = AssuranceNotices.Test(name, own, labels.Context, at)
               from delivery in planner.DeliveriesOf(test, routing.Receivers[name].Targets)
               select delivery with { NextAttemptAt = at + Claim },
        ];
        IReadOnlyList<string> ids = await session.Deliveries.EnqueueAsync(deliveries, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return [.. ids];
    }

    /// <summary>A test that did not arrive is not tried again: hours later it would only puzzle its readers.</summary>
    private static async Task<Delivery[]> SettleAsync(RiskApplication application, string[] ids, DateTimeOffset at)
    {
        var settled = new List<Delivery>();
        await using IStoreSession session = await application.Store.WriteAsync(CancellationToken.None);
        foreach (string id in ids)
        {
            Delivery delivery = (await session.Deliveries.FindAsync(id, CancellationToken.None))!;
            if (delivery.State == DeliveryState.Pending)
            {
                delivery = delivery with { State = DeliveryState.Dead, NextAttemptAt = null, EndedAt = at };
                await session.Deliveries.UpdateAsync(delivery, CancellationToken.None);
            }

            settled.Add(delivery);
        }

        await session.CommitAsync(CancellationToken.None);
        return [.. settled.OrderBy(d => d.Receiver, StringComparer.Ordinal).ThenBy(d => d.Channel, StringComparer.Ordinal).ThenBy(d => d.Recipient, StringComparer.Ordinal)];
    }

    private static void Print(CommandOutput output, Delivery[] sent)
    {
        output.ClearProgress();
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (Delivery delivery in sent) DeliveriesCommand.WriteJson(json, delivery);
                json.WriteEndArray();
            });
            return;
        }

        output.Table(
            ["delivery", "receiver", "channel", "recipient", "arrived", "proof or reason"],
            [
                .. sent.Select(d => (IReadOnlyList<string>)
                    [d.Id[..8], d.Receiver, d.Channel, d.Recipient, d.State == DeliveryState.Delivered ? "yes" : "NO", d.State == DeliveryState.Delivered ? d.Proof : d.LastError]),
            ]);
        output.Line($"{sent.Count(d => d.State == DeliveryState.Delivered)} of {sent.Length} arrived");
    }
}
