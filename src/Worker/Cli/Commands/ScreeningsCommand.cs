using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Which supplier was screened against which list, when, and with what result.</summary>
internal static class ScreeningsCommand
{
    public static Command Create(CommandHost host)
    {
        var supplier = new Option<string?>("--supplier") { Description = "One supplier: its result with each list, and the matches.", HelpName = "ID" };
        var asOf = new Option<string?>("--as-of") { Description = "As it was known here at this instant (default: now); with --supplier.", HelpName = "INSTANT" };
        var list = new Command("list", "The last screen of the portfolio against each list; with --supplier, one supplier's on any day.") { supplier, asOf };
        host.Handle(list, (context, token) => context.Parsed.GetValue(supplier) is { } id
            ? SupplierAsync(context, new SupplierId(id), context.Parsed.GetValue(asOf), token)
            : context.Parsed.GetValue(asOf) is null ? PortfolioAsync(context, token) : throw new CommandFailure(ExitCode.Usage, "--as-of goes with --supplier ID"));
        return new Command("screenings", "The record of screens against lists.") { list };
    }

    private static async Task<int> PortfolioAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        var passes = new List<(SourceId Source, ScreeningPass? Pass, string Reason)>();
        foreach (SourceStatus status in Lists(application)) passes.Add((status.Id, await session.Screening.LastPassAsync(status.Id, cancellationToken), Missing(status)));
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach ((SourceId source, ScreeningPass? pass, string reason) in passes)
                {
                    json.WriteStartObject();
                    json.WriteString("source", source.Value);
                    json.WriteString("result", pass is null ? "not screened" : pass.Failure.Length > 0 ? "could not check" : "screened");
                    json.WriteString("reason", pass is null ? reason : pass.Failure);
                    if (pass is not null) Pass(json, pass);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Table(
            ["source", "screened", "list of", ">suppliers", ">parties", ">hits", ">possible", ">cleared", "what"],
            [
                .. passes.Select(p => (IReadOnlyList<string>)(p.Pass is not { } pass
                    ? [p.Source.Value, "never", "-", "-", "-", "-", "-", "-", p.Reason]
                    : pass.Failure.Length > 0
                        ? [p.Source.Value, CommandOutput.Instant(pass.At), "-", "-", "-", "-", "-", "-", $"could not check: {pass.Failure}"]
                        : [p.Source.Value, CommandOutput.Instant(pass.At), Date(pass), Number(pass.Suppliers), Number(pass.Entries), Number(pass.Hits), Number(pass.Possible), Number(pass.Cleared), $"matcher {pass.Matcher}"])),
            ]);
        return ExitCode.Done;
    }

    private static async Task<int> SupplierAsync(CommandContext context, SupplierId id, string? asOfText, CancellationToken cancellationToken)
    {
        DateTimeOffset? asOf = InstantArgument.Read("--as-of", asOfText);
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        StoredSupplier stored = await session.Suppliers.FindAsync(id, asOf, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{id}'{(asOf is null ? "" : " at that instant")}; 'risk suppliers list' tells which there are");
        ListResult[] results = await ResultsAsync(application, session, id, asOf, cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json => Write(json, stored, asOf ?? Instants.Now(application.Clock), results));
            return ExitCode.Done;
        }

        CommandOutput output = context.Output;
        output.Line($"{id}  {stored.Supplier.Name}{(stored.Supplier.Country.Length > 0 ? $" ({stored.Supplier.Country})" : "")}{(stored.RetiredAt is { } retired ? $", retired {CommandOutput.Instant(retired)}: no longer screened" : "")}");
        output.Table(
            ["source", "result", "screened", "list of", "matcher", "what"],
            [
                .. results.Select(r => (IReadOnlyList<string>)
                [
                    r.Source.Value, r.Result, CommandOutput.Instant(r.Standing?.Screened?.At), r.Standing?.Screened is { } pass ? Date(pass) : "-", r.Standing?.Screened?.Matcher ?? "-", What(r),
                ]),
            ]);
        foreach ((StoredMatch match, MatchDecision? decision) in results.SelectMany(r => r.Matches))
        {
            output.Line();
            output.Line($"{Name(match.Result)}  {match.Source} {match.Entry}  {MatchSignals.Title(match, decision)}");
            output.Line($"    since {CommandOutput.Instant(match.Since)}; {match.Content.Event.Evidence.Excerpt}");
            output.Line($"    {match.Content.Event.Evidence.Url}");
            if (decision is null && match.Result == StoredMatchResult.Possible)
                output.Line($"    decide: risk decisions add --supplier {id} --list {match.Source} --entry {match.Entry} --as false-positive|confirmed --by WHO --reason TEXT");
        }

        return ExitCode.Done;
    }

    /// <param name="Standing">Null: the list was never tried.</param>
    /// <param name="Reason">Why it was not screened; or "".</param>
    private sealed record ListResult(SourceId Source, SupplierScreening? Standing, string Result, string Reason, (StoredMatch Match, MatchDecision? Decision)[] Matches);

