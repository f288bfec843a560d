using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Alerts;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private Task<LedgerVerification> VerifyAsync() => ReadAsync(s => s.Ledger.VerifyAsync(None));

    private async Task AppendFiveAsync()
    {
        await WriteAsync(s => s.Ledger.AppendAsync([("a", "1", "{}"), ("b", "2", """{"n":1}"""), ("c", "3", "{}")], T0, None));
        await WriteAsync(s => s.Ledger.AppendAsync([("d", "4", "{}"), ("e", "5", "{}")], Day(1), None));
    }

    [Fact]
    public async Task Ledger_Untouched_Verifies()
    {
        Assert.Equal((0, null, ""), ((await VerifyAsync()).Entries, (await VerifyAsync()).BrokenAt, (await VerifyAsync()).Problem));
        await AppendFiveAsync();
        await ReopenAsync();

        LedgerVerification verification = await VerifyAsync();
        IReadOnlyList<LedgerEntry> entries = await ReadAsync(s => s.Ledger.ReadAsync(0, 10, None));

        Assert.Equal((5, null, ""), (verification.Entries, verification.BrokenAt, verification.Problem));
        Assert.Equal(["1", "2", "3", "4", "5"], entries.Select(e => e.Subject));
        Assert.Equal([4, 5], (await ReadAsync(s => s.Ledger.ReadAsync(3, 10, None))).Select(e => e.Sequence));
        Assert.Equal([4], (await ReadAsync(s => s.Ledger.ReadAsync(3, 1, None))).Select(e => e.Sequence));
        Assert.Equal(verification.HeadHash, entries[^1].Hash);
    }

    [Fact]
    public async Task Ledger_Hash_CanBeRecomputedFromTheDescription()
    {
        await AppendFiveAsync();
        string previous = new('0', 64);
        foreach (LedgerEntry entry in await ReadAsync(s => s.Ledger.ReadAsync(0, 10, None)))
        {
            string at = entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
            string[] fields = [previous, entry.Sequence.ToString(CultureInfo.InvariantCulture), at, entry.Kind, entry.Subject, entry.Content];
            string text = string.Concat(fields.Select(f => $"{Encoding.UTF8.GetByteCount(f)}:{f}"));
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            Assert.Equal(previous, entry.Hash);
        }
    }

    [Theory]
    [InlineData("UPDATE ledger SET content = '{\"n\":2}' WHERE sequence = 2", 2)]
    [InlineData("UPDATE ledger SET subject = 'x' WHERE sequence = 1", 1)]
    [InlineData("UPDATE ledger SET at = at + 1 WHERE sequence = 5", 5)]
    [InlineData("DELETE FROM ledger WHERE sequence = 1", 1)]
    [InlineData("DELETE FROM ledger WHERE sequence = 3", 3)]
    [InlineData("DELETE FROM ledger WHERE sequence = 5", 5)]
    [InlineData("DELETE FROM ledger WHERE sequence >= 2", 2)]
    [InlineData("DELETE FROM ledger", 1)]
    [InlineData("UPDATE ledger SET sequence = 99 WHERE sequence = 2; UPDATE ledger SET sequence = 2 WHERE sequence = 3; UPDATE ledger SET sequence = 3 WHERE sequence = 99", 2)]
    [InlineData("DELETE FROM ledger WHERE sequence = 2; UPDATE ledger SET sequence = 2 WHERE sequence = 3; UPDATE ledger SET sequence = 3 WHERE sequence = 4; UPDATE ledger SET sequence = 4 WHERE sequence = 5", 2)]
    [InlineData("INSERT INTO ledger SELECT 6, at, kind, subject, content, previous_hash, hash FROM ledger WHERE sequence = 5", 6)]
    public async Task Ledger_ChangedBehindItsBack_IsFound(string statement, long brokenAt)
    {
        await AppendFiveAsync();

        await TamperAsync(statement);

        LedgerVerification verification = await VerifyAsync();
        Assert.Equal(brokenAt, verification.BrokenAt);
        Assert.NotEqual("", verification.Problem);
    }

    [Fact]
    public async Task Ledger_EveryTable_AppendsByItself()
    {
        await WriteAsync(async s =>
        {
            await s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None);
            await s.Sources.AcceptSnapshotAsync(Snapshot(new string('1', 64), T0), T0, None);
            await s.Signals.RecordAsync(Kev, [Event(A, "1", T0)], null, T0, None);
            await s.Signals.RecordAsync(Kev, [Event(A, "1", T0)], null, T0, None);
            await s.Assessments.SaveAsync([Result(A, T0, 10)], None);
            await s.Assessments.SaveAsync([Result(A, Day(1), 10)], None);
            await s.Alerts.SaveAsync([new AlertTransition(AlertTransitionKind.Opened, Alert("E1", A, T0))], T0, None);
            await s.Deliveries.EnqueueAsync([Delivery("d1", T0)], None);
            await s.Deliveries.EnqueueAsync([Delivery("d1", T0)], None);
            await s.Deliveries.UpdateAsync(Delivery("d1", T0) with { Attempts = 1, NextAttemptAt = Day(1) }, None);
            await s.Deliveries.UpdateAsync(Delivery("d1", T0) with { State = DeliveryState.Delivered, EndedAt = Day(1) }, None);
        });

        IReadOnlyList<LedgerEntry> entries = await ReadAsync(s => s.Ledger.ReadAsync(0, 100, None));

        Assert.Equal(
            ["portfolio A", "snapshot cisa-kev", "signals cisa-kev", "assessment A", "alert E1", "delivery d1", "delivery d1"], entries.Select(e => e.Kind + " " + e.Subject));
        Assert.Contains("\"state\":\"Delivered\"", entries[^1].Content, StringComparison.Ordinal);
        Assert.Null((await VerifyAsync()).BrokenAt);
        // Who was told, and what exactly, is proven by hashes.
        Assert.DoesNotContain(entries, e => e.Content.Contains("ops@example.org", StringComparison.Ordinal) || e.Content.Contains("Acme", StringComparison.Ordinal));
    }
}
