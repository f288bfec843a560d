using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    private static Snapshot Refused(string sha256, SourceId source) => new(source, "list.csv", "https://example.org/list.csv", sha256, "/snapshots/" + sha256, 10, 0, null, T0, "\"1\"", "");

    [Fact]
    public async Task Quarantine_SameBytesAgain_IsOneFileWithItsFirstAndLastTime()
    {
        await WriteAsync(async s =>
        {
            await s.Sources.QuarantineAsync(Refused("aa", Kev), FailureKind.Shrunk, "short", T0, None);
            await s.Sources.QuarantineAsync(Refused("bb", Kpi), FailureKind.Malformed, "broken", Day(1), None);
            await s.Sources.QuarantineAsync(Refused("aa", Kev), FailureKind.Outdated, "old", Day(2), None);
        });
        IReadOnlyList<QuarantinedFile> all = await ReadAsync(s => s.Sources.QuarantinedAsync(null, None));
        Assert.Equal(["aa", "bb"], all.Select(f => f.File.Sha256));
        Assert.Equal((FailureKind.Outdated, "old", T0, Day(2)), (all[0].Kind, all[0].Problem, all[0].FirstAt, all[0].LastAt));
        Assert.Equal("bb", Assert.Single(await ReadAsync(s => s.Sources.QuarantinedAsync(Kpi, None))).File.Sha256);
    }

    [Fact]
    public async Task Quarantine_Released_IsOnRecordInTheLedgerToo()
    {
        await WriteAsync(s => s.Sources.QuarantineAsync(Refused("aa", Kev), FailureKind.Shrunk, "short", T0, None));
        await WriteAsync(s => s.Sources.ReleaseAsync(Refused("aa", Kev), "r.lind", "they did shorten it", Day(1), None));
        QuarantinedFile released = Assert.Single(await ReadAsync(s => s.Sources.QuarantinedAsync(Kev, None)));
        Assert.Equal(("r.lind", "they did shorten it", Day(1)), (released.ReleasedBy, released.Reason, released.ReleasedAt));
        LedgerEntry entry = (await ReadAsync(s => s.Ledger.ReadAsync(0, 100, None)))[^1];
        Assert.Equal(("quarantine", Kev.Value), (entry.Kind, entry.Subject));
        Assert.Contains("they did shorten it", entry.Content, StringComparison.Ordinal);
    }
}
