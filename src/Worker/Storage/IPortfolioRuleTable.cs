using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage;

/// <param name="Text">What went wrong.</param>
public sealed record RuleError(SupplierId Supplier, string Rule, string Text);

/// <summary>What rules say of the portfolio as a whole: their groups, their errors, their exceptions.</summary>
public interface IPortfolioRuleTable
{
    /// <summary>
    /// Replaces what these suppliers bring to groups and the errors they give; marks the rules for which that made a difference. Call it in the session that saves
    /// the suppliers' assessments.
    /// </summary>
    Task RecordAsync(IReadOnlyCollection<SupplierId> suppliers, IReadOnlyCollection<GroupMember> members, IReadOnlyCollection<RuleError> errors, CancellationToken cancellationToken);

    /// <summary>Marks the rules, and all that are remembered.</summary>
    Task TouchAsync(IReadOnlyCollection<string> rules, CancellationToken cancellationToken);

    /// <summary>Rules that are marked, or whose instant has come, by id.</summary>
    Task<IReadOnlyList<string>> DueAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The initial state where none is stored.</summary>
    Task<PortfolioRuleState> StateAsync(string rule, CancellationToken cancellationToken);

    /// <summary>Of all suppliers, by supplier.</summary>
    Task<IReadOnlyList<GroupMember>> MembersAsync(string rule, CancellationToken cancellationToken);

    /// <summary>Null when the rule errs for no supplier.</summary>
    Task<RuleErrors?> ErrorsAsync(string rule, CancellationToken cancellationToken);

    /// <summary>Stores the state, takes the mark away; an empty state that waits for nothing is forgotten.</summary>
    Task SaveAsync(string rule, PortfolioRuleState state, DateTimeOffset? nextDueAt, CancellationToken cancellationToken);
}
