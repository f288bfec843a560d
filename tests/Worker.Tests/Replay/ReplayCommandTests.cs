using System.Security.Cryptography;
using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Replay;

/// <summary>The command as people and pipelines call it.</summary>
public sealed class ReplayCommandTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>What the worker did over three weeks, replayed, is what it did: the same alerts, opened and closed at the same instants, for the same people.</summary>
    [Fact]
    public async Task Replay_OfWhatTheWorkerDid_GivesItsAlerts()
    {
        await using Workbench bench = await Workbench.StartAsync();
        DateTimeOffset start = bench.Now;
        foreach ((int day, int[] vendors) in ((int, int[])[])[(0, [1, 2]), (4, [1, 2, 3]), (9, [1, 3]), (15, [1, 2, 3, 4]), (21, [4])])
        {
            bench.Now = start.AddDays(day);
            bench.ServeVulnerabilities(vendors);
            await bench.RunAsync();
        }

        IReadOnlyList<Alert> done = await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: true, None));
        JsonElement replay = (await ReplayAsync(bench, "--json")).Expect(0).Json();

        Assert.Equal(5, done.Count);
        Assert.Equal(
            done.Select(a => $"{a.Supplier} {a.Rule} {a.Key} {a.StartsAt:O} {a.ResolvedAt:O}").Order(StringComparer.Ordinal),
            replay.GetProperty("present").GetProperty("alerts").EnumerateArray()
                .Select(a => $"{Text(a, "supplier")} {Text(a, "rule")} {Text(a, "key")} {a.GetProperty("openedAt").GetDateTimeOffset():O} {(a.GetProperty("resolvedAt") is { ValueKind: JsonValueKind.String } end ? end.GetDateTimeOffset().ToString("O") : "")}")
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            [("owner2@buyer.example", 2), ("owner1@buyer.example", 1), ("owner3@buyer.example", 1), ("owner4@buyer.example", 1)],
            replay.GetProperty("present").GetProperty("owners").EnumerateArray().Select(o => (Text(o, "name"), o.GetProperty("opened").GetInt32())).ToArray() is var owners ? owners[..4] : []);
    }

    [Fact]
    public async Task Replay_ATighterRule_SaysWhoGetsWhatAndHoldsItToTheBudget()
    {
        await using Workbench bench = await WorkedAsync();
        bench.Write("new/rules/pack.yaml", Workbench.Rules.Replace("e.severity >= 2", "e.severity >= 5", StringComparison.Ordinal));
        bench.Write("new/rules/more.yaml", Workbench.Rules.Replace("pack: bench", "pack: more", StringComparison.Ordinal).Replace("B-KEV", "C-KEV", StringComparison.Ordinal));

        CommandResult text = (await ReplayAsync(bench, "--rules", "new/rules")).Expect(0);
        Assert.Contains("bench rules.B-KEV.when", text.Output, StringComparison.Ordinal);
        Assert.Contains("3 alerts gained (3.00 a week), 3 lost", text.Output, StringComparison.Ordinal);
        JsonElement difference = (await ReplayAsync(bench, "--rules", "new", "--json")).Expect(0).Json().GetProperty("difference");
        Assert.Equal([("C-KEV", 3, 0), ("B-KEV", 0, 3)], Counts(difference, "rules"));
        Assert.Equal([("owner1@buyer.example", 1, 1), ("owner2@buyer.example", 1, 1), ("owner3@buyer.example", 1, 1)], Counts(difference, "owners"));
        Assert.Equal([("C-KEV", 3, 0)], Counts((await ReplayAsync(bench, "--rules", "new", "--rule", "C-KEV", "--json")).Expect(0).Json().GetProperty("difference"), "rules"));

        (await ReplayAsync(bench, "--rules", "new", "--budget", "3")).Expect(0);
        CommandResult over = (await ReplayAsync(bench, "--rules", "new", "--budget", "2.5")).Expect(1);
        Assert.Contains("OVER THE BUDGET: the change adds 3.00 alerts a week, allowed are 2.5: 0.50 too many", over.Output, StringComparison.Ordinal);
        Assert.Contains("owner1@buyer.example: 1 alert, 1.00 a week", over.Output, StringComparison.Ordinal);
        Assert.True((await ReplayAsync(bench, "--budget", "2", "--json")).Expect(1).Json().GetProperty("budget").GetProperty("exceeded").GetBoolean());
    }

    [Fact]
    public async Task Replay_AnyTime_LeavesTheStoreAndTheReceiversAlone()
    {
        await using Workbench bench = await WorkedAsync();
        string path = Path.Combine(bench.Folder, "risk.db");
        byte[] before = SHA256.HashData(await File.ReadAllBytesAsync(path));
        int mails = bench.Smtp.Mails.Count;
        var deliveries = await bench.ReadAsync(s => s.Deliveries.CountsAsync(None));

        (await ReplayAsync(bench, "--rules", "rules", "--budget", "0")).Expect(0);
        (await ReplayAsync(bench, "--budget", "0")).Expect(1);

        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(path)));
        Assert.Equal(mails, bench.Smtp.Mails.Count);
        Assert.Equal(deliveries, await bench.ReadAsync(s => s.Deliveries.CountsAsync(None)));
    }

    /// <summary>Many suppliers over made-up weeks: the same bytes twice, however the threads run, and whatever the files are called.</summary>
    [Fact]
    public async Task Replay_Twice_GivesTheSameBytes()
    {
        await using Workbench bench = await Workbench.StartAsync();
        await using (var store = new SqliteRiskStore(Path.Combine(bench.Folder, "risk.db")))
        {
            await store.InitializeAsync(None);
            await new SyntheticHistory(120, 40).WriteAsync(store, None);
        }

        bench.Settings["Risk:Sources:Enabled"] = "kpi-file,cisa-kev,sec-edgar,companies-house,ofac-sdn";
        bench.Settings["Risk:Sources:companies-house:ApiKey"] = "made-up";
        bench.Settings["Risk:Clock"] = "2025-09-12T05:00:00Z";
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "DefaultRules"), "*.yaml"))
        {
            string name = Path.GetFileName(file), text = await File.ReadAllTextAsync(file);
            bench.Write(name == "scoring.yaml" ? name : "rules/" + name, text);
            bench.Write("new/" + (name == "scoring.yaml" ? "aaa.yaml" : "zzz-" + name), text.Replace("0.92", "0.94", StringComparison.Ordinal));
        }

        File.Delete(Path.Combine(bench.Folder, "rules", "pack.yaml"));
        string first = (await ReplayAsync(bench, "--rules", "new", "--json")).Expect(0).Output;
        File.Move(Path.Combine(bench.Folder, "new", "aaa.yaml"), Path.Combine(bench.Folder, "new", "zzzz.yaml"));
        string second = (await ReplayAsync(bench, "--rules", "new", "--json")).Expect(0).Output;
        Assert.Equal(first, second);
        using JsonDocument json = JsonDocument.Parse(first);
        Assert.True(json.RootElement.GetProperty("difference").GetProperty("gained").GetInt32() > 0);
        Assert.Equal("core limits.otd_min.default", Text(json.RootElement.GetProperty("difference").GetProperty("files")[0], "where"));
    }

    [Theory]
    [InlineData("--from 2026-08-03T06:30:00Z --to 2026-08-03T06:10:00Z", "--from 2026-08-03 06:30Z is after --to 2026-08-03 06:10Z")]
    [InlineData("--from 2027-01-01", "--from 2027-01-01 00:00Z is after now, 2026-08-03 07:00Z")]
    [InlineData("--from yesterday", "'yesterday' is not an instant; write it like 2026-03-31T06:00:00Z, or 2026-03-31 for the start of that day")]
    [InlineData("--to 2026-07-01", "there is no history before 2026-07-01 23:59Z; the first supplier became known at 2026-08-03 06:00Z")]
    [InlineData("--rule B-KVE", "there is no rule 'B-KVE'; did you mean 'B-KEV'?")]
    [InlineData("--rules nowhere", "--rules: there is no folder nowhere")]
    [InlineData("--budget -1", "--budget: a number of alerts a week, 0 or more")]
    [InlineData("--budget lots", "lots")]
    public async Task Replay_WrongCall_SaysWhatWouldBeRight(string arguments, string message)
    {
        await using Workbench bench = await WorkedAsync();
        CommandResult result = (await ReplayAsync(bench, arguments.Split(' '))).Expect(2);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Replay_BrokenNewRules_NamesFileLineAndColumn()
    {
        await using Workbench bench = await WorkedAsync();
        bench.Write("new/pack.yaml", Workbench.Rules.Replace("e.severity >= 2", "e.severty >= 2", StringComparison.Ordinal));
        CommandResult result = (await ReplayAsync(bench, "--rules", "new")).Expect(2);
        Assert.Matches(@"^new/pack\.yaml:\d+:\d+: error C\d+: .*did you mean 'severity'", result.Error);
    }

    [Fact]
    public async Task Replay_WithoutHistory_SaysSoAndMakesNoStore()
    {
        await using Workbench bench = await Workbench.StartAsync();
        CommandResult result = (await ReplayAsync(bench)).Expect(2);
        Assert.Contains("there is no history yet", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Folder, "risk.db")));
    }

    private static async Task<Workbench> WorkedAsync()
    {
        Workbench bench = await Workbench.StartAsync();
        bench.ServeVulnerabilities(1, 2, 3);
        await bench.RunAsync();
        return bench;
    }

    private static Task<CommandResult> ReplayAsync(Workbench bench, params string[] arguments)
    {
        bench.Settings.TryAdd("Risk:Clock", bench.Now.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        return RiskProcess.RunAsync(bench, ["replay", .. arguments]);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static (string, int, int)[] Counts(JsonElement json, string table) =>
        [.. json.GetProperty(table).EnumerateArray().Select(c => (Text(c, "name"), c.GetProperty("gained").GetInt32(), c.GetProperty("lost").GetInt32()))];
}
