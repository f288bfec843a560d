using System.Globalization;
using System.Text;
using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Testing;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Receivers;

/// <summary>
/// What every receiver over HTTP must do; a sealed subclass says how it is configured. Whoever writes a receiver derives from this, accepts the golden file after reading it
/// (<c>RISK_ACCEPT_GOLDEN=folder</c>), and is done when it is green.
/// </summary>
public abstract class ReceiverContract
{
    protected const string Token = "T0kenT0kenT0kenT0kenT0kenT0ken12";

    /// <summary>Texts that have a meaning somewhere: markup, mentions, Markdown, formulas, control and direction characters.</summary>
    private const string Hostile = "<!channel> <@U1> *bold* _it_ `code` [x](https://evil.example) </p><script>alert(1)</script> =HYPERLINK(\"x\") {{7*7}} {supplier} \u202Egnp.exe\r\nBcc: x@y.example\u0000\u0007";

    /// <summary>Our own JSON tells everything; whoever receives it sets the limit.</summary>
    protected const int NoLimit = int.MaxValue;

    /// <summary>Key before <c>_configs</c>.</summary>
    protected abstract string Channel { get; }

    /// <summary>Settings of one target in flow style, with the address and every secret behind <c>env:URL</c> and <c>env:TOKEN</c>.</summary>
    protected abstract string Settings { get; }

    /// <summary>Below schemas, or null for bodies that the user lays out.</summary>
    protected abstract string? Schema { get; }

    /// <summary>The platform's limit.</summary>
    protected virtual int MostBytes => 1024 * 1024;

    /// <summary>A body as it is shown to people.</summary>
    protected virtual string Golden => $"{GetType().Name.Replace("Tests", "", StringComparison.Ordinal).ToLowerInvariant()}.json";

    /// <summary>What a supplier's name must not do on the platform.</summary>
    protected virtual void AssertHarmless(JsonElement body)
    {
    }

