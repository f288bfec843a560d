using System.CommandLine;
using System.Globalization;
using System.Text;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.RuleFiles;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Silences: for a time nobody is told of some alerts. They live in silences.yaml; these commands write there as a person would.</summary>
internal static class SilencesCommand
{
    public static Command Create(CommandHost host)
    {
        var all = new Option<bool>("--all") { Description = "Those that are over too." };
        var list = new Command("list", "Silences in force and to come, with the alerts that each hides now.") { all };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(all), token));

        var matchers = new Argument<string[]>("MATCHER") { Description = "Conditions on labels that must all hold: supplier=S-1042, category=~\"security|media\".", Arity = ArgumentArity.OneOrMore };
        Option<string> by = new("--by") { Description = "Who asks for it: a name or a mail address.", Required = true, HelpName = "WHO" };
        Option<string> reason = new("--reason") { Description = "Why these alerts may go unheard.", Required = true, HelpName = "TEXT" };
        Option<string> until = new("--until") { Description = "An instant, a date (its end, UTC), or how long: 36h, 14d. 90 days at most without an approver.", Required = true, HelpName = "T" };
        Option<string?> from = new("--from") { Description = "An instant or a date (default: now).", HelpName = "T" };
        Option<string?> approver = new("--approver") { Description = "Who agreed.", HelpName = "WHO" };
        Option<string?> ticket = new("--ticket") { Description = "Number of a ticket or change.", HelpName = "TEXT" };
        var add = new Command("add", "Silences alerts. They are raised, scored and listed as always.") { matchers, by, reason, until, from, approver, ticket };
        host.Handle(add, (context, token) => AddAsync(
            context,
            new Wanted(
                context.Parsed.GetValue(matchers)!, context.Parsed.GetValue(by)!, context.Parsed.GetValue(reason)!, context.Parsed.GetValue(until)!, context.Parsed.GetValue(from),
                context.Parsed.GetValue(approver) ?? "", context.Parsed.GetValue(ticket) ?? ""),
            token));

        var id = new Argument<string>("ID") { Description = "As 'risk silences list' says." };
        var expire = new Command("expire", "Ends a silence now; what it hid is told.") { id, by };
        host.Handle(expire, (context, token) => ExpireAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(by)!, token));
        return new Command("silences", "What nobody is told of for a time, and who said so.") { list, add, expire };
    }

    private static async Task<int> ListAsync(CommandContext context, bool all, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock);
        IReadOnlyList<Alert> firing = await session.Alerts.ListAsync(resolved: false, cancellationToken);
        Silence[] silences = [.. Read(application, TextOf(application)).Silences.All.Where(s => all || s.EndsAt > now).OrderBy(s => s.EndsAt)];
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (Silence silence in silences)
                {
                    json.WriteStartObject();
                    json.WriteString("id", silence.Id);
                    json.WriteString("state", StateOf(silence, now));
                    json.WriteStartArray("matchers");
                    foreach (var matcher in silence.Matchers) json.WriteStringValue(matcher.ToString());
                    json.WriteEndArray();
                    json.WriteString("startsAt", silence.StartsAt);
                    json.WriteString("endsAt", silence.EndsAt);
                    json.WriteString("author", silence.Author);
                    json.WriteString("approvedBy", silence.ApprovedBy);
                    json.WriteString("reason", silence.Reason);
                    json.WriteString("ticket", silence.Ticket);
                    json.WriteNumber("alerts", CountOf(silence));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        if (silences.Length > 0)
        {
            context.Output.Table(
                ["id", "state", "alerts", "matchers", "until", "author", "why"],
                [
                    .. silences.Select(s => (IReadOnlyList<string>)
                    [
                        s.Id, StateOf(s, now), CountOf(s).ToString(CultureInfo.InvariantCulture), string.Join(", ", s.Matchers), CommandOutput.Instant(s.EndsAt), s.Author,
                        s.Reason + (s.Ticket.Length > 0 ? $" ({s.Ticket})" : ""),
                    ]),
                ]);
        }

        context.Output.Line($"{CommandOutput.Count(silences.Count(s => s.IsActive(now)), "silence")} in force, {CommandOutput.Count(firing.Count(a => silences.Any(s => s.Hides(a.Labels, now))), "alert")} silenced");
        return ExitCode.Done;

        int CountOf(Silence silence) => firing.Count(a => silence.Hides(a.Labels, now));
    }

    private static async Task<int> AddAsync(CommandContext context, Wanted wanted, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock), starts = InstantArgument.ReadStart("--from", wanted.From) ?? now;
        DateTimeOffset ends = InstantArgument.ReadUntil("--until", wanted.Until, starts);
        string? text = TextOf(application);
        (Silences known, Document? document) = Read(application, text);
        string id = NextId(known, now);
        List<(string, IReadOnlyList<string>)> fields = [("id", [id]), ("matchers", wanted.Matchers), ("starts", [SilenceFileText.Instant(starts)]), ("ends", [SilenceFileText.Instant(ends)]), ("author", [wanted.By])];
        if (wanted.Approver.Length > 0) fields.Add(("approved_by", [wanted.Approver]));
        fields.Add(("reason", [wanted.Reason]));
        if (wanted.Ticket.Length > 0) fields.Add(("ticket", [wanted.Ticket]));
        string changed = SilenceFileText.Add(text, document, fields)
            ?? throw new CommandFailure(ExitCode.Usage, $"{Name(application)}: 'silences' is not a list of lines at the end of the file; write the silence there by hand, or bring the list into that form");
        Silence silence = Read(application, changed, await RulesAsync(application, cancellationToken)).Silences.All.Single(s => s.Id == id);
        int hidden = await ApplyAsync(application, changed, silence, "added", wanted.By, now, cancellationToken);
        context.Output.Line($"{id}: {string.Join(", ", silence.Matchers)} until {CommandOutput.Instant(silence.EndsAt)}, in {Name(application)}");
        context.Output.Line(hidden > 0 || silence.IsActive(now) ? $"It silences {CommandOutput.Count(hidden, "alert")} now." : $"It begins {CommandOutput.Instant(silence.StartsAt)}.");
        return ExitCode.Done;
    }

    private static async Task<int> ExpireAsync(CommandContext context, string id, string by, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        DateTimeOffset now = Instants.Now(application.Clock);
        string? text = TextOf(application);
        (Silences known, Document? document) = Read(application, text);
        Silence silence = known.All.FirstOrDefault(s => s.Id == id) ?? throw new CommandFailure(ExitCode.Usage, $"there is no silence '{id}'{Suggestion.For(id, known.All.Select(s => s.Id))}");
        if (silence.EndsAt <= now) throw new CommandFailure(ExitCode.Usage, $"silence '{id}' is over since {CommandOutput.Instant(silence.EndsAt)}");
        if (silence.StartsAt >= now) throw new CommandFailure(ExitCode.Usage, $"silence '{id}' has not begun: take it out of {Name(application)}");
        var ends = (ScalarNode)((SequenceNode)document!.Root!["silences"]!).Items.OfType<MappingNode>().First(m => (m["id"] as ScalarNode)?.Text.Trim() == id)["ends"]!;
        string changed = SilenceFileText.Replace(text!, ends, SilenceFileText.Instant(now)) ?? throw new CommandFailure(ExitCode.Usage, $"{Name(application)}:{ends.Position.Line}: change 'ends' by hand: it is not on one line");
        int hidden = await ApplyAsync(application, changed, silence with { EndsAt = now }, "expired", by, now, cancellationToken);
        context.Output.Line($"{id} is over; {(hidden == 0 ? "no alert waits behind it" : CommandOutput.Count(hidden, "alert") + " that it hid will be told")}");
        return ExitCode.Done;
    }

    /// <summary>Writes the file, at once and whole, and puts on record what was done; how many firing alerts it is about.</summary>
    private static async Task<int> ApplyAsync(RiskApplication application, string changed, Silence silence, string act, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        await session.Ledger.AppendAsync(
            [("silence", silence.Id, CanonicalJson.Object(
                ("act", act), ("by", by), ("matchers", string.Join(", ", silence.Matchers)), ("startsAt", silence.StartsAt), ("endsAt", silence.EndsAt), ("author", silence.Author),
                ("approvedBy", silence.ApprovedBy), ("reason", silence.Reason), ("ticket", silence.Ticket)))],
            now, cancellationToken);
        string file = application.Options.SilencesFile, whole = file + ".new";
        try
        {
            await File.WriteAllTextAsync(whole, changed, cancellationToken);
            File.Move(whole, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Outside, $"{Name(application)} cannot be written: {e.Message}");
        }

        int hidden = (await session.Alerts.ListAsync(resolved: false, cancellationToken)).Count(a => silence.Matchers.All(m => m.Matches(a.Labels)) && silence.StartsAt <= now);
        await session.CommitAsync(cancellationToken);
        return hidden;
    }

    /// <exception cref="CommandFailure">The text is no good silences file.</exception>
    /// <param name="rules">Whose ids and categories may be named; null: any.</param>
    private static (Silences Silences, Document? Document) Read(RiskApplication application, string? text, RuleSet? rules = null)
    {
        if (text is null) return (Silences.None, null);
        var diagnostics = new DiagnosticBag();
        Document document = YamlReader.Read(Encoding.UTF8.GetBytes(text), Name(application), diagnostics);
        (Silences? silences, var problems) = new SilenceReader(RuleBookLoader.Vocabulary([], rules)).Read(document, now: null);
        diagnostics.AddRange(problems);
        return silences is not null && !diagnostics.HasErrors ? (silences, document) : throw new CommandFailure(diagnostics.Sorted());
    }

    /// <summary>The rules in force, or null while they cannot be read: silencing must not wait for that.</summary>
    private static async Task<RuleSet?> RulesAsync(RiskApplication application, CancellationToken cancellationToken)
    {
        try
        {
            return (await application.LoadBookAsync(static _ => { }, cancellationToken)).Rules;
        }
        catch (CommandFailure)
        {
            return null;
        }
    }

    private static string? TextOf(RiskApplication application)
    {
        try
        {
            return File.Exists(application.Options.SilencesFile) ? File.ReadAllText(application.Options.SilencesFile) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Outside, $"{Name(application)} cannot be read: {e.Message}");
        }
    }

    private static string Name(RiskApplication application) => RuleBookLoader.Display(application.Options.SilencesFile);

    private static string NextId(Silences known, DateTimeOffset now) =>
        Enumerable.Range(1, known.All.Length + 1).Select(n => string.Create(CultureInfo.InvariantCulture, $"SIL-{now.Year}-{n:000}")).First(id => known.All.All(s => s.Id != id));

    private static string StateOf(Silence silence, DateTimeOffset now) => silence.IsActive(now) ? "active" : silence.StartsAt > now ? "pending" : "expired";

    private sealed record Wanted(string[] Matchers, string By, string Reason, string Until, string? From, string Approver, string Ticket);
}
