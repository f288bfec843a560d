using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Routing;

public sealed class MatcherTests
{
    // The examples of Alertmanager's own documentation of matchers (0.25), and its parser's edge cases.
    [Theory]
    [InlineData("foo=\"bar\"", "foo=\"bar\"")]
    [InlineData("foo = bar", "foo=\"bar\"")]
    [InlineData("{foo=\"bar\",dings!=\"bums\",}", "foo=\"bar\" dings!=\"bums\"")]
    [InlineData("foo=~bar.*", "foo=~\"bar.*\"")]
    [InlineData("foo=\"bar,quux\"", "foo=\"bar,quux\"")]
    [InlineData("foo=\"a\\\"b\\\\c\\nd\"", "foo=\"a\\\"b\\\\c\\nd\"")]
    [InlineData("foo=", "foo=\"\"")]
    [InlineData("foo!~\"\\d+\"", "foo!~\"\\\\d+\"")]
    public void Parse_AlertmanagerSyntax_IsRead(string text, string canonical)
    {
        (IReadOnlyList<ParsedMatcher> matchers, MatcherProblem? problem) = MatcherParser.Parse(text);
        Assert.Null(problem);
        Assert.Equal(canonical, string.Join(' ', matchers.Select(m => m.Matcher.ToString())));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("=\"x\"", 0)]
    [InlineData("foo", 3)]
    [InlineData("foo>\"x\"", 3)]
    [InlineData("foo=\"x", 4)]
    [InlineData("foo=\"x\"y\"", 6)]
    [InlineData("foo=x\"y", 5)]
    [InlineData("a=\"b\",foo=~\"(\"", 11)]
    [InlineData("foo=~\"(?=x)\"", 5)]
    public void Parse_Wrong_SaysWhere(string text, int offset) => Assert.Equal(offset, MatcherParser.Parse(text).Problem?.Offset);

    [Theory]
    [InlineData("tier=~\"1|2\"", "1", true)]
    [InlineData("tier=~\"1|2\"", "12", false)]
    [InlineData("tier=~\"1|2\"", "1\n", false)]
    [InlineData("tier!~\"1|2\"", "", true)]
    [InlineData("tier=\"\"", "", true)]
    [InlineData("tier!=\"1\"", "", true)]
    public void Matches_Anchored_AbsentIsEmpty(string text, string value, bool expected)
    {
        Matcher matcher = MatcherParser.Parse(text).Matchers[0].Matcher;
        Assert.Equal(expected, matcher.Matches(value.Length == 0 ? RoutingSample.Labels() : RoutingSample.Labels(("tier", value))));
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("90s", 90)]
    [InlineData("1h30m", 5400)]
    [InlineData("7d", 604800)]
    [InlineData("1w2d", 777600)]
    public void Duration_PrometheusText_IsRead(string text, int seconds)
    {
        Assert.True(PrometheusDuration.TryParse(text, out TimeSpan span));
        Assert.Equal(seconds, span.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("1m1h")]
    [InlineData("1.5h")]
    [InlineData("1h1h")]
    [InlineData("-1h")]
    [InlineData("99999999y")]
    public void Duration_Wrong_IsRefused(string text) => Assert.False(PrometheusDuration.TryParse(text, out _));
}
