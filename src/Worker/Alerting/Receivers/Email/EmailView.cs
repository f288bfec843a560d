using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>What a mail says, in the order it says it: clean text, not yet text or HTML. Both bodies come from it, so they cannot differ.</summary>
internal sealed record EmailView
{
    public required string Subject { get; init; }

    /// <summary>CRITICAL, HIGH, WARNING, INFO or RESOLVED.</summary>
    public required string Verdict { get; init; }

    /// <summary><c>Tier 1 | SUP-0001</c>, or "" without a supplier.</summary>
    public required string Standing { get; init; }

    public required string Name { get; init; }

    public required string WhatHappened { get; init; }

    public required ScoreChange? Score { get; init; }

    /// <summary>How the alert turned since it was last told: open again and why, worse, no longer snoozed; or "".</summary>
    public string Turn { get; init; } = "";

    /// <summary>Who has taken it, and whose it is; one sentence each.</summary>
    public ImmutableArray<string> Taken { get; init; } = [];

    /// <summary>Scores of the last months, oldest first, one for each span of equal length; empty when there is no history to speak of.</summary>
    public ImmutableArray<ScoreBar> Scores { get; init; } = [];

    /// <summary>Until when there is a choice, and what it is about; "" when the contract says nothing.</summary>
    public string Deadline { get; init; } = "";

    /// <summary>What the reader can do, as label and signed address; empty when no links are sent.</summary>
    public ImmutableArray<(string Label, string Url)> Actions { get; init; } = [];

    /// <summary>What became of the alert so far, oldest first.</summary>
    public ImmutableArray<(string At, string What)> Timeline { get; init; } = [];

    /// <summary>"" when the rule names none.</summary>
    public required string Next { get; init; }

    public required ImmutableArray<EvidenceLine> Evidence { get; init; }

    public required ImmutableArray<string> OtherRecipients { get; init; }

    /// <summary>One line for each further alert of a group about one supplier; empty when the group is about several.</summary>
    public required ImmutableArray<AlertLine> More { get; init; }

    /// <summary>Every alert of a group about several suppliers, worst first.</summary>
    public required ImmutableArray<AlertLine> Table { get; init; }

    /// <summary>How many alerts are not listed.</summary>
    public required int Unlisted { get; init; }

    public required ImmutableArray<AlertLine> Resolved { get; init; }

    /// <summary>Behind titles that speak of one supplier among several: <c>: Name</c>, or "".</summary>
    public required string Of { get; init; }

    public required ImmutableArray<(string Points, string What)> Why { get; init; }

    public required ImmutableArray<(string Name, string Value)> Contract { get; init; }

    public required ImmutableArray<string> Gaps { get; init; }

    /// <summary>Of a digest: what fires and is told nobody for now; the reason stands in What.</summary>
    public ImmutableArray<AlertLine> Muted { get; init; } = [];

    /// <summary>Why this mail came now, and what to do with the alert.</summary>
    public required ImmutableArray<string> Footer { get; init; }
}

/// <param name="Score">0 to 100, at the end of its span.</param>
internal sealed record ScoreBar(DateTimeOffset At, int Score, Band Band);

internal sealed record ScoreChange(string Before, string BandBefore, string After, string BandAfter);

/// <param name="Url">Absolute http(s), or "".</param>
internal sealed record EvidenceLine(string Label, string Date, string Url, string Excerpt);

/// <param name="Name">With <paramref name="Tier"/> and <paramref name="Score"/> "" where the mail is about one supplier.</param>
/// <param name="IsFresh">Not told before, or worse than when told.</param>
/// <param name="Episode">The beginning of the episode's id, as commands take it; "" when it is over.</param>
/// <param name="Url">Signed address that acknowledges it; "" when no links are sent.</param>
internal sealed record AlertLine(string Verdict, string Tier, string Name, string What, string Score, bool IsFresh, string Episode, string Url);

/// <summary>Makes the view of a notification. Pure.</summary>
internal static class EmailViews
{
    private const int MostListed = 25;
    private const int MostRecipients = 8;

