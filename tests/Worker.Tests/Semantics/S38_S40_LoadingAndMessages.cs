using System.Net;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers.Email;

namespace Risk.Worker.Tests.Semantics;

/// <summary>That the running set stays, and says so, is the reload's: its tests are beside it.</summary>
public sealed class S38_Loading
{
    [Fact]
    public void OneBadFileOfFive_LoadsNothing()
    {
        string[] files = [.. Enumerable.Range(1, 4).Select(i => World.Pack("metrics.otd < 0.9", id: $"A-{i}").Replace("pack: p", $"pack: p{i}", StringComparison.Ordinal))];
        Assert.NotNull(World.TryLoad([.. files, World.Scoring]).Set);
        files[2] = files[2].Replace("metrics.otd", "metrics.otdd", StringComparison.Ordinal);
        (var set, string problems) = World.TryLoad([.. files, World.Scoring]);
        Assert.Null(set);
        Assert.Contains("f2.yaml:9:", problems, StringComparison.Ordinal);
        Assert.Contains("did you mean 'otd'?", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void FileHalfWritten_WithinARule_LoadsNothing()
    {
        string whole = World.Pack("metrics.otd < 0.9");
        int from = whole.IndexOf("- id", StringComparison.Ordinal) + 1, to = whole.IndexOf("concerned", StringComparison.Ordinal);
        for (int length = from; length < to; length++) Assert.True(World.TryLoad(whole[..length], World.Scoring).Set is null, whole[..length]);
    }

    [Fact]
    public void TwoPacksWithOneRuleId_AreAnErrorThatNamesIt() => Assert.Contains(
        "'A-1'", World.TryLoad(World.Pack("metrics.otd < 0.9"), World.Pack("metrics.otd < 0.8").Replace("pack: p", "pack: q", StringComparison.Ordinal), World.Scoring).Problems, StringComparison.Ordinal);

    [Fact]
    public void OverlayForAnotherPackVersion_LoadsWithAWarningThatListsItsChanges()
    {
        (var set, string problems) = World.TryLoad(World.Pack("metrics.otd < 0.9"), World.Scoring, "schema: overlay/1\npack: p\nfor_version: 7\nrules: {A-1: {points: 3, reason: r, by: b}}\n");
        Assert.NotNull(set);
        Assert.Contains("warning", problems, StringComparison.Ordinal);
        Assert.Contains("A-1", problems, StringComparison.Ordinal);
    }
}

public sealed class S39_Messages
{
    private static string Message(World world) => Assert.Single(world.At(0).Transitions).Alert.Message;

    [Fact]
    public void MissingMetric_IsPrintedAsMissingAndSentAllTheSame()
    {
        World world = World.Of("metrics.uptime < 0.9", "message: \"{supplier.name}: {metrics.otd}\"").Reading("uptime", 0.5).Reading("otd", 0.5, -41);
        Assert.Equal("Nord Steel: ‹metrics.otd: stale›", Message(world));
    }

    [Theory]
    [InlineData("{metrics.otd}", "{metrics.otd} is concerned")]
    [InlineData("Nord\nSteel\u2028AG", "Nord Steel AG is concerned")]
    [InlineData("<b>Nord</b>", "<b>Nord</b> is concerned")]
    public void SuppliersName_IsPrintedAsItIsOnOneLine(string name, string expected)
    {
        World world = World.Of("metrics.uptime < 0.9").Reading("uptime", 0.5);
        world.Supplier = world.Supplier with { Name = name };
        Assert.Equal(expected, Message(world));
    }

    [Fact]
    public void MarkupInAMessage_IsEscapedForTheChannel()
    {
        World world = World.Of("metrics.uptime < 0.9").Reading("uptime", 0.5);
        world.Supplier = world.Supplier with { Name = "<b>Nord & Söhne</b>" };
        var alert = Assert.Single(world.At(0).Transitions).Alert;
        EmailView view = EmailViews.Of(Alerting.NotificationSample.Of(NotificationReason.First, [alert], [], []), "m.keller@buyer.example");
        Assert.DoesNotContain("<b>Nord", EmailHtml.Render(view), StringComparison.Ordinal);
        Assert.Contains("<b>Nord & Söhne</b>", WebUtility.HtmlDecode(EmailHtml.Render(view)), StringComparison.Ordinal);
        Assert.Contains("<b>Nord & Söhne</b>", EmailText.Render(view), StringComparison.Ordinal);
    }

    [Fact]
    public void LiteralBraces_AreDoubled() => Assert.Equal("{Nord Steel}", Message(World.Of("metrics.uptime < 0.9", "message: \"{{{supplier.name}}}\"").Reading("uptime", 0.5)));
}

public sealed class S40_MacroVariables
{
    private static World Breaches() => World.ForExpressions().Reading("otd", 0.5).Happening("breach", "B1", -1, 4).Happening("breach", "B2", -1, 2);

    [Theory]
    [InlineData("events.breach.exists(metrics, metrics.severity > 3)", "true")]
    [InlineData("events.breach.exists(metrics, metrics.severity > 4)", "false")]
    [InlineData("events.breach.exists(e, events.breach.exists(e, e.severity < 3) && e.severity > 3)", "true")]
    [InlineData("events.breach.exists(metrics, .metrics.otd < 0.9 && metrics.severity > 3)", "true")]
    public void Variable_ShadowsWhatStandsOutside(string expression, string expected) => Assert.Equal(expected, Breaches().Ask(expression));

    [Theory]
    [InlineData("events.breach.exists(a.b, true)")]
    [InlineData("events.breach.exists(1, true)")]
    [InlineData("events.breach.exists('e', true)")]
    public void Variable_ThatIsNoName_IsALoadError(string when) => Assert.Contains("error", World.Problems(when), StringComparison.Ordinal);

    [Fact]
    public void Error_InsideAMacroInFoldedYaml_PointsIntoTheFile()
    {
        string problems = World.Problems(">-\n      supplier.tier == 1 &&\n      events.breach.exists(e,\n        e.severty > 3)");
        Assert.StartsWith("f0.yaml:12:11: error", problems, StringComparison.Ordinal);
        Assert.Contains("did you mean 'severity'?", problems, StringComparison.Ordinal);
    }
}
