using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Rules.Identity;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Process;

/// <summary>
/// kill -9 of the real executable at its worst moments, then a restart: every alert arrives, nobody gets one under two keys, the ledger holds. <c>RISK_KILL_ROUNDS</c>
/// sets how often each is done (2).
/// </summary>
public sealed class KillTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("RISK_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 2;

    [Fact]
    public async Task Kill_WhileADownloadIsUnderWay_KeepsNothingOfIt()
    {
        for (int round = 0; round < Rounds; round++)
        {
            await using Workbench bench = await Workbench.StartAsync();
            bench.Upstream.Fail(Workbench.Catalogue, Faults.Stall(1000 + (round * 500)));
            await using (RiskProcess risk = RiskProcess.Start(bench, "run", "--once"))
            {
                await bench.Upstream.RequestArrivedAsync();
                await risk.KillAsync();
            }

            Assert.Null(await LastGoodAsync(bench));
            Assert.Empty(await bench.FiringAsync());
            bench.Upstream.Mend(Workbench.Catalogue);
            (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
            Snapshot good = (await LastGoodAsync(bench))!;
            Assert.DoesNotContain(".tmp", good.File, StringComparison.Ordinal);
            Assert.Equal(good.Sha256, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(good.File))));
            AssertMailedOnce(bench, ["owner1@buyer.example", "owner2@buyer.example"]);
            (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
        }
    }

    [Fact]
    public async Task Kill_AtAnyMomentOfARunOverTwoThousandSuppliers_LosesNothing()
    {
        const int Suppliers = 2_000;
        int[] listed = [.. Enumerable.Range(1, 30).Select(i => i * 60)];
        TimeSpan whole = TimeSpan.FromSeconds(4);
        for (int round = 0; round < Rounds; round++)
        {
            await using Workbench bench = await Workbench.StartAsync();
            bench.Write("suppliers.csv", Workbench.Suppliers(Suppliers));
            bench.Write("routing.yaml", bench.Routing().Replace("receiver: owners", "receiver: platform", StringComparison.Ordinal));
            bench.ServeVulnerabilities(listed);

            // Two kills in a row: the second may hit what the first left half done.
            for (int kill = 0; kill < 2; kill++)
            {
                await using RiskProcess risk = RiskProcess.Start(bench, "run", "--once");
                long startedAt = TimeProvider.System.GetTimestamp();
                bool ended = risk.EndsWithin(whole * Random.Shared.NextDouble());
                if (ended) whole = TimeProvider.System.GetElapsedTime(startedAt);
                await risk.KillAsync();
            }

            (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
            ILookup<string, string> keys = bench.Hooks.Hooks.Select(h => (Supplier: SupplierOf(h), Key: h.Headers["webhook-id"])).Distinct().ToLookup(h => h.Supplier, h => h.Key);
            Assert.Equal(listed.Select(i => $"S-{i}").Order(StringComparer.Ordinal), keys.Select(k => k.Key).Order(StringComparer.Ordinal));
            Assert.All(keys, k => Assert.Single(k));
            Assert.Equal(listed.Length, (await bench.FiringAsync()).Length);
            Assert.Equal(Suppliers, await bench.ReadAsync(async s => (await s.Assessments.LatestAsync(CancellationToken.None)).Count));
            (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
        }
    }

    // X02: A digest was cleared before its sending was confirmed (CodesWhat/drydock#249).
    [Fact]
    [Trait("Defect", "X02")]
    public async Task Kill_BetweenTheMailServersAcceptanceAndOurCommit_SendsAgainUnderTheSameId()
    {
        for (int round = 0; round < Rounds; round++)
        {
            await using Workbench bench = await Workbench.StartAsync();
            await using (RiskProcess risk = RiskProcess.Start(bench, "run", "--once"))
            {
                var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                bench.Smtp.BeforeAnswer = async _ =>
                {
                    await risk.KillAsync();
                    killed.TrySetResult();
                };
                await killed.Task;
                bench.Smtp.BeforeAnswer = static _ => Task.CompletedTask;
            }

            string[] reached = [.. bench.Smtp.Mails.Select(m => m.To)];
            (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
            AssertMailedOnce(bench, ["owner1@buyer.example", "owner2@buyer.example"]);

            // Really sent again: without the commit nobody here knows that it arrived.
            Assert.All(reached, to => Assert.Equal(2, bench.Smtp.Mails.Count(m => m.To == to)));
            (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
        }
    }

    [Fact]
    public async Task Kill_DuringAReviewImport_TakesAllDecisionsOverOrNone()
    {
        const int Suppliers = 3_000;
        TimeSpan whole = TimeSpan.FromSeconds(3);
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Sources:Enabled"] = "gleif";
        bench.Write("suppliers.csv", Workbench.Suppliers(Suppliers));
        (await RiskProcess.RunAsync(bench, "suppliers", "import")).Expect(0);
        var review = new StringBuilder("supplier,scheme,value,decision,by\n");
        await using (RiskApplication application = await bench.OpenAsync())
        {
            await using IStoreSession session = await application.Store.WriteAsync(CancellationToken.None);
            for (int i = 1; i <= Suppliers; i++)
            {
                var entity = new RegisteredEntity
                {
                    Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("lei", "INR2EJN1ERAN0W5ZP974"), Names = [new RegisteredName($"Vendor{i} Ltd", RegisteredNameKind.Legal)],
                };
                await session.Identities.SaveAnswerAsync(new RegisterAnswer(new SourceId("gleif"), new SupplierId($"S-{i}"), "", bench.Now, [entity]), CancellationToken.None);
                review.Append(CultureInfo.InvariantCulture, $"S-{i},lei,INR2EJN1ERAN0W5ZP974,accept,anna\n");
            }

            await session.CommitAsync(CancellationToken.None);
        }

        bench.Write("review.csv", review.ToString());
        for (int round = 0; round < Rounds * 2; round++)
        {
            await using (RiskProcess risk = RiskProcess.Start(bench, "suppliers", "resolve", "--import", "review.csv"))
            {
                long startedAt = TimeProvider.System.GetTimestamp();
                if (risk.EndsWithin(whole * Random.Shared.NextDouble())) whole = TimeProvider.System.GetElapsedTime(startedAt);
                await risk.KillAsync();
            }

            int decided = await bench.ReadAsync(async s => (await s.Identities.DecisionsAsync(CancellationToken.None)).Count);
            int told = await bench.ReadAsync(async s => (await s.Ledger.ReadAsync(0, 100_000, CancellationToken.None)).Count(e => e.Kind == "identity"));
            int carried = await bench.ReadAsync(async s => (await s.Suppliers.ListAsync(null, CancellationToken.None)).Count(x => x.Supplier.Identifier("lei").Length > 0));
            Assert.Contains(decided, new[] { 0, Suppliers });
            Assert.Equal((decided, decided), (told, carried));
        }

        (await RiskProcess.RunAsync(bench, "suppliers", "resolve", "--import", "review.csv")).Expect(0);
        Assert.Equal(Suppliers, await bench.ReadAsync(async s => (await s.Suppliers.ListAsync(null, CancellationToken.None)).Count(x => x.Supplier.Identifier("lei").Length > 0)));
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    [Fact]
    public async Task Kill_OfTheServiceWhileItDelivers_GoesOnAfterTheRestart()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Health"] = "http://127.0.0.1:0";
        bench.Write("routing.yaml", bench.Routing().Replace("group_wait: 1m", "group_wait: 0s", StringComparison.Ordinal));
        await using (RiskProcess risk = RiskProcess.Start(bench, "run"))
        {
            var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            bench.Smtp.BeforeAnswer = async _ =>
            {
                await risk.KillAsync();
                killed.TrySetResult();
            };
            await killed.Task;
        }

        string first = Assert.Single(bench.Smtp.Mails).To;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Smtp.BeforeAnswer = _ =>
        {
            if (bench.Smtp.Mails.Count(m => m.To == first) > 1 && bench.Smtp.Mails.DistinctBy(m => m.To).Count() > 1) both.TrySetResult();
            return Task.CompletedTask;
        };
        await using (RiskProcess risk = RiskProcess.Start(bench, "run"))
        {
            await both.Task;
            risk.Stop();
            (await risk.EndAsync()).Expect(0);
        }

        AssertMailedOnce(bench, ["owner1@buyer.example", "owner2@buyer.example"]);
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    [Fact]
    public async Task Stop_WhileASourceHangs_EndsInGoodOrderWithinHalfAMinute()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Health"] = "http://127.0.0.1:0";
        bench.Upstream.Fail(Workbench.Catalogue, Faults.Hang);
        await using RiskProcess risk = RiskProcess.Start(bench, "run");
        await bench.Upstream.RequestArrivedAsync();
        risk.Stop();
        Assert.True(risk.EndsWithin(TimeSpan.FromSeconds(30)), "still there after 30 s");
        (await risk.EndAsync()).Expect(0);
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    /// <summary>Everyone at least once, and every copy under one Message-ID.</summary>
    private static void AssertMailedOnce(Workbench bench, string[] recipients)
    {
        ILookup<string, string> ids = bench.Smtp.Mails.Select(m => (m.To, Id: Regex.Match(m.Data, "^Message-ID: *(\\S+)", RegexOptions.Multiline | RegexOptions.IgnoreCase).Groups[1].Value)).Distinct().ToLookup(m => m.To, m => m.Id);
        Assert.Equal(recipients, ids.Select(i => i.Key).Order(StringComparer.Ordinal));
        Assert.All(ids, i => Assert.NotEqual("", Assert.Single(i)));
    }

    private static string SupplierOf(SunkHook hook)
    {
        using JsonDocument body = JsonDocument.Parse(Encoding.UTF8.GetString(hook.Body));
        return body.RootElement.GetProperty("alerts")[0].GetProperty("supplier").GetString()!;
    }

    private static Task<Snapshot?> LastGoodAsync(Workbench bench) =>
        bench.ReadAsync(s => s.Sources.LastGoodAsync(new SourceId("cisa-kev"), "known_exploited_vulnerabilities.json", CancellationToken.None));
}