    public static EmailView Of(Notification notification, string recipient)
    {
        if (notification.Reason is NotificationReason.Digest or NotificationReason.Burst) return EmailDigest.Of(notification, recipient);
        Alert lead = notification.Lead;
        SupplierContext? context = notification.ContextOf(lead);
        bool isOver = notification.Firing.IsEmpty;
        bool isWide = notification.Alerts.Select(a => a.Supplier).Distinct().Count() > 1;
        ImmutableArray<Alert> listed = isWide ? notification.Firing : [.. notification.Firing.Where(a => a != lead)];
        ImmutableArray<AlertLine> lines = [.. listed.Take(MostListed).Select(a => Line(notification, a, recipient, isWide))];
        return new EmailView
        {
            Subject = SubjectOf(notification),
            Verdict = isOver ? OverOf(lead) : VerdictOf(lead),
            Standing = (isWide ? string.Create(CultureInfo.InvariantCulture, $"{(lead == notification.Worst ? "Worst of" : "New, one of")} {notification.Alerts.Count()} on {notification.Alerts.Select(a => a.Supplier).Distinct().Count()} suppliers | ") : "") + StandingOf(lead, context),
            Name = NameOf(lead, context),
            WhatHappened = Sentence(WhatOf(lead, context)) + CauseOf(lead),
            Score = ScoreOf(lead, context),
            Turn = TurnTold(notification, lead) is { Length: > 0 } turn ? turn : Recovery(lead, context),
            Taken = TakenBy(notification, lead),
            Scores = context is null ? [] : ScoreHistory.Of(context.Scores, notification.At),
            Deadline = isOver || context is null ? "" : ContractDeadline.Of(context.Supplier, notification.At),
            Actions = notification.Links?.For(lead, recipient, notification.At) ?? [],
            Timeline = EpisodeTimeline.Of(notification.Episodes.GetValueOrDefault(lead.EpisodeId)),
            Next = isOver ? "Nothing to do: " + Ended(lead) : PlainText.Line(lead.Next),
            Evidence = [.. lead.Evidence.Take(3).Select(e => new EvidenceLine(PlainText.Line($"{e.Source}: {LabelOf(e)}"), Date(e.OccurredAt), PlainText.Link(e.Url), PlainText.Line(e.Excerpt, 240)))],
            OtherRecipients = Others(notification.Recipients, recipient),
            More = isWide ? [] : lines,
            Table = isWide ? lines : [],
            Unlisted = listed.Length - lines.Length,
            Resolved = [.. notification.Resolved.Skip(isOver ? 1 : 0).Take(MostListed).Select(a => Line(notification, a, recipient, isWide))],
            Of = isWide ? ": " + NameOf(lead, context) : "",
            Why = context?.Assessment is { } assessment && !isOver ? WhyOf(assessment) : [],
            Contract = context is null ? [] : ContractOf(context.Supplier),
            Gaps = context?.Assessment is { } known ? GapsOf(known) : [],
            Footer = FooterOf(notification, lead),
        };
    }

    /// <summary><c>[Risk] CRITICAL T1 Name: what happened (34 -> 91)</c>.</summary>
    internal static string SubjectOf(Notification notification)
    {
        Alert lead = notification.Lead;
        SupplierContext? context = notification.ContextOf(lead);
        int suppliers = notification.Alerts.Select(a => a.Supplier).Distinct().Count();
        int alerts = notification.Firing.IsEmpty ? notification.Resolved.Length : notification.Firing.Length;
        string verdict = notification.Firing.IsEmpty ? OverOf(lead) : VerdictOf(lead), turn = TurnOf(notification, lead);
        string tier = context is null ? "" : string.Create(CultureInfo.InvariantCulture, $" T{context.Supplier.Tier}");
        string what = WhatOf(lead, context);
        if (what.Length > 80) what = PlainText.Line(lead.Title, 80);
        if (turn.Length > 0) what = $"{turn}: {what}";
        string more = alerts <= 1 ? "" : suppliers > 1
            ? string.Create(CultureInfo.InvariantCulture, $" (+{alerts - 1} more, {suppliers} suppliers)")
            : string.Create(CultureInfo.InvariantCulture, $" (+{alerts - 1} more)");
        string score = ScoreOf(lead, context) is not { } change ? "" : change.Before.Length == 0 || change.Before == change.After ? $" ({change.After})" : $" ({change.Before} -> {change.After})";

        // A name that looks like an encoded word would be decoded on the way, into whatever it hides.
        return $"[Risk] {verdict}{tier} {PlainText.Line(NameOf(lead, context), 60)}: {what}{more}{score}".Replace("=?", "= ?", StringComparison.Ordinal);
    }

