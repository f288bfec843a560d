using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Risk.Rules.Evaluation;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>
/// The HTML body: tables and inline styles only, nothing fetched from anywhere, at most 640 pixels wide and whole at 320. Text and ground are left to the reader's own
/// colours (light or dark); only badges bring their own pair, so that inverting them keeps the contrast.
/// </summary>
internal static class EmailHtml
{
    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
    private const int MostBarHeight = 44;
    private const string Quiet = "color:#767676;";
    private const string Rule = "border-top:1px solid #8888884d;";

    public static string Render(EmailView view)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">")
            .Append("<title>").Append(Escape(view.Subject)).Append("</title></head>\n")
            .Append("<body style=\"margin:0;padding:0;").Append(Font).Append("font-size:15px;line-height:1.45;\">\n")
            .Append("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td align=\"center\" style=\"padding:12px 8px;\">\n")
            .Append("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"max-width:640px;text-align:left;word-break:break-word;overflow-wrap:anywhere;\">\n");
        Head(html, view);
        Row(html, "DO NEXT", view.Next.Length == 0 ? "" : $"<strong style=\"font-size:16px;\">{Escape(view.Next)}</strong>");
        Row(html, "DECIDE BY", view.Deadline.Length == 0 ? "" : $"<strong>{Escape(view.Deadline)}</strong>");
        Row(html, "ACT" + Escape(view.Of), Actions(view.Actions));
        Row(html, "EVIDENCE", string.Join("", view.Evidence.Select(Evidence)));
        Row(html, "ALSO TOLD", Escape(string.Join(", ", view.OtherRecipients)));
        Row(html, "ALL ALERTS, WORST FIRST", Alerts(view.Table, view.Unlisted));
        Row(html, "ALSO OPEN", Alerts(view.More, view.Unlisted));
        Row(html, "RESOLVED", Alerts(view.Resolved, 0));
        Row(html, "NOT TOLD SEPARATELY, AND WHY", Alerts(view.Muted, 0));
        Row(html, "WHY THIS SCORE" + Escape(view.Of), Pairs(view.Why.Select(w => ($"<strong>{Escape(w.Points)}</strong>", w.What)), "right"));
        Row(html, "CONTRACT AND SPEND" + Escape(view.Of), Pairs(view.Contract.Select(c => ($"<span style=\"{Quiet}\">{Escape(c.Name)}</span>", c.Value)), "left"));
        Row(html, "THIS ALERT SO FAR" + Escape(view.Of), Pairs(view.Timeline.Select(t => ($"<span style=\"{Quiet}\">{Escape(t.At)}</span>", t.What)), "left"));
        Row(html, "WHAT WE DO NOT KNOW" + Escape(view.Of), string.Join("<br>", view.Gaps.Select(Escape)));
        html.Append("<tr><td style=\"").Append(Rule).Append("padding:12px 4px 4px;font-size:12px;").Append(Quiet).Append("\">")
            .AppendJoin("<br>", view.Footer.Select(Escape)).Append("</td></tr>\n</table>\n</td></tr></table>\n</body></html>\n");
        return html.ToString();
    }

    private static void Head(StringBuilder html, EmailView view)
    {
        string colour = ColourOf(view.Verdict);
        html.Append("<tr><td style=\"border-top:6px solid ").Append(colour).Append(";padding:14px 4px 12px;\">")
            .Append(Badge(view.Verdict, 13));
        if (view.Standing.Length > 0) html.Append("<span style=\"font-size:13px;").Append(Quiet).Append("\">&nbsp; ").Append(Escape(view.Standing)).Append("</span>");
        html.Append("<div style=\"font-size:24px;line-height:1.25;font-weight:700;padding-top:8px;\">").Append(Escape(view.Name)).Append("</div>")
            .Append("<div style=\"font-size:17px;line-height:1.35;padding-top:2px;\">").Append(Escape(view.WhatHappened)).Append("</div>");
        if (view.Turn.Length > 0) html.Append("<div style=\"font-size:15px;line-height:1.35;padding-top:6px;\"><strong>").Append(Escape(view.Turn)).Append("</strong></div>");
        foreach (string taken in view.Taken) html.Append("<div style=\"font-size:14px;line-height:1.35;padding-top:4px;").Append(Quiet).Append("\">").Append(Escape(taken)).Append("</div>");
        if (view.Score is { } score)
        {
            bool isChange = score.Before.Length > 0 && (score.Before != score.After || score.BandBefore != score.BandAfter);
            html.Append("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin-top:12px;\"><tr>");
            if (isChange) Score(html, score.Before, score.BandBefore, "before", "font-weight:400;");
            if (isChange) html.Append("<td style=\"padding:0 14px 0 0;font-size:24px;").Append(Quiet).Append("\">&rarr;</td>");
            Score(html, score.After, score.BandAfter, isChange ? "now" : "risk score", "font-weight:700;");
            html.Append("</tr></table>");
        }

        Bars(html, view.Scores);
        html.Append("</td></tr>\n");
    }

    /// <summary>Cells with a ground and a height: the one drawing that every mail reader does without fetching anything.</summary>
    private static void Bars(StringBuilder html, ImmutableArray<ScoreBar> bars)
    {
        if (bars.IsEmpty) return;
        html.Append("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin-top:10px;\"><tr>");
        foreach (ScoreBar bar in bars)
        {
            int height = Math.Max(1, bar.Score * MostBarHeight / 100);
            html.Append("<td valign=\"bottom\" height=\"").Append(MostBarHeight).Append("\" style=\"padding:0 1px 0 0;height:").Append(MostBarHeight).Append("px;vertical-align:bottom;\">")
                .Append("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td width=\"8\" height=\"").Append(height).Append("\" bgcolor=\"").Append(ColourOf(bar.Band))
                .Append("\" style=\"width:8px;height:").Append(height).Append("px;line-height:1px;font-size:1px;background-color:").Append(ColourOf(bar.Band)).Append(";\">&nbsp;</td></tr></table></td>");
        }

        html.Append("</tr></table><div style=\"font-size:12px;").Append(Quiet).Append("\">")
            .Append(CultureInfo.InvariantCulture, $"Score from {bars[0].At.UtcDateTime:yyyy-MM-dd} ({bars[0].Score}) to {bars[^1].At.UtcDateTime:yyyy-MM-dd} ({bars[^1].Score})</div>");
    }

    private static string Actions(ImmutableArray<(string Label, string Url)> actions)
    {
        var html = new StringBuilder();
        foreach ((string label, string url) in actions)
        {
            string look = html.Length == 0 ? "background-color:#1f5fa8;color:#ffffff;" : "color:#2f7fd1;";
            html.Append("<a href=\"").Append(Escape(url)).Append("\" style=\"display:inline-block;").Append(look)
                .Append("border:1px solid #1f5fa8;border-radius:4px;padding:8px 12px;margin:4px 6px 4px 0;font-size:14px;font-weight:700;text-decoration:none;\">").Append(Escape(label)).Append("</a>");
        }

        return html.Length == 0 ? "" : html + $"<div style=\"font-size:12px;{Quiet}\">Each opens a page that asks first, and works once. Only for you: do not forward this mail.</div>";
    }

    private static void Score(StringBuilder html, string points, string band, string caption, string weight)
    {
        html.Append("<td style=\"padding:0 14px 0 0;\"><span style=\"font-size:32px;line-height:1;").Append(weight).Append("\">").Append(Escape(points)).Append("</span>&nbsp;</td>")
            .Append("<td style=\"padding:0 14px 0 0;font-size:13px;line-height:1.3;\">");
        if (band.Length > 0) html.Append("<strong>").Append(Escape(band)).Append("</strong><br>");
        html.Append("<span style=\"").Append(Quiet).Append("\">").Append(caption).Append("</span></td>");
    }

    private static void Row(StringBuilder html, string title, string content)
    {
        if (content.Length == 0) return;
        html.Append("<tr><td style=\"").Append(Rule).Append("padding:10px 4px 12px;\"><div style=\"font-size:11px;letter-spacing:0.06em;font-weight:700;padding-bottom:4px;").Append(Quiet).Append("\">")
            .Append(title).Append("</div>").Append(content).Append("</td></tr>\n");
    }

    private static string Evidence(EvidenceLine evidence)
    {
        string label = evidence.Url.Length > 0 ? $"<a href=\"{Escape(evidence.Url)}\" style=\"color:#2f7fd1;\">{Escape(evidence.Label)}</a>" : Escape(evidence.Label);
        string excerpt = evidence.Excerpt.Length > 0 ? $"<div style=\"font-size:13px;{Quiet}\">&ldquo;{Escape(evidence.Excerpt)}&rdquo;</div>" : "";
        return $"<div style=\"padding-bottom:4px;\">{Escape(evidence.Date)} &nbsp;{label}{excerpt}</div>";
    }

    private static string Alerts(ImmutableArray<AlertLine> alerts, int unlisted)
    {
        if (alerts.IsEmpty) return "";
        var html = new StringBuilder("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">");
        foreach (AlertLine alert in alerts)
        {
            html.Append("<tr><td valign=\"top\" style=\"padding:5px 10px 5px 0;\">").Append(Badge(alert.Verdict, 10));
            if (alert.IsFresh) html.Append(" <strong style=\"font-size:11px;\">NEW</strong>");
            if (alert.Name.Length == 0)
            {
                html.Append("<span style=\"font-size:14px;\">&nbsp; ").Append(Escape(alert.What)).Append("</span>").Append(Handle(alert)).Append("</td></tr>");
                continue;
            }

            html.Append(" <strong style=\"font-size:14px;\">").Append(Escape(alert.Name)).Append("</strong>");
            if (alert.Tier.Length > 0) html.Append(" <span style=\"font-size:12px;").Append(Quiet).Append("\">").Append(alert.Tier).Append("</span>");
            html.Append("<div style=\"font-size:14px;line-height:1.35;\">").Append(Escape(alert.What)).Append(Handle(alert)).Append("</div></td>")
                .Append("<td valign=\"top\" align=\"right\" width=\"76\" style=\"padding:5px 0;font-size:14px;white-space:nowrap;\">").Append(Escape(alert.Score).Replace("-&gt;", "&rarr;", StringComparison.Ordinal)).Append("</td></tr>");
        }

        html.Append("</table>");
        if (unlisted > 0) html.Append("<div style=\"").Append(Quiet).Append("\">and ").Append(unlisted).Append(" more</div>");
        return html.ToString();
    }

    /// <summary>What commands call the alert, and one press to take it.</summary>
    private static string Handle(AlertLine alert)
    {
        string take = alert.Url.Length > 0 ? $" &nbsp;<a href=\"{Escape(alert.Url)}\" style=\"color:#2f7fd1;\">Acknowledge</a>" : "";
        return alert.Episode.Length == 0 ? "" : $" <span style=\"font-size:12px;{Quiet}\">{Escape(alert.Episode)}{take}</span>";
    }

    /// <param name="pairs">The left cell is HTML, the right one text.</param>
    private static string Pairs(IEnumerable<(string Left, string Right)> pairs, string align)
    {
        var html = new StringBuilder();
        foreach ((string left, string right) in pairs)
        {
            html.Append("<tr><td valign=\"top\" align=\"").Append(align).Append("\" width=\"").Append(align == "right" ? "48" : "104")
                .Append("\" style=\"padding:2px 12px 2px 0;white-space:nowrap;font-size:14px;\">").Append(left).Append("</td><td valign=\"top\" style=\"padding:2px 0;font-size:14px;\">").Append(Escape(right)).Append("</td></tr>");
        }

        return html.Length == 0 ? "" : $"<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">{html}</table>";
    }

    private static string Badge(string verdict, int size) =>
        $"<span style=\"display:inline-block;background-color:{ColourOf(verdict)};color:#ffffff;font-size:{size}px;line-height:1.5;font-weight:700;letter-spacing:0.04em;padding:0 6px;border-radius:3px;\">{verdict}</span>";

    /// <summary>White on each has a contrast of at least 5 to 1; the word says the same as the colour.</summary>
    private static string ColourOf(string verdict) => verdict switch
    {
        "CRITICAL" => "#b3261e",
        "HIGH" => "#b4450c",
        "WARNING" => "#856000",
        "RESOLVED" or "DISMISSED" => "#2b7a33",
        _ => "#2f6690",
    };

    private static string ColourOf(Band band) => band switch
    {
        Band.Critical => "#b3261e",
        Band.High => "#b4450c",
        Band.Elevated => "#a37600",
        Band.InsufficientData => "#888888",
        _ => "#2b7a33",
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
