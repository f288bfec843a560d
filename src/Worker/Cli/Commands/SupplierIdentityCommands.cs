using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Diagnostics;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Identity;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary><c>risk suppliers resolve</c> and <c>risk suppliers duplicates</c>.</summary>
internal static class SupplierIdentityCommands
{
    /// <summary>Registers change slowly; a month is what a review takes.</summary>
    private static readonly TimeSpan MaximumAge = TimeSpan.FromDays(30);

    private const int ShownNone = 20;

    public static Command Resolve(CommandHost host)
    {
        var supplier = new Option<string?>("--supplier") { Description = "Only this supplier.", HelpName = "ID" };
        var review = new Option<string?>("--out") { Description = "Write the candidates to a review file; fill in its column 'decision' and import it.", HelpName = "review.csv" };
        var import = new Option<string?>("--import") { Description = "Take over the decisions of a review file: all of them, or every problem.", HelpName = "review.csv" };
        var by = new Option<string?>("--by") { Description = "Who decided, for rows whose column 'by' is empty.", HelpName = "WHO" };
        var again = new Option<bool>("--again") { Description = "Ask also what was answered within the last 30 days." };
        var command = new Command("resolve", "Looks suppliers up that lack an LEI, a CIK or a company number, and takes over what a person decided.") { supplier, review, import, by, again };
        host.Handle(command, (context, token) =>
        {
            string? only = context.Parsed.GetValue(supplier), output = context.Parsed.GetValue(review), input = context.Parsed.GetValue(import);
            if (input is not null && (only is not null || output is not null)) throw new CommandFailure(ExitCode.Usage, "--import takes a review file over; it goes with --by only");
            return input is not null ? ImportAsync(context, input, context.Parsed.GetValue(by)?.Trim() ?? "", token) : SearchAsync(context, only, output, context.Parsed.GetValue(again), token);
        });
        return command;
    }

    public static Command Duplicates(CommandHost host)
    {
        var file = new Option<string?>("--out") { Description = "Write the groups to a CSV file.", HelpName = "FILE.csv" };
        var command = new Command("duplicates", "Suppliers that may be one company: by identifier, name, spelling; and sisters.") { file };
        host.Handle(command, (context, token) => DuplicatesAsync(context, context.Parsed.GetValue(file), token));
        return command;
    }

    private static async Task<int> SearchAsync(CommandContext context, string? only, string? path, bool again, CancellationToken cancellationToken)
    {
        if (path is not null && File.Exists(path)) throw new CommandFailure(ExitCode.Usage, $"{path} is there already and may hold decisions; import it, remove it, or name another file");
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        Supplier[] suppliers = await PortfolioAsync(application, only, cancellationToken);
        CommandOutput output = context.Output;
        var outcomes = new List<RegisterOutcome>();
        var sweep = new RegisterSweep(application.Store, application.Clock, again ? TimeSpan.Zero : MaximumAge);
        foreach (RegisterToAsk register in Registers(application, context)) outcomes.Add(await sweep.RunAsync(register, suppliers, output.Progress, cancellationToken));
        output.ClearProgress();
        SupplierFinding[] findings = [.. outcomes.SelectMany(o => o.Findings).OrderBy(f => f.Supplier.Id).ThenBy(f => f.Scheme, StringComparer.Ordinal)];
        int rows = 0;
        if (path is not null)
        {
            using TextWriter writer = Open(path);
            rows = ReviewFile.Write(writer, findings);
        }

        if (output.Json) output.WriteJson(json => IdentityJson.Write(json, outcomes, findings));
        else Print(output, outcomes, findings, path, rows);
        RegisterOutcome[] tried = [.. outcomes.Where(o => !o.IsOff && o.Findings.Length > 0)];
        if (tried.Length > 0 && tried.All(o => o.Asked + o.Remembered == 0)) return ExitCode.Outside;
        return tried.Any(o => o.Unchecked > 0) ? ExitCode.Found : ExitCode.Done;
    }

