using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Risk.Testing;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Webhook;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class WebhookTests
{
    private static readonly WebhookChannel Channel = new();
    private static readonly ImmutableArray<IPNetwork> Loopback = [IPNetwork.Parse("127.0.0.0/8")];

    // The example of the Standard Webhooks specification's reference libraries.
    [Fact]
    public void Sign_SpecificationExample_GivesItsSignature()
    {
        Assert.True(WebhookSignature.TryKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", out byte[] key));
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignature.Sign([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));
    }

    [Fact]
    public async Task Send_TwoSecrets_SignsTheStoredBytesWithBoth()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        Assert.IsType<DeliveryOutcome.Delivered>(await Send(sink.Url, Loopback, ["env:NEW", "env:OLD"]));
        SunkHook hook = Assert.Single(sink.Hooks);
        Assert.Equal(Body(), hook.Body);
        Assert.Equal("d1", hook.Headers["webhook-id"]);
        string[] signatures = hook.Headers["webhook-signature"].Split(' ');
        foreach ((string secret, string signature) in Secrets().Values.Zip(signatures))
        {
            byte[] content = [.. Encoding.UTF8.GetBytes($"d1.{hook.Headers["webhook-timestamp"]}."), .. hook.Body];
            Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), content)), signature);
        }

        Assert.Equal(2, signatures.Length);
    }

    [Theory]
    [InlineData(200, "", "Delivered", 0)]
    [InlineData(204, "", "Delivered", 0)]
    [InlineData(302, "", "GaveUp", 0)]
    [InlineData(400, "", "GaveUp", 0)]
    [InlineData(401, "", "GaveUp", 0)]
    [InlineData(404, "", "GaveUp", 0)]
    [InlineData(410, "", "GaveUp", 0)]
    [InlineData(408, "", "RetryLater", 0)]
    [InlineData(429, "120", "RetryLater", 120)]
    [InlineData(500, "", "RetryLater", 0)]
    [InlineData(503, "Mon, 02 Mar 2026 06:25:00 GMT", "RetryLater", 600)]
    public async Task Send_Status_IsClassified(int status, string retryAfter, string outcome, int seconds)
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        sink.Answer = context =>
        {
            context.Response.StatusCode = status;
            if (retryAfter.Length > 0) context.Response.Headers.RetryAfter = retryAfter;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        DeliveryOutcome result = await Send(sink.Url, Loopback, []);
        Assert.Equal(outcome, result.GetType().Name);
        if (result is DeliveryOutcome.RetryLater later) Assert.Equal(seconds, later.After?.TotalSeconds ?? 0);
        Assert.Single(sink.Hooks);
    }

    [Fact]
    public async Task Send_EndlessAnswer_IsCutOff()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        sink.Answer = async context =>
        {
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < 10_000 && !context.RequestAborted.IsCancellationRequested; i++) await context.Response.Body.WriteAsync(block);
        };
        Assert.IsType<DeliveryOutcome.Delivered>(await Send(sink.Url, Loopback, []));
    }

    [Fact]
    [Trait("Defect", "X23")] // X23: Webhooks were sent to internal addresses (twenty, PR 17403).
    public async Task Send_PrivateTargetNotAllowed_IsNotConnected()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        var refused = Assert.IsType<DeliveryOutcome.GaveUp>(await Send(new Uri($"http://localhost:{sink.Url.Port}/hook?token=s3cret"), [], []));
        Assert.Contains("webhook_allow", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(sink.Hooks);
    }

    private static Dictionary<string, string> Secrets() => new()
    {
        ["NEW"] = "whsec_" + Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()),
        ["OLD"] = "whsec_" + Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray()),
    };

    private static byte[] Body() => WebhookBody.Render(NotificationSample.Several, "d1");

    private static Task<DeliveryOutcome> Send(Uri url, ImmutableArray<IPNetwork> allow, ImmutableArray<string> secrets)
    {
        var delivery = new Delivery("d1", "n", "g", "ops", "webhook", 0, "x", "", Body(), NotificationSample.At, DeliveryState.Pending, 0, null, null, "", "", []);
        var services = new ChannelServices(new ManualTimeProvider(NotificationSample.At), new SecretReader(".", name => Secrets().GetValueOrDefault(name)), ".");
        return Channel.SendAsync(new WebhookTarget(0, true, new HttpTarget(url, "", allow), secrets), delivery, services, CancellationToken.None);
    }
}
