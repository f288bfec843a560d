using System.CommandLine;
using System.Globalization;
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
        return new Command("deliveries", "Messages to receivers.") { list };
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
                foreach (Delivery d in deliveries)
                {
                    json.WriteStartObject();
                    json.WriteString("id", d.Id);
                    json.WriteString("notification", d.NotificationId);
                    json.WriteString("receiver", d.Receiver);
                    json.WriteString("channel", d.Channel);
                    json.WriteString("recipient", d.Recipient);
                    json.WriteString("subject", d.Subject);
                    json.WriteString("state", d.State.ToString().ToLowerInvariant());
                    json.WriteNumber("attempts", d.Attempts);
                    json.WriteString("createdAt", d.CreatedAt);
                    JsonParts.Instant(json, "nextAttemptAt", d.NextAttemptAt);
                    JsonParts.Instant(json, "endedAt", d.EndedAt);
                    json.WriteString("lastError", d.LastError);
                    json.WriteString("proof", d.Proof);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (deliveries.Count > 0)
        {
            context.Output.Table(
                ["created", "state", ">tries", "receiver", "channel", "recipient", "what"],
                [
                    .. deliveries.Select(d => (IReadOnlyList<string>)
                    [
                        CommandOutput.Instant(d.CreatedAt), d.State.ToString().ToLowerInvariant(), d.Attempts.ToString(CultureInfo.InvariantCulture), d.Receiver, d.Channel, d.Recipient,
                        d.LastError.Length > 0 ? $"{d.LastError}{(d.NextAttemptAt is { } next ? $"; next try {CommandOutput.Instant(next)}" : "")}" : d.Subject,
                    ]),
                ]);
        }

        context.Output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.GetValueOrDefault(DeliveryState.Delivered):N0} delivered, {counts.GetValueOrDefault(DeliveryState.Pending):N0} waiting, {counts.GetValueOrDefault(DeliveryState.Dead):N0} given up"));
        return ExitCode.Done;
    }
}
