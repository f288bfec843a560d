using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Testing;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Process;

/// <summary>
/// kill -9 while the other side misbehaves: when it behaves again, everything arrives, for each reader under one key, and the ledger holds. <c>RISK_KILL_ROUNDS</c> sets how
/// often each is done (1).
/// </summary>
public sealed class DeliveryKillTests
{
    private const int Suppliers = 4;

    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("RISK_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 1;

    [Theory]
    [InlineData("smtp", "CONNECT", "drop")]
    [InlineData("smtp", "MAIL", "451 not now")]
    [InlineData("smtp", "DATA", "drop")]
    [InlineData("smtp", "END", "keep and drop")]
    [InlineData("smtp", "owner2@buyer.example", "450 mailbox busy")]
    [InlineData("http", "500", "")]
    [InlineData("http", "429", "600")]
    [InlineData("http", "302", "")]
    [InlineData("http", "drop", "")]
    public async Task Kill_WhileTheOtherSideMisbehaves_LosesNothingAndDoublesNothing(string side, string at, string fault)
    {
        TimeSpan whole = TimeSpan.FromSeconds(3);
        for (int round = 0; round < Rounds; round++)
        {
            await using Workbench bench = await Workbench.StartAsync();
            bench.ServeVulnerabilities([.. Enumerable.Range(1, Suppliers)]);
            bench.Write("routing.yaml", bench.Routing().Replace("send_resolved: true}]}\n  - {name: platform", $"send_resolved: true}}], webhook_configs: [{{url: \"{bench.Hooks.Url}hook\"}}]}}\n  - {{name: platform", StringComparison.Ordinal));
            if (side == "smtp") bench.Smtp.Faults[at] = fault;
            else bench.Hooks.Answer = context => Misbehave(context, at, fault);
            DateTimeOffset now = bench.Now;
            for (int kill = 0; kill < 2; kill++)
            {
                bench.Settings["Risk:Clock"] = now.ToString("O", CultureInfo.InvariantCulture);
                await using RiskProcess risk = RiskProcess.Start(bench, "run", "--once");
                long startedAt = TimeProvider.System.GetTimestamp();
                bool ended = risk.EndsWithin(whole * (0.4 + (0.6 * Random.Shared.NextDouble())));
                if (ended) whole = TimeProvider.System.GetElapsedTime(startedAt);
                else whole *= 1.1;
                await risk.KillAsync();
                now = now.AddHours(7);
            }

            bench.Smtp.Faults.Clear();
            bench.Hooks.Answer = static _ => Task.CompletedTask;
            bench.Settings["Risk:Clock"] = now.ToString("O", CultureInfo.InvariantCulture);
            (await RiskProcess.RunAsync(bench, "deliveries", "redeliver", "--all")).Expect(0);
            CommandResult result = await RiskProcess.RunAsync(bench, "run", "--once");
            Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Error}");
            await AssertEverythingOnceAsync(bench);
        }
    }

    private static Task Misbehave(Microsoft.AspNetCore.Http.HttpContext context, string status, string retryAfter)
    {
        if (status == "drop") context.Abort();
        else context.Response.StatusCode = int.Parse(status, CultureInfo.InvariantCulture);
        if (retryAfter.Length > 0) context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    }

    private static async Task AssertEverythingOnceAsync(Workbench bench)
    {
        Delivery[] all = [.. await bench.ReadAsync(s => s.Deliveries.ListAsync(null, int.MaxValue, CancellationToken.None))];
        Delivery[] ofAlerts = [.. all.Where(d => d.Receiver == "owners")];
        Assert.Equal(Suppliers * 2, ofAlerts.Length);
        Assert.All(all, d => Assert.Equal(DeliveryState.Delivered, d.State));

        // Every reader: one key, and it is the stored delivery's.
        ILookup<string, string> mails = bench.Smtp.Mails.Select(m => (m.To, Id: Regex.Match(m.Data, "^X-Risk-Delivery: *(\\S+)", RegexOptions.Multiline).Groups[1].Value)).Distinct().ToLookup(m => m.To, m => m.Id);
        Assert.Equal(ofAlerts.Where(d => d.Channel == "email").Select(d => $"{d.Recipient} {d.Id}").Order(StringComparer.Ordinal), mails.Select(m => $"{m.Key} {Assert.Single(m)}").Order(StringComparer.Ordinal));
        ILookup<string, string> hooks = bench.Hooks.Hooks.Where(h => h.Path == "/hook").Select(h => (SupplierOf(h), h.Headers["webhook-id"])).Distinct().ToLookup(h => h.Item1, h => h.Item2);
        Assert.Equal(Suppliers, hooks.Count);
        Assert.All(hooks, h => Assert.Contains(Assert.Single(h), ofAlerts.Select(d => d.Id)));
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    private static string SupplierOf(SunkHook hook)
    {
        using JsonDocument body = JsonDocument.Parse(Encoding.UTF8.GetString(hook.Body));
        return body.RootElement.GetProperty("alerts")[0].GetProperty("supplier").GetString()!;
    }
}