    /// <summary>How the alert stands to what was told before, in the subject in front of what happened: filters by severity hold for it all.</summary>
    private static string TurnOf(Notification notification, Alert worst) =>
        notification.Firing.IsEmpty ? ""
        : notification.Reason == NotificationReason.RepeatDue ? "still open"
        : notification.Reason == NotificationReason.Escalated ? "escalated"
        : !notification.Fresh.Contains(worst.EpisodeId) ? ""
        : IsBack(notification, worst) ? "open again"
        : worst.Revision > 0 ? "worse" : "";

    /// <summary>The newest that happened to it is that it was opened again.</summary>
    private static bool IsBack(Notification notification, Alert alert) => alert.Reopened.Length > 0
        && (notification.Episodes.GetValueOrDefault(alert.EpisodeId)?.Transitions.LastOrDefault(t => t.Transition.Kind is AlertTransitionKind.Reopened or AlertTransitionKind.Worsened) is not { Transition: { } last } || last.Alert.Reopened == alert.Reopened);

    private static string OverOf(Alert alert) => alert.Resolution.StartsWith("accepted ", StringComparison.Ordinal) ? "ACCEPTED" : alert.Resolution.StartsWith("false positive", StringComparison.Ordinal) || alert.Resolution.StartsWith("cleared as a false positive", StringComparison.Ordinal) ? "DISMISSED" : "RESOLVED";

    private static string TurnTold(Notification notification, Alert worst)
    {
        bool isFresh = notification.Fresh.Contains(worst.EpisodeId);
        if (worst.ResolvedAt is not null) return "";
        if (worst.Reopened.Length > 0 && IsBack(notification, worst)) return $"Open again. {PlainText.Line(worst.Reopened)}.";
        if (notification.Episodes.GetValueOrDefault(worst.EpisodeId)?.Acts is [.., { Kind: "snooze ended" } woken] && isFresh) return $"No longer snoozed: {PlainText.Line(woken.Note)}.";
        return worst.Revision > 0 && isFresh ? "It got worse since it was last told." : "";
    }

    /// <summary>A figure that is good again under a bad verdict wants a word.</summary>
    private static string Recovery(Alert worst, SupplierContext? context) =>
        worst.ResolvedAt is null && context?.Assessment?.Findings.Any(f => f.Rule == worst.Rule && f.Key == worst.Key && f.State == FindingState.Recovering) == true
            ? "Recovering: what raised it no longer holds. It ends when that lasts." : "";

    private static ImmutableArray<string> TakenBy(Notification notification, Alert worst)
    {
        if (notification.Episodes.GetValueOrDefault(worst.EpisodeId)?.Workflow is not { } work) return [];
        var said = ImmutableArray.CreateBuilder<string>();
        if (work.Acknowledged is { } taken)
            said.Add($"Acknowledged by {PlainText.Line(taken.By, 80)} on {Date(taken.At)}{(taken.Note.Length > 0 ? $": {PlainText.Line(taken.Note, 200)}" : "")}{(work.IsAcknowledged(worst) ? "" : " (before it got worse)")}");
        if (work.Assignee.Length > 0) said.Add($"Assigned to {PlainText.Line(work.Assignee, 80)}");
        return said.ToImmutable();
    }

