using Risk.Rules.Diagnostics;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>Numbers, text and time in rule mode; static checks; templates; explanations.</summary>
public sealed class RuleLanguageTests
{
    [Theory]
    [InlineData("0.5 * metrics.critical_vulns", "1.5")]
    [InlineData("metrics.critical_vulns == 3.0", "true")]
    [InlineData("metrics.critical_vulns > 2.5", "true")]
    [InlineData("1 in [1.0]", "true")]
    [InlineData("9007199254740993 == 9007199254740992.0", "false")]
    [InlineData("true ? 1 : 2.5", "1.0")]
    [InlineData("fixed(metrics.critical_vulns, 1)", "\"3.0\"")]
    [InlineData("fixed(1.005, 2)", "\"1.01\"")]
    [InlineData("fixed(-0.4, 0)", "\"0\"")]
    [InlineData("percent(metrics.otd, 1)", "\"86.0 %\"")]
    [InlineData("percent(0.5)", "\"50 %\"")]
    [InlineData("money(1234567.0, 'EUR')", "\"EUR 1,234,567\"")]
    [InlineData("date(now)", "\"2026-01-15\"")]
    [InlineData("days(30) == hours(720)", "true")]
    [InlineData("since(now - days(2)) == days(2)", "true")]
    [InlineData("until(now + weeks(1)) == days(7)", "true")]
    [InlineData("decay(now, days(180))", "1.0")]
    [InlineData("decay(now - days(180), days(180))", "0.5")]
    [InlineData("decay(now + days(180), days(180))", "1.0")]
    [InlineData("decay(now - days(18250), days(180)) < 0.000001", "true")]
    [InlineData("change(metrics.otd, days(90)) < 0.0", "true")]
    [InlineData("was(metrics.otd, days(200))", "‹metrics.otd: no reading›")]
    [InlineData("readings(metrics.otd, days(90))", "3")]
    [InlineData("age(metrics.otd) == days(5)", "true")]
    [InlineData("supplier.country in embargoed", "false")]
    [InlineData("'RU' in embargoed", "true")]
    [InlineData("size('é́😀')", "3")]
    [InlineData("'\\u1ebf' < '😀'", "true")]
    [InlineData("'Straße'.matches('a[a-z]?')", "true")]
    [InlineData("'ab\\n'.matches('b$')", "false")]
    [InlineData("events.fresh.exists(metrics, metrics.severity > 3)", "true")]
    [InlineData("events.fresh.exists(e, events.fresh.exists(e, e.severity == 2) && e.severity == 4)", "true")]
    [InlineData("events.fresh.filter(e, since(e.at) < days(30)).size()", "1")]
    [InlineData("[3, 1].map(x, x + metrics.critical_vulns)", "[6, 4]")]
    public void Evaluate_InRuleMode_Gives(string text, string expected) => Assert.Equal(expected, Sample.Evaluate(text).ToString());

    [Theory]
    [InlineData("metrics.otd / 0.0 > 1.0")]
    [InlineData("9223372036854775807 + metrics.critical_vulns")]
    [InlineData("-(-9223372036854775807 - metrics.critical_vulns)")]
    [InlineData("7 / (metrics.critical_vulns - 3)")]
    [InlineData("supplier.tags[7]")]
    [InlineData("{'a': 1}[supplier.name]")]
    public void Evaluate_WhatCannotBeComputed_IsAnError(string text) => Assert.True(Sample.Evaluate(text).IsError);

