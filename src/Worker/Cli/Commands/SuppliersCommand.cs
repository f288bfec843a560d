using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Portfolio;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class SuppliersCommand
{
    /// <summary>Changes shown one by one; more are counted.</summary>
    private const int ShownChanges = 40;

    public static Command Create(CommandHost host)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var massRetire = new Option<bool>("--allow-mass-retire") { Description = "Let more than half of the portfolio be retired." };
        var import = new Command("import", "Reads the workspace's suppliers file: all of it, or nothing and every problem.") { dryRun, massRetire };
        host.Handle(import, (context, token) => ImportAsync(context, context.Parsed.GetValue(dryRun), context.Parsed.GetValue(massRetire), token));
        var list = new Command("list", "The portfolio with its latest scores, worst first.");
        host.Handle(list, ListAsync);
        var id = new Argument<string>("ID") { Description = "Supplier id." };
        var show = new Command("show", "One supplier: master data, contract, score history.") { id };
        host.Handle(show, (context, token) => ShowAsync(context, new SupplierId(context.Parsed.GetValue(id)!), token));
        return new Command("suppliers", "The portfolio.") { import, list, show, SupplierIdentityCommands.Resolve(host), SupplierIdentityCommands.Duplicates(host) };
    }

    private static async Task<int> ImportAsync(CommandContext context, bool dryRun, bool massRetire, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        context.Output.Progress(0, 0, "reading the portfolio");
        PortfolioReadResult read = PortfolioSync.Read(application.Options);
        context.Output.Progress(0, 0, "comparing with the store");
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        PortfolioPlan plan = await PortfolioSync.PlanAsync(session, read, massRetire, cancellationToken);
        if (!dryRun && !plan.Changes.IsEmpty)
        {
            await PortfolioImport.ApplyAsync(session, plan, massRetire, Instants.Now(application.Clock), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        CommandOutput output = context.Output;
        output.ClearProgress();
        if (output.Json)
        {
            output.WriteJson(json => Write(json, read, plan, dryRun));
            return ExitCode.Done;
        }

        foreach (string note in read.Notes) output.Line($"note: {note}");
        if (read.Diagnostics.Length > 0) output.Diagnostics(read.Diagnostics);
        foreach (string contradiction in plan.Contradictions) output.Error($"risk: warning: {contradiction}");
        IEnumerable<string> lines = plan.Changes.Added.Select(s => $"  + {s.Id}  {s.Name}")
            .Concat(plan.Differences.Select(d => $"  ~ {d.Supplier}  {string.Join(", ", d.Fields.Select(f => $"{f.Column}: {Shown(f.Before)} -> {Shown(f.After)}"))}"))
            .Concat(plan.Changes.Retired.Select(s => $"  - {s}  (no longer in the file; its history is kept)"));
        int total = plan.Changes.Added.Length + plan.Changes.Changed.Length + plan.Changes.Retired.Length;
        foreach (string line in lines.Take(ShownChanges)) output.Line(line);
        if (total > ShownChanges) output.Line(string.Create(CultureInfo.InvariantCulture, $"  and {total - ShownChanges:N0} more"));
        output.Line($"{PortfolioSync.Summary(plan)}{(dryRun ? " (nothing was written)" : "")}; {CommandOutput.Count(read.Suppliers.Length, "supplier")} in the file");
        return ExitCode.Done;
    }

    private static string Shown(string value) => value.Length == 0 ? "(empty)" : value;

    private static void Write(Utf8JsonWriter json, PortfolioReadResult read, PortfolioPlan plan, bool dryRun)
    {
        json.WriteStartObject();
        json.WriteBoolean("dryRun", dryRun);
        json.WriteNumber("inFile", read.Suppliers.Length);
        json.WriteStartArray("added");
        foreach (Supplier supplier in plan.Changes.Added) json.WriteStringValue(supplier.Id.Value);
        json.WriteEndArray();
        json.WriteStartArray("changed");
        foreach (SupplierDifference difference in plan.Differences)
        {
            json.WriteStartObject();
            json.WriteString("supplier", difference.Supplier.Value);
            json.WriteStartArray("fields");
            foreach (FieldDifference field in difference.Fields)
            {
                json.WriteStartObject();
                json.WriteString("column", field.Column);
                json.WriteString("before", field.Before);
                json.WriteString("after", field.After);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("retired");
        foreach (SupplierId id in plan.Changes.Retired) json.WriteStringValue(id.Value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async Task<int> ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<StoredSupplier> suppliers = await session.Suppliers.ListAsync(null, cancellationToken);
        Dictionary<SupplierId, Standing> assessments = (await session.Assessments.StandingsAsync(cancellationToken)).ToDictionary(a => a.Supplier);
        (Supplier Supplier, Standing? Assessment)[] rows =
        [
            .. suppliers.Select(s => (s.Supplier, assessments.GetValueOrDefault(s.Supplier.Id))).OrderByDescending(r => r.Item2?.Score ?? -1).ThenBy(r => r.Supplier.Tier).ThenBy(r => r.Supplier.Id),
        ];
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach ((Supplier supplier, Standing? assessment) in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("id", supplier.Id.Value);
                    json.WriteString("name", supplier.Name);
                    json.WriteString("country", supplier.Country);
                    json.WriteNumber("tier", supplier.Tier);
                    json.WriteString("criticality", supplier.Criticality);
                    json.WriteString("category", supplier.Category);
                    json.WriteString("owner", supplier.Owner);
                    if (assessment is not null)
                    {
                        json.WriteNumber("score", assessment.Score);
                        json.WriteString("band", BandNames.Of(assessment.Band));
                        json.WriteNumber("coverage", assessment.Coverage);
                        json.WriteString("asOf", assessment.AsOf);
                    }

                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Table(
            ["id", ">tier", "country", ">score", "band", ">coverage", "name"],
            [
                .. rows.Select(r => (IReadOnlyList<string>)
                [
                    r.Supplier.Id.Value, r.Supplier.Tier.ToString(CultureInfo.InvariantCulture), r.Supplier.Country, r.Assessment?.Score.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
                    r.Assessment is { } a ? BandNames.Of(a.Band) : "not assessed", r.Assessment is { } b ? (b.Coverage * 100).ToString("0'%'", CultureInfo.InvariantCulture) : "-", r.Supplier.Name,
                ]),
            ]);
        context.Output.Line(CommandOutput.Count(rows.Length, "supplier"));
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(CommandContext context, SupplierId id, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        StoredSupplier stored = await session.Suppliers.FindAsync(id, null, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{id}'; 'risk suppliers list' tells which there are");
        Supplier supplier = stored.Supplier;
        IReadOnlyList<(DateTimeOffset At, decimal Score, Band Band)> history = await session.Assessments.HistoryAsync(id, DateTimeOffset.UnixEpoch, cancellationToken);
        var checks = await session.Sources.LastChecksAsync([stored], null, cancellationToken);
        SupplierCoverage[] coverage = [.. application.Sources.Statuses.Select(s => SupplierCoverage.Of(s, supplier, checks[id], Configuration.Instants.Now(application.Clock)))];
        CommandOutput output = context.Output;
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteStartObject();
                foreach ((string name, string value) in Fields(supplier)) json.WriteString(name, value);
                json.WriteString("knownSince", stored.KnownSince);
                JsonParts.Instant(json, "retiredAt", stored.RetiredAt);
                json.WriteStartArray("history");
                foreach ((DateTimeOffset at, decimal score, Band band) in history)
                {
                    json.WriteStartObject();
                    json.WriteString("at", at);
                    json.WriteNumber("score", score);
                    json.WriteString("band", BandNames.Of(band));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteStartArray("sources");
                foreach (SupplierCoverage source in coverage)
                {
                    json.WriteStartObject();
                    json.WriteString("id", source.Source.Value);
                    json.WriteBoolean("covered", source.IsCovered);
                    json.WriteBoolean("fresh", source.IsFresh);
                    JsonParts.Instant(json, "lastCheckAt", source.LastCheckAt);
                    json.WriteString("why", source.Why);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        }

        foreach ((string name, string value) in Fields(supplier)) output.Line($"{name,-18} {value}");
        output.Line($"{"known since",-18} {CommandOutput.Instant(stored.KnownSince)}{(stored.RetiredAt is { } retired ? $", retired {CommandOutput.Instant(retired)}" : "")}");
        foreach ((DateTimeOffset at, decimal score, Band band) in history) output.Line(FormattableString.Invariant($"{"score",-18} {CommandOutput.Instant(at)}  {score,6:0.00}  {BandNames.Of(band)}"));
        foreach (SupplierCoverage source in coverage.Where(c => c.IsCovered).OrderByDescending(c => c.IsFresh)) output.Line($"{"source",-18} {source.Source,-20} checked {CommandOutput.Instant(source.LastCheckAt)}{(source.Why.Length > 0 ? $": {source.Why}" : "")}");
        foreach (var silent in coverage.Where(c => !c.IsCovered).GroupBy(c => c.Why)) output.Line($"{"no source",-18} {string.Join(", ", silent.Select(c => c.Source))}: {silent.Key}");
        return ExitCode.Done;
    }

    /// <summary>What the portfolio says, without what it leaves empty.</summary>
    private static IEnumerable<(string Name, string Value)> Fields(Supplier s)
    {
        (string, string)[] all =
        [
            ("id", s.Id.Value), ("name", s.Name), ("aliases", string.Join("; ", s.Aliases)), ("country", s.Country), ("tier", s.Tier.ToString(CultureInfo.InvariantCulture)), ("criticality", s.Criticality),
            ("category", s.Category), ("owner", s.Owner), ("backup_owner", s.BackupOwner), ("annual_spend", s.AnnualSpend is { } spend ? FormattableString.Invariant($"{spend:N0} {s.Currency}") : ""),
            ("single_source", s.SingleSource ? "true" : ""), .. s.Identifiers.Select(i => (i.Key, i.Value)), ("status_page", s.StatusPage), ("products", string.Join("; ", s.Products)),
            ("contract", s.Contract is { } c ? FormattableString.Invariant($"{c.Id}, ends {c.LastDay():yyyy-MM-dd}, notice {c.NoticeDays} days{(c.AutoRenew == true ? ", renews itself" : "")}") : ""),
            ("tags", string.Join("; ", s.Tags)), .. s.Attributes.Select(a => (a.Key, a.Value)),
        ];
        return all.Where(f => f.Item2.Length > 0);
    }
}
