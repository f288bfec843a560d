using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Process;

/// <summary>A match that is decided upon, as users do it, and kill -9 while they do.</summary>
public sealed class DecisionTests
{
    private const string Address = "apigwext.worldbank.org/dvsvc/v1.0/json/APPLICATION/ADOBE_EXPRNCE_MGR/FIRM/SANCTIONED_FIRM";
    private const int Rounds = 4;
    private static readonly string[] Decide = ["decisions", "add", "--supplier", "S-1", "--list", "worldbank-debarred", "--entry", "wb-7", "--as", "false-positive", "--by", "Ada", "--reason", "another owner"];

    [Fact]
    public async Task Decision_FalsePositive_ResolvesTheAlertWithItsReasonUntilTheListChanges()
    {
        await using Workbench bench = await StartAsync();
        await bench.RunAsync();
        Assert.Equal(["S-1 B-DEB wb-7"], await bench.FiringAsync());

        bench.Settings["Risk:Clock"] = "2026-08-03T08:00:00Z";
        CommandResult decided = (await RiskProcess.RunAsync(bench, Decide)).Expect(0);
        Assert.Contains("cleared as a false positive by Ada", decided.Output, StringComparison.Ordinal);
        Assert.Empty(await bench.FiringAsync());
        Alert resolved = Assert.Single(await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: true, CancellationToken.None)), a => a.Kind == AlertKind.Risk);
        Assert.StartsWith("cleared as a false positive by Ada", resolved.Resolution, StringComparison.Ordinal);
        Assert.DoesNotContain((await bench.ReadAsync(s => s.Assessments.FindAsync(new SupplierId("S-1"), null, CancellationToken.None)))!.Findings, f => f.Rule == "B-DEB" && f.Points > 0);

        bench.Now = bench.Now.AddDays(1);
        await bench.RunAsync();
        Assert.Empty(await bench.FiringAsync());
        using (JsonDocument told = JsonDocument.Parse((await RiskProcess.RunAsync(bench, "screenings", "list", "--supplier", "S-1", "--json")).Expect(0).Output))
        {
            JsonElement list = told.RootElement.GetProperty("lists").EnumerateArray().Single(l => l.GetProperty("source").GetString() == "worldbank-debarred");
            Assert.Equal(("cleared", "another owner"), (list.GetProperty("result").GetString(), list.GetProperty("matches")[0].GetProperty("decision").GetProperty("reason").GetString()));
        }

        bench.Upstream.Serve(Address, List("IN"));
        bench.Now = bench.Now.AddDays(1);
        await bench.RunAsync();
        Assert.Equal(["S-1 B-DEB wb-7"], await bench.FiringAsync());
        Alert again = Assert.Single(await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: false, CancellationToken.None)), a => a.Kind == AlertKind.Risk);
        Assert.Contains("the list added the country \"IN\"", again.Message, StringComparison.Ordinal);
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    [Theory]
    [InlineData("--entry", "wb-8", "it has: worldbank-debarred wb-7")]
    [InlineData("--list", "worldbank-debared", "did you mean 'worldbank-debarred'?")]
    [InlineData("--as", "false", "--as is false-positive or confirmed")]
    [InlineData("--reason", " ", "the reason is missing")]
    public async Task Decision_WrongCall_SaysWhatWouldBeRight(string option, string value, string told)
    {
        await using Workbench bench = await StartAsync();
        await bench.RunAsync();
        string[] call = [.. Decide];
        call[Array.IndexOf(call, option) + 1] = value;
        Assert.Contains(told, (await RiskProcess.RunAsync(bench, call)).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_WhileADecisionIsStored_KeepsDecisionAndEffectOrNeither()
    {
        await using Workbench bench = await StartAsync();
        await bench.RunAsync();
        TimeSpan whole = TimeSpan.FromSeconds(2);
        for (int round = 0; round < Rounds; round++)
        {
            await using (RiskProcess risk = RiskProcess.Start(bench, Decide))
            {
                risk.EndsWithin(whole * (round + 1) / Rounds);
                await risk.KillAsync();
            }

            IReadOnlyList<MatchDecision> decisions = await bench.ReadAsync(s => s.Screening.DecisionsAsync(false, CancellationToken.None));
            StoredMatch match = Assert.Single(await bench.ReadAsync(s => s.Screening.MatchesAsync(new SupplierId("S-1"), null, CancellationToken.None)));
            Signal[] signals = [.. (await bench.ReadAsync(s => s.Signals.LoadAsync([new SupplierId("S-1")], null, CancellationToken.None)))[new SupplierId("S-1")]];
            Assert.Equal(decisions.Count == 1, match.Result == StoredMatchResult.Cleared);
            Assert.Equal(decisions.Count == 1, signals.Length == 0);
            (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
            if (decisions.Count == 1) (await RiskProcess.RunAsync(bench, "decisions", "remove", decisions[0].Id, "--by", "Ada", "--reason", "for the next round")).Expect(0);
        }

        await bench.RunAsync();
        Assert.Equal(["S-1 B-DEB wb-7"], await bench.FiringAsync());
    }

    private static async Task<Workbench> StartAsync()
    {
        Workbench bench = await Workbench.StartAsync();
        bench.Write("suppliers.csv", "id,name,country,tier,owner\nS-1,Apex Ltd,,2,owner1@buyer.example\nS-2,Vendor Ltd,DE,2,owner2@buyer.example\n");
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("B-KEV", "B-DEB", StringComparison.Ordinal).Replace("events.known_exploited", "events.debarment", StringComparison.Ordinal)
            .Replace("when: e.severity >= 2", "when: e.severity <= 4", StringComparison.Ordinal));
        bench.Write("bank.key", "secret");
        bench.Settings["Risk:Sources:Enabled"] = "worldbank-debarred";
        bench.Settings["Risk:Sources:worldbank-debarred:ApiKey"] = "file:" + Path.Combine(bench.Folder, "bank.key");
        bench.Settings["Risk:Sources:worldbank-debarred:MinimumRows"] = "1";
        bench.Upstream.Serve(Address, List("PH"));
        return bench;
    }

    private static string List(string country)
    {
        IEnumerable<string> records = Enumerable.Range(100, 40).Select(i => Record(i, $"Stranger Number {i} of Nowhere", "PH")).Prepend(Record(7, "APEX", country));
        return "{\"response\": {\"ZPROCSUPP\": [" + string.Join(", ", records) + "]}}";
    }

    private static string Record(int id, string name, string country) =>
        $$"""{"SUPP_ID": {{id}}, "SUPP_NAME": "{{name}}", "ADD_SUPP_INFO": "", "SUPP_TYPE_CODE": "F", "LAND1": "{{country}}", "DEBAR_FROM_DATE": "2026-01-10", "DEBAR_TO_DATE": "2999-12-31", "DEBAR_REASON": "fraud", "SUPP_ELIG_STAT": ""}""";
}