    [Theory]
    [InlineData("metrics.otdd < 0.9", "C013", "'metrics' has no field 'otdd'; did you mean 'otd'?")]
    [InlineData("metric.otd < 0.9", "C012", "there is no 'metric' here; did you mean 'metrics'?")]
    [InlineData("supplier.country > 3", "C010", "no operator '>' for (string, int)")]
    [InlineData("metrics.otd < 92", "C031", "metrics.otd is a ratio in [0, 1]; 'metrics.otd < 92' is always true; did you mean 0.92?")]
    [InlineData("metrics.otd > 1.0", "C031", "metrics.otd is a ratio in [0, 1]; 'metrics.otd > 1.0' is always false")]
    [InlineData("20000 < metrics.critical_vulns", "C031", "metrics.critical_vulns lies in [0, 10000]; '20000 < metrics.critical_vulns' is always false")]
    [InlineData("since(now) < duration('90d')", "C040", "'90d' is no duration; write days(90)")]
    [InlineData("days(1.5)", "C010", "days(double) does not fit; there is days(int)")]
    [InlineData("change(0.5, days(3)) > 1.0", "C016", "the first argument of change() must name a field, as metrics.otd")]
    [InlineData("has(certs['iso'])", "C006", "has() takes a field, as has(a.b); for a key of a map write ''iso' in certs'")]
    [InlineData("supplier.name.matches('(?=a)')", "C040", "linear time")]
    [InlineData("supplier.tier = 1", "C001", "to compare, write '=='")]
    [InlineData("supplier.tier ==", "C001", "the expression ends where a value should be")]
    [InlineData("daays(3) < days(4)", "C015", "there is no function 'daays'; did you mean 'days'?")]
    [InlineData("'a' + supplier.tier", "C010", "convert with string(...)")]
    [InlineData("7 / metrics.critical_vulns", "C030", "7 / 2 is 3")]
    [InlineData("", "C001", "the expression is empty")]
    public void Compile_WithAMistake_SaysWhereAndHowToMendIt(string text, string code, string message)
    {
        string problems = Sample.Problems(text);
        Assert.Contains(code, problems, StringComparison.Ordinal);
        Assert.Contains(message, problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_WithTwoMistakes_ReportsBothWithCarets() => Assert.Equal(
        """
        <expression>:1:9: error C013: 'metrics' has no field 'otdd'; did you mean 'otd'?
              1 | metrics.otdd < 0.9 && suplier.tier == 1
                |         ^~~~
        <expression>:1:23: error C012: there is no 'suplier' here; did you mean 'supplier'?
              1 | metrics.otdd < 0.9 && suplier.tier == 1
                |                       ^~~~~~~
        """.ReplaceLineEndings("\n"),
        Sample.Problems("metrics.otdd < 0.9 && suplier.tier == 1"));

    [Fact]
    public void Compile_WhenNotOfTheExpectedType_Refuses()
    {
        Assert.Contains("this must be bool, not double", Sample.Problems("metrics.otd", CelType.Bool), StringComparison.Ordinal);
        CelExpression points = Sample.Compile("25", CelType.Double);
        Assert.Equal(CelType.Double, points.Type);
        Assert.Equal("25.0", points.Evaluate(Sample.Frame()).ToString());
    }

    [Fact]
    public void References_OfAnExpression_AreItsPaths()
    {
        Assert.Equal(["certs", "events.fresh", "metrics.otd", "now", "supplier.tier"], Sample.Compile("events.fresh.exists(e, since(e.at) < days(3)) || certs['x'].id == 'y' || change(metrics.otd, days(supplier.tier)) > 0.0").References);
        Assert.True(Sample.Compile("1 + 2 == 3").IsConstant);
    }

    [Fact]
    public void Evaluate_BeyondTheStepBudget_IsAnError()
    {
        string list = $"[{string.Join(",", Enumerable.Range(0, 100))}]";
        CelValue value = Sample.Evaluate($"{list}.all(a, {list}.all(b, {list}.all(c, a + b + c >= supplier.tier - 1)))");
        Assert.True(value.IsError);
        Assert.Contains("too many steps", value.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_DoublingTextsAndLists_IsBounded()
    {
        Assert.True(Sample.Evaluate(Doubled("supplier.name", x => $"{x} + {x}")).IsError);
        Assert.True(Sample.Evaluate(Doubled("supplier.tags", x => $"{x} + {x}")).IsError);
        Assert.True(Sample.Evaluate(Doubled("supplier.tags", x => $"[dyn({x}), {x}]")).IsError);
    }

    private static string Doubled(string seed, Func<string, string> twice)
    {
        string text = "size(x40)";
        for (int i = 40; i > 0; i--) text = $"cel.bind(x{i}, {twice($"x{i - 1}")}, {text})";
        return $"cel.bind(x0, {seed}, {text})";
    }

    [Fact]
    public void Explain_OfARule_ShowsWhatDecides()
    {
        CelTrace trace = Sample.Compile("supplier.tier == 2 || events.fresh.exists(e, e.severity >= 4)").Explain(Sample.Frame());
        Assert.Equal("true", trace.Value.ToString());
        CelTrace exists = Assert.Single(trace.Children);
        Assert.Equal("events.fresh.exists(e, e.severity >= 4)", exists.Text);
        Assert.Equal("e.severity >= 4", exists.Children[^1].Text);
        Assert.Equal("4", exists.Children[^1].Children[0].Value.ToString());
    }

    [Fact]
    public void Render_OfATemplate_InsertsPlainText()
    {
        Assert.Equal("{x} Nord {metrics.otd} <b>  y: 86.0 %, ‹metrics.lost: stale›, is in 'DE'", Render("{{x}} {supplier.name}: {percent(metrics.otd, 1)}, {metrics.lost}, {supplier.tier == 1 ? 'is in \\'' + {'c': supplier.country}['c'] + '\\'' : '}'}", "Nord {metrics.otd} <b>\r\ny"));
    }

    private static string Render(string text, string name)
    {
        var bag = new DiagnosticBag();
        CelTemplate? template = CelTemplate.Compile(text, Sample.Environment, bag, CelSource.Plain(text));
        Assert.True(template is not null, string.Join("\n", bag.Sorted()));
        return template.Render(Sample.Frame(name));
    }

    [Theory]
    [InlineData("{supplier.nam}", 11, "C013")]
    [InlineData("ab {", 4, "C050")]
    [InlineData("ab }", 4, "C050")]
    [InlineData("{supplier.tags}", 2, "C051")]
    public void Compile_OfAWrongTemplate_PointsIntoTheText(string text, int column, string code)
    {
        var bag = new DiagnosticBag();
        Assert.Null(CelTemplate.Compile(text, Sample.Environment, bag, CelSource.Plain(text)));
        Diagnostic problem = Assert.Single(bag.Sorted());
        Assert.Equal((code, column), (problem.Code, problem.Position.Column));
    }

    [Fact]
    public void Evaluate_WithinAnEvaluation_KeepsTheOuterVariables()
    {
        CelEnvironment environment = Sample.Environment.With("vars", CelType.Object("Vars"));
        environment = CelEnvironment.Create(CelMode.Rules, environment.Variables, [.. environment.ObjectTypes.Values, new CelObjectType("Vars", [new CelField("many", CelType.Int)])], environment.Functions);
        CelFrame frame = Sample.Frame(environment: environment);
        frame[environment.Slot("vars")] = CelValue.Object(new LazyVar(Sample.Compile("[7, 8, 9].filter(x, x > 7).size()"), frame));
        CelExpression outer = CelCompiler.Compile("[1, 2].map(x, vars.many + x)", environment, null, new DiagnosticBag())!;
        Assert.Equal("[3, 4]", outer.Evaluate(frame).ToString());
        Assert.Equal(["vars.many"], outer.References);
    }

    private sealed class LazyVar(CelExpression expression, CelFrame frame) : ICelObject
    {
        public CelValue Get(int slot) => expression.Evaluate(frame);

        public bool? Has(int slot) => true;
    }
}
