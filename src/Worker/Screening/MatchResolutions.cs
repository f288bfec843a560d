using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>Alerts about a match that a person cleared end with the decision as their reason.</summary>
internal static class MatchResolutions
{
    public static async Task<AlertTransition[]> ExplainAsync(IStoreSession session, AlertTransition[] transitions, CancellationToken cancellationToken)
    {
        for (int i = 0; i < transitions.Length; i++)
        {
            Alert alert = transitions[i].Alert;
            if (transitions[i].Kind != AlertTransitionKind.Resolved || alert.Key.Length == 0 || alert.Supplier is not { } supplier) continue;
            if (await DecisionAsync(session, supplier, alert, cancellationToken) is { } decision) transitions[i] = transitions[i] with { Alert = alert with { Resolution = MatchSignals.Describe(decision) } };
        }

        return transitions;
    }

    private static async Task<MatchDecision?> DecisionAsync(IStoreSession session, SupplierId supplier, Alert alert, CancellationToken cancellationToken)
    {
        StoredMatch? match = (await session.Screening.MatchesAsync(supplier, null, cancellationToken))
            .FirstOrDefault(m => m.Decision is not null && m.Entry == alert.Key && alert.Evidence.Any(e => e.Source == m.Source));
        return match is null ? null : await session.Screening.FindDecisionAsync(match.Decision!, cancellationToken);
    }
}