    [Fact]
    public void Render_Sample_EqualsGoldenFile()
    {
        string actual = Pretty(Render(NotificationSample.Several)[0].Body);
        if (Environment.GetEnvironmentVariable("RISK_ACCEPT_GOLDEN") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, Golden), actual);
        else Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Alerting", "Receivers", "Fixtures", Golden)), actual);
    }

    [Fact]
    public void Render_EveryReason_ConformsToTheSchemaAndGivesTheSameBytesAgain()
    {
        foreach (NotificationReason reason in Enum.GetValues<NotificationReason>().Where(r => r != NotificationReason.None))
        {
            Notification[] samples = reason == NotificationReason.Resolved
                ? [NotificationSample.Of(reason, [], [NotificationSample.Insolvency with { ResolvedAt = NotificationSample.At, Resolution = "cleared" }], [])]
                : [NotificationSample.Single with { Reason = reason }, NotificationSample.Several with { Reason = reason }, NotificationSample.Wide with { Reason = reason }];
            foreach (Notification sample in samples)
            {
                Delivery[] rendered = Render(sample);
                Assert.NotEmpty(rendered);
                Assert.All(rendered, d => AssertConforms(d.Body));
                Assert.Equal(rendered.Select(d => d.Body), Render(sample).Select(d => d.Body));
            }
        }
    }

    [Fact]
    public void Render_HostileText_StaysText()
    {
        SupplierContext context = new(NotificationSample.Brightwater with { Name = Hostile, Owner = Hostile }, null);
        Alert hostile = NotificationSample.Insolvency with
        {
            Message = Hostile, Title = Hostile, Next = Hostile,
            Evidence = [NotificationSample.Insolvency.Evidence[0] with { Label = Hostile, Excerpt = Hostile, Url = "https://registry.example/a|b>c?d=<e>\"" }, NotificationSample.Insolvency.Evidence[0] with { Url = "javascript:alert(1)" }],
        };
        foreach (Delivery delivery in Render(NotificationSample.Of(NotificationReason.First, [hostile], [], [context])))
        {
            AssertConforms(delivery.Body);
            using JsonDocument body = JsonDocument.Parse(delivery.Body);
            if (Schema?.StartsWith("webhook", StringComparison.Ordinal) != true && Schema != "payloads/cloudevent-1")
                Assert.DoesNotContain(Strings(body.RootElement), s => s.Any(c => (char.IsControl(c) && c != '\n') || c == '\u202E') || s.Contains("javascript:", StringComparison.Ordinal));
            AssertHarmless(body.RootElement);
        }
    }

    [Fact]
    public void Render_ThousandAlertsWithLongTexts_FitsThePlatform()
    {
        string text = string.Concat(Enumerable.Repeat("供应商\u00e4", 200));
        Alert[] alerts =
        [
            .. Enumerable.Range(0, 1_000).Select(i => NotificationSample.Alert(string.Create(CultureInfo.InvariantCulture, $"episode{i:D19}"), "SR-FIN-004", "SUP-0042", Severity.Critical, message: text) with { Next = text, Title = text }),
        ];
        Delivery[] rendered = Render(NotificationSample.Of(NotificationReason.First, alerts, [], [new SupplierContext(NotificationSample.Brightwater with { Name = text }, null)]));
        Assert.All(rendered, d => Assert.InRange(d.Body.Length, 1, MostBytes));
        AssertConforms(rendered[0].Body);
    }

    [Theory]
    [InlineData(200, "", "Delivered", 0)]
    [InlineData(202, "", "Delivered", 0)]
    [InlineData(302, "", "GaveUp", 0)]
    [InlineData(400, "", "GaveUp", 0)]
    [InlineData(403, "", "GaveUp", 0)]
    [InlineData(429, "120", "RetryLater", 120)]
    [InlineData(500, "", "RetryLater", 0)]
    [InlineData(503, "Mon, 02 Mar 2026 06:25:00 GMT", "RetryLater", 600)]
    public async Task Send_Status_IsClassifiedAndTellsNoSecret(int status, string retryAfter, string outcome, int seconds)
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        sink.Answer = async context =>
        {
            context.Response.StatusCode = status;
            if (retryAfter.Length > 0) context.Response.Headers.RetryAfter = retryAfter;
            context.Response.Headers.Location = $"/{Token}";

            // Some services repeat what they were sent.
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"bad token {Token}"));
        };
        DeliveryOutcome result = await SendAsync(Render(NotificationSample.Single)[0], new Uri($"{sink.Url}{Token}"));
        Assert.Equal(outcome, result.GetType().Name);
        if (result is DeliveryOutcome.RetryLater later) Assert.Equal(seconds, later.After?.TotalSeconds ?? 0);
        Assert.DoesNotContain(Token, result.ToString(), StringComparison.Ordinal);
        Assert.Single(sink.Hooks);
    }

    [Fact]
    public async Task Send_Again_IsTheSameMessageUnderTheSameKey()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        Delivery delivery = Render(NotificationSample.Single)[0];
        for (int attempt = 0; attempt < 2; attempt++) Assert.IsType<DeliveryOutcome.Delivered>(await SendAsync(delivery, sink.Url));
        SunkHook[] hooks = [.. sink.Hooks];
        Assert.Equal(hooks[0].Body, hooks[1].Body);
        Assert.All(hooks, h => Assert.True(
            h.Headers.GetValueOrDefault("webhook-id") == delivery.Id || Encoding.UTF8.GetString(h.Body).Contains(delivery.Id, StringComparison.Ordinal), "nothing in the message names the delivery"));
    }

    [Fact]
    public async Task Send_WhatFailsBeforeAnAnswer_IsTriedAgainAndTellsNoSecret()
    {
        Delivery delivery = Render(NotificationSample.Single)[0];
        await using WebhookSink sink = await WebhookSink.StartAsync();
        sink.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        DeliveryOutcome[] failures =
        [
            await SendAsync(delivery, new Uri($"{sink.Url}{Token}")),
            await SendAsync(delivery, new Uri($"http://127.0.0.1:1/{Token}")),
            await SendAsync(delivery, new Uri($"https://127.0.0.1:{sink.Url.Port}/{Token}")),
            await SendAsync(delivery, new Uri($"http://nowhere.invalid/{Token}"), resolve: (_, _) => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound)),
            await SendAsync(delivery, new Uri($"http://127.0.0.1:1/{Token}"), secrets: _ => null),
        ];
        Assert.All(failures, f => Assert.False(Assert.IsType<DeliveryOutcome.RetryLater>(f).RecipientOnly));
        Assert.All(failures, f => Assert.DoesNotContain(Token, f.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_ToAPrivateAddressThatIsNotAllowed_IsNotConnected()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        var refused = Assert.IsType<DeliveryOutcome.GaveUp>(await SendAsync(Render(NotificationSample.Single)[0], sink.Url, allow: "203.0.113.0/24"));
        Assert.Contains("webhook_allow", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(sink.Hooks);
    }

    [Fact]
    public void Render_Stored_HoldsNoSecretAndNamesNone()
    {
        foreach (Delivery delivery in Render(NotificationSample.Single))
        {
            Assert.DoesNotContain(Token, Encoding.UTF8.GetString(delivery.Body), StringComparison.Ordinal);
            Assert.DoesNotContain(Token, delivery.Recipient, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Token, Target().Endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SecretInTheFile_IsRefusedAndNotRepeated()
    {
        foreach (string reference in (string[])["env:URL", "env:TOKEN"])
        {
            if (!Settings.Contains(reference, StringComparison.Ordinal)) continue;
            string written = reference == "env:URL" ? $"https://hooks.example/{Token}" : Token;
            (RoutingModel? model, var diagnostics) = RoutingSample.Read(Yaml("127.0.0.0/8", Settings.Replace(reference, written, StringComparison.Ordinal)));
            if (Channel is "webhook" or "pagerduty" && reference == "env:URL") continue;
            Assert.Null(model);
            Assert.Contains(diagnostics, d => d.Code == "T017");
            Assert.DoesNotContain(diagnostics, d => d.Message.Contains(Token, StringComparison.Ordinal));
        }
    }

    private protected ReceiverTarget Target(string allow = "127.0.0.0/8") => Assert.Single(RoutingSample.Good(Yaml(allow, Settings)).Receivers["a"].Targets);

    private protected Delivery[] Render(Notification notification)
    {
        IReceiverChannel channel = ReceiverChannels.Discover().Find(Channel)!;
        ReceiverTarget target = Target();
        return
        [
            .. channel.Address(target, notification).Select((to, i) =>
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"delivery{i:D18}");
                return new Delivery(id, notification.Id, "g", "a", Channel, 0, to.Recipient, "", channel.Render(target, to.Notification, to.Recipient, id).Body, NotificationSample.At, DeliveryState.Pending, 0, null, null, "", "", []);
            }),
        ];
    }

    private Task<DeliveryOutcome> SendAsync(Delivery delivery, Uri url, string allow = "127.0.0.0/8", Func<string, string?>? secrets = null, Func<string, CancellationToken, Task<System.Net.IPAddress[]>>? resolve = null)
    {
        var services = new ChannelServices(new ManualTimeProvider(NotificationSample.At), new SecretReader(".", secrets ?? (name => name switch { "URL" => url.AbsoluteUri, "TOKEN" => Token, _ => null })), ".");
        return ReceiverChannels.Discover().Find(Channel)!.SendAsync(Target(allow), delivery, resolve is null ? services : services with { Resolve = resolve }, CancellationToken.None);
    }

    private string Yaml(string allow, string settings) => $$"""
        schema: routing/1
        global: {webhook_allow: ["{{allow}}"]}
        route: {receiver: a}
        receivers: [{name: a, {{Channel}}_configs: [{ {{settings}} }]}]
        """;

    private void AssertConforms(byte[] body)
    {
        if (Schema is { } schema) PayloadSchema.AssertConforms(schema, body);
        else JsonDocument.Parse(body).Dispose();
    }

    protected static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => [json.GetString()!],
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Strings(p.Value)),
        _ => [],
    };

    private static string Pretty(byte[] body)
    {
        using JsonDocument json = JsonDocument.Parse(body);
        return JsonSerializer.Serialize(json.RootElement, PrettyStyle) + "\n";
    }

    private static readonly JsonSerializerOptions PrettyStyle = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
