using System.CommandLine;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.Suppliers;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class ExplainCommand
{
    public static Command Create(CommandHost host)
    {
        var id = new Argument<string>("ID") { Description = "Supplier id." };
        var asOf = new Option<string?>("--as-of") { Description = "What was known here at this instant (default: now).", HelpName = "INSTANT" };
        var rule = new Option<string?>("--rule") { Description = "Why this rule fires or does not, each part of its condition with its value.", HelpName = "RULE" };
        var command = new Command("explain", "Why a supplier has its score: contributions that add up exactly, findings with evidence, what is not known.") { id, asOf, rule };
        host.Handle(command, (context, token) => ExplainAsync(context, new SupplierId(context.Parsed.GetValue(id)!), context.Parsed.GetValue(asOf), context.Parsed.GetValue(rule), token));
        return command;
    }

    private static async Task<int> ExplainAsync(CommandContext context, SupplierId id, string? asOfText, string? rule, CancellationToken cancellationToken)
    {
        DateTimeOffset? asOf = InstantArgument.Read("--as-of", asOfText);
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        StoredSupplier supplier = await session.Suppliers.FindAsync(id, asOf, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{id}'{(asOf is null ? "" : " at that instant")}; 'risk suppliers list' tells which there are");
        if (rule is not null) return await ExplainRuleAsync(context, application, session, supplier, asOf, rule, cancellationToken);
        Assessment assessment = await session.Assessments.FindAsync(id, asOf, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"{id} was not assessed yet{(asOf is null ? "" : " at that instant")}; run 'risk run --once'");
        if (context.Output.Json) context.Output.WriteJson(json => AssessmentJson.Write(json, supplier.Supplier, assessment));
        else Print(context.Output, supplier.Supplier, assessment);
        return ExitCode.Done;
    }

    private static void Print(CommandOutput output, Supplier supplier, Assessment assessment)
    {
        output.Line($"{supplier.Id}  {supplier.Name}{(supplier.Country.Length > 0 ? ", " + supplier.Country : "")}  (tier {supplier.Tier.ToString(CultureInfo.InvariantCulture)}, {supplier.Criticality})");
        output.Line(FormattableString.Invariant($"Score {assessment.Score:0.00} of 100, band {BandNames.Of(assessment.Band)}; {assessment.Coverage:P0} of its rules could be decided, confidence {assessment.Confidence:P0}"));
        output.Line($"As of {CommandOutput.Instant(assessment.AsOf)}, rules {assessment.RuleSetHash[..12]}{(assessment.Degraded ? "; some of the data it needs is out of date" : "")}");
        output.Line();
        if (!assessment.Contributions.IsEmpty)
        {
            output.Table(
                ["adds up to the score", "category", ">points", ">share"],
                [
                    .. assessment.Contributions.Select(c => (IReadOnlyList<string>)[c.Label, c.Category, c.Points.ToString("0.00", CultureInfo.InvariantCulture), c.Share.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture)]),
                    ["total", "", "", assessment.Contributions.Sum(c => c.Share).ToString("0.00", CultureInfo.InvariantCulture)],
                ]);
            output.Line();
        }

        foreach (Finding finding in assessment.Findings.Where(f => f.State != FindingState.Unknown))
        {
            output.Line(FormattableString.Invariant($"{finding.State.ToString().ToLowerInvariant(),-10} {finding.Severity.ToString().ToLowerInvariant(),-8} {finding.Rule}{(finding.Key.Length > 0 ? " " + finding.Key : "")}  {finding.Title}, since {finding.Since.UtcDateTime:yyyy-MM-dd}"));
            output.Line($"           {finding.Message}");
            if (finding.Next.Length > 0) output.Line($"           Next: {finding.Next}");
            if (finding.Exception.Length > 0) output.Line($"           Hidden by exception {finding.Exception}");
            if (finding.Error.Length > 0) output.Line($"           Error: {finding.Error}");
            foreach (FindingEvidence evidence in finding.Evidence)
            {
                output.Line(FormattableString.Invariant($"           - {evidence.Source} {evidence.OccurredAt.UtcDateTime:yyyy-MM-dd}: {evidence.Excerpt}"));
                output.Line($"             {evidence.Url}");
            }
        }

        Finding[] unknown = [.. assessment.Findings.Where(f => f.State == FindingState.Unknown)];
        if (unknown.Length > 0)
        {
            output.Line();
            output.Line($"Not known ({CommandOutput.Count(unknown.Length, "rule")} could not be decided):");
            foreach (Finding finding in unknown) output.Line($"  {finding.Rule}  {finding.Title}: {(finding.Error.Length > 0 ? "error: " + finding.Error : string.Join(", ", finding.Missing))}");
        }
    }

    private static async Task<int> ExplainRuleAsync(
        CommandContext context, RiskApplication application, IStoreSession session, StoredSupplier supplier, DateTimeOffset? asOf, string rule, CancellationToken cancellationToken)
    {
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        Dossier dossier = await EvaluationCycle.DossierAsync(session, book.Catalog, supplier, asOf ?? Configuration.Instants.Now(application.Clock), cancellationToken);
        SupplierState state = asOf is null ? (await session.Assessments.StatesAsync([supplier.Supplier.Id], cancellationToken)).GetValueOrDefault(supplier.Supplier.Id, SupplierState.Initial) : SupplierState.Initial;
        RuleExplanation explanation = book.Rules.ExplainRule(rule, dossier, state)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no rule '{rule}'{Rules.Diagnostics.Suggestion.For(rule, book.Rules.Rules.Select(r => r.Id))}");
        CommandOutput output = context.Output;
        if (output.Json)
        {
            output.WriteJson(json => RuleExplanationJson.Write(json, explanation));
            return ExitCode.Done;
        }

        output.Line($"{explanation.Rule.Id}  {explanation.Rule.Title}, for {supplier.Supplier.Id} {supplier.Supplier.Name} at {CommandOutput.Instant(dossier.AsOf)}");
        if (explanation.Standing.Length > 0) output.Line(explanation.Standing);
        if (explanation.AppliesTo is { } appliesTo) Trace(output, "applies_to", appliesTo, 0);
        if (explanation.Items is { } items) output.Line($"each         {items.Text} = {items.Value}");
        foreach (RuleSubjectTrace subject in explanation.Subjects)
        {
            Trace(output, subject.Key.Length > 0 ? $"when [{subject.Key}]" : "when", subject.When, 0);
            if (subject.Clear is { } clear) Trace(output, "clear", clear, 0);
        }

        foreach (LimitInForce limit in explanation.Limits) output.Line($"limit.{limit.Name} = {limit.Value}  ({limit.Origin})");
        foreach (Finding finding in explanation.Findings)
        {
            output.Line($"=> {finding.State.ToString().ToLowerInvariant()}: {finding.Message}{(finding.Missing.IsEmpty ? "" : "; missing " + string.Join(", ", finding.Missing))}{(finding.Error.Length > 0 ? "; error: " + finding.Error : "")}");
        }

        if (explanation.Findings.IsEmpty) output.Line("=> does not fire");
        return ExitCode.Done;
    }

    private static void Trace(CommandOutput output, string label, CelTrace trace, int depth)
    {
        output.Line($"{(depth == 0 ? label.PadRight(12) : new string(' ', 12 + (2 * depth)))} {trace.Text} = {trace.Value}");
        foreach (CelTrace child in trace.Children) Trace(output, label, child, depth + 1);
    }
}