    /// <summary>What the evidence is about, without the names rules use for it.</summary>
    private static string LabelOf(FindingEvidence evidence)
    {
        int dot = evidence.Label.IndexOf('.', StringComparison.Ordinal), space = evidence.Label.IndexOf(' ', StringComparison.Ordinal);
        string name = (space < 0 ? evidence.Label[(dot + 1)..] : evidence.Label[(dot + 1)..space]).Replace('_', ' ');
        return evidence.Value is { Length: > 0 } value ? $"{name} {Short(value)}" : space < 0 ? name : name + evidence.Label[space..];
    }

    private static string Short(string value) => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && value.Contains('.', StringComparison.Ordinal)
        ? number.ToString("0.####", CultureInfo.InvariantCulture) : value;

    internal static string VerdictOf(Alert alert) => alert.Severity.ToString().ToUpperInvariant();

    private static string NameOf(Alert alert, SupplierContext? context) => context is not null ? PlainText.Line(context.Supplier.Name, 120)
        : alert.Supplier is { } id ? PlainText.Line(id.Value, 120)
        : alert.Kind == AlertKind.System ? "Risk monitor" : alert.Key.Length > 0 ? PlainText.Line(alert.Key, 120) : "Portfolio";

    private static string StandingOf(Alert alert, SupplierContext? context)
    {
        if (context is null) return alert.Kind == AlertKind.System ? "The monitor itself" : "";
        string country = context.Supplier.Country.Length > 0 ? " | " + PlainText.Line(context.Supplier.Country) : "";
        return string.Create(CultureInfo.InvariantCulture, $"Tier {context.Supplier.Tier} | {PlainText.Line(context.Supplier.Id.Value, 60)}{country}");
    }

    /// <summary>The message without the supplier's name in front, which the mail says anyway.</summary>
    private static string WhatOf(Alert alert, SupplierContext? context)
    {
        string message = PlainText.Line(alert.Message, 400);
        if (message.Length == 0) return PlainText.Line(alert.Title);
        string name = context is null ? "" : PlainText.Line(context.Supplier.Name, 120);
        string? lead = name.Length == 0 ? null : new[] { name + ": ", name + " " }.FirstOrDefault(l => message.StartsWith(l, StringComparison.Ordinal) && message.Length > l.Length);
        return lead is null ? message : message[lead.Length..];
    }

    /// <summary>From before the alert to now, or to its end. Of an open one the latest assessment says it, as "why this score" does: much may have happened since the alert last turned.</summary>
    private static ScoreChange? ScoreOf(Alert alert, SupplierContext? context)
    {
        Assessment? latest = context?.Assessment;
        bool isLatest = latest is not null && (alert.ResolvedAt is null || alert.ScoreAfter is null);
        decimal? after = isLatest ? latest!.Score : alert.ScoreAfter;
        Band? band = isLatest ? latest!.Band : alert.BandAfter;
        return after is null || band is null ? null : new ScoreChange(Points(alert.ScoreBefore), BandName(alert.BandBefore), Points(after), BandName(band));
    }

    internal static AlertLine Line(Notification notification, Alert alert, string recipient, bool isWide)
    {
        string episode = alert.ResolvedAt is null ? alert.EpisodeId[..Math.Min(8, alert.EpisodeId.Length)] : "";
        string url = notification.Links?.For(alert, recipient, notification.At) is [var acknowledge, ..] ? acknowledge.Url : "";
        SupplierContext? context = notification.ContextOf(alert);
        string what = WhatOf(alert, context) + CauseOf(alert) + (alert.ResolvedAt is null ? "" : " (" + Ended(alert) + ")");
        string verdict = alert.ResolvedAt is null ? VerdictOf(alert) : OverOf(alert);
        bool isFresh = notification.Fresh.Contains(alert.EpisodeId) && notification.Reason is not (NotificationReason.First or NotificationReason.Digest or NotificationReason.Burst or NotificationReason.Escalated);

        // About one supplier, name and score stand at the top already.
        if (!isWide) return new AlertLine(verdict, "", "", Sentence(what), "", isFresh, episode, url);
        ScoreChange? score = ScoreOf(alert, context);
        string change = score is null ? "" : score.Before.Length == 0 || score.Before == score.After ? score.After : $"{score.Before} -> {score.After}";
        string tier = context is null ? "" : string.Create(CultureInfo.InvariantCulture, $"T{context.Supplier.Tier}");
        return new AlertLine(verdict, tier, NameOf(alert, context), Sentence(what), change, isFresh, episode, url);
    }

