using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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
        var state = new Option<DeliveryState?>("--state") { Description = "Only pending, delivered or dead ones.", CustomParser = StateOf };
        var newest = new Option<int>("--newest") { Description = "How many, newest first.", DefaultValueFactory = _ => 50 };
        var list = new Command("list", "What was sent to whom, and what waits or was given up.") { state, newest };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(state), context.Parsed.GetValue(newest), token));
        var shown = new Argument<string>("ID") { Description = "Delivery id, or its beginning." };
        var body = new Option<bool>("--body") { Description = "Also the stored message." };
        var show = new Command("show", "One delivery: every attempt, and the proof or the reason.") { shown, body };
        host.Handle(show, (context, token) => ShowAsync(context, context.Parsed.GetValue(shown)!, context.Parsed.GetValue(body), token));
        var id = new Argument<string?>("ID") { Description = "Delivery id, or its beginning.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Everything that was given up." };
        var receiver = new Option<string?>("--receiver") { Description = "Everything that was given up for this receiver.", HelpName = "NAME" };
        var redeliver = new Command("redeliver", "Puts back what was given up, due at once.") { id, all, receiver };
        host.Handle(redeliver, (context, token) => (context.Parsed.GetValue(id), context.Parsed.GetValue(all), context.Parsed.GetValue(receiver)) switch
        {
            ({ } one, false, null) => RedeliverAsync(context, one, token),
            (null, true, null) => RedeliverAllAsync(context, null, token),
            (null, false, { } name) => RedeliverAllAsync(context, name, token),
            _ => throw new CommandFailure(ExitCode.Usage, "say what to redeliver: an ID, --receiver NAME, or --all"),
        });
        return new Command("deliveries", "Messages to receivers.") { list, show, redeliver };
    }

    private static DeliveryState? StateOf(ArgumentResult result)
    {
        if (Enum.TryParse(result.Tokens[0].Value, ignoreCase: true, out DeliveryState state) && Enum.IsDefined(state)) return state;
        result.AddError($"--state: '{result.Tokens[0].Value}' is none of pending, delivered, dead");
        return null;
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

    private static async Task<int> RedeliverAllAsync(CommandContext context, string? receiver, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        IReadOnlyList<Delivery> waiting = await Redelivery.PutAllBackAsync(application.Store, receiver, Instants.Now(application.Clock), cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (Delivery delivery in waiting) WriteJson(json, delivery);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Line(waiting.Count == 0
            ? $"nothing was given up{(receiver is null ? "" : $" for {receiver}")}"
            : string.Create(CultureInfo.InvariantCulture, $"{waiting.Count:N0} wait again: the running worker sends them within a minute, else the next 'risk run' does"));
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(CommandContext context, string id, bool withBody, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        (Delivery? found, string unknown) = await Redelivery.FindAsync(session, id, cancellationToken);
        Delivery delivery = found ?? throw new CommandFailure(ExitCode.Usage, unknown);
        IReadOnlyList<AttemptRecord> attempts = await session.Deliveries.AttemptsAsync(delivery.Id, cancellationToken);
        IReadOnlyList<Delivery> before = delivery.State == DeliveryState.Pending ? await session.Deliveries.WaitingBeforeAsync(delivery, cancellationToken) : [];
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(delivery.Body));
        if (context.Output.Json)
        {
            context.Output.WriteJson(json => WriteJson(json, delivery, () =>
            {
                json.WriteString("bodySha256", sha256);
                if (withBody) json.WriteString("body", Encoding.UTF8.GetString(delivery.Body));
                json.WriteStartArray("waitsFor");
                foreach (Delivery older in before) json.WriteStringValue(older.Id);
                json.WriteEndArray();
                json.WriteStartArray("attemptRecords");
                foreach (AttemptRecord attempt in attempts)
                {
                    json.WriteStartObject();
                    json.WriteNumber("number", attempt.Number);
                    json.WriteString("at", attempt.At);
                    json.WriteString("outcome", attempt.Outcome);
                    json.WriteString("detail", attempt.Detail);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }));
            return ExitCode.Done;
        }

        CommandOutput output = context.Output;
        output.Line($"{delivery.Id}  {delivery.State.ToString().ToLowerInvariant()}{(delivery.State != DeliveryState.Pending && delivery.EndedAt is { } ended ? $" since {CommandOutput.Instant(ended)}" : "")}");
        output.Line($"  {delivery.Receiver} ({delivery.Channel}) to {delivery.Recipient}, made {CommandOutput.Instant(delivery.CreatedAt)}");
        if (delivery.Subject.Length > 0) output.Line($"  {delivery.Subject}");
        output.Line($"  Group {delivery.GroupKey}, notification {delivery.NotificationId}, episodes {string.Join(", ", delivery.Episodes)}");
        output.Line($"  Stored message: {delivery.Body.Length:N0} bytes, sha256 {sha256}");
        foreach (AttemptRecord attempt in attempts) output.Line(string.Create(CultureInfo.InvariantCulture, $"  Attempt {attempt.Number}, {CommandOutput.Instant(attempt.At)}: {attempt.Outcome}; {attempt.Detail}"));
        if (delivery.Attempts > attempts.Count) output.Line(string.Create(CultureInfo.InvariantCulture, $"  {delivery.Attempts} attempts in all; what came of the others was not recorded then"));
        foreach (Delivery older in before) output.Line($"  Waits for {older.Id}, which comes before it");
        if (delivery is { State: DeliveryState.Pending, NextAttemptAt: { } next }) output.Line($"  Next try {CommandOutput.Instant(next)}{(delivery.LastError.Length > 0 ? $"; {delivery.LastError}" : "")}");
        if (!withBody) return ExitCode.Done;
        foreach (string line in Encoding.UTF8.GetString(delivery.Body).Split('\n')) output.Line(line.TrimEnd('\r'));
        return ExitCode.Done;
    }

    internal static void WriteJson(Utf8JsonWriter json, Delivery delivery, Action? more = null)
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
        more?.Invoke();
        json.WriteEndObject();
    }
}
