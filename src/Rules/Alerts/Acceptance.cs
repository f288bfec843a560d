using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Evaluation;

namespace Risk.Rules.Alerts;

/// <summary>
/// <see cref="Waiver"/>: the risk is there and somebody answers for it; its points count. <see cref="FalsePositive"/>: the evidence is not about what it seems to be; its points do not count.
/// </summary>
public enum AcceptanceKind { Waiver, FalsePositive }

/// <summary>Somebody's decision that an alert may be closed though its rule holds: for this evidence, at this severity, and (a waiver) for a time.</summary>
/// <param name="Id"><c>waiver-...</c> or <c>false-positive-...</c></param>
/// <param name="Alert">As it was when they decided.</param>
/// <param name="By">Who decided.</param>
/// <param name="Approver">Who agreed; "" for a false positive.</param>
/// <param name="Until">From this instant on it no longer holds; null: it holds as long as the evidence does.</param>
public sealed record Acceptance(string Id, AcceptanceKind Kind, Alert Alert, string Reason, string By, string Approver, DateTimeOffset At, DateTimeOffset? Until)
{
    /// <summary>Who took it back and why, or ""; the next evaluation ends it.</summary>
    public string Revoked { get; init; } = "";

    /// <summary>Lower-case hex sha256 of what the alert rests on, see <see cref="HashOf"/>.</summary>
    public string EvidenceHash { get; } = HashOf(Alert.Evidence);

    /// <summary>Why an alert ended that it closes.</summary>
    public string Resolution => Kind == AcceptanceKind.Waiver
        ? string.Create(CultureInfo.InvariantCulture, $"accepted until {LastDay(Until)}, approved by {Approver} ({Id}): {Reason}")
        : $"false positive, says {By} ({Id}): {Reason}";

    /// <summary>Ids of exceptions are the rule authors'; these are not like theirs.</summary>
    public static bool IsId(string id) => id.StartsWith("waiver-", StringComparison.Ordinal) || id.StartsWith("false-positive-", StringComparison.Ordinal);

    /// <summary>Why it no longer covers what the rule finds now, in words; "" while it does.</summary>
    /// <param name="evidence">Default: not known now, as when data is missing; then only the time counts.</param>
    public string WhyOver(Severity severity, decimal points, ImmutableArray<FindingEvidence> evidence, DateTimeOffset at)
    {
        if (Revoked.Length > 0) return Revoked;
        if (Until is { } until && at >= until) return $"it ended with {LastDay(until)}";
        if (evidence.IsDefault) return "";
        if (severity > Alert.Severity) return $"the severity rose from {Name(Alert.Severity)} to {Name(severity)}";
        if (points >= Alert.Points + AlertTracker.NotablePoints) return string.Create(CultureInfo.InvariantCulture, $"the points rose from {Alert.Points:0.##} to {points:0.##}");
        return HashOf(evidence) == EvidenceHash ? "" : Difference(Alert.Evidence, evidence);
    }

    /// <summary>The same for the same evidence, in whatever order it comes: a reading by its value, everything else by what it is, when it happened, and what it says.</summary>
    public static string HashOf(ImmutableArray<FindingEvidence> evidence)
    {
        var text = new StringBuilder();
        foreach (string line in evidence.Select(Line).Order(StringComparer.Ordinal)) text.Append(line.Length).Append(':').Append(line);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Line(FindingEvidence e) => e.Value is { } value
        ? string.Join('\0', e.Source.Value, e.Label, value)
        : string.Join('\0', e.Source.Value, e.Label, e.OccurredAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), e.Url, e.Excerpt);

    private static string Difference(ImmutableArray<FindingEvidence> before, ImmutableArray<FindingEvidence> now)
    {
        var parts = new List<string>();
        foreach (FindingEvidence item in now)
        {
            if (before.Any(b => Line(b) == Line(item))) continue;
            FindingEvidence? was = before.FirstOrDefault(b => b.Source == item.Source && b.Label == item.Label);
            parts.Add(was is null ? $"new is {item.Label}" : item.Value is { } value ? $"{item.Label} was {was.Value} and is {value}" : $"{item.Label} says something else");
        }

        parts.AddRange(before.Where(b => !now.Any(n => n.Source == b.Source && n.Label == b.Label)).Select(gone => $"{gone.Label} is gone"));
        return "the evidence changed: " + string.Join("; ", parts.Take(3)) + (parts.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $"; and {parts.Count - 3} more") : "");
    }

    /// <summary>Ends are the first instant that is too late; people are told the last day.</summary>
    private static string LastDay(DateTimeOffset? until) => until?.AddSeconds(-1).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Name(Severity severity) => severity.ToString().ToLowerInvariant();
}

/// <summary>An acceptance that holds no longer.</summary>
/// <param name="Why">In words.</param>
public sealed record EndedAcceptance(Acceptance Acceptance, string Why);
