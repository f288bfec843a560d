using Risk.Connectors.Sdk;
using Risk.Connectors.SoftSignals;
using Risk.Rules.Signals;
using Risk.Testing;

namespace Risk.Connectors.Tests.SoftSignals;

public sealed class SoftSignalsTests
{
    private static readonly DateTimeOffset At = new(2026, 7, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Kinds_EachOne_CanBeUsedAsItIs()
    {
        Assert.NotEmpty(SoftSignalKind.All);
        Assert.Equal(SoftSignalKind.All.Length, SoftSignalKind.All.Select(k => k.Name).Distinct().Count());
        Assert.All(SoftSignalKind.All, kind =>
        {
            Assert.Matches(@"\A[a-z]+(_[a-z]+)*\z", kind.Name);
            Assert.Contains(kind.Category, (string[])["financial", "regulatory", "security", "operational"]);
            Assert.InRange(kind.Severity, 1, 5);
            Assert.InRange(kind.Days, 1, 365);
            Assert.NotEmpty(kind.Meaning);
        });
    }

    [Fact]
    public void Map_Observation_SaysWhatAndWho()
    {
        EventSignal signal = SoftSignalsMapper.Map(Record("50 % with the order"), At.AddDays(1));
        Assert.Equal(("soft_signal", "bank_details_changed", "New bank details: 50 % with the order", 3), (signal.Name, signal.Type, signal.Title, signal.Severity));
        Assert.Equal((At, At.AddDays(30)), (signal.OccurredAt, signal.Due));
        Assert.Equal(("m.weber", "50 % with the order"), SoftSignalsMapper.Read(signal));
    }

    [Fact]
    public void Map_WithoutNote_SaysWhatTheKindMeans() => Assert.StartsWith("New bank details: pay only after a call", SoftSignalsMapper.Map(Record(""), At).Title, StringComparison.Ordinal);

    [Fact]
    public void IdOf_TheSameObservation_IsTheSame()
    {
        Assert.Equal(SoftSignalsMapper.IdOf(Record("a")), SoftSignalsMapper.IdOf(Record("a") with { By = "another", Severity = 5 }));
        Assert.NotEqual(SoftSignalsMapper.IdOf(Record("a")), SoftSignalsMapper.IdOf(Record("b")));
        Assert.NotEqual(SoftSignalsMapper.IdOf(Record("a")), SoftSignalsMapper.IdOf(Record("a") with { At = At.AddDays(1) }));
    }

    [Fact]
    public async Task Fetch_AnyTime_ConfirmsWithoutTakingAnythingBack()
    {
        using var kit = new ConnectorKit(new SoftSignalsModule());
        ListUpdate update = Assert.IsType<ListUpdate>(Assert.Single((await kit.RunAsync([])).Ok().Updates));
        Assert.False(update.Complete);
        Assert.Empty(update.Signals);
    }

    private static SoftSignalsRecord Record(string note) => new("S1", SoftSignalKind.Find("bank-details-changed")!, At, "m.weber", note, "", 3, At.AddDays(30));
}
