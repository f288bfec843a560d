using System.Security.Cryptography;
using System.Text.Json;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Replay;

/// <summary>The past gone through again with a company whose filings say what happened when.</summary>
public sealed class HindcastCommandTests
{
    private const string Filings = "data.sec.gov/submissions/CIK0000001234.json";

    [Fact]
    public async Task Hindcast_OfABankruptcy_TellsWhatWasPublicWhenAndTheLeadTime()
    {
        await using Workbench bench = await StartAsync();

        JsonElement course = (await HindcastAsync(bench, "--from", "2025-12-20", "--to", "2026-04-05", "--json")).Expect(0).Json().GetProperty("suppliers")[0];

        Assert.Equal("2026-03-27", course.GetProperty("bankruptcy").GetDateTimeOffset().ToString("yyyy-MM-dd", null));
        Assert.Equal("2026-03-31", course.GetProperty("knownAt").GetDateTimeOffset().ToString("yyyy-MM-dd", null));
        Assert.Equal("2026-01-13", course.GetProperty("alertedSince").GetDateTimeOffset().ToString("yyyy-MM-dd", null));
        Assert.Equal((73, 73), (course.GetProperty("alertLeadDays").GetInt32(), course.GetProperty("elevatedLeadDays").GetInt32()));
        Assert.Equal(["low", "elevated", "critical"], course.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("band").GetString()));
        Assert.Equal(1, bench.Upstream.Requests.Count(r => r.ToString() == Filings));
    }

    [Fact]
    public async Task Explain_OnTheHindcastsStore_TellsAnEarlierInstant()
    {
        await using Workbench bench = await StartAsync();
        CommandResult text = (await HindcastAsync(bench, "S-1", "--from", "2025-12-20", "--to", "2026-04-05")).Expect(0);
        bench.Settings["Risk:Store"] = "sqlite:" + Path.Combine(bench.Folder, "hindcast.db");

        Assert.Contains("Lead time: a serious alert since 2026-01-13, 73 days", string.Join(' ', text.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("of 100: low, as of", (await RiskProcess.RunAsync(bench, "explain", "S-1", "--as-of", "2026-01-10")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("of 100: elevated, as of", (await RiskProcess.RunAsync(bench, "explain", "S-1", "--as-of", "2026-01-20")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hindcast_AnyTime_LeavesTheStoreAndTheReceiversAlone()
    {
        await using Workbench bench = await StartAsync();
        await bench.RunAsync();
        string path = Path.Combine(bench.Folder, "risk.db");
        byte[] before = SHA256.HashData(await File.ReadAllBytesAsync(path));
        int mails = bench.Smtp.Mails.Count;

        (await HindcastAsync(bench, "--from", "2026-03-01", "--to", "2026-04-05")).Expect(0);

        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(path)));
        Assert.Equal(mails, bench.Smtp.Mails.Count);
    }

    [Theory]
    [InlineData("--from 2026-03-01 --to 2026-02-01", "--from 2026-03-01 00:00Z is after the end 2026-02-01 00:00Z")]
    [InlineData("--from 2026-03-01 --every 0", "--every: a number of days from 1 to 366")]
    [InlineData("S-9 --from 2026-03-01", "there is no supplier 'S-9'")]
    [InlineData("--from soon", "'soon' is not an instant")]
    [InlineData("--from 2026-03-01 --out risk.db", "name a new file")]
    public async Task Hindcast_WrongCall_SaysWhatWouldBeRight(string arguments, string message)
    {
        await using Workbench bench = await StartAsync();
        bench.Write("risk.db", "");
        string[] call = [.. arguments.Split(' ').Select(a => a == "risk.db" ? Path.Combine(bench.Folder, a) : a)];
        File.Delete(Path.Combine(bench.Folder, "risk.db"));
        if (call.Contains(Path.Combine(bench.Folder, "risk.db"))) await bench.RunAsync();

        Assert.Contains(message, (await HindcastAsync(bench, call)).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hindcast_NoSourceThatKnowsItsPast_SaysSo()
    {
        await using Workbench bench = await StartAsync();
        bench.Settings["Risk:Sources:Enabled"] = "cisa-kev";

        Assert.Contains("no source that can tell the past is enabled", (await HindcastAsync(bench, "--from", "2026-03-01")).Expect(2).Error, StringComparison.Ordinal);
    }

    private static async Task<Workbench> StartAsync()
    {
        Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Sources:Enabled"] = "sec-edgar";
        bench.Write("suppliers.csv", "id,name,country,tier,owner,cik\nS-1,Vendor1 Inc,US,3,owner1@buyer.example,1234\nS-2,Vendor2 Ltd,DE,3,owner2@buyer.example,\n");
        bench.Write("rules/pack.yaml", """
            schema: rules/1
            pack: bench
            owner: bench
            rules:
              - {id: B-INS, title: Insolvent, category: financial, severity: critical, each: {in: events.insolvency, as: e, key: e.id}, when: "true", points: 100, max_points: 100, floor: 90, message: "{supplier.name}: {e.title}", next: Stop., rationale: It is over.}
              - {id: B-DEL, title: Notice, category: financial, severity: high, each: {in: events.delisting, as: e, key: e.id}, when: e.severity >= 3, points: 60, max_points: 60, message: "{supplier.name}: {e.title}", next: Ask., rationale: Often followed by more.}
            """);
        bench.Write("scoring.yaml", """
            schema: scoring/1
            categories: {financial: {weight: 1, cap: 100}}
            worst_category_share: 0.8
            bands: {margin: 3, edges: [{low: 0}, {guarded: 25}, {elevated: 45}, {high: 65}, {critical: 85}]}
            """);
        bench.Upstream.Serve(Filings, """
            {"cik": "0000001234", "name": "VENDOR1 INC", "tickers": [], "exchanges": [], "filings": {"files": [], "recent": {
              "accessionNumber": ["0000001234-26-000003", "0000001234-26-000002", "0000001234-26-000001"],
              "filingDate": ["2026-03-30", "2026-02-20", "2026-01-12"], "reportDate": ["2026-03-27", "", "2026-01-08"],
              "acceptanceDateTime": ["2026-03-30T21:00:00.000Z", "2026-02-20T10:00:00.000Z", "2026-01-12T16:17:16.000Z"],
              "form": ["8-K", "25-NSE", "8-K"], "items": ["1.03", "", "3.01"], "fileNumber": ["1", "1", "1"]}}}
            """);
        return bench;
    }

    private static Task<CommandResult> HindcastAsync(Workbench bench, params string[] arguments)
    {
        bench.Settings.TryAdd("Risk:Clock", bench.Now.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        return RiskProcess.RunAsync(bench, ["hindcast", .. arguments]);
    }
}
