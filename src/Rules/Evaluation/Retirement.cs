using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>Ends what is open about a supplier that left the portfolio.</summary>
public static class Retirement
{
    /// <summary>Resolves every open alert with the reason "supplier retired" and forgets the supplier's state.</summary>
    public static EvaluationResult Close(SupplierId supplier, SupplierState state, string ruleSetHash, DateTimeOffset at)
    {
        IEnumerable<Alert> open = state.Rules.SelectMany(r => (Alert?[])[r.Alert, r.NoDataAlert]).OfType<Alert>();
        var assessment = new Assessment
        {
            Supplier = supplier,
            AsOf = at,
            RuleSetHash = ruleSetHash,
            Score = 0,
            Band = Band.InsufficientData,
            Coverage = 0,
            Confidence = 0,
            Categories = [],
            Findings = [],
            Contributions = [],
            Missing = [],
        };
        return new EvaluationResult(
            assessment, SupplierState.Initial, [.. open.Select(alert => new AlertTransition(AlertTransitionKind.Resolved, alert with { ResolvedAt = at, Resolution = "supplier retired" }))]);
    }
}
