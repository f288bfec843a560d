using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Alerts;

/// <summary>Why an alert exists: the risk itself, missing data about it, or a fault of the monitor.</summary>
public static class AlertKind
{
    public const string Risk = "risk";
    public const string NoData = "no_data";
    public const string System = "system";
}

/// <summary>One episode of one alert: what receivers are told about.</summary>
/// <remarks>
/// Labels: <c>rule category severity kind</c> always; <c>supplier tier country supplier_category team</c> when it is about a supplier;
/// <c>key</c> for <c>each</c> and groups. An empty value equals an absent label. Values (scores, readings) are never labels.
/// </remarks>
public sealed record Alert
{
    /// <summary>Stable id of the episode: 26 characters, sha256-derived from identity and opening instant, so that a replay gives the same.</summary>
    public required string EpisodeId { get; init; }

    /// <summary>Null for system alerts and group alerts.</summary>
    public SupplierId? Supplier { get; init; }

    public required string Rule { get; init; }

    public string Key { get; init; } = "";

    public required string Kind { get; init; }

    public required Severity Severity { get; init; }

    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    public required string Title { get; init; }

    public required string Message { get; init; }

    public string Next { get; init; } = "";

    public ImmutableArray<FindingEvidence> Evidence { get; init; } = [];

    /// <summary>How often the finding opened within the flapping window, when it flaps; else 0. The message says so too.</summary>
    public int Flapping { get; init; }

    /// <summary>Points the finding gives now.</summary>
    public decimal Points { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Null while it fires.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Why it ended: cleared, rule removed, rule disabled, supplier retired, relabelled, exception, accepted, false positive; or "".</summary>
    public string Resolution { get; init; } = "";

    /// <summary>Why it is open again after somebody had closed it; "" while nobody had.</summary>
    public string Reopened { get; init; } = "";

    /// <summary>The supplier's score and band before the change that opened or last changed the alert, and after it.</summary>
    public decimal? ScoreBefore { get; init; }

    public Band? BandBefore { get; init; }

    public decimal? ScoreAfter { get; init; }

    public Band? BandAfter { get; init; }

    /// <summary>Lower-case hex sha256 of the rule set that opened or last changed it; "" for faults of the monitor that no rule tells.</summary>
    public string RuleSetHash { get; init; } = "";

    /// <summary>It was opened, changed or ended by another rule set than the supplier's last assessment, not by news.</summary>
    public bool MovedByRuleChange { get; init; }

    /// <summary>0 when opened; one more for each worsening, so that a worsening is announced again.</summary>
    public int Revision { get; init; }
}

/// <remarks><see cref="Reopened"/>: the same episode goes on after a waiver or a false positive that had closed it no longer holds. A finding that comes back by itself opens a new episode.</remarks>
public enum AlertTransitionKind { Opened, Worsened, Improved, Updated, Resolved, Relabelled, Reopened }

/// <summary>A change in an alert's life that must be stored, and for all but <see cref="AlertTransitionKind.Updated"/> and Relabelled, told.</summary>
public sealed record AlertTransition(AlertTransitionKind Kind, Alert Alert);
