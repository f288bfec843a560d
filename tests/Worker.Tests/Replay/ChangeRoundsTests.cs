using Risk.Rules.Signals;
using Risk.Worker.Replay;
using Risk.Worker.Storage;
using Risk.Worker.Tests.RuleFiles;
using static Risk.Worker.Tests.Replay.ReplaySamples;

namespace Risk.Worker.Tests.Replay;

public sealed class ChangeRoundsTests
{
    private const double Minute = 1 / 1440.0;

    [Fact]
    public void Of_SignalsThatCameTogether_AreOneRound()
    {
        string[] rounds = Rounds(History(Otd(0.9, 2), Otd(0.9, 2 + (9 * Minute)), Otd(0.9, 2 + (18 * Minute)), Otd(0.9, 3)));
        Assert.Equal(["0.00000", "2.00000-2.01250", "3.00000"], rounds);
    }

    [Fact]
    public void Of_ChangesThatNeverPause_EndARoundAfterAnHour() =>
        Assert.Equal(["0.00000", "2.00000-2.03750", "2.04375-2.08125", "2.08750"], Rounds(History([.. Enumerable.Range(0, 15).Select(i => Otd(0.9, 2 + (9 * i * Minute)))])));

    [Fact]
    public void Of_VersionsOfTheRow_AreChanges()
    {
        SupplierHistory history = History() with
        {
            Versions = [new(Supplier(), Day(-9), Day(3), Day(-9)), new(Supplier("x"), Day(3), Day(5), Day(-9)), new(Supplier(), Day(7), Day(20), Day(7))],
        };
        Assert.Equal(["0.00000", "3.00000", "5.00000", "7.00000"], Rounds(history));
    }

    /// <summary>Daily checks must not become daily assessments; the one after an outage must.</summary>
    [Fact]
    public void Of_Checks_AreChangesWhenTheyEndATimeWithout()
    {
        SourceCheck[] checks = [.. ((int[])[-1, 1, 2, 3, 4, 12, 13]).Select(day => new SourceCheck(Kev, Day(day)))];
        Assert.Equal(["0.00000", "12.00000"], Rounds(History(), checks));
        Assert.Equal(["0.00000", "1.00000", "12.00000"], Rounds(History(), checks[1..]));
    }

    [Fact]
    public void Of_AChangedIdentity_WaitsForTheNextCheck()
    {
        SupplierHistory history = History() with { Versions = [new(Supplier(), Day(-9), Day(3), Day(-9)), new(Supplier() with { Name = "New" }, Day(3), null, Day(3))] };
        SourceCheck[] checks = [.. Enumerable.Range(-2, 10).Select(day => new SourceCheck(Kev, Day(day + 0.5)))];
        Assert.Equal(["0.00000", "3.00000", "3.50000"], Rounds(history, checks));
    }

    [Fact]
    public void Of_SourcesThatDoNotRun_AreNoChanges()
    {
        Signal stranger = Otd(0.9, 4) with { Source = new SourceId("switched-off") };
        Assert.Equal(["0.00000"], Rounds(History(stranger), new SourceCheck(new SourceId("switched-off"), Day(5))));
    }

    private static string[] Rounds(SupplierHistory history, params SourceCheck[] wholeChecks) =>
    [
        .. new ChangeRounds(StandardCatalog.Create(), Days(0, 15)).Of(history, wholeChecks)
            .Select(r => r.First == r.Last ? Text(r.First) : $"{Text(r.First)}-{Text(r.Last)}"),
    ];

    private static string Text(DateTimeOffset at) => FormattableString.Invariant($"{(at - T0).TotalDays:0.00000}");
}
