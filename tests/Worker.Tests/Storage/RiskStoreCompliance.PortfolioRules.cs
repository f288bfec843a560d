using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    [Fact]
    public async Task PortfolioRules_Record_MarksOnlyRulesThatItChanges()
    {
        GroupMember a = Member("G", "A", "DE", 5), b = Member("G", "B", "FR", null);
        await WriteAsync(s => s.PortfolioRules.RecordAsync([A, B], [b, a], [new RuleError(B, "R", "broken")], None));
        Assert.Equal(["G", "R"], await DueRulesAsync(0));
        Assert.Equal([a, b], await ReadAsync(s => s.PortfolioRules.MembersAsync("G", None)));
        Assert.Equal(new RuleErrors(1, B, "broken"), await ReadAsync(s => s.PortfolioRules.ErrorsAsync("R", None)));
        await SettleAsync("G", "R");

        // The same again, and one supplier of two.
        await WriteAsync(s => s.PortfolioRules.RecordAsync([A], [a], [], None));
        await WriteAsync(s => s.PortfolioRules.RecordAsync([B], [b], [new RuleError(B, "R", "broken")], None));
        Assert.Empty(await DueRulesAsync(0));

        await WriteAsync(s => s.PortfolioRules.RecordAsync([A, B], [a with { Tier = 1 }], [new RuleError(B, "R", "broken")], None));
        Assert.Equal(["G"], await DueRulesAsync(0));
        Assert.Equal([a with { Tier = 1 }], await ReadAsync(s => s.PortfolioRules.MembersAsync("G", None)));
        await WriteAsync(s => s.PortfolioRules.RecordAsync([B], [], [], None));
        Assert.Equal(["G", "R"], await DueRulesAsync(0));
        Assert.Null(await ReadAsync(s => s.PortfolioRules.ErrorsAsync("R", None)));
    }

    [Fact]
    public async Task PortfolioRules_State_ComesBackAndWaitsForItsInstant()
    {
        var state = new PortfolioRuleState([new RuleState { Rule = "G", Key = "DE", RuleVersion = 1, State = FindingState.Firing, Since = T0 }], Alert("E1", A, T0), [Alert("E2", B, T0)]);
        await WriteAsync(s => s.PortfolioRules.SaveAsync("G", state, Day(2), None));
        await ReopenAsync();
        PortfolioRuleState read = await ReadAsync(s => s.PortfolioRules.StateAsync("G", None));
        Assert.Equal(("DE", "E1", "E2"), (Assert.Single(read.Groups).Key, read.Fault!.EpisodeId, Assert.Single(read.Notices).EpisodeId));
        Assert.Empty(await DueRulesAsync(1.9));
        Assert.Equal(["G"], await DueRulesAsync(2));
        Assert.True((await ReadAsync(s => s.PortfolioRules.StateAsync("other", None))).IsEmpty);

        await WriteAsync(s => s.PortfolioRules.TouchAsync(["H"], None));
        Assert.Equal(["G", "H"], await DueRulesAsync(0));
        await SettleAsync("G", "H");
        Assert.Empty(await DueRulesAsync(9));
    }

    private static GroupMember Member(string rule, string supplier, string key, double? spend) =>
        new(rule, new(supplier), key, "", 2, spend, spend is null ? "" : "EUR", spend is null ? "metrics.spend_12m: absent" : "", spend is null ? null : Day(-1));

    private Task<IReadOnlyList<string>> DueRulesAsync(double day) => ReadAsync(s => s.PortfolioRules.DueAsync(Day(day), None));

    private Task SettleAsync(params string[] rules) => WriteAsync(async s =>
    {
        foreach (string rule in rules) await s.PortfolioRules.SaveAsync(rule, PortfolioRuleState.Initial, null, None);
    });
}
