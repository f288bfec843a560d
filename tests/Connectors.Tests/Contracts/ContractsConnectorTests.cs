using Risk.Connectors.Contracts;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Contracts;

public sealed class ContractsConnectorTests : IDisposable
{
    private static readonly DateTimeOffset End = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ConnectorKit kit = new(new ContractsModule());

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_NoticePeriod_GivesBothDeadlines()
    {
        ConnectorRun run = await RunAsync(new Contract { Id = "C-1", End = End, NoticeDays = 90, AutoRenew = true, AnnualValue = 1000 });
        Assert.Equal(["C-1:notice notice 3 2026-10-03", "C-1:end end 2 2027-01-01"], run.Events.Select(e => FormattableString.Invariant($"{e.Id} {e.Type} {e.Severity} {e.OccurredAt:yyyy-MM-dd}")));
        Assert.Equal("Notice for contract C-1 is due by 2026-10-02 (it ends 2026-12-31): it renews itself unless notice is given; nothing is decided", run.Events[0].Title);
        Assert.Equal(1000, run.Events[0].Amount);
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Theory]
    [InlineData(null, "whether it renews itself is not known")]
    [InlineData(false, "it does not renew itself")]
    public async Task FetchAsync_OtherRenewals_AreSaid(bool? autoRenew, string words)
    {
        ConnectorRun run = await RunAsync(new Contract { Id = "C-1", End = End, NoticeDays = 0, AutoRenew = autoRenew, RenewalDecision = "terminate" });
        Assert.All(run.Events, e => Assert.Contains(words + "; the decision is to terminate", e.Title, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchAsync_NothingKnown_GivesNothing()
    {
        Assert.Empty((await RunAsync(null)).Events);
        Assert.Empty((await RunAsync(new Contract { Id = "C-1", NoticeDays = 30 })).Events);
        Assert.Single((await RunAsync(new Contract { Id = "C-1", End = End })).Events);
    }

    private async Task<ConnectorRun> RunAsync(Contract? contract) => (await kit.RunAsync([new Supplier { Id = new SupplierId("S1"), Name = "S1", Contract = contract }])).Ok();
}
