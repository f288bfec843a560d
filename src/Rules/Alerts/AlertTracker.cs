using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Alerts;

/// <summary>An alert as it should be now.</summary>
/// <param name="Flapping">Openings within the flapping window, when it flaps; else 0.</param>
internal readonly record struct AlertDraft(Rule Rule, string Key, string Kind, Severity Severity, string Message, decimal Points, ImmutableArray<FindingEvidence> Evidence, int Flapping = 0)
{
    /// <summary>What had closed the alert and no longer does; null when nothing had.</summary>
    public EndedAcceptance? After { get; init; }
}

/// <summary>Compares the alerts that are open with those that should be, and tells what changed. One instance per supplier and evaluation.</summary>
/// <param name="supplier">Null for alerts about groups, which have no label and no score of a supplier.</param>
internal sealed class AlertTracker(Supplier? supplier, DateTimeOffset at, SupplierState before, decimal? scoreAfter, Band? bandAfter)
{
    /// <summary>A change of points by this much is worth telling again.</summary>
    public const decimal NotablePoints = 10m;

    private readonly string id = supplier?.Id.Value ?? "", tier = supplier?.Tier.ToString(CultureInfo.InvariantCulture) ?? "", country = supplier?.Country ?? "", category = supplier?.Category ?? "";
    private readonly ImmutableArray<AlertTransition>.Builder transitions = ImmutableArray.CreateBuilder<AlertTransition>();

    public required string RuleSetHash { get; init; }

    /// <summary>The supplier's last assessment was made with another set: what changes now was changed by the rules.</summary>
    public bool IsOtherSet { get; init; }

    public ImmutableArray<AlertTransition> Transitions => transitions.ToImmutable();

    /// <summary>The alert that is open from now on, or null.</summary>
    /// <param name="wanted">Null when none should be open; then <paramref name="resolution"/> says why.</param>
    /// <param name="announced">Points last told; changed when they are told anew.</param>
    public Alert? Reconcile(Alert? open, AlertDraft? wanted, string resolution, ref decimal announced)
    {
        if (wanted is not { } draft)
        {
            if (open is not null) Add(AlertTransitionKind.Resolved, Scored(open) with { ResolvedAt = at, Resolution = resolution });
            return null;
        }

        if (open is null)
        {
            announced = draft.Points;
            if (draft.After is { } over) return Add(AlertTransitionKind.Reopened, Scored(Reopen(over, draft)));
            return Add(AlertTransitionKind.Opened, Scored(new Alert
            {
                EpisodeId = AlertIdentity.EpisodeId(draft.Rule.Id, supplier?.Id, draft.Key, draft.Kind, at),
                Supplier = supplier?.Id, Rule = draft.Rule.Id, Key = draft.Key, Kind = draft.Kind, Severity = draft.Severity, Labels = Labels(draft), Title = draft.Rule.Title,
                Message = draft.Message, Next = draft.Rule.Next, Evidence = draft.Evidence, Points = draft.Points, Flapping = draft.Flapping, StartsAt = at,
            }));
        }

        bool isRelabelled = !HasLabels(open.Labels, draft);
        bool isWorse = draft.After is not null || draft.Severity > open.Severity || draft.Points >= announced + NotablePoints;
        bool isBetter = !isWorse && (draft.Severity < open.Severity || draft.Points <= announced - NotablePoints);
        Alert next = open with
        {
            Severity = draft.Severity, Labels = isRelabelled ? Labels(draft) : open.Labels, Title = draft.Rule.Title, Message = draft.Message, Next = draft.Rule.Next, Evidence = draft.Evidence, Points = draft.Points, Flapping = draft.Flapping,
            Revision = isWorse ? open.Revision + 1 : open.Revision, Reopened = draft.After is { } ended ? WhyOpen(ended) : open.Reopened,
        };
        if (isRelabelled) Add(AlertTransitionKind.Relabelled, open with { ResolvedAt = at, Resolution = "relabelled" });
        if (isWorse || isBetter)
        {
            announced = draft.Points;
            return Add(isWorse ? AlertTransitionKind.Worsened : AlertTransitionKind.Improved, Scored(next));
        }

        bool isSame = !isRelabelled && open.Message == next.Message && open.Title == next.Title && open.Next == next.Next && open.Points == next.Points && open.Flapping == next.Flapping && open.Evidence.SequenceEqual(next.Evidence);
        return isSame ? open : Add(AlertTransitionKind.Updated, next);
    }

    /// <summary>The episode that was closed goes on, one revision later.</summary>
    private Alert Reopen(EndedAcceptance ended, in AlertDraft draft) => ended.Acceptance.Alert with
    {
        Severity = draft.Severity, Labels = Labels(draft), Title = draft.Rule.Title, Message = draft.Message, Next = draft.Rule.Next, Evidence = draft.Evidence, Points = draft.Points, Flapping = draft.Flapping,
        ResolvedAt = null, Resolution = "", Revision = ended.Acceptance.Alert.Revision + 1, Reopened = WhyOpen(ended),
    };

    private static string WhyOpen(EndedAcceptance ended) => $"{(ended.Acceptance.Kind == AcceptanceKind.Waiver ? "Waiver" : "False positive")} of {ended.Acceptance.By} is void: {ended.Why}";

    /// <summary>Whether the labels are those the draft would get; most evaluations change none, so none are made to find out.</summary>
    private bool HasLabels(ImmutableSortedDictionary<string, string> labels, in AlertDraft draft) =>
        Has(labels, "rule", draft.Rule.Id) && Has(labels, "category", draft.Rule.Category) && Has(labels, "severity", NameOf(draft.Severity)) && Has(labels, "kind", draft.Kind)
        && Has(labels, "supplier", id) && Has(labels, "tier", tier) && Has(labels, "country", country)
        && Has(labels, "supplier_category", category) && Has(labels, "team", draft.Rule.Owner) && Has(labels, "key", draft.Key);

    private static bool Has(ImmutableSortedDictionary<string, string> labels, string name, string value) =>
        labels.TryGetValue(name, out string? known) ? known == value : value.Length == 0;

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.High => "high",
        _ => "critical",
    };

    private Alert Add(AlertTransitionKind kind, Alert alert)
    {
        transitions.Add(new AlertTransition(kind, alert));
        return alert;
    }

    private Alert Scored(Alert alert) => alert with { ScoreBefore = before.Score, BandBefore = before.Band, ScoreAfter = scoreAfter, BandAfter = bandAfter, RuleSetHash = RuleSetHash, MovedByRuleChange = IsOtherSet };

    /// <summary>Labels of RULES.md 4.5; those without a value are left out.</summary>
    private ImmutableSortedDictionary<string, string> Labels(in AlertDraft draft)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Set("rule", draft.Rule.Id);
        Set("category", draft.Rule.Category);
        Set("severity", NameOf(draft.Severity));
        Set("kind", draft.Kind);
        Set("supplier", id);
        Set("tier", tier);
        Set("country", country);
        Set("supplier_category", category);
        Set("team", draft.Rule.Owner);
        Set("key", draft.Key);
        return labels.ToImmutable();

        void Set(string name, string value)
        {
            if (value.Length > 0) labels[name] = value;
        }
    }
}
