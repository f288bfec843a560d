using System.Text;
using Microsoft.AspNetCore.Http;
using System.Text.Json;
using Risk.Testing;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Cli;

/// <summary>The commands that answer "does it work, and who is told", as users run them.</summary>
public sealed class DeliveryCommandsTests
{
    private const string Token = "s3cretS3cretS3cretS3cretS3cret12";

    [Fact]
    public async Task Route_Test_TellsReceiversWithReasonsAndVerifiesThem()
    {
        await using Workbench bench = await Workbench.StartAsync();
        (await RiskProcess.RunAsync(bench, "suppliers", "import")).Expect(0);
        JsonElement told = (await RiskProcess.RunAsync(bench, "route", "test", "--supplier", "S-1", "--rule", "B-KEV", "--json")).Expect(0).Json();
        Assert.Equal("high", told.GetProperty("labels").GetProperty("severity").GetString());
        JsonElement receiver = Assert.Single(told.GetProperty("receivers").EnumerateArray());
        Assert.Equal(("owners", "{}:{supplier=\"S-1\"}"), (receiver.GetProperty("receiver").GetString(), receiver.GetProperty("group").GetString()));
        Assert.Equal("owner1@buyer.example", Assert.Single(receiver.GetProperty("recipients").EnumerateArray()).GetProperty("recipient").GetString());
        Assert.Contains("no: kind is risk", told.GetProperty("path").EnumerateArray().Select(s => s.GetProperty("why").GetString()));
        CommandResult wrong = (await RiskProcess.RunAsync(bench, "route", "test", "kind=system", "--verify-receivers", "owners")).Expect(1);
        Assert.Contains("it reaches platform, and not owners", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'severity'", (await RiskProcess.RunAsync(bench, "route", "test", "severty=high")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("{kind=\"system\"}", (await RiskProcess.RunAsync(bench, "route", "show")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestFire_EveryReceiver_PrintsProofOrReasonAndIsNotTriedAgain()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Hooks.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        CommandResult fired = (await RiskProcess.RunAsync(bench, "alerts", "test-fire", "--all", "--json")).Expect(3);
        JsonElement[] sent = [.. fired.Json().EnumerateArray()];
        Assert.Equal(["owners delivered", "platform dead"], sent.Select(s => $"{s.GetProperty("receiver").GetString()} {s.GetProperty("state").GetString()}"));
        Assert.Contains("TEST", Assert.Single(bench.Smtp.Mails).Data, StringComparison.Ordinal);
        JsonElement shown = (await RiskProcess.RunAsync(bench, "deliveries", "show", sent[1].GetProperty("id").GetString()!, "--json")).Expect(0).Json();
        Assert.Equal("answered 503", Assert.Single(shown.GetProperty("attemptRecords").EnumerateArray()).GetProperty("detail").GetString());
        Assert.Single(bench.Hooks.Hooks);
        Assert.Empty(await bench.FiringAsync());
        bench.Hooks.Answer = static _ => Task.CompletedTask;
        (await RiskProcess.RunAsync(bench, "alerts", "test-fire", "--receiver", "platform")).Expect(0);
        (await RiskProcess.RunAsync(bench, "alerts", "test-fire", "--receiver", "platfrom")).Expect(2);
        string wrong = (await RiskProcess.RunAsync(bench, "deliveries", "list", "--state", "lost")).Expect(2).Error;
        Assert.Contains("'lost' is none of pending, delivered, dead", wrong, StringComparison.Ordinal);
        Assert.Contains("'risk deliveries list --help' tells", wrong, StringComparison.Ordinal);
        (await RiskProcess.RunAsync(bench, "deliveries", "list", "--state", "dead")).Expect(0);
    }

    /// <summary>Everything fails in every way, with a secret in every place that takes one; afterwards none of them is in any file, output or error.</summary>
    [Fact]
    public async Task Secrets_AfterFailuresOfEveryReceiver_AreNowhere()
    {
        await using Workbench bench = await Workbench.StartAsync();
        string signing = "whsec_" + Convert.ToBase64String(Encoding.UTF8.GetBytes(Token));
        bench.Write("secrets/token", Token);
        bench.Write("secrets/signing", signing);
        bench.Write("secrets/url", $"{bench.Hooks.Url}{Token}");
        bench.Write("secrets/closed", $"http://127.0.0.1:1/{Token}");
        bench.Write("secrets/private", $"http://10.0.0.1/{Token}");
        bench.Write("routing.yaml", $$"""
            schema: routing/1
            global: {smtp_smarthost: "127.0.0.1:{{bench.Smtp.Port}}", smtp_from: risk@buyer.example, smtp_require_tls: false, smtp_auth_username: risk, smtp_auth_password_file: secrets/token, webhook_allow: [127.0.0.0/8]}
            route: {receiver: all, group_by: [supplier], group_wait: 0s}
            assurance: {receiver: all, heartbeat: {url_file: secrets/url, every: 30s} }
            receivers:
              - name: all
                email_configs: [{to: a@buyer.example}]
                webhook_configs:
                  - {url_file: secrets/url, secret_file: secrets/signing, http_config: {authorization: {credentials_file: secrets/token} } }
                  - {url_file: secrets/private, http_config: {basic_auth: {username: u, password_file: secrets/token} } }
                  - {url: "{{bench.Hooks.Url}}plain?token={{Token}}", body: {text: "{summary}"} }
                slack_configs: [{api_url_file: secrets/url}, {api_url_file: secrets/closed}]
                msteamsv2_configs: [{webhook_url_file: secrets/url}]
                pagerduty_configs: [{routing_key_file: secrets/token, url: "{{bench.Hooks.Url}}pd"}]
            """ + "\n");
        int answers = 0;
        bench.Hooks.Answer = async context =>
        {
            context.Response.StatusCode = (Interlocked.Increment(ref answers) % 3) switch { 0 => 500, 1 => 401, _ => 302 };
            context.Response.Headers.Location = $"http://elsewhere.example/{Token}";
            await context.Response.WriteAsync($"you sent {Token} and {signing}");
        };
        bench.Smtp.Faults["MAIL"] = $"550 5.7.8 bad password {Token}";
        var said = new StringBuilder();
        foreach (string[] arguments in (string[][])
            [["run", "--once"], ["alerts", "test-fire"], ["run", "--once", "--json"], ["check"], ["deliveries", "list", "--json"], ["deliveries", "redeliver", "--all", "--json"], ["alerts", "list", "--json"], ["route", "test", "severity=high", "--json"]])
        {
            CommandResult result = await RiskProcess.RunAsync(bench, arguments);
            said.Append(result.Output).Append(result.Error);
        }

        Assert.True(answers > 5, "the receivers were not called");
        string[] secrets = [Token, signing, Convert.ToBase64String(Encoding.UTF8.GetBytes($"u:{Token}")), Convert.ToBase64String(Encoding.UTF8.GetBytes(Token))];
        Assert.All(secrets, s => Assert.DoesNotContain(s, said.ToString(), StringComparison.Ordinal));
        foreach (string file in Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories).Where(f => !f.Contains("/secrets/", StringComparison.Ordinal) && !f.EndsWith("routing.yaml", StringComparison.Ordinal)))
        {
            byte[] content = await File.ReadAllBytesAsync(file);
            Assert.All(secrets, s => Assert.True(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(s)) < 0, $"{file} holds a secret"));
        }
    }
}
