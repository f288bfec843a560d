using System.Text.Json;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Cli;

/// <summary>Observations of the buyer's own people, from the command to the score and the ledger.</summary>
public sealed class SignalsCommandTests
{
    [Fact]
    public async Task Add_Observation_IsASignalUntilItIsRetracted()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Clock"] = "2026-08-03T06:00:00Z";
        (await RiskProcess.RunAsync(bench, "suppliers", "import")).Expect(0);
        string[] add = ["signals", "add", "--supplier", "S-1", "--kind", "prepayment_asked", "--by", "m.weber", "--note", "50 % with\nthe order", "--on", "2026-07-20"];
        Assert.Contains("is recorded", (await RiskProcess.RunAsync(bench, add)).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("was there already", (await RiskProcess.RunAsync(bench, add)).Expect(0).Output, StringComparison.Ordinal);

        JsonElement one = Assert.Single(await ListAsync(bench));
        Assert.Equal(
            ("S-1", "prepayment_asked", 3, "m.weber", "50 % with the order", "2026-07-20T00:00:00+00:00"),
            (one.GetProperty("supplier").GetString(), one.GetProperty("kind").GetString(), one.GetProperty("severity").GetInt32(), one.GetProperty("by").GetString(), one.GetProperty("note").GetString(), one.GetProperty("at").GetString()));
        Assert.Empty(await ListAsync(bench, "--as-of", "2026-08-02"));
        Assert.Empty(await ListAsync(bench, "--supplier", "S-2"));

        bench.Settings["Risk:Clock"] = "2026-08-05T06:00:00Z";
        (await RiskProcess.RunAsync(bench, "signals", "retract", one.GetProperty("id").GetString()!, "--by", "m.weber", "--reason", "another supplier was meant")).Expect(0);
        Assert.Empty(await ListAsync(bench));
        Assert.Single(await ListAsync(bench, "--as-of", "2026-08-04"));
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    [Theory]
    [InlineData("did you mean 'prepayment_asked'?", "--supplier", "S-1", "--kind", "prepaymnt_asked", "--by", "x")]
    [InlineData("--supplier: no supplier of the portfolio has the id 'S-11'", "--supplier", "S-11", "--kind", "dispute", "--by", "x")]
    [InlineData("--note: 'other' needs a note", "--supplier", "S-1", "--kind", "other", "--by", "x")]
    [InlineData("--on: '2099-01-01' is no instant of the past", "--supplier", "S-1", "--kind", "dispute", "--by", "x", "--on", "2099-01-01")]
    [InlineData("--severity: '6' is no whole number from 1 to 5", "--supplier", "S-1", "--kind", "dispute", "--by", "x", "--severity", "6")]
    [InlineData("--until: '2020-01-01' is no instant behind the observation", "--supplier", "S-1", "--kind", "dispute", "--by", "x", "--until", "2020-01-01")]
    [InlineData("--evidence: is no http address", "--supplier", "S-1", "--kind", "dispute", "--by", "x", "--evidence", "javascript:alert(1)")]
    [InlineData("--evidence: is no http address", "--supplier", "S-1", "--kind", "dispute", "--by", "x", "--evidence", "../../etc/passwd")]
    public async Task Add_WrongCall_IsRefusedWithTheFix(string message, params string[] call)
    {
        await using Workbench bench = await Workbench.StartAsync();
        (await RiskProcess.RunAsync(bench, "suppliers", "import")).Expect(0);
        Assert.Contains(message, (await RiskProcess.RunAsync(bench, ["signals", "add", .. call])).Expect(2).Error, StringComparison.Ordinal);
        Assert.Empty(await ListAsync(bench));
    }

    [Fact]
    public async Task Import_File_IsTakenWholeOrNotAtAll()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Clock"] = "2026-08-03T06:00:00Z";
        (await RiskProcess.RunAsync(bench, "suppliers", "import")).Expect(0);
        bench.Write("seen.csv", "supplier;kind;on;by;note\nS-1;wages_late;2026-07-01;l.haddad;two weeks\nS-9;dispute;2026-07-01;l.haddad;\nS-1;nonsense;2026-07-01;l.haddad;\n");
        string file = Path.Combine(bench.Settings["Risk:Workspace"]!, "seen.csv");
        CommandResult refused = (await RiskProcess.RunAsync(bench, "signals", "import", file)).Expect(2);
        Assert.Contains("seen.csv:3:1: error P040", refused.Error, StringComparison.Ordinal);
        Assert.Contains("seen.csv:4:5: error P042", refused.Error, StringComparison.Ordinal);
        Assert.Empty(await ListAsync(bench));

        bench.Write("seen.csv", "supplier;kind;on;by;note\nS-1;wages_late;2026-07-01;l.haddad;two weeks\n");
        Assert.Equal("1 row: 1 new, 0 changed\n", (await RiskProcess.RunAsync(bench, "signals", "import", file)).Expect(0).Output);
        Assert.Equal("1 row: 0 new, 0 changed\n", (await RiskProcess.RunAsync(bench, "signals", "import", file)).Expect(0).Output);
        Assert.Single(await ListAsync(bench));
    }

    [Fact]
    public async Task Kinds_Listing_TellsWeightAndMeaning()
    {
        await using Workbench bench = await Workbench.StartAsync();
        JsonElement[] kinds = [.. (await RiskProcess.RunAsync(bench, "signals", "kinds", "--json")).Expect(0).Json().EnumerateArray()];
        Assert.Contains(kinds, k => k.GetProperty("kind").GetString() == "bank_details_changed" && k.GetProperty("days").GetInt32() == 30);
        Assert.Contains("impersonation", (await RiskProcess.RunAsync(bench, "signals", "kinds")).Expect(0).Output, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> ListAsync(Workbench bench, params string[] options) =>
        [.. (await RiskProcess.RunAsync(bench, ["signals", "list", "--json", .. options])).Expect(0).Json().EnumerateArray()];
}