    /// <summary>Nobody should look for news where there is none.</summary>
    private static string CauseOf(Alert alert) => alert.MovedByRuleChange ? " (moved by a rule change, not by news)" : "";

    private static string Sentence(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    private static string Ended(Alert alert)
    {
        string why = alert.Resolution.Length > 0 ? PlainText.Line(alert.Resolution) : "cleared";
        return alert.ResolvedAt is { } at && !why.Contains(Date(at), StringComparison.Ordinal) ? $"{why} on {Date(at)}" : why;
    }

    private static ImmutableArray<(string, string)> WhyOf(Assessment assessment) =>
    [
        .. assessment.Contributions.GroupBy(c => FindingOf(c, assessment) is { State: FindingState.Unknown } ? "?" + c.Category : c.Kind + c.Label)
            .Select(g => (Share: g.Sum(c => c.Share), What: g.Key[0] == '?' ? Undecided(g.Count(), g.First().Category) : Explain(g.First(), assessment)))
            .Where(w => w.Share > 0).OrderByDescending(w => w.Share).ThenBy(w => w.What, StringComparer.Ordinal).Take(5)
            .Select(w => ("+" + w.Share.ToString("0.0", CultureInfo.InvariantCulture), w.What)),
    ];

    /// <summary>A rule that could not be decided adds points because nobody knows; its title would say that it has happened.</summary>
    private static string Undecided(int count, string category) => string.Create(CultureInfo.InvariantCulture, $"Not known: {count} undecided {(count == 1 ? "rule" : "rules")} ({category})");

    /// <summary>The longest id wins, so that SR-1 does not answer for SR-10.</summary>
    private static Finding? FindingOf(Contribution contribution, Assessment assessment) => assessment.Findings
        .Where(f => contribution.Label.Contains(f.Rule, StringComparison.Ordinal) && contribution.Label.EndsWith(f.Key, StringComparison.Ordinal))
        .MaxBy(f => f.Rule.Length + f.Key.Length);

    private static string Explain(Contribution contribution, Assessment assessment)
    {
        Finding? finding = FindingOf(contribution, assessment);
        string subject = finding is null ? contribution.Label : finding.Key.Length == 0 ? finding.Title : $"{finding.Title}: {finding.Key}";
        return PlainText.Line(contribution.Kind switch
        {
            "finding" => finding is null ? subject : $"{subject} ({finding.Category}{(finding.State is FindingState.Recovering or FindingState.Fading ? ", " + finding.State.ToString().ToLowerInvariant() : "")})",
            "floor" => $"Raised to the minimum set by: {subject}",
            "coverage-floor" => "Raised to the minimum for suppliers of whom too little is known",
            "worst-category" => $"Raised towards its worst category: {subject}",
            _ => $"{contribution.Kind}: {subject}",
        }, 160);
    }

    private static ImmutableArray<(string, string)> ContractOf(Supplier supplier)
    {
        var facts = ImmutableArray.CreateBuilder<(string, string)>();
        if (supplier.Contract is { } contract)
        {
            facts.Add(("Contract", PlainText.Line(contract.Id, 60) + (contract.RenewalDecision is "none" or "" ? "" : ", decision: " + PlainText.Line(contract.RenewalDecision))));
            if (contract.End is { } end)
            {
                // Deadlines are the first instant that is too late; people are told the last day.
                facts.Add(("Contract ends", Date(end.AddSeconds(-1)) + (contract.AutoRenew == true ? ", renews by itself" : "")));
                if (contract.NoticeDays is { } days) facts.Add(("Notice deadline", string.Create(CultureInfo.InvariantCulture, $"{Date(end.AddDays(-days).AddSeconds(-1))} ({days} days before)")));
            }
        }

        if (supplier.AnnualSpend is { } spend) facts.Add(("Annual spend", string.Create(CultureInfo.InvariantCulture, $"{PlainText.Line(supplier.Currency)} {spend:#,0}").Trim()));
        if (supplier.SingleSource) facts.Add(("Single source", "yes: no second supplier in place"));
        if (supplier.Owner.Length > 0) facts.Add(("Owner", PlainText.Line(supplier.Owner, 80)));
        return facts.ToImmutable();
    }

    private static ImmutableArray<string> GapsOf(Assessment assessment)
    {
        if (assessment.Missing.IsEmpty && !assessment.Degraded) return [];
        var gaps = ImmutableArray.CreateBuilder<string>();
        gaps.Add(string.Create(CultureInfo.InvariantCulture, $"{assessment.Coverage * 100:0} % of what is at stake is known{(assessment.Degraded ? "; some of the data is out of date" : "")}"));
        gaps.AddRange(assessment.Missing.Take(6).Select(m => PlainText.Line(m, 100)));
        if (assessment.Missing.Length > 6) gaps.Add(string.Create(CultureInfo.InvariantCulture, $"and {assessment.Missing.Length - 6} more"));
        return gaps.ToImmutable();
    }

    private static ImmutableArray<string> Others(ImmutableArray<string> everyone, string recipient)
    {
        string[] others = [.. everyone.Where(r => !string.Equals(r, recipient, StringComparison.OrdinalIgnoreCase)).Select(Public).Distinct()];
        return others.Length <= MostRecipients ? [.. others] : [.. others.Take(MostRecipients), string.Create(CultureInfo.InvariantCulture, $"and {others.Length - MostRecipients} more")];
    }

    /// <summary>Of a webhook only the host: its path may hold a token.</summary>
    private static string Public(string recipient) => Uri.TryCreate(recipient, UriKind.Absolute, out Uri? url) && !recipient.Contains('@', StringComparison.Ordinal)
        ? url.Scheme is "http" or "https" ? $"webhook at {PlainText.Line(url.Host, 80)}" : "webhook"
        : PlainText.Line(recipient, 80);

    private static ImmutableArray<string> FooterOf(Notification notification, Alert worst)
    {
        if (notification.Reason is NotificationReason.Test or NotificationReason.Canary or NotificationReason.AllQuiet)
            return [string.Create(CultureInfo.InvariantCulture, $"Sent by the risk monitor about itself ({PlainText.Line(notification.Receiver)}), {notification.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC. No alert stands behind it.")];
        string reason = notification.Reason switch
        {
            NotificationReason.NewAlerts when TurnOf(notification, worst) == "open again" => "Sent because an alert is open again",
            NotificationReason.First => "First notice of this group",
            NotificationReason.NewAlerts => "Sent because new alerts joined this group",
            NotificationReason.Worsened => "Sent because an alert got worse",
            NotificationReason.Resolved => "Sent because an alert was resolved",
            NotificationReason.Escalated => "Escalated: " + notification.Occasion,
            _ => "Reminder: nothing new, and still open",
        };
        string since = string.Create(CultureInfo.InvariantCulture, $"{PlainText.Line(worst.Rule)}, open since {worst.StartsAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        string show = $"{(worst.ResolvedAt is null ? "In full" : "Its history")}: risk alerts show {worst.EpisodeId}";
        string[] commands = worst.Supplier is { } supplier
            ? [show, $"Why this score: risk explain {PlainText.Line(supplier.Value, 60)}"]
            : [show];
        return [$"{reason}. Rule {since}.", .. EmailDigest.Notes(notification), .. commands];
    }

    private static string Points(decimal? score) => score is { } value ? Math.Round(value, 0, MidpointRounding.AwayFromZero).ToString("0", CultureInfo.InvariantCulture) : "";

    private static string BandName(Band? band) => band switch { null => "", Band.InsufficientData => "Insufficient data", { } known => known.ToString() };

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
