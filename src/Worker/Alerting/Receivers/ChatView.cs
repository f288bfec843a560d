using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Notifications;

namespace Risk.Worker.Alerting.Receivers;

/// <summary>What a chat message says: short, clean text that is not yet escaped for any platform.</summary>
/// <param name="Headline"><c>CRITICAL T1 Name: what happened (34 -> 91)</c>.</param>
/// <param name="Alerts">Worst first; firing ones before resolved ones.</param>
/// <param name="Unlisted">How many alerts are not among them.</param>
internal sealed record ChatView(string Headline, ImmutableArray<ChatAlert> Alerts, int Unlisted, string Footer);

/// <param name="About">Tier and name, or what it is about instead.</param>
/// <param name="Next">What to do, or "".</param>
/// <param name="Url">Of the evidence: absolute http(s), or "".</param>
/// <param name="UrlLabel">What the link leads to.</param>
internal sealed record ChatAlert(string Episode, string Verdict, string About, string What, string Score, string Next, string Url, string UrlLabel)
{
    public string Line => $"{Verdict} {About}: {What}{(Score.Length > 0 ? $" ({Score})" : "")}";
}

/// <summary>Makes the view of a notification. Pure.</summary>
internal static class ChatViews
{
    public const int MostListed = 15;

    private const int LongestHeadline = 240;

    public static ChatView Of(Notification notification, int mostListed = MostListed)
    {
        ImmutableArray<Alert> all = [.. notification.Alerts];
        ImmutableArray<ChatAlert> listed = [.. all.Take(mostListed).Select(a => Of(notification, a))];
        int counted = notification.Firing.IsEmpty ? notification.Resolved.Length : notification.Firing.Length;
        string more = counted > 1 ? string.Create(CultureInfo.InvariantCulture, $" (+{counted - 1} more)") : "";
        string still = notification.Reason == NotificationReason.RepeatDue ? "STILL " : "";
        string footer = $"{PlainText.Line(notification.Receiver, 80)} | {(IsAssurance(notification) ? "the risk monitor about itself" : $"risk alerts show {notification.Lead.EpisodeId}")}";
        return new ChatView(PlainText.Line(still + Of(notification, notification.Lead).Line, LongestHeadline - more.Length) + more, listed, all.Length - listed.Length, footer);
    }

    /// <summary>It tells how alerts travel, and no alert stands behind it.</summary>
    public static bool IsAssurance(Notification notification) => notification.Reason is NotificationReason.Test or NotificationReason.Canary or NotificationReason.AllQuiet;

    private static ChatAlert Of(Notification notification, Alert alert)
    {
        SupplierContext? context = notification.ContextOf(alert);
        string name = context is not null ? PlainText.Line(context.Supplier.Name, 120) : PlainText.Line(alert.Supplier?.Value ?? (alert.Kind == AlertKind.System ? "Risk monitor" : alert.Key), 120);
        string about = context is null ? name : string.Create(CultureInfo.InvariantCulture, $"T{context.Supplier.Tier} {name}");
        string message = PlainText.Line(alert.Message.Length > 0 ? alert.Message : alert.Title, 400);
        string what = context is not null && message.StartsWith(name + ": ", StringComparison.Ordinal) && message.Length > name.Length + 2 ? message[(name.Length + 2)..] : message;
        (string url, string label) = alert.Evidence.Select(e => (PlainText.Link(e.Url), PlainText.Line($"{e.Source}: {e.Label}", 120))).FirstOrDefault(e => e.Item1.Length is > 0 and <= 1000, ("", ""));
        bool isOver = alert.ResolvedAt is not null;
        return new ChatAlert(alert.EpisodeId, isOver ? "RESOLVED" : alert.Severity.ToString().ToUpperInvariant(), about, what, ScoreOf(alert), isOver ? "" : PlainText.Line(alert.Next, 300), url, label);
    }

    private static string ScoreOf(Alert alert)
    {
        if (alert.ScoreAfter is not { } after) return "";
        return alert.ScoreBefore is { } before && Round(before) != Round(after) ? $"{Round(before)} -> {Round(after)}" : Round(after);

        static string Round(decimal score) => Math.Round(score, 0, MidpointRounding.AwayFromZero).ToString("0", CultureInfo.InvariantCulture);
    }
}
