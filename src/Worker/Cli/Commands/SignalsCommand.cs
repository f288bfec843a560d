using System.CommandLine;
using System.Globalization;
using Risk.Connectors.SoftSignals;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>The buyer's own observations about suppliers.</summary>
internal static class SignalsCommand
{
    public static Command Create(CommandHost host)
    {
        Option<string> supplier = new("--supplier") { Description = "Supplier id.", HelpName = "ID", Required = true };
        Option<string> kind = new("--kind") { Description = "What was observed, as 'risk signals kinds' lists it.", HelpName = "KIND", Required = true };
        Option<string> by = new("--by") { Description = "Who observed it: a name or a mail address.", HelpName = "WHO", Required = true };
        Option<string> note = new("--note") { Description = "What was seen or said, in a sentence; shown in alerts.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Option<string?> on = new("--on") { Description = "When it was observed (default: now).", HelpName = "T" };
        Option<string> evidence = new("--evidence") { Description = "Address of a document, or its path in the workspace.", HelpName = "URL", DefaultValueFactory = _ => "" };
        Option<int?> severity = new("--severity") { Description = "1 (a note) to 5 (existential), where the kind's own does not fit.", HelpName = "1..5" };
        Option<string?> until = new("--until") { Description = "How long it counts: an instant, a date, or 90d from the observation (default: the kind's).", HelpName = "T" };
        var add = new Command("add", "Records an observation; it is a signal as any other.") { supplier, kind, by, note, on, evidence, severity, until };
        host.Handle(add, (context, token) => AddAsync(
            context,
            new SoftSignalRow(
                context.Parsed.GetValue(supplier)!, context.Parsed.GetValue(kind)!, context.Parsed.GetValue(on) ?? "", context.Parsed.GetValue(by)!, context.Parsed.GetValue(note)!, context.Parsed.GetValue(evidence)!,
                context.Parsed.GetValue(severity)?.ToString(CultureInfo.InvariantCulture) ?? "", context.Parsed.GetValue(until) ?? ""),
            token));

        var file = new Argument<string>("FILE") { Description = $"CSV with the columns {string.Join(", ", SoftSignalRow.Columns)}; supplier, kind and by are needed." };
        var import = new Command("import", "Records the observations of a file, all or none. Rows that are there already change nothing.") { file };
        host.Handle(import, (context, token) => ImportAsync(context, context.Parsed.GetValue(file)!, token));

        var of = new Option<string?>("--supplier") { Description = "Of this supplier only.", HelpName = "ID" };
        var all = new Option<bool>("--all") { Description = "Those that count no longer, too." };
        var asOf = new Option<string?>("--as-of") { Description = "As they were known then.", HelpName = "T" };
        var list = new Command("list", "Observations that count, newest first.") { of, all, asOf };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(of), context.Parsed.GetValue(all), InstantArgument.Read("--as-of", context.Parsed.GetValue(asOf)), token));

