using System.Collections.Immutable;
using Risk.Rules.Identity;
using Risk.Rules.Signals;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private static readonly SourceId Register = new("register");

    [Fact]
    public async Task Identities_Answer_TakesThePlaceOfTheOneBefore()
    {
        var entity = new RegisteredEntity { Identifiers = Texts(("lei", "INR2EJN1ERAN0W5ZP974")), Names = [new("Äcme AG", RegisteredNameKind.Legal), new("Old", RegisteredNameKind.Former)], State = RegisteredState.Ended, StateText = "gone" };
        await WriteAsync(s => s.Identities.SaveAnswerAsync(new RegisterAnswer(Register, A, "Acme", T0, []), None));
        await WriteAsync(s => s.Identities.SaveAnswerAsync(new RegisterAnswer(Register, A, "Äcme", Day(1), [entity]), None));
        await WriteAsync(s => s.Identities.SaveAnswerAsync(new RegisterAnswer(Kev, A, "Acme", T0, []), None));
        await ReopenAsync();
        AssertSame([new RegisterAnswer(Register, A, "Äcme", Day(1), [entity])], await ReadAsync(s => s.Identities.AnswersAsync(Register, None)));
        Assert.Equal(StringComparer.Ordinal, (await ReadAsync(s => s.Identities.AnswersAsync(Register, None)))[0].Entities[0].Identifiers.KeyComparer);
    }

    [Fact]
    public async Task Identities_Decisions_KeepTheLastWordAndOneAcceptedValueAndGoToTheLedger()
    {
        IdentityDecision accepted = Decided(A, "V1", true, T0), rejected = Decided(A, "V2", false, T0), other = Decided(B, "V1", true, T0);
        await WriteAsync(s => s.Identities.DecideAsync([accepted, rejected, other], None));
        Assert.Equal([accepted, rejected, other], await ReadAsync(s => s.Identities.DecisionsAsync(None)));

        // The same again is no news.
        await WriteAsync(s => s.Identities.DecideAsync([accepted with { At = Day(1) }], None));
        Assert.Equal(3, (await ReadAsync(s => s.Ledger.ReadAsync(0, 100, None))).Count(e => e.Kind == "identity"));

        IdentityDecision instead = Decided(A, "V2", true, Day(2));
        await WriteAsync(s => s.Identities.DecideAsync([instead], None));
        Assert.Equal([instead, other], await ReadAsync(s => s.Identities.DecisionsAsync(None)));
        LedgerEntry last = (await ReadAsync(s => s.Ledger.ReadAsync(0, 100, None)))[^1];
        Assert.Equal(("identity", "A"), (last.Kind, last.Subject));
        Assert.Equal("""{"by":"anna","decision":"accept","name":"Acme AG","note":"=\u00222\u0022","scheme":"lei","source":"register","value":"V2"}""", last.Content.Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        Assert.Null((await ReadAsync(s => s.Ledger.VerifyAsync(None))).BrokenAt);
    }

    [Fact]
    public async Task Identities_WithoutCommit_LeaveNothing()
    {
        await using (IStoreSession session = await Store.WriteAsync(None)) await session.Identities.DecideAsync([Decided(A, "V1", true, T0)], None);
        Assert.Empty(await ReadAsync(s => s.Identities.DecisionsAsync(None)));
        Assert.Empty(await ReadAsync(s => s.Ledger.ReadAsync(0, 100, None)));
    }

    private static IdentityDecision Decided(Risk.Rules.Suppliers.SupplierId supplier, string value, bool accepted, DateTimeOffset at) => new(supplier, "lei", value, accepted, "anna", "=\"2\"", Register, "Acme AG", at);
}