    private static void Print(CommandOutput output, List<RegisterOutcome> outcomes, SupplierFinding[] findings, string? path, int written)
    {
        IReadOnlyList<string>[] rows =
        [
            .. findings.Where(f => f.IsChecked && f.Candidates.Any(c => c.Verdict > IdentityVerdict.None)).SelectMany(f => ReviewFile.Offered(f).Select(c => (IReadOnlyList<string>)
            [
                f.Supplier.Id.Value, ReviewFile.VerdictText(c.Verdict), $"{f.Scheme} {c.Entity.Identifier(f.Scheme)}", c.Score.ToString("0.00", CultureInfo.InvariantCulture), c.Entity.LegalName, string.Join("; ", c.Reasons),
            ])),
        ];
        if (rows.Length > 0)
        {
            output.Table(["supplier", "verdict", "identifier", ">score", "register's name", "why"], rows);
            output.Line();
        }

        foreach (RegisterOutcome o in outcomes)
        {
            if (o.IsOff)
            {
                output.Line($"{o.Source}: not asked: {o.Problem}");
                continue;
            }

            string verdicts = string.Join(", ", o.Findings.Where(f => f.IsChecked).GroupBy(f => f.Verdict).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {ReviewFile.VerdictText(g.Key)}"));
            output.Line($"{o.Source}: {CommandOutput.Count(o.Findings.Length, "supplier")} without {o.Scheme}, {o.Asked} asked, {o.Remembered} known from the last 30 days{(verdicts.Length > 0 ? ": " + verdicts : "")}{(o.Unchecked > 0 ? $"; could not check {o.Unchecked}" : "")}");
            string[] none = [.. o.Findings.Where(f => f.IsChecked && f.Verdict == IdentityVerdict.None).Select(f => f.Supplier.Id.Value)];
            if (none.Length > 0) output.Line($"  nothing like it there: {string.Join(", ", none.Take(ShownNone))}{(none.Length > ShownNone ? $" and {none.Length - ShownNone} more" : "")}");
            foreach (string problem in o.Findings.Where(f => !f.IsChecked).Select(f => f.Problem).Distinct(StringComparer.Ordinal).Take(3)) output.Line($"  could not check: {problem}");
        }

        if (path is not null) output.Line($"{path}: {CommandOutput.Count(written, "candidate")}; write accept or reject into 'decision', then: risk suppliers resolve --import {path} --by YOU");
    }

    private static async Task<int> ImportAsync(CommandContext context, string path, string by, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        var diagnostics = new DiagnosticBag();
        ReviewResult result = await ReviewImport.RunAsync(
            application.Store, [.. Registers(application, context).Select(r => r.Id)], path, by, Instants.Now(application.Clock), diagnostics, cancellationToken)
            ?? throw new CommandFailure(diagnostics.Sorted());
        CommandOutput output = context.Output;
        int accepted = result.Decisions.Count(d => d.Accepted);
        if (output.Json)
        {
            output.WriteJson(json => IdentityJson.Write(json, result));
            return ExitCode.Done;
        }

        foreach (IdentityDecision d in result.Decisions) output.Line($"  {(d.Accepted ? "+" : "-")} {d.Supplier}  {d.Scheme} {d.Value}  {d.Name}  ({(d.Accepted ? "accepted" : "rejected")} by {d.By})");
        foreach (string remark in result.Remarks) output.Error($"risk: warning: {remark}");
        output.Line($"{accepted} accepted, {result.Decisions.Length - accepted} rejected, {result.Open} left open; {CommandOutput.Count(result.Changed.Length, "supplier")} changed");
        return ExitCode.Done;
    }

    private static async Task<int> DuplicatesAsync(CommandContext context, string? path, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        Supplier[] suppliers = await PortfolioAsync(application, null, cancellationToken);
        CommandOutput output = context.Output;
        output.Progress(0, 0, "comparing");
        ImmutableArray<DuplicateGroup> groups = DuplicateFinder.Find(suppliers);
        output.ClearProgress();
        if (path is not null)
        {
            using TextWriter writer = Open(path);
            writer.Write("group,kind,supplier,name,country,identifiers,reasons\n");
            for (int i = 0; i < groups.Length; i++)
            {
                foreach (Supplier s in groups[i].Members)
                {
                    string[] cells =
                    [
                        (i + 1).ToString(CultureInfo.InvariantCulture), IdentityJson.KindText(groups[i].Kind), s.Id.Value, s.Name, s.Country, string.Join(' ', s.Identifiers.Select(x => $"{x.Key}:{x.Value}")),
                        string.Join("; ", groups[i].Reasons),
                    ];
                    writer.Write(string.Join(',', cells.Select(CsvCell.Write)) + "\n");
                }
            }
        }

        int doubled = groups.Count(g => g.Kind < DuplicateKind.Sister);
        if (output.Json)
        {
            output.WriteJson(json => IdentityJson.Write(json, groups));
            return doubled > 0 ? ExitCode.Found : ExitCode.Done;
        }

        if (path is null)
        {
            foreach (DuplicateGroup group in groups)
            {
                output.Line($"{IdentityJson.KindText(group.Kind)}:");
                foreach (Supplier s in group.Members) output.Line($"  {s.Id}  {s.Name}{(s.Country.Length > 0 ? $" ({s.Country})" : "")}");
                foreach (string reason in group.Reasons.Take(5)) output.Line($"    {reason}");
            }
        }

        output.Line($"{CommandOutput.Count(suppliers.Length, "supplier")}: {CommandOutput.Count(doubled, "group")} that may be one company each, {CommandOutput.Count(groups.Length - doubled, "group")} of sisters");
        return doubled > 0 ? ExitCode.Found : ExitCode.Done;
    }

    private static async Task<Supplier[]> PortfolioAsync(RiskApplication application, string? only, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        Supplier[] suppliers = [.. (await session.Suppliers.ListAsync(null, cancellationToken)).Select(s => s.Supplier)];
        if (suppliers.Length == 0) throw new CommandFailure(ExitCode.Usage, "there are no suppliers; 'risk suppliers import' reads the portfolio");
        if (only is null) return suppliers;
        return suppliers.FirstOrDefault(s => s.Id.Value == only) is { } found
            ? [found] : throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{only}' in force{Suggestion.For(only, suppliers.Select(s => s.Id.Value))}; 'risk suppliers list' tells which there are");
    }

    /// <summary>Registers that are off or lack something are told of, not asked.</summary>
    private static RegisterToAsk[] Registers(RiskApplication application, CommandContext context) =>
    [
        .. application.Sources.Statuses.Where(s => s.Module is IIdentityRegister).Select(s =>
        {
            var register = (IIdentityRegister)s.Module;
            return new RegisterToAsk(register, () => register.Search(context.Configuration.GetSection($"Risk:Sources:{s.Id}"), application.HttpFor(s.Module.Manifest)), s.IsEnabled ? "" : s.Reason);
        }),
    ];

    private static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{path}: {e.Message}");
        }
    }
}
