using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>The plain text body: the first lines say it all.</summary>
internal static class EmailText
{
    public static string Render(EmailView view)
    {
        var text = new StringBuilder();
        Line(text, view.Standing.Length > 0 ? $"{view.Verdict} | {view.Standing}" : view.Verdict);
        Line(text, view.Name);
        Line(text, view.WhatHappened);
        foreach (string said in (string[])[view.Turn, .. view.Taken]) if (said.Length > 0) Line(text, said);
        if (view.Score is { } score) Line(text, "Risk score: " + ScoreText(score));
        foreach (EvidenceLine evidence in view.Evidence.Take(1)) Line(text, $"Evidence:   {evidence.Date} {(evidence.Url.Length > 0 ? evidence.Url : evidence.Label)}");
        if (view.Next.Length > 0) Line(text, "Do next:    " + view.Next);
        if (view.Deadline.Length > 0) Line(text, "Decide by:  " + view.Deadline);
        if (!view.OtherRecipients.IsEmpty) Line(text, "Also told:  " + string.Join(", ", view.OtherRecipients));

        if (!view.Actions.IsEmpty)
        {
            Line(text, "");
            Line(text, "ACT" + view.Of + " (each link opens a page that asks first, and works once)");
            foreach ((string label, string url) in view.Actions) Line(text, $"  {label}:\n    {url}");
        }

        List(text, "ALL ALERTS, WORST FIRST", [.. view.Table.Select(Alert)], view.Table.IsEmpty ? 0 : view.Unlisted);
        List(text, "ALSO OPEN", [.. view.More.Select(Alert)], view.More.IsEmpty ? 0 : view.Unlisted);
        List(text, "RESOLVED", [.. view.Resolved.Select(Alert)], 0);
        List(text, "NOT TOLD SEPARATELY, AND WHY", [.. view.Muted.Select(Alert)], 0);
        List(text, "WHY THIS SCORE" + view.Of, [.. view.Why.Select(w => $"{w.Points,6}  {w.What}")], 0);
        List(text, "EVIDENCE", [.. view.Evidence.Select(Evidence)], 0);
        List(text, "CONTRACT AND SPEND" + view.Of, [.. view.Contract.Select(c => $"{c.Name}: {c.Value}")], 0);
        List(text, "SCORE OVER TIME" + view.Of, Scores(view.Scores), 0);
        List(text, "THIS ALERT SO FAR" + view.Of, [.. view.Timeline.Select(t => $"{t.At}  {t.What}")], 0);
        List(text, "WHAT WE DO NOT KNOW" + view.Of, view.Gaps, 0);
        Line(text, "");
        Line(text, "--");
        foreach (string line in view.Footer) Line(text, line);
        return text.ToString();
    }

    /// <summary>Only where it changed.</summary>
    private static ImmutableArray<string> Scores(ImmutableArray<ScoreBar> bars) =>
    [
        .. bars.Where((bar, i) => i == 0 || bar.Score != bars[i - 1].Score || bar.Band != bars[i - 1].Band)
            .Select(bar => string.Create(CultureInfo.InvariantCulture, $"{bar.At.UtcDateTime:yyyy-MM-dd}  {bar.Score,3}  {new string('#', (bar.Score + 2) / 5)}")),
    ];

    private static string ScoreText(ScoreChange score) => score.Before.Length == 0 ? $"{score.After} ({score.BandAfter})"
        : score.Before == score.After && score.BandBefore == score.BandAfter ? $"{score.After} ({score.BandAfter}), unchanged"
        : $"{score.Before} -> {score.After} ({score.BandBefore} -> {score.BandAfter})";

    private static string Alert(AlertLine alert)
    {
        string tier = alert.Tier.Length > 0 ? " " + alert.Tier : "", score = alert.Score.Length > 0 ? $" [{alert.Score}]" : "", fresh = alert.IsFresh ? "NEW " : "";
        string name = alert.Name.Length > 0 ? " " + alert.Name : "";
        string handle = alert.Episode.Length > 0 ? $" ({alert.Episode})" : "", take = alert.Url.Length > 0 ? "\n    Acknowledge: " + alert.Url : "";
        return $"{fresh}{alert.Verdict}{tier}{name}: {alert.What}{score}{handle}{take}";
    }

    private static string Evidence(EvidenceLine evidence)
    {
        string excerpt = evidence.Excerpt.Length > 0 ? $" \"{evidence.Excerpt}\"" : "", url = evidence.Url.Length > 0 ? "\n    " + evidence.Url : "";
        return $"{evidence.Date} {evidence.Label}{excerpt}{url}";
    }

    private static void List(StringBuilder text, string title, ImmutableArray<string> lines, int unlisted)
    {
        if (lines.IsEmpty) return;
        Line(text, "");
        Line(text, title);
        foreach (string line in lines) Line(text, "  " + line);
        if (unlisted > 0) Line(text, $"  and {unlisted} more");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
