using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2606:2800:220:1::1", true)]
    public void MayConnect_Address_OnlyPublic(string address, bool expected) => Assert.Equal(expected, PublicAddress.MayConnect(IPAddress.Parse(address), []));

    [Fact]
    public void MayConnect_MappedAddressOfAllowedNetwork_IsAllowed() => Assert.True(PublicAddress.MayConnect(IPAddress.Parse("::ffff:127.0.0.1"), Loopback));

    [Fact]
    public void Render_Notification_HasEveryRequiredFieldOfTheSchema()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Risk.sln"))) folder = Path.GetDirectoryName(folder);
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder!, "schemas", "webhook-1.schema.json")));
        using JsonDocument body = JsonDocument.Parse(Body());
        Conforms(schema.RootElement, schema.RootElement, body.RootElement, "$");
    }

    /// <summary>The few keywords the schema uses: type, required, properties, additionalProperties, items, enum, const, $ref.</summary>
    private static void Conforms(JsonElement root, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference)) schema = root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]);
        if (schema.TryGetProperty("type", out JsonElement type))
        {
            string actual = value.ValueKind switch { JsonValueKind.True or JsonValueKind.False => "boolean", JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number", _ => value.ValueKind.ToString().ToLowerInvariant() };
            string[] allowed = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
            Assert.True(allowed.Contains(actual) || (actual == "integer" && allowed.Contains("number")), $"{path} is {actual}");
        }

        if (schema.TryGetProperty("const", out JsonElement constant)) Assert.Equal(constant.GetString(), value.GetString());
        if (schema.TryGetProperty("enum", out JsonElement values)) Assert.Contains(value.GetString(), values.EnumerateArray().Select(v => v.GetString()));
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
            foreach (JsonElement item in value.EnumerateArray()) Conforms(root, items, item, path + "[]");
        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out JsonElement properties)) return;
        foreach (JsonElement name in schema.GetProperty("required").EnumerateArray()) Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{path} lacks {name}");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            Assert.True(properties.TryGetProperty(property.Name, out JsonElement known), $"{path}.{property.Name} is not in the schema");
            Conforms(root, known, property.Value, path + "." + property.Name);
        }
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
        return Channel.SendAsync(new WebhookTarget(0, true, url, "", secrets, allow), delivery, services, CancellationToken.None);
    }
}
