using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class DeliveriesCommand
{
    public static Command Create(CommandHost host)
    {
        var state = new Option<DeliveryState?>("--state") { Description = "Only pending, delivered or dead ones." };
        var newest = new Option<int>("--newest") { Description = "How many, newest first.", DefaultValueFactory = _ => 50 };
        var list = new Command("list", "What was sent to whom, and what waits or was given up.") { state, newest };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(state), context.Parsed.GetValue(newest), token));
        var id = new Argument<string>("ID") { Description = "Delivery id, or its beginning." };
        var redeliver = new Command("redeliver", "Puts one that was given up back, due at once.") { id };
        host.Handle(redeliver, (context, token) => RedeliverAsync(context, context.Parsed.GetValue(id)!, token));
        return new Command("deliveries", "Messages to receivers.") { list, redeliver };
    }

    private static async Task<int> ListAsync(CommandContext context, DeliveryState? state, int newest, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<Delivery> deliveries = await session.Deliveries.ListAsync(state, newest, cancellationToken);
        IReadOnlyDictionary<DeliveryState, int> counts = await session.Deliveries.CountsAsync(cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (Delivery delivery in deliveries) WriteJson(json, delivery);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (deliveries.Count > 0)
        {
            context.Output.Table(
                ["id", "created", "state", ">tries", "receiver", "channel", "recipient", "what"],
                [
                    .. deliveries.Select(d => (IReadOnlyList<string>)
                    [
                        d.Id[..Math.Min(8, d.Id.Length)], CommandOutput.Instant(d.CreatedAt), d.State.ToString().ToLowerInvariant(), d.Attempts.ToString(CultureInfo.InvariantCulture), d.Receiver, d.Channel, d.Recipient,
                        d.LastError.Length > 0 ? $"{d.LastError}{(d.NextAttemptAt is { } next ? $"; next try {CommandOutput.Instant(next)}" : "")}" : d.Subject,
                    ]),
                ]);
        }

        context.Output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.GetValueOrDefault(DeliveryState.Delivered):N0} delivered, {counts.GetValueOrDefault(DeliveryState.Pending):N0} waiting, {counts.GetValueOrDefault(DeliveryState.Dead):N0} given up"));
        return ExitCode.Done;
    }

    private static async Task<int> RedeliverAsync(CommandContext context, string id, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        (Delivery? delivery, string refusal) = await Redelivery.PutBackAsync(application.Store, id, Instants.Now(application.Clock), cancellationToken);
        if (delivery is null) throw new CommandFailure(ExitCode.Usage, refusal);
        if (context.Output.Json) context.Output.WriteJson(json => WriteJson(json, delivery));
        else context.Output.Line($"{delivery.Id} to {delivery.Recipient} waits again: the running worker sends it within a minute, else the next 'risk run' does");
        return ExitCode.Done;
    }

    private static void WriteJson(Utf8JsonWriter json, Delivery delivery)
    {
        json.WriteStartObject();
        json.WriteString("id", delivery.Id);
        json.WriteString("notification", delivery.NotificationId);
        json.WriteString("receiver", delivery.Receiver);
        json.WriteString("channel", delivery.Channel);
        json.WriteString("recipient", delivery.Recipient);
        json.WriteString("subject", delivery.Subject);
        json.WriteString("state", delivery.State.ToString().ToLowerInvariant());
        json.WriteNumber("attempts", delivery.Attempts);
        json.WriteString("createdAt", delivery.CreatedAt);
        JsonParts.Instant(json, "nextAttemptAt", delivery.NextAttemptAt);
        JsonParts.Instant(json, "endedAt", delivery.State == DeliveryState.Pending ? null : delivery.EndedAt);
        json.WriteString("lastError", delivery.LastError);
        json.WriteString("proof", delivery.Proof);
        json.WriteEndObject();
    }
}