        var id = new Argument<string>("ID") { Description = "As 'risk signals list' says." };
        Option<string> reason = new("--reason") { Description = "Why it was wrong.", HelpName = "TEXT", Required = true };
        var retract = new Command("retract", "Takes an observation back; what was known when stays on record.") { id, by, reason };
        host.Handle(retract, (context, token) => RetractAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(by)!, context.Parsed.GetValue(reason)!, token));

        var kinds = new Command("kinds", "The kinds of observations, with their weight and how long they count.");
        host.Handle(kinds, static (context, _) => Task.FromResult(Kinds(context)));
        return new Command("signals", "What your own people observed (soft signals).") { add, import, list, retract, kinds };
    }

    private static async Task<int> AddAsync(CommandContext context, SoftSignalRow row, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock);
        SoftSignalsRecord record = row.Read(now, out _, out string problem) ?? throw new CommandFailure(ExitCode.Usage, problem);
        SignalChanges changes = await RecordAsync(application, [record], now, cancellationToken);
        context.Output.Line(changes.Added + changes.Revised > 0
            ? $"{SoftSignalsMapper.IdOf(record)} is recorded, and counts until {CommandOutput.Instant(record.Expires)}; the next assessment, which a running service makes within seconds, sees it."
            : $"{SoftSignalsMapper.IdOf(record)} was there already; nothing changed.");
        return ExitCode.Done;
    }

    private static async Task<int> ImportAsync(CommandContext context, string file, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock);
        var diagnostics = new DiagnosticBag();
        IReadOnlyList<(SoftSignalsRecord Record, SourcePosition At)> rows = SoftSignalRow.ReadFile(file, now, diagnostics);
        await using (IStoreSession session = await application.Store.ReadAsync(cancellationToken))
        {
            HashSet<string> known = [.. (await session.Suppliers.ListAsync(null, cancellationToken)).Select(s => s.Supplier.Id.Value)];
            foreach ((SoftSignalsRecord record, SourcePosition at) in rows.Where(r => !known.Contains(r.Record.Supplier)))
                diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "P040", $"supplier: no supplier of the portfolio has the id '{record.Supplier}'{Suggestion.For(record.Supplier, known)}", at));
        }

        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        SignalChanges changes = await RecordAsync(application, [.. rows.Select(r => r.Record)], now, cancellationToken);
        context.Output.Line($"{CommandOutput.Count(rows.Count, "row")}: {changes.Added} new, {changes.Revised} changed");
        return ExitCode.Done;
    }

    /// <summary>Signals and who said so, in one transaction.</summary>
    private static async Task<SignalChanges> RecordAsync(RiskApplication application, IReadOnlyList<SoftSignalsRecord> records, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        foreach (string supplier in records.Select(r => r.Supplier).Distinct(StringComparer.Ordinal))
        {
            if (await session.Suppliers.FindAsync(new SupplierId(supplier), null, cancellationToken) is { RetiredAt: null }) continue;
            IEnumerable<string> known = (await session.Suppliers.ListAsync(null, cancellationToken)).Select(s => s.Supplier.Id.Value);
            throw new CommandFailure(ExitCode.Usage, $"--supplier: no supplier of the portfolio has the id '{supplier}'{Suggestion.For(supplier, known)}");
        }

        SignalChanges changes = await session.Signals.RecordAsync(SoftSignalsModule.Id, [.. records.Select(r => SoftSignalsMapper.Map(r, now))], null, now, cancellationToken);
        if (changes.Added + changes.Revised > 0) await session.Ledger.AppendAsync([.. records.Select(Entry)], now, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return changes;

        static (string, string, string) Entry(SoftSignalsRecord record) => ("observation", record.Supplier, CanonicalJson.Object(
            ("id", SoftSignalsMapper.IdOf(record)), ("act", "added"), ("kind", record.Kind.Name), ("at", record.At), ("by", record.By), ("note", record.Note), ("evidence", record.Evidence), ("severity", record.Severity), ("expires", record.Expires)));
    }

    private static async Task<int> RetractAsync(CommandContext context, string id, string who, string why, CancellationToken cancellationToken)
    {
        if (PlainText.Line(who, SoftSignalRow.LongestName) is not { Length: > 0 } by) throw new CommandFailure(ExitCode.Usage, "--by: say who takes it back");
        if (PlainText.Line(why) is not { Length: > 0 } reason) throw new CommandFailure(ExitCode.Usage, "--reason: say why");
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock);
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        IReadOnlyList<EventSignal> known = await OwnAsync(session, null, cancellationToken);
        EventSignal signal = known.FirstOrDefault(s => s.Id == id)
            ?? throw new CommandFailure(ExitCode.Usage, $"no observation has the id '{id}'{Suggestion.For(id, known.Select(s => s.Id))}");
        await session.Signals.RecordAsync(SoftSignalsModule.Id, [signal with { Withdrawn = true, ObservedAt = now }], null, now, cancellationToken);
        await session.Ledger.AppendAsync([("observation", signal.Supplier.Value, CanonicalJson.Object(("id", id), ("act", "retracted"), ("by", by), ("reason", reason)))], now, cancellationToken);
        await session.CommitAsync(cancellationToken);
        context.Output.Line($"{id} of {signal.Supplier} is taken back by {by}.");
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(CommandContext context, string? supplier, bool all, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        DateTimeOffset now = asOf ?? Instants.Now(application.Clock);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        EventSignal[] found =
        [
            .. (await OwnAsync(session, asOf, cancellationToken)).Where(s => (supplier is null || s.Supplier.Value == supplier) && (all || s.Due > now))
                .OrderByDescending(s => s.OccurredAt).ThenBy(s => s.Supplier).ThenBy(s => s.Id, StringComparer.Ordinal),
        ];
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (EventSignal signal in found)
                {
                    (string by, string note) = SoftSignalsMapper.Read(signal);
                    json.WriteStartObject();
                    json.WriteString("id", signal.Id);
                    json.WriteString("supplier", signal.Supplier.Value);
                    json.WriteString("kind", signal.Type);
                    json.WriteNumber("severity", signal.Severity);
                    json.WriteString("by", by);
                    json.WriteString("note", note);
                    json.WriteString("evidence", signal.Evidence.Url);
                    JsonParts.Instant(json, "at", signal.OccurredAt);
                    JsonParts.Instant(json, "recordedAt", signal.ObservedAt);
                    JsonParts.Instant(json, "until", signal.Due);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (found.Length > 0)
        {
            context.Output.Table(
                ["id", "supplier", "kind", "severity", "on", "by", "counts until", "note"],
                [
                    .. found.Select(s => (Signal: s, Said: SoftSignalsMapper.Read(s))).Select(s => (IReadOnlyList<string>)
                    [
                        s.Signal.Id, s.Signal.Supplier.Value, s.Signal.Type, s.Signal.Severity.ToString(CultureInfo.InvariantCulture), s.Signal.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), s.Said.By,
                        s.Signal.Due?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", s.Said.Note,
                    ]),
                ]);
        }

        context.Output.Line(CommandOutput.Count(found.Length, "observation"));
        return ExitCode.Done;
    }

    private static int Kinds(CommandContext context)
    {
        if (context.Output.Json)
        {
            context.Output.WriteJson(static json =>
            {
                json.WriteStartArray();
                foreach (SoftSignalKind kind in SoftSignalKind.All)
                {
                    json.WriteStartObject();
                    json.WriteString("kind", kind.Name);
                    json.WriteString("category", kind.Category);
                    json.WriteNumber("severity", kind.Severity);
                    json.WriteNumber("days", kind.Days);
                    json.WriteString("meaning", kind.Meaning);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Table(
            ["kind", "category", "severity", "counts for", "meaning"],
            [.. SoftSignalKind.All.Select(k => (IReadOnlyList<string>)[k.Name, k.Category, k.Severity.ToString(CultureInfo.InvariantCulture), CommandOutput.Count(k.Days, "day"), k.Meaning])]);
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<EventSignal>> OwnAsync(IStoreSession session, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        await session.Signals.EventsAsync(SoftSignalsModule.Feed.Name, [SoftSignalsModule.Id], asOf, cancellationToken);
}
