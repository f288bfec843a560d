using System.Globalization;
using System.Net;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Http;

/// <summary>The action pages as HTML: one column, readable at 320 pixels, light and dark.</summary>
internal static class ActionHtml
{
    public const string Style = """
        :root{color-scheme:light dark}
        body{margin:0;padding:16px;font:16px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
        main{max-width:560px;margin:0 auto}
        h1{font-size:22px;line-height:1.25;margin:0 0 8px}
        .what{border-left:6px solid #b4450c;padding:2px 0 2px 12px;margin:16px 0}
        .critical{border-color:#b3261e}.warning{border-color:#856000}.info{border-color:#2f6690}
        .quiet{color:#767676;font-size:14px}
        .refused{border:1px solid #b3261e;padding:8px 12px}
        label{display:block;font-weight:600;margin-top:14px}
        input,textarea,select{box-sizing:border-box;width:100%;font:inherit;padding:8px;margin-top:4px}
        button{font:inherit;font-weight:700;padding:12px 20px;margin-top:18px;width:100%;border:0;border-radius:6px;background:#1f5fa8;color:#fff}
        """;

    /// <summary>What will be done, about what, and a form to confirm it.</summary>
    /// <param name="workflow">What was done about it before; null: nothing, or not asked.</param>
    /// <param name="refusal">Why the form sent before was refused, or "".</param>
    public static string Question(ActionLink link, Alert alert, string confirmation, AlertWorkflow? workflow, DateTimeOffset at, string refusal)
    {
        string title = TitleOf(link.Action);
        string before = workflow?.Acknowledged is { } taken ? $"<p class=\"quiet\">{Escape(taken.By)} acknowledged it on {Date(taken.At)}.</p>" : "";
        string refused = refusal.Length > 0 ? $"<p class=\"refused\" role=\"alert\">Nothing was done: {Escape(refusal)}.</p>" : "";
        return Page(title, $"""
            <h1>{Escape(title)}?</h1>
            <div class="what {alert.Severity.ToString().ToLowerInvariant()}"><strong>{alert.Severity.ToString().ToUpperInvariant()}: {Escape(alert.Title)}</strong><br>{Escape(alert.Message)}<br><span class="quiet">{Escape(alert.Rule)}, open since {Date(alert.StartsAt)}</span></div>
            <p>{Escape(EffectOf(link.Action))}</p>{before}{refused}
            <form method="post"><input type="hidden" name="confirm" value="{Escape(confirmation)}">{Fields(link.Action)}<button type="submit">{Escape(title)}</button></form>
            <p class="quiet">As {Escape(link.Recipient)}. Nothing happens until you press the button. The link works once, until {Date(link.ExpiresAt)}, and only for who has this mail: do not forward it.</p>
            """);
    }

    public static string Said(string title, string text) => Page(title, $"<h1>{Escape(title)}</h1><p>{Escape(text)}</p>");

    private static string TitleOf(string action) => action switch
    {
        "ack" => "Acknowledge this alert",
        "assign" => "Assign this alert",
        "snooze" => "Snooze this alert",
        "accept" => "Accept this risk",
        _ => "Mark as false positive",
    };

    private static string EffectOf(string action) => action switch
    {
        "ack" => "You take it: reminders and escalation stop, until it gets worse.",
        "assign" => "Who it is assigned to is named in every mail about it.",
        "snooze" => "Nobody is told of it until then, unless it gets worse. If it still fires then, it is told again.",
        "accept" => "The alert is closed and its points still count. It is open again when the time is up, the evidence changes, or it gets worse.",
        _ => "The alert is closed and its points no longer count, as long as the evidence is the same.",
    };

    private static string Fields(string action) => action switch
    {
        "ack" => Text("note", "Note (optional)", ""),
        "assign" => "<label>To<input name=\"to\" required maxlength=\"120\" placeholder=\"name or mail address\"></label>" + Text("note", "Note (optional)", ""),
        "snooze" => Choice("until", "For", ("1d", "1 day"), ("3d", "3 days"), ("7d", "a week"), ("14d", "two weeks"), ("30d", "30 days"), ("90d", "90 days")) + Text("reason", "Reason", " required"),
        "accept" => Choice("until", "For", ("30d", "30 days"), ("90d", "90 days"), ("180d", "180 days"), ("365d", "a year")) + "<label>Approved by<input name=\"approver\" required maxlength=\"120\"></label>" + Text("reason", "Reason", " required"),
        _ => Text("reason", "Why it is not about this supplier, or not true", " required"),
    };

    private static string Text(string name, string label, string attributes) => $"<label>{label}<textarea name=\"{name}\" rows=\"3\" maxlength=\"1000\"{attributes}></textarea></label>";

    private static string Choice(string name, string label, params ReadOnlySpan<(string Value, string Text)> options)
    {
        string all = "";
        foreach ((string value, string text) in options) all += $"<option value=\"{value}\">{text}</option>";
        return $"<label>{label}<select name=\"{name}\">{all}</select></label>";
    }

    private static string Page(string title, string main) =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\"><title>{Escape(title)}</title><style>{Style}</style></head><body><main>{main}</main></body></html>\n";

    private static string Escape(string text) => WebUtility.HtmlEncode(PlainText.Line(text, 1_000));

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
