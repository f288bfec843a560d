using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Notifications;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>The view of a digest, or of many messages that became one: a table, worst first; then what is over, and what nobody is told of, with the reason. Pure.</summary>
internal static class EmailDigest
{
    private const int MostListed = 200;

    public static EmailView Of(Notification notification, string recipient)
    {
        int suppliers = notification.Alerts.Select(a => a.Supplier).OfType<Rules.Suppliers.SupplierId>().Distinct().Count();
        string counts = Counts(notification.Firing);
        string over = notification.Resolved.Length == 0 ? "" : Number(notification.Resolved.Length, "has ended", "have ended");
        string escalated = notification.Escalated == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{notification.Escalated} escalated");
        string muted = notification.Muted.Length == 0 ? "" : Number(notification.Muted.Length, "not told separately", "not told separately");
        string news = notification.Firing.IsEmpty ? "nothing new" : Number(notification.Firing.Length, "alert", "alerts") + (suppliers > 1 ? " on " + Number(suppliers, "supplier", "suppliers") : "");
        bool isDigest = notification.Reason == NotificationReason.Digest;
        ImmutableArray<AlertLine> table = [.. notification.Firing.Take(MostListed).Select(a => EmailViews.Line(notification, a, recipient, isWide: true))];
        return new EmailView
        {
            Subject = $"[Risk] {(isDigest ? "DIGEST" : "TABLE")} {news}{(counts.Length > 0 ? ": " + counts : "")}{(escalated.Length > 0 ? ", " + escalated : "")}{(over.Length > 0 ? ", " + over : "")}{(notification.Firing.IsEmpty && muted.Length > 0 ? ", " + muted : "")}",
            Verdict = notification.Firing.IsEmpty ? "INFO" : EmailViews.VerdictOf(notification.Firing[0]),
            Standing = isDigest ? $"Digest{(notification.Occasion.Length > 0 ? " | " + notification.Occasion : "")}" : "Many messages in one",
            Name = Sentence(news),
            WhatHappened = string.Join("; ", new[] { counts, escalated, over, muted }.Where(t => t.Length > 0)),
            Score = null,
            Next = "",
            Evidence = [],
            OtherRecipients = [],
            More = [],
            Table = table,
            Unlisted = notification.Firing.Length - table.Length,
            Resolved = [.. notification.Resolved.Take(MostListed).Select(a => EmailViews.Line(notification, a, recipient, isWide: true))],
            Muted = [.. notification.Muted.Take(MostListed).Select(m => MutedLine(notification, m, recipient))],
            Of = "",
            Why = [],
            Contract = [],
            Gaps = [],
            Footer = [.. Cut(notification.Resolved.Length, "that have ended"), .. Cut(notification.Muted.Length, "that are not told separately"), isDigest ? "It holds only what is new since your last digest that arrived." : Sentence(notification.Occasion) + ".", .. Notes(notification), "In full: risk alerts show ID"],
        };
    }

    /// <summary>Why the reader gets a mail, and what else waits for them.</summary>
    public static IEnumerable<string> Notes(Notification notification)
    {
        if (!notification.Because.IsEmpty) yield return "Why you: " + string.Join(" ", Reasons(notification.Because).Take(5));
        if (notification.Waiting is { } waiting)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Number(waiting.Count, "further alert waits", "further alerts wait")} for your next digest ({waiting.DueAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC).");
    }

    /// <summary>Sentences that differ in the supplier's name only become one.</summary>
    private static IEnumerable<string> Reasons(ImmutableArray<string> because)
    {
        const int mostNamed = 5;
        const string of = " of ";
        foreach (IGrouping<string, string> alike in because.GroupBy(b => b.StartsWith("You are ", StringComparison.Ordinal) && b.IndexOf(of, StringComparison.Ordinal) is > 0 and int at ? b[..(at + of.Length)] : b))
        {
            string[] names = [.. alike.Select(b => b[alike.Key.Length..].TrimEnd('.'))];
            if (names.Length == 1) yield return alike.First();
            else yield return string.Create(CultureInfo.InvariantCulture, $"{alike.Key}{string.Join(", ", names.Take(mostNamed))}{(names.Length > mostNamed ? $" and {names.Length - mostNamed} more" : "")}.");
        }
    }

    private static IEnumerable<string> Cut(int count, string what)
    {
        if (count > MostListed) yield return string.Create(CultureInfo.InvariantCulture, $"{count - MostListed} more {what} are not listed here.");
    }

    private static AlertLine MutedLine(Notification notification, MutedAlert muted, string recipient)
    {
        AlertLine line = EmailViews.Line(notification, muted.Alert, recipient, isWide: true);
        return line with { What = $"{line.What} ({PlainText.Line(muted.Why, 240)})", IsFresh = false, Url = "" };
    }

    private static string Counts(ImmutableArray<Alert> alerts) =>
        string.Join(", ", alerts.GroupBy(a => a.Severity).OrderByDescending(g => g.Key).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}")));

    private static string Number(int count, string one, string more) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : more)}");

    private static string Sentence(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;
}
