using System.Globalization;
using System.Text.Json;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Cli;

/// <summary>The executable as scripts see it: exit codes, standard output, standard error.</summary>
public sealed class CommandLineTests
{
    private static readonly string[] Listings =
    [
        "suppliers list", "suppliers show S-1", "suppliers import --dry-run", "sources list", "sources show cisa-kev", "alerts list", "alerts list --all", "deliveries list",
        "deliveries list --state delivered", "ledger verify", "check", "rules list", "rules list --category security", "rules show B-KEV", "explain S-1", "explain S-1 --rule B-KEV", "eval 1+1",
    ];

    [Fact]
    public async Task Check_SilenceWithATrap_IsRefused()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("silences.yaml", "schema: silences/1\nsilences:\n  - {id: S, matchers: [supplier=\"S-1\", team!=\"ops\"], starts: 2026-01-01, ends: 2026-02-01, author: a, reason: r}\n");
        CommandResult check = (await RiskProcess.RunAsync(bench, "check")).Expect(2);
        Assert.Contains("silences.yaml:3:23: error T045", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SilencedAlert_IsRaisedAndShownButNotTold()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Clock"] = bench.Now.ToString("O", CultureInfo.InvariantCulture);
        string starts = bench.Now.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ends = bench.Now.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        bench.Write("silences.yaml", $"schema: silences/1\nsilences:\n  - {{id: SIL-7, matchers: ['severity=~\".+\"'], starts: {starts}, ends: {ends}, author: j.novak, reason: Known to all, ticket: OPS-1}}\n");
        CommandResult run = (await RiskProcess.RunAsync(bench, "run", "--once", "--json")).Expect(0);
        Assert.Equal(0, run.Json().GetProperty("delivered").GetInt32());
        JsonElement[] alerts = [.. (await RiskProcess.RunAsync(bench, "alerts", "list", "--json")).Expect(0).Json().EnumerateArray()];
        Assert.NotEmpty(alerts);
        Assert.All(alerts, a => Assert.Equal("Known to all", Assert.Single(a.GetProperty("silencedBy").EnumerateArray()).GetProperty("reason").GetString()));
        CommandResult show = (await RiskProcess.RunAsync(bench, "alerts", "show", alerts[0].GetProperty("episode").GetString()!)).Expect(0);
        Assert.Contains("by j.novak: Known to all (OPS-1) [SIL-7]", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silences_AddedAndExpired_HideAlertsAndAreOnRecord()
    {
        await using Workbench bench = await Workbench.StartAsync();
        DateTimeOffset now = bench.Now;
        bench.Settings["Risk:Clock"] = now.ToString("O", CultureInfo.InvariantCulture);
        (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
        Assert.Contains("did you mean 'severity'", (await RiskProcess.RunAsync(bench, "silences", "add", "sevrity=high", "--by", "ada", "--reason", "move", "--until", "14d")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("approved_by", (await RiskProcess.RunAsync(bench, "silences", "add", "severity=high", "--by", "ada", "--reason", "move", "--until", "140d")).Expect(2).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Folder, "silences.yaml")));
        Assert.Contains("It silences 2 alerts now.", (await RiskProcess.RunAsync(bench, "silences", "add", "severity=high", "--by", "ada", "--reason", "move: \"agreed\"", "--until", "14d")).Expect(0).Output, StringComparison.Ordinal);
        JsonElement listed = Assert.Single((await RiskProcess.RunAsync(bench, "silences", "list", "--json")).Expect(0).Json().EnumerateArray());
        Assert.Equal(("active", 2, "move: \"agreed\""), (listed.GetProperty("state").GetString(), listed.GetProperty("alerts").GetInt32(), listed.GetProperty("reason").GetString()));
        Assert.All((await RiskProcess.RunAsync(bench, "alerts", "list", "--json")).Expect(0).Json().EnumerateArray(), a => Assert.Single(a.GetProperty("silencedBy").EnumerateArray()));

        string id = listed.GetProperty("id").GetString()!;
        bench.Settings["Risk:Clock"] = now.AddHours(2).ToString("O", CultureInfo.InvariantCulture);
        Assert.Contains("2 alerts that it hid will be told", (await RiskProcess.RunAsync(bench, "silences", "expire", id, "--by", "bo")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("is over since", (await RiskProcess.RunAsync(bench, "silences", "expire", id, "--by", "bo")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RiskProcess.RunAsync(bench, "silences", "list", "--json")).Expect(0).Json().GetArrayLength());
        Assert.Equal(["added ada", "expired bo"], (await bench.ReadAsync(s => s.Ledger.ReadAsync(0, 10_000, CancellationToken.None))).Where(e => e.Kind == "silence").Select(e => $"{JsonDocument.Parse(e.Content).RootElement.GetProperty("act")} {JsonDocument.Parse(e.Content).RootElement.GetProperty("by")}"));
    }

    [Fact]
    public async Task Listings_WithJson_ParseAndLeaveStandardErrorEmpty()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Clock"] = bench.Now.ToString("O", CultureInfo.InvariantCulture);
        CommandResult run = (await RiskProcess.RunAsync(bench, "run", "--once", "--json")).Expect(0);
        Assert.Equal(2, run.Json().GetProperty("delivered").GetInt32());
        foreach (string listing in Listings)
        {
            CommandResult result = (await RiskProcess.RunAsync(bench, [.. listing.Split(' '), "--json"])).Expect(0);
            Assert.True(result.Error.Length == 0, $"{listing}: {result.Error}");
            JsonElement json = result.Json();
            Assert.Contains(json.ValueKind, new[] { JsonValueKind.Array, JsonValueKind.Object });
            if (json.ValueKind == JsonValueKind.Array) Assert.NotEqual(0, json.GetArrayLength());
        }
    }

    [Fact]
    public async Task Rules_UnknownIdOrCategory_IsRefusedWithTheNearestOne()
    {
        await using Workbench bench = await Workbench.StartAsync();
        Assert.Contains("did you mean 'B-KEV'?", (await RiskProcess.RunAsync(bench, "rules", "show", "B-KVE")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'security'?", (await RiskProcess.RunAsync(bench, "rules", "list", "--category", "securty")).Expect(2).Error, StringComparison.Ordinal);
        string shown = (await RiskProcess.RunAsync(bench, "rules", "show", "B-KEV")).Expect(0).Output;
        Assert.Contains("each: e in events.known_exploited, by e.id", shown, StringComparison.Ordinal);
        Assert.StartsWith("# Rule pack bench: 1 rule\n", (await RiskProcess.RunAsync(bench, "rules", "docs")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithClock_BehavesAsIfItWereThen()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Clock"] = "2026-08-03T06:00:00Z";
        (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
        JsonElement alert = (await RiskProcess.RunAsync(bench, "alerts", "list", "--json")).Expect(0).Json()[0];
        Assert.StartsWith("2026-08-03T06:00:", alert.GetProperty("startsAt").GetString(), StringComparison.Ordinal);
        Assert.All(bench.Smtp.Mails, m => Assert.Contains("03 Aug 2026", m.Data, StringComparison.Ordinal));
        bench.Settings["Risk:Clock"] = "yesterday";
        CommandResult wrong = (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(2);
        Assert.Contains("Risk:Clock", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WrongFiles_NamesEveryPlaceAtOnce()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("e.severity >= 2", "supplier.cost_centr == \"x\"", StringComparison.Ordinal));
        bench.Write("suppliers.csv", Workbench.Suppliers(2).Replace("owner\n", "owner,cost_centre\n", StringComparison.Ordinal).Replace("example\n", "example,77\n", StringComparison.Ordinal) + "S-2,Again Ltd,DE,2,x@buyer.example,77\n");
        CommandResult check = (await RiskProcess.RunAsync(bench, "check")).Expect(2);
        Assert.Matches(@"suppliers\.csv:4:\d+: error \w+: .*S-2", check.Error);
        Assert.Matches(@"rules/pack\.yaml:11:\d+: error \w+: ", check.Error);
        Assert.Contains("did you mean 'cost_centre'", check.Error, StringComparison.Ordinal);
        Assert.Contains("^", check.Error, StringComparison.Ordinal);
        CommandResult run = (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(2);
        Assert.Matches(@"suppliers\.csv:4:\d+: error", run.Error);
        Assert.Empty(bench.Upstream.Requests);
    }

    [Fact]
    public async Task Check_WrongPortfolioRow_DoesNotMakeRulesWrongThatNameItsColumns()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("e.severity >= 2", "supplier.cost_centre == \"77\"", StringComparison.Ordinal));
        bench.Write("suppliers.csv", "id,name,country,tier,owner,cost_centre\nS-1,Vendor1 Ltd,DE,2,x@buyer.example,77\nS-1,Again Ltd,DE,2,x@buyer.example,77\n");
        CommandResult check = (await RiskProcess.RunAsync(bench, "check")).Expect(2);
        Assert.Contains("1 error, ", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MailServerUnreachable_KeepsTheMailAndSaysSo()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Clock"] = bench.Now.ToString("O", CultureInfo.InvariantCulture);
        bench.Write("routing.yaml", bench.Routing().Replace($"127.0.0.1:{bench.Smtp.Port}", "127.0.0.1:1", StringComparison.Ordinal));
        CommandResult run = (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(3);
        Assert.Contains("2 waiting for another try", run.Output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", run.Output, StringComparison.Ordinal);
        JsonElement waiting = (await RiskProcess.RunAsync(bench, "deliveries", "list", "--state", "pending", "--json")).Expect(0).Json();
        Assert.Equal(2, waiting.GetArrayLength());
        Assert.NotEqual("", waiting[0].GetProperty("lastError").GetString());

        // The server is back an hour later; the same mail goes out, once.
        bench.Write("routing.yaml", bench.Routing());
        bench.Settings["Risk:Clock"] = bench.Now.AddHours(1).ToString("O", CultureInfo.InvariantCulture);
        (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
        Assert.Equal(2, bench.Smtp.Mails.Count);
    }

    [Fact]
    public async Task Run_SourceFailed_ExitsWithOne()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Upstream.Fail(Workbench.Catalogue, Testing.Faults.Garbage);
        CommandResult run = (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(1);
        Assert.Contains("FAILED", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoreNotWritable_ExitsWithThreeAndAdvice()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("file", "");

        // Below a file there is no folder, not even for root.
        bench.Settings["Risk:Store"] = "sqlite:" + Path.Combine(bench.Folder, "file", "risk.db");
        foreach (string[] command in new string[][] { ["run", "--once"], ["alerts", "list"] })
        {
            CommandResult result = (await RiskProcess.RunAsync(bench, command)).Expect(3);
            Assert.Contains(Path.Combine(bench.Folder, "file"), result.Error, StringComparison.Ordinal);
            Assert.Contains("Risk__Store", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Call_Wrong_ExitsWithTwo()
    {
        await using Workbench bench = await Workbench.StartAsync();
        foreach (string[] call in new string[][] { ["frobnicate"], ["run", "--twice"], ["suppliers", "show", "S-99"], ["sources", "show", "no-such"], ["explain", "S-99"] })
        {
            CommandResult result = (await RiskProcess.RunAsync(bench, call)).Expect(2);
            Assert.NotEqual("", result.Error);
            Assert.Equal("", result.Output);
        }
    }
}
