using Risk.Rules.Diagnostics;
using Risk.Worker.Cli;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Portfolio;
using Risk.Worker.Storage;

namespace Risk.Worker.Hosting;

/// <summary>Brings the store in line with the workspace's portfolio file.</summary>
internal static class PortfolioSync
{
    /// <summary>Imports what changed and loads the rules for it, both or neither, and says so; wrong rows, a mass retirement and wrong rule files end the command.</summary>
    /// <param name="told">Gets the warnings of the rule files.</param>
    public static async Task<RuleBook> ImportAsync(RiskApplication application, CommandOutput output, Action<IReadOnlyCollection<Diagnostic>> told, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.WriteAsync(cancellationToken);
        (RuleBook book, PortfolioPlan plan) = await ApplyAsync(application, session, told, cancellationToken);
        foreach (string contradiction in plan.Contradictions) output.Error($"risk: warning: {contradiction}");
        if (plan.Changes.IsEmpty) return book;
        await session.CommitAsync(cancellationToken);
        if (!output.Json) output.Line($"Portfolio: {Summary(plan)}");
        return book;
    }

    /// <summary>The same inside a session of the caller, who commits it.</summary>
    /// <param name="sources">Those that will run with the book; null: those that run.</param>
    public static async Task<(RuleBook Book, PortfolioPlan Plan)> ApplyAsync(
        RiskApplication application, IStoreSession session, Action<IReadOnlyCollection<Diagnostic>> told, CancellationToken cancellationToken, Ingestion.SourceRegistry? sources = null)
    {
        PortfolioPlan plan = await PlanAsync(session, Read(application.Options), allowMassRetire: false, cancellationToken);
        if (!plan.Changes.IsEmpty) await PortfolioImport.ApplyAsync(session, plan, allowMassRetire: false, Instants.Now(application.Clock), cancellationToken);

        // Rules may name the portfolio's own columns, so they are read against the portfolio as it will be.
        return (application.LoadBook(await session.Suppliers.AttributeNamesAsync(cancellationToken), told, sources), plan);
    }

    /// <exception cref="CommandFailure">With every wrong row.</exception>
    public static PortfolioReadResult Read(RiskOptions options)
    {
        PortfolioReadResult read = PortfolioFile.ReadWorkspace(options.Workspace);
        return read.HasErrors ? throw new CommandFailure(read.Diagnostics) : read;
    }

    public static async Task<PortfolioPlan> PlanAsync(IStoreSession session, PortfolioReadResult read, bool allowMassRetire, CancellationToken cancellationToken)
    {
        PortfolioPlan plan = await PortfolioImport.PlanAsync(session, read.Suppliers, cancellationToken);
        return plan.Refusal(read.File, allowMassRetire) is { } refusal ? throw new CommandFailure([refusal]) : plan;
    }

    public static string Summary(PortfolioPlan plan) =>
        $"{CommandOutput.Count(plan.Changes.Added.Length, "supplier")} added, {plan.Changes.Changed.Length} changed, {plan.Changes.Retired.Length} retired";
}
