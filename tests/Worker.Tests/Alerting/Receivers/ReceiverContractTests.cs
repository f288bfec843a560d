using System.Text.Json;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class WebhookJsonTests : ReceiverContract
{
    protected override string Channel => "webhook";

    protected override string Settings => "url: \"env:URL\", http_config: {authorization: {credentials: \"env:TOKEN\"}}";

    protected override string Schema => "webhook-1";

    protected override int MostBytes => NoLimit;
}

public sealed class WebhookCloudEventsTests : ReceiverContract
{
    protected override string Channel => "webhook";

    protected override string Settings => "url: \"env:URL\", format: cloudevents, http_config: {basic_auth: {username: risk, password: \"env:TOKEN\"}}";

    protected override string Schema => "payloads/cloudevent-1";

    protected override int MostBytes => NoLimit;
}

public sealed class WebhookTemplateTests : ReceiverContract
{
    protected override string Channel => "webhook";

    protected override string Settings =>
        """url: "env:URL", http_config: {basic_auth: {username: risk, password: "env:TOKEN"}}, body: {fields: {summary: "{summary}", description: "{message} {next} {supplier_name} {supplier_owner}", priority: {id: "{severity == 'critical' ? 1 : 3}"}, labels: [supplier-risk, "{rule}"], weight: 3, urgent: true, parent: null}, note: "{status} {reason} {firing}/{resolved} {{braces}} {delivery}"}""";

    protected override string? Schema => null;
}

public sealed class SlackTests : ReceiverContract
{
    protected override string Channel => "slack";

    protected override string Settings => "api_url: \"env:URL\"";

    protected override string Schema => "payloads/slack-1";

    protected override void AssertHarmless(JsonElement body)
    {
        // Outside plain_text objects nothing can mention, link or close a link.
        Assert.DoesNotContain("<", body.GetProperty("text").GetString(), StringComparison.Ordinal);
        foreach (JsonElement text in body.GetProperty("blocks").EnumerateArray().Where(b => b.TryGetProperty("elements", out _)).SelectMany(b => b.GetProperty("elements").EnumerateArray()).Where(e => e.GetProperty("type").GetString() == "mrkdwn"))
            Assert.Matches("^<https://registry\\.example/[^<>|]*\\|[^<>|*_~`]*>$", text.GetProperty("text").GetString());
    }
}

public sealed class TeamsTests : ReceiverContract
{
    protected override string Channel => "msteamsv2";

    protected override string Settings => "webhook_url: \"env:URL\"";

    protected override string Schema => "payloads/teams-1";

    protected override int MostBytes => 28 * 1024;
}

public sealed class PagerDutyTests : ReceiverContract
{
    protected override string Channel => "pagerduty";

    protected override string Settings => "routing_key: \"env:TOKEN\", url: \"env:URL\"";

    protected override string Schema => "payloads/pagerduty-1";

    protected override int MostBytes => 512 * 1024;

    [Fact]
    public void Render_Group_IsAnEventForEachAlertWithItsEpisodeAsKey()
    {
        var events = Render(NotificationSample.Several with { Reason = Risk.Worker.Alerting.Notifications.NotificationReason.RepeatDue }).Select(d => JsonDocument.Parse(d.Body).RootElement).ToArray();
        Assert.Equal(["trigger", "trigger", "trigger", "resolve"], events.Select(e => e.GetProperty("event_action").GetString()!));
        Assert.Equal(NotificationSample.Several.Alerts.Select(a => a.EpisodeId), events.Select(e => e.GetProperty("dedup_key").GetString()!));

        // Between repeats only what is new, and what ended.
        Assert.Equal(2, Render(NotificationSample.Several).Length);
    }

    [Fact]
    public void Render_Canary_OpensNoIncident() =>
        Assert.All(Render(NotificationSample.Single with { Reason = Risk.Worker.Alerting.Notifications.NotificationReason.Canary }), d => Assert.Contains("\"resolve\"", System.Text.Encoding.UTF8.GetString(d.Body), StringComparison.Ordinal));
}
