using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Semantics;

public sealed class S15_Numbers
{
    [Fact]
    public void IntAndDouble_InComparisonsAndArithmetic_AreWidened()
    {
        World world = World.ForExpressions().Reading("otd", 0.5).Reading("critical_vulns", 3);
        Assert.Equal("true", world.Ask("metrics.otd < 1"));
        Assert.Equal("1.5", world.Ask("0.5 * metrics.critical_vulns"));
    }

    [Fact]
    public void Days_OfADouble_IsATypeError() => Assert.Contains("error", World.Problems("since(now) < days(1.5)"), StringComparison.Ordinal);

    [Fact]
    public void IntDivision_OfLiterals_IsWarnedOf()
    {
        (var set, string problems) = World.TryLoad(World.Pack("7 / 2 == supplier.tier"), World.Scoring);
        Assert.NotNull(set);
        Assert.Contains("warning", problems, StringComparison.Ordinal);
        Assert.Contains("7.0", problems, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9223372036854775807 + supplier.tier > 0")]
    [InlineData("-(-9223372036854775808) + supplier.tier > 0")]
    [InlineData("-9223372036854775808 - supplier.tier < 0")]
    public void Int_Overflow_IsAnError(string when)
    {
        // What is constant is told at load, the rest when it is evaluated.
        (var set, string problems) = World.TryLoad(World.Pack(when), World.Scoring);
        if (set is null) Assert.Contains("overflow", problems, StringComparison.Ordinal);
        else Assert.Contains("overflow", Assert.Single(World.Of(when).At(0).Assessment.Findings).Error, StringComparison.Ordinal);
    }
}

public sealed class S16_NotFinite
{
    [Theory]
    [InlineData("metrics.otd / metrics.uptime > 1.0")]
    [InlineData("1.0 / metrics.uptime > 1.0")]
    public void Division_ByZeroInARule_IsAnError(string when)
    {
        Finding finding = Assert.Single(World.Of(when).Reading("otd", 0).Reading("uptime", 0).At(0).Assessment.Findings);
        Assert.True(finding.Error.Length > 0 && finding.State == FindingState.Unknown, finding.Error);
    }

    [Theory]
    [InlineData("0.0 / 0.0", double.NaN)]
    [InlineData("1.0 / 0.0", double.PositiveInfinity)]
    [InlineData("-1.0 / 0.0", double.NegativeInfinity)]
    public void Division_ByZeroInConformanceMode_IsIeee(string text, double expected) => Assert.Equal(expected, Conformant(text).AsDouble);

    [Fact]
    public void Least_WithNaN_IsNaNInWhateverOrder()
    {
        Assert.Equal(double.NaN, Conformant("math.least(0.0 / 0.0, 1.0)").AsDouble);
        Assert.Equal(double.NaN, Conformant("math.least(1.0, 0.0 / 0.0)").AsDouble);
    }

    private static CelValue Conformant(string text)
    {
        var environment = CelEnvironment.Create(CelMode.Conformance, [], [], []);
        var diagnostics = new DiagnosticBag();
        CelExpression? expression = CelCompiler.Compile(text, environment, null, diagnostics);
        Assert.True(expression is not null, string.Join("\n", diagnostics.Sorted()));
        return expression.Evaluate(new CelFrame(environment));
    }
}

public sealed class S17_Ranges
{
    [Theory]
    [InlineData("metrics.otd < 92", "0.92")]
    [InlineData("metrics.otd > 1.0", "always false")]
    public void Comparison_OutsideTheRange_IsALoadError(string when, string words)
    {
        (var set, string problems) = World.TryLoad(World.Pack(when), World.Scoring);
        Assert.Null(set);
        Assert.Contains(words, problems, StringComparison.Ordinal);
    }

    [Fact]
    public void LimitOverride_OutsideTheRange_IsALoadErrorAtItsPlace()
    {
        const string limits = "limits:\n  low:\n    default: 0.9\n    range: [0.5, 1]\n    overrides:\n      - {when: supplier.tier == 1, value: 92}\n";
        Assert.Contains("f0.yaml:9:43: error", World.Problems("metrics.otd < limit.low", pack: limits), StringComparison.Ordinal);
    }
}

public sealed class S18_Equality
{
    [Theory]
    [InlineData("9007199254740993 == 9007199254740992.0", "false")]
    [InlineData("1 in [1.0]", "true")]
    [InlineData("dyn({1: 'a'})[dyn(1u)]", "\"a\"")]
    [InlineData("dyn({1: 'a'})[dyn(1.0)]", "\"a\"")]
    [InlineData("{1: 'a'}[1]", "\"a\"")]
    public void Numbers_AcrossTypes_AreComparedExactly(string expression, string expected) => Assert.Equal(expected, World.ForExpressions().Ask(expression));
}

public sealed class S19_Text
{
    [Theory]
    [InlineData("size('e\\u0301\\U0001F600')", "3")]
    [InlineData("'e\\u0301\\U0001F600'.charAt(2) == '\\U0001F600'", "true")]
    [InlineData("'a\\U0001F600b'.substring(1, 2) == '\\U0001F600'", "true")]
    // U+FF01 is less than U+1F600, though its UTF-16 unit is greater; and no culture puts 'Z' behind 'a'.
    [InlineData("'\\uFF01' < '\\U0001F600'", "true")]
    [InlineData("'Z' < 'a'", "true")]
    [InlineData("'ÆA'.lowerAscii() == 'Æa'", "true")]
    public void Text_IsCodePoints(string expression, string expected) => Assert.Equal(expected, World.ForExpressions().Ask(expression));
}

public sealed class S20_Yaml
{
    [Fact]
    public void PlainScalars_AreTextUnlessTrueOrFalse()
    {
        World world = World.ForExpressions("lists: {countries: [NO, on, yes, null_, '1.10']}\n");
        Assert.Equal("true", world.Ask("lists.countries == ['NO', 'on', 'yes', 'null_', '1.10']"));
        world.Supplier = world.Supplier with { Country = "NO", Category = "on", Owner = "null" };
        Assert.Equal("true", world.Ask("supplier.country in lists.countries && supplier.category in lists.countries && supplier.owner == 'null'"));
    }

    [Fact]
    public void Version_OnePointTen_IsNoWholeNumberAndSaysSo() =>
        Assert.Contains("f0.yaml:3:10: error", World.TryLoad("schema: rules/1\npack: p\nversion: 1.10\nrules: []\n", World.Scoring).Problems, StringComparison.Ordinal);

    [Fact]
    public void Condition_BeginningWithAQuote_IsReadAsYamlDoesAndTheMessageHelps()
    {
        (var set, string problems) = World.TryLoad(World.Pack("\"on\" == supplier.category"), World.Scoring);
        Assert.Null(set);
        Assert.Contains("quote", problems, StringComparison.Ordinal);
        Assert.NotNull(World.TryLoad(World.Pack("'\"on\" == supplier.category'"), World.Scoring).Set);
    }

    [Fact]
    public void Brackets_InAFlowList_AreYamlsUnlessQuoted()
    {
        Assert.NotEqual("", World.TryLoad(World.Pack("supplier.category in lists.codes", pack: "lists: {codes: [SR-00[1235]]}\n"), World.Scoring).Problems);
        Assert.Equal("true", World.ForExpressions("lists: {codes: ['SR-00[1235]']}\n").Ask("'SR-00[1235]' in lists.codes"));
    }
}

public sealed class S21_Durations
{
    [Fact]
    public void Duration_WithDays_IsRefusedWithAdvice() => Assert.Contains("days(90)", World.Problems("since(now) < duration(\"90d\")"), StringComparison.Ordinal);

    [Fact]
    public void Days_AcrossAChangeToSummerTime_AreTwentyFourHours() => Assert.Equal(
        "true", World.ForExpressions().Ask("days(30) == hours(720) && timestamp('2026-03-15T06:00:00Z') + days(30) == timestamp('2026-04-14T06:00:00Z')"));

    [Fact]
    public void GetHours_OfAZone_IsItsWallClock() => Assert.Equal(
        "[7, 8]", World.ForExpressions().Ask("[timestamp('2026-01-15T06:00:00Z').getHours('Europe/Berlin'), timestamp('2026-07-15T06:00:00Z').getHours('Europe/Berlin')]"));

    [Fact]
    public void Date_IsInTheConfiguredZone()
    {
        var environment = CelEnvironment.Create(CelMode.Rules, [], [new CelObjectType("M", [])], CelRuleLibrary.Functions("M", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));
        CelExpression expression = CelCompiler.Compile("date(timestamp('2026-01-15T23:30:00Z'))", environment, null, new DiagnosticBag())!;
        Assert.Equal("2026-01-16", expression.Evaluate(new CelFrame(environment)).AsText);
        Assert.Equal("\"2026-01-15\"", World.ForExpressions().Ask("date(timestamp('2026-01-15T23:30:00Z'))"));
    }
}

public sealed class S22_Expiry
{
    private static string Exception(string expires) => $"exceptions: [{{id: EX-1, reason: r, approved_by: a, expires: {expires}}}]";

    [Fact]
    public void DateOnly_EndsWithTheLastInstantOfThatDayInUtc()
    {
        World world = World.Of("metrics.otd < 0.9", Exception("2026-01-20")).Reading("otd", 0.5);
        double end = (new DateTimeOffset(2026, 1, 21, 0, 0, 0, TimeSpan.Zero) - World.Start).TotalDays;
        Assert.Empty(world.At(end - (1 / 86400.0)).Transitions);
        Assert.Equal(["Opened risk"], World.Kinds(world.At(end)));
    }

    [Theory]
    [InlineData("2026-02-29")]
    [InlineData("2026-13-01")]
    [InlineData("soon")]
    public void Malformed_IsALoadError(string expires) => Assert.Contains("error", World.Problems("metrics.otd < 0.9", Exception(expires)), StringComparison.Ordinal);

    [Fact]
    public void LeapDay_InALeapYear_IsADate() => Assert.DoesNotContain("must be a date", World.Problems("metrics.otd < 0.9", Exception("2028-02-29")), StringComparison.Ordinal);
}

public sealed class S23_Decay
{
    [Theory]
    [InlineData("now", 1)]
    [InlineData("now - days(180)", 0.5)]
    [InlineData("now - days(360)", 0.25)]
    [InlineData("now + days(5)", 1)]
    public void Decay_HalvesWithEachHalfLife(string at, double expected) => Assert.Equal(expected, double.Parse(World.ForExpressions().Ask($"decay({at}, days(180))"), CultureInfo.InvariantCulture), 12);

    [Fact]
    public void Decay_AfterFiftyYears_IsNearlyNothingAndFinite()
    {
        double left = double.Parse(World.ForExpressions().Ask("decay(now - days(18262), days(180))"), CultureInfo.InvariantCulture);
        Assert.InRange(left, 1e-31, 1e-30);
    }
}

public sealed class S24_History
{
    [Fact]
    public void Was_NoReadingThatFarBack_IsUnknown() => Assert.StartsWith("‹metrics.otd", World.ForExpressions().Reading("otd", 0.9, -5).Ask("was(metrics.otd, days(30))"), StringComparison.Ordinal);

    [Fact]
    public void Was_ReadingExactlyThere_IsIt() => Assert.Equal("0.8", World.ForExpressions().Reading("otd", 0.8, -30).Reading("otd", 0.9).Ask("was(metrics.otd, days(30))"));

    [Fact]
    public void Change_ReadingsOutOfOrder_IsTheSame() => Assert.Equal(
        "true", World.ForExpressions().Reading("otd", 0.75).Reading("otd", 0.25, -10).Reading("otd", 0.5, -30).Ask("change(metrics.otd, days(30)) == 0.25 && was(metrics.otd, days(5)) == 0.25"));

    [Fact]
    public void Change_CorrectedReadingOfTheSameTime_TakesTheCorrection()
    {
        World world = World.ForExpressions().Reading("otd", 0.5, -30).Reading("otd", 0.25, -30, known: -1).Reading("otd", 0.75);
        Assert.Equal("0.5", world.Ask("change(metrics.otd, days(30))"));
    }

    [Fact]
    public void Was_ReadingTooOldThen_IsUnknown() => Assert.StartsWith("‹metrics.otd", World.ForExpressions().Reading("otd", 0.8, -80).Reading("otd", 0.9).Ask("was(metrics.otd, days(30))"), StringComparison.Ordinal);
}

public sealed class S25_Patterns
{
    [Fact]
    public void Matches_PatternThatWouldBlowUp_AnswersAtOnce()
    {
        World world = World.ForExpressions();
        world.Supplier = world.Supplier with { Name = new string('a', 5000) + "!" };
        long start = Environment.TickCount64;
        Assert.Equal("false", world.Ask("supplier.name.matches('^(a+)+$')"));
        Assert.InRange(Environment.TickCount64 - start, 0, 5_000);
    }

    [Fact]
    public void Matches_LookAhead_IsALoadError() => Assert.Contains("error", World.Problems("supplier.name.matches('a(?=b)')"), StringComparison.Ordinal);

    [Fact]
    public void Matches_InConditions_SearchesAndInRouting_IsAnchored()
    {
        Assert.Equal("true", World.ForExpressions().Ask("supplier.name.matches('Steel')"));
        Matcher matcher = Assert.Single(MatcherParser.Parse("supplier=~\"Steel\"").Matchers).Matcher;
        Assert.False(matcher.Matches(RoutingSample("Nord Steel")));
        Assert.True(matcher.Matches(RoutingSample("Steel")));
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> RoutingSample(string supplier) => Alerting.RoutingSample.Labels(("supplier", supplier));
}
