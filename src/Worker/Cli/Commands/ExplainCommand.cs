using System.CommandLine;
using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class ExplainCommand
{
    public static Command Create(CommandHost host)
    {
        var id = new Argument<string>("ID") { Description = "Supplier id; with a rule over groups also the group." };
        var asOf = new Option<string?>("--as-of") { Description = "What was known here at this instant (default: now).", HelpName = "INSTANT" };
        var rule = new Option<string?>("--rule") { Description = "Why this rule fires or does not, each part of its condition with its value.", HelpName = "RULE" };
        var command = new Command("explain", "Why a supplier has its score: contributions that add up exactly, what it would be without each, when the band changes by itself, what is not known.") { id, asOf, rule };
        host.Handle(command, (context, token) => ExplainAsync(context, new SupplierId(context.Parsed.GetValue(id)!), context.Parsed.GetValue(asOf), context.Parsed.GetValue(rule), token));
        return command;
    }

    private static async Task<int> ExplainAsync(CommandContext context, SupplierId id, string? asOfText, string? rule, CancellationToken cancellationToken)
    {
        DateTimeOffset? asOf = InstantArgument.Read("--as-of", asOfText);
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        RuleBook book = await application.LoadBookAsync(static _ => { }, cancellationToken);
        if (rule is not null && book.Rules.Find(rule) is { IsForGroups: true } overGroups)
        {
            if (asOf is not null) throw new CommandFailure(ExitCode.Usage, $"{rule} is over groups of suppliers, which are kept as they stand now: leave --as-of out");
            return await GroupExplanation.PrintAsync(context, application, book.Rules, overGroups, id.Value, cancellationToken);
        }

        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        StoredSupplier supplier = await session.Suppliers.FindAsync(id, asOf, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{id}'{(asOf is null ? "" : " at that instant")}; 'risk suppliers list' tells which there are");
        if (rule is not null) return await ExplainRuleAsync(context, application, book, session, supplier, asOf, rule, cancellationToken);
        Assessment assessment = await session.Assessments.FindAsync(id, asOf, cancellationToken)
            ?? throw new CommandFailure(ExitCode.Usage, $"{id} was not assessed yet{(asOf is null ? "" : " at that instant")}; run 'risk run --once'");
        Dossier dossier = await EvaluationCycle.DossierAsync(session, book.Catalog, supplier, assessment.AsOf, cancellationToken);
        Outlook outlook = book.Rules.Outlook(dossier, assessment, await StateAsync(session, id, asOf, assessment, book, cancellationToken));
        if (context.Output.Json) context.Output.WriteJson(json => AssessmentJson.Write(json, supplier.Supplier, assessment, outlook));
        else new AssessmentText(context.Output, supplier.Supplier, assessment, outlook).Print();
        return ExitCode.Done;
    }

    /// <summary>What was remembered after the assessment: today's is in the store, an earlier one follows from the assessment itself.</summary>
    private static async Task<SupplierState> StateAsync(IStoreSession session, SupplierId id, DateTimeOffset? asOf, Assessment? assessment, RuleBook book, CancellationToken cancellationToken)
    {
        if (asOf is not null) return assessment is null ? SupplierState.Initial : book.Rules.StateOf(assessment);
        return (await session.Assessments.StatesAsync([id], cancellationToken)).GetValueOrDefault(id, SupplierState.Initial);
    }

    private static async Task<int> ExplainRuleAsync(
        CommandContext context, RiskApplication application, RuleBook book, IStoreSession session, StoredSupplier supplier, DateTimeOffset? asOf, string rule, CancellationToken cancellationToken)
    {
        SupplierId id = supplier.Supplier.Id;
        Dossier dossier = await EvaluationCycle.DossierAsync(session, book.Catalog, supplier, asOf ?? Configuration.Instants.Now(application.Clock), cancellationToken);
        Assessment? assessment = await session.Assessments.FindAsync(id, asOf, cancellationToken);
        SupplierState state = await StateAsync(session, id, asOf, assessment, book, cancellationToken);
        RuleExplanation explanation = book.Rules.ExplainRule(rule, dossier, state)
            ?? throw new CommandFailure(ExitCode.Usage, $"there is no rule '{rule}'{Rules.Diagnostics.Suggestion.For(rule, book.Rules.Rules.Select(r => r.Id))}");
        CommandOutput output = context.Output;
        if (output.Json)
        {
            output.WriteJson(json => RuleExplanationJson.Write(json, "supplier", id.Value, dossier.AsOf, explanation));
            return ExitCode.Done;
        }

        TextLayout.Paragraph(output, $"{explanation.Rule.Id}  ", explanation.Rule.Title);
        output.Line($"for {id} {supplier.Supplier.Name} at {CommandOutput.Instant(dossier.AsOf)}");
        if (asOf is not null && assessment is not null && assessment.RuleSetHash != book.Rules.Hash)
            TextLayout.Paragraph(output, "", $"Explained with the rules of today ({book.Rules.Hash[..12]}); the assessment of then was made with {assessment.RuleSetHash[..12]}.");
        output.Line();
        new RuleExplanationText(output, explanation).Print();
        return ExitCode.Done;
    }
}
