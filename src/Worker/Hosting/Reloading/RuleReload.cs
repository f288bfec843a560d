using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Worker.Cli;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Ingestion;
using Risk.Worker.Observability;
using Risk.Worker.Storage;

namespace Risk.Worker.Hosting.Reloading;

/// <summary>Files that were changed and not taken over.</summary>
/// <param name="At">When they were refused.</param>
/// <param name="Summary">The first error, and how many more there are; one line.</param>
internal sealed record ReloadRefusal(DateTimeOffset At, string Summary, ImmutableArray<Diagnostic> Errors);

/// <summary>Which rules run, and whether the files say something else by now.</summary>
/// <param name="Since">When the set was taken over.</param>
/// <param name="Refusal">Null when the files are those that run.</param>
internal sealed record RulesInForce(string Hash, int Rules, DateTimeOffset Since, ReloadRefusal? Refusal);

/// <summary>
/// Follows the workspace's files: when they have been quiet for a second they are read together, checked, tested with the packs' own tests, and put in force in one step;
/// whatever is wrong with them, the last good set stays, and someone is told.
/// </summary>
/// <remarks>Called by one caller at a time, which tells the time; nothing here waits or reads a clock of its own to decide.</remarks>
internal sealed class RuleReload
{
    /// <summary>How long the files must not have changed before they are read: an editor, a copy or a checkout is then done.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly RiskApplication application;
    private readonly RiskCycle cycle;
    private readonly ILoggerFactory loggers;
    private readonly ILogger<RuleReload> logger;
    private volatile RulesInForce inForce;
    private string judged;
    private string seen;
    private DateTimeOffset seenAt;

    /// <param name="judged">Fingerprint of the files that the running set was read from, taken before they were read.</param>
    public RuleReload(RiskApplication application, RiskCycle cycle, string judged, ILoggerFactory loggers)
    {
        this.application = application;
        this.cycle = cycle;
        this.loggers = loggers;
        this.judged = seen = judged;
        logger = loggers.CreateLogger<RuleReload>();
        inForce = StateOf(cycle.Book, Instants.Now(application.Clock), null);
    }

    public RulesInForce InForce => inForce;

    /// <summary>Called whenever files were taken over, so that the schedule follows the sources that run by then.</summary>
    public Func<CancellationToken, Task> WhenTakenOver { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Looks at the files, and takes them over when they changed and are quiet.</summary>
    /// <param name="at">Now.</param>
    public async Task LookAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        string found = WorkspaceFiles.Fingerprint(application.Options);
        if (found != seen)
        {
            seen = found;
            seenAt = at;
            return;
        }

        if (found == judged || at - seenAt < Quiet) return;
        if (!await TryTakeOverAsync(found, cancellationToken)) return;

        // Also when they were refused: the same content is not judged twice.
        judged = found;
    }

    /// <returns>False when the files changed again while they were read.</returns>
    private async Task<bool> TryTakeOverAsync(string fingerprint, CancellationToken cancellationToken)
    {
        string from = cycle.Book.Rules.Hash;
        RuleBook? taken = null;
        SourceRegistry? sources = null;
        try
        {
            await cycle.SwapAsync(
                async session =>
                {
                    sources = application.ReadSources();
                    RuleBook book = await ReadAsync(session, sources, cancellationToken);
                    if (WorkspaceFiles.Fingerprint(application.Options) != fingerprint) return null;
                    taken = book;
                    return application.Assemble(book, loggers, sources);
                },
                cancellationToken);
        }
        catch (CommandFailure refused)
        {
            // A file that was being written while it was read is not wrong yet: it is looked at again when it is quiet.
            if (WorkspaceFiles.Fingerprint(application.Options) != fingerprint) return false;
            await RefuseAsync(refused, cancellationToken);
            return true;
        }

        if (taken is null) return false;
        application.Sources.Become(sources!);
        inForce = StateOf(taken, Instants.Now(application.Clock), null);
        if (from == taken.Rules.Hash) logger.FilesTakenOver(taken.Rules.Hash);
        else logger.RulesTakenOver(from, taken.Rules.Hash, taken.Rules.Rules.Length);
        await WhenTakenOver(cancellationToken);
        await cycle.AssessAsync(static (_, _) => { }, cancellationToken);
        return true;
    }

    private async Task<RuleBook> ReadAsync(IStoreSession session, SourceRegistry sources, CancellationToken cancellationToken)
    {
        (RuleBook book, _) = await PortfolioSync.ApplyAsync(application, session, static _ => { }, cancellationToken, sources);
        var diagnostics = new DiagnosticBag();
        if (application.Tests.Run(await session.Suppliers.AttributeNamesAsync(cancellationToken), diagnostics) is not { } tested) throw new CommandFailure(diagnostics.Sorted());
        return tested.Report.Passed ? book : throw new CommandFailure(PackTests.Failures(tested.Report));
    }

    private async Task RefuseAsync(CommandFailure refused, CancellationToken cancellationToken)
    {
        ImmutableArray<Diagnostic> errors = [.. refused.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];
        string summary = errors.IsEmpty ? refused.Message : Summary(errors);
        inForce = StateOf(cycle.Book, inForce.Since, new ReloadRefusal(Instants.Now(application.Clock), summary, errors));
        logger.RulesRefused(cycle.Book.Rules.Hash, summary);
        await cycle.ReportRefusalAsync(summary, cancellationToken);
    }

    /// <summary>The first error with its place, without the source line: one line for a log and a mail.</summary>
    private static string Summary(ImmutableArray<Diagnostic> errors)
    {
        string first = (errors[0] with { SourceLine = null }).Format();
        return errors.Length == 1 ? first : $"{first} (and {CommandOutput.Count(errors.Length - 1, "more error")})";
    }

    private static RulesInForce StateOf(RuleBook book, DateTimeOffset since, ReloadRefusal? refusal) => new(book.Rules.Hash, book.Rules.Rules.Length, since, refusal);
}