    private static async Task<ListResult[]> ResultsAsync(RiskApplication application, IStoreSession session, SupplierId id, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        var matches = new List<(StoredMatch Match, MatchDecision? Decision)>();
        foreach (StoredMatch match in await session.Screening.MatchesAsync(id, asOf, cancellationToken))
            matches.Add((match, match.Decision is { } decision ? await session.Screening.FindDecisionAsync(decision, cancellationToken) : null));
        var results = new SortedDictionary<SourceId, ListResult>();
        if (asOf is null)
        {
            foreach (SourceStatus status in Lists(application)) results[status.Id] = new ListResult(status.Id, null, "not screened", Missing(status), []);
        }

        foreach (SupplierScreening standing in await session.Screening.OfSupplierAsync(id, asOf, cancellationToken))
        {
            (StoredMatch Match, MatchDecision? Decision)[] own = [.. matches.Where(m => m.Match.Source == standing.Source)];
            string failed = standing.FailedSince is { } since ? $"could not check since {CommandOutput.Instant(since.At)}: {standing.LastFailure!.Failure}" : "";
            string result = own.Length > 0 ? Name(Worst(own.Select(m => m.Match.Result))) : standing.Screened is not null ? "no hit" : failed.Length > 0 ? "could not check" : "not screened";
            string reason = failed.Length > 0 ? failed : standing.Screened is null ? "not screened since it came or changed" : "";
            results[standing.Source] = new ListResult(standing.Source, standing, result, reason, own);
        }

        return [.. results.Values];
    }

    private static string What(ListResult result)
    {
        string found = string.Join(", ", result.Matches.Select(m => m.Match.Entry));
        return found.Length > 0 && result.Reason.Length > 0 ? $"{found}; {result.Reason}" : found + result.Reason;
    }

    private static StoredMatchResult Worst(IEnumerable<StoredMatchResult> results) => results.MaxBy(r => r switch { StoredMatchResult.Hit => 2, StoredMatchResult.Possible => 1, _ => 0 });

    private static string Name(StoredMatchResult result) => result switch { StoredMatchResult.Hit => "hit", StoredMatchResult.Possible => "possible", _ => "cleared" };

    private static IEnumerable<SourceStatus> Lists(RiskApplication application) => application.Sources.Statuses.Where(s => ListKind.IsGivenBy(s.Module.Manifest)).OrderBy(s => s.Id);

    private static string Missing(SourceStatus status) => status.IsEnabled ? "not pulled yet" : $"off: {status.Reason}";

    private static string Date(ScreeningPass pass) => pass.PublishedAt is { } at ? MatchSignals.Day(at) : "undated";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, StoredSupplier stored, DateTimeOffset asOf, ListResult[] results)
    {
        json.WriteStartObject();
        json.WriteString("supplier", stored.Supplier.Id.Value);
        json.WriteString("name", stored.Supplier.Name);
        json.WriteString("asOf", asOf);
        JsonParts.Instant(json, "retiredAt", stored.RetiredAt);
        json.WriteStartArray("lists");
        foreach (ListResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("source", result.Source.Value);
            json.WriteString("result", result.Result);
            json.WriteString("reason", result.Reason);
            JsonParts.Instant(json, "failedSince", result.Standing?.FailedSince?.At);
            if (result.Standing?.Screened is { } pass) Pass(json, pass);
            json.WriteStartArray("matches");
            foreach ((StoredMatch match, MatchDecision? decision) in result.Matches) Match(json, match, decision);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Pass(Utf8JsonWriter json, ScreeningPass pass)
    {
        json.WriteString("screenedAt", pass.At);
        JsonParts.Instant(json, "publishedAt", pass.PublishedAt);
        json.WriteString("matcher", pass.Matcher);
        json.WriteNumber("suppliers", pass.Suppliers);
        json.WriteNumber("entries", pass.Entries);
        json.WriteNumber("hits", pass.Hits);
        json.WriteNumber("possible", pass.Possible);
        json.WriteNumber("cleared", pass.Cleared);
        json.WriteStartArray("files");
        foreach (ScreenedFile file in pass.Files)
        {
            json.WriteStartObject();
            json.WriteString("part", file.Part);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Match(Utf8JsonWriter json, StoredMatch match, MatchDecision? decision)
    {
        MatchContent content = match.Content;
        json.WriteStartObject();
        json.WriteString("entry", match.Entry);
        json.WriteString("result", Name(match.Result));
        json.WriteString("since", match.Since);
        json.WriteString("listedName", content.ListedName);
        json.WriteString("ownName", content.OwnName);
        json.WriteNumber("score", content.Score);
        json.WriteString("title", MatchSignals.Title(match, decision));
        json.WriteString("evidence", content.Event.Evidence.Excerpt);
        json.WriteString("url", content.Event.Evidence.Url);
        json.WriteString("comparedSha256", ComparedPair.Hash(content.Compared));
        if (decision is not null)
        {
            json.WritePropertyName("decision");
            DecisionsCommand.Write(json, decision);
        }

        json.WriteEndObject();
    }
}
