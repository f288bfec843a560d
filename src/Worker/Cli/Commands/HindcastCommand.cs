using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Portfolio;
using Risk.Worker.Replay;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>What could have been known: the past gone through day by day with the sources that can tell it, in a store of its own.</summary>
/// <remarks>The worker's own store says what was known here and is left alone; "known here" and "public then" are never mixed.</remarks>
internal static class HindcastCommand
{
    /// <summary>Answers are held in memory, up to some megabytes for each supplier.</summary>
    private const int MostSuppliers = 100;

    /// <summary>A source may be called again after three failures in a row, not for ever.</summary>
    private const int FailuresInARow = 3;

    public static Command Create(CommandHost host)
    {
        var ids = new Argument<string[]>("ID") { Description = "Suppliers (default: all that such a source covers).", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string>("--from") { Description = "First day.", HelpName = "DATE", Required = true };
        var to = new Option<string?>("--to") { Description = "Last day (default: today).", HelpName = "DATE" };
        var every = new Option<int>("--every") { Description = "Days between two looks.", HelpName = "DAYS", DefaultValueFactory = _ => 1 };
        var store = new Option<string?>("--out") { Description = "The store to fill (default: hindcast.db in the workspace, which is replaced).", HelpName = "FILE" };
        var command = new Command("hindcast", "What could have been known: goes through the past with the sources that keep it (filings with their dates), and tells when the warning would have come. Never sends.") { ids, from, to, every, store };
        host.Handle(command, (context, token) =>
        {
            ParseResult parsed = context.Parsed;
            return RunAsync(context, new Request(parsed.GetValue(ids)!, parsed.GetValue(from)!, parsed.GetValue(to), parsed.GetValue(every), parsed.GetValue(store)), token);
        });
        return command;
    }

    private sealed record Request(string[] Ids, string From, string? To, int Every, string? Store);

    private static async Task<int> RunAsync(CommandContext context, Request request, CancellationToken cancellationToken)
    {
        if (request.Every is < 1 or > 366) throw new CommandFailure(ExitCode.Usage, "--every: a number of days from 1 to 366");
        DateTimeOffset from = InstantArgument.ReadStart("--from", request.From)!.Value;
        (IConfiguration configuration, string file, DateTimeOffset today) = await SettingsAsync(context, request.Store, cancellationToken);
        DateTimeOffset to = InstantArgument.ReadStart("--to", request.To) is { } asked && asked < today ? asked : today;
        if (from > to) throw new CommandFailure(ExitCode.Usage, $"--from {CommandOutput.Instant(from)} is after the end {CommandOutput.Instant(to)}");
        var clock = new SteppedTimeProvider { Now = from };
        await using RiskApplication application = await RiskApplication.OpenAsync(configuration, cancellationToken, clock, memory: new AnswerMemory());
        IReadOnlyList<Supplier> suppliers = await ImportAsync(application, request.Ids, cancellationToken);
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        await GoThroughAsync(context.Output, application, book, clock, from, to, request.Every, cancellationToken);
        var courses = new List<HindcastCourse>(suppliers.Count);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        ImmutableArray<SourceId> sources = [.. application.Sources.Enabled.Select(s => s.Manifest.Id)];
        foreach (Supplier supplier in suppliers) courses.Add(await HindcastCourse.ReadAsync(session, supplier, sources, from, to, cancellationToken));
        context.Output.ClearProgress();
        if (context.Output.Json) context.Output.WriteJson(json => Write(json, courses, from, to, file));
        else Print(context.Output, courses, sources, file);
        return ExitCode.Done;
    }

    /// <summary>The workspace's settings with a store of its own and only the sources that can tell the past.</summary>
    private static async Task<(IConfiguration Configuration, string File, DateTimeOffset Today)> SettingsAsync(CommandContext context, string? asked, CancellationToken cancellationToken)
    {
        RiskOptions options;
        DateTimeOffset today;
        string sources;
        await using (RiskApplication usual = await context.OpenAsync(cancellationToken))
        {
            options = usual.Options;
            today = Instants.Now(usual.Clock);
            sources = string.Join(',', usual.Sources.Enabled.Where(s => s.Manifest.KnowsItsPast).Select(s => s.Manifest.Id));
        }

        if (sources.Length == 0) throw new CommandFailure(ExitCode.Usage, "no source that can tell the past is enabled; 'risk sources list' tells which run here and what the others need");
        string file = Path.GetFullPath(asked ?? Path.Combine(options.Workspace, "hindcast.db"));
        if (file == options.StorePath || (asked is not null && File.Exists(file))) throw new CommandFailure(ExitCode.Usage, $"--out: {file} is there already; name a new file");
        foreach (string part in new[] { file, file + "-wal", file + "-shm" }) File.Delete(part);
        IConfiguration configuration = new ConfigurationBuilder().AddConfiguration(context.Configuration).AddInMemoryCollection(
        [
            KeyValuePair.Create<string, string?>("Risk:Store", "sqlite:" + file),
            KeyValuePair.Create<string, string?>("Risk:Sources:Enabled", sources),
        ]).Build();
        return (configuration, file, today);
    }

    /// <summary>The portfolio as it is today; what it was then nobody wrote down.</summary>
    private static async Task<IReadOnlyList<Supplier>> ImportAsync(RiskApplication application, string[] ids, CancellationToken cancellationToken)
    {
        PortfolioReadResult read = PortfolioSync.Read(application.Options);
        string[] unknown = [.. ids.Where(id => read.Suppliers.All(s => s.Id.Value != id))];
        if (unknown.Length > 0) throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{unknown[0]}' in {read.File}; 'risk suppliers list' tells which there are");
        Supplier[] suppliers = [.. read.Suppliers.Where(s => ids.Length > 0 ? ids.Contains(s.Id.Value) : application.Sources.Enabled.Any(e => e.Coverage.Covers(s))).OrderBy(s => s.Id)];
        if (suppliers.Length is 0 or > MostSuppliers) throw new CommandFailure(ExitCode.Usage, $"{CommandOutput.Count(suppliers.Length, "supplier")} to go through, 1 to {MostSuppliers} can be: name them");
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        PortfolioPlan plan = await PortfolioImport.PlanAsync(session, suppliers, cancellationToken);
        await PortfolioImport.ApplyAsync(session, plan, allowMassRetire: false, Instants.Now(application.Clock), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return suppliers;
    }

    private static async Task GoThroughAsync(
        CommandOutput output, RiskApplication application, RuleBook book, SteppedTimeProvider clock, DateTimeOffset from, DateTimeOffset to, int every, CancellationToken cancellationToken)
    {
        using RiskCycle cycle = application.Cycle(book);
        await cycle.AdoptAsync(cancellationToken);
        int days = (int)(to - from).TotalDays, failures = 0;
        for (int day = 0; day <= days; day += every)
        {
            clock.Now = from.AddDays(day);
            output.Progress(day, days, CommandOutput.Instant(clock.Now));
            foreach (EnabledSource source in application.Sources.Enabled)
            {
                SourceRunResult result = await cycle.CollectAsync(source.Manifest.Id, static (_, _, _) => { }, cancellationToken);
                failures = result.Succeeded ? 0 : failures + 1;
                if (failures >= FailuresInARow) throw new CommandFailure(ExitCode.Outside, $"{source.Manifest.Id}: {result.Failure!.Message}");
            }

            await cycle.AssessAsync(static (_, _) => { }, cancellationToken);
        }
    }

    private static void Print(CommandOutput output, List<HindcastCourse> courses, ImmutableArray<SourceId> sources, string file)
    {
        foreach (HindcastCourse course in courses)
        {
            output.Line($"{course.Supplier.Id}  {course.Supplier.Name}");
            foreach (HindcastStep step in course.Steps)
            {
                string lead = $"  {Date(step.At)}  {step.Score.ToString("0.00", CultureInfo.InvariantCulture),6}  {BandNames.Of(step.After),-9}  ";
                TextLayout.Paragraph(output, lead, step.Reasons.Length > 0 ? step.Reasons[0] : step.After < step.Before ? "earlier signs fade" : "signs known before add up");
                foreach (string reason in step.Reasons.Skip(1)) TextLayout.Paragraph(output, new string(' ', lead.Length), reason);
            }

            TextLayout.Paragraph(output, "  ", Verdict(course));
            output.Line();
        }

        TextLayout.Paragraph(
            output, "",
            $"Gone through with {string.Join(", ", sources)} as they tell the past today, today's rules and today's portfolio. Other sources keep no past; what they would have said is not in it.");
        output.Line($"To look closer: Risk__Store=sqlite:{RuleBookLoader.Display(file)} risk explain ID --as-of DATE");
    }

    private static string Verdict(HindcastCourse course)
    {
        string warning = course.ElevatedFirst is { } first ? $"elevated or worse first on {Date(first)}" : "never elevated or worse";
        if (course.Bankruptcy is not { } bankruptcy) return $"No bankruptcy in the period; {warning}.";
        string known = course.KnownAt is { } at ? $", reported here {Date(at)}" : "";
        return course.LeadDays(course.AlertedSince) > 0 || course.LeadDays(course.ElevatedSince) > 0
            ? $"Bankruptcy {Date(bankruptcy)}{known}. Lead time: a serious alert {Lead(course, course.AlertedSince)}; elevated or worse {Lead(course, course.ElevatedSince)}; high or worse {Lead(course, course.HighSince)}."
            : $"Bankruptcy {Date(bankruptcy)}{known}. No lead time ({warning}).";
    }

    private static string Lead(HindcastCourse course, DateTimeOffset? since)
    {
        if (course.LeadDays(since) is not (> 0 and var days)) return "not before";
        string start = since == course.Steps[0].At ? "from the start of the period on, at least " : $"since {Date(since!.Value)}, ";
        return start + CommandOutput.Count(days, "day");
    }

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void Write(System.Text.Json.Utf8JsonWriter json, List<HindcastCourse> courses, DateTimeOffset from, DateTimeOffset to, string file)
    {
        json.WriteStartObject();
        json.WriteString("from", from);
        json.WriteString("to", to);
        json.WriteString("store", file);
        json.WriteStartArray("suppliers");
        foreach (HindcastCourse course in courses)
        {
            json.WriteStartObject();
            json.WriteString("supplier", course.Supplier.Id.Value);
            json.WriteString("name", course.Supplier.Name);
            WriteInstant(json, "bankruptcy", course.Bankruptcy);
            WriteInstant(json, "knownAt", course.KnownAt);
            WriteInstant(json, "alertedSince", course.AlertedSince);
            WriteDays(json, "alertLeadDays", course.LeadDays(course.AlertedSince));
            WriteInstant(json, "elevatedFirst", course.ElevatedFirst);
            WriteInstant(json, "elevatedSince", course.ElevatedSince);
            WriteDays(json, "elevatedLeadDays", course.LeadDays(course.ElevatedSince));
            WriteInstant(json, "highSince", course.HighSince);
            WriteDays(json, "highLeadDays", course.LeadDays(course.HighSince));
            json.WriteStartArray("steps");
            foreach (HindcastStep step in course.Steps)
            {
                json.WriteStartObject();
                json.WriteString("at", step.At);
                json.WriteString("band", BandNames.Of(step.After));
                json.WriteNumber("score", step.Score);
                json.WriteStartArray("reasons");
                foreach (string reason in step.Reasons) json.WriteStringValue(reason);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteInstant(System.Text.Json.Utf8JsonWriter json, string name, DateTimeOffset? at)
    {
        if (at is { } instant) json.WriteString(name, instant);
        else json.WriteNull(name);
    }

    private static void WriteDays(System.Text.Json.Utf8JsonWriter json, string name, int? days)
    {
        if (days is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
