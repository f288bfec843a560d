using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>Whatever the text, compiling reports and evaluating gives an outcome; nothing throws, nothing runs away.</summary>
public sealed class FuzzTests
{
    /// <summary>How many texts: RISK_FUZZ_ROUNDS, beginning at the number in RISK_FUZZ_FIRST.</summary>
    private static readonly int Rounds = Number("RISK_FUZZ_ROUNDS", 15_000);

    private static readonly int First = Number("RISK_FUZZ_FIRST", 0);

    /// <summary>No text takes longer, with much to spare for a busy machine. What bounds it is the step budget.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly CelEnvironment Plain = CelEnvironment.Create(
        CelMode.Conformance,
        [
            new CelVariable("metrics", CelType.Map(CelType.Text, CelType.Double)), new CelVariable("events", CelType.Dyn), new CelVariable("supplier", CelType.Map(CelType.Text, CelType.Dyn)),
            new CelVariable("certs", CelType.Map(CelType.Text, CelType.Int)), new CelVariable("embargoed", CelType.List(CelType.Text)), new CelVariable("x", CelType.Dyn), new CelVariable("y", CelType.List(CelType.Int)),
            new CelVariable("e", CelType.Optional(CelType.Int)), new CelVariable("now", CelType.Timestamp),
        ],
        [],
        []);

    [Fact]
    public void Compile_OfRandomTexts_NeverThrowsAndEndsInTime()
    {
        CelFrame rules = Sample.Frame(), plain = PlainFrame();
        var clock = new Stopwatch();
        int compiled = 0;
        for (int round = First; round < First + Rounds; round++)
        {
            var random = new Random(round);
            string text = new RandomText(random).Next();
            bool isPlain = round % 3 == 0;
            CelOptions options = random.Next(4) == 0 ? CelOptions.NoCheck : random.Next(16) == 0 ? CelOptions.NoMacros : CelOptions.None;
            clock.Restart();
            try
            {
                if (Try(text, isPlain ? Plain : Sample.Environment, isPlain ? plain : rules, options, random)) compiled++;
                if (round % 16 == 0) TryTemplate(text, random);
            }
            catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"round {round}: {text}\n{problem}");
            }

            Assert.True(clock.Elapsed < Longest, $"round {round} took {clock.Elapsed}: {text}");
        }

        Assert.True(compiled > Rounds / 10, $"only {compiled} of {Rounds} texts compiled");
    }

    private static bool Try(string text, CelEnvironment environment, CelFrame frame, CelOptions options, Random random)
    {
        var bag = new DiagnosticBag();
        CelExpression? expression = CelCompiler.Compile(text, environment, null, bag, CelSource.Plain(text), options);
        Assert.True(expression is null == bag.HasErrors, text);
        if (expression is null)
        {
            foreach (Diagnostic diagnostic in bag.Sorted()) Assert.True(diagnostic.Position is { Line: > 0, Column: > 0 } && diagnostic.Format().Length > 10, text);
            return false;
        }

        CelValue value = expression.Evaluate(frame);
        string printed = value.ToString();
        Assert.Equal(printed, expression.Evaluate(frame).ToString());
        if (random.Next(8) == 0) Assert.Equal(printed, expression.Explain(frame).Value.ToString());
        if (random.Next(8) == 0) Assert.True(CelJson.ToTyped(value).ToJsonString().Length > 2 && CelJson.ToJson(value)?.ToJsonString() != "", text);
        return true;
    }

    private static void TryTemplate(string text, Random random)
    {
        string template = random.Next(3) switch { 0 => text, 1 => $"{{supplier.name}}: {{{text}}} and {{{{", _ => new RandomText(random).Mutated($"a {{{text}}} b {{fixed(metrics.otd, 1)}} }}}}") };
        var bag = new DiagnosticBag();
        CelTemplate? compiled = CelTemplate.Compile(template, Sample.Environment, bag, CelSource.Plain(template));
        Assert.True(compiled is null == bag.HasErrors, template);
        string rendered = compiled?.Render(Sample.Frame()) ?? "";
        Assert.True(!rendered.Any(char.IsControl) || template.Any(char.IsControl), template);
    }

    private static CelFrame PlainFrame()
    {
        var frame = new CelFrame(Plain) { Now = Sample.Now };
        string[] values =
        [
            """{"map":[[{"string":"otd"},{"double":"0.5"}],[{"string":"lost"},{"double":"NaN"}]]}""", """{"map":[[{"string":"fresh"},{"list":[{"int":"1"},{"string":"a"}]}],[{"string":"empty"},{"list":[]}]]}""",
            """{"map":[[{"string":"name"},{"string":"Nord"}],[{"string":"tier"},{"uint":"1"}],[{"string":"tags"},{"list":[{"string":"a"}]}]]}""", """{"map":[[{"string":"iso"},{"int":"3"}]]}""",
            """{"list":[{"string":"BY"},{"string":"CU"}]}""", """{"duration":"1.5s"}""", """{"list":[{"int":"1"},{"int":"2"},{"int":"3"}]}""", """{"null":null}""", """{"timestamp":"2026-01-15T06:00:00Z"}""",
        ];
        for (int i = 0; i < values.Length; i++)
        {
            using JsonDocument document = JsonDocument.Parse(values[i]);
            Assert.True(CelJson.TryFromTyped(document.RootElement, out CelValue value));
            frame[i] = value;
        }

        frame[Plain.Slot("e")] = CelValue.Optional(CelValue.Of(1));
        return frame;
    }

    /// <summary>Each would take hours or gigabytes if only loop steps were counted.</summary>
    [Theory]
    [InlineData("cel.bind(s, 'aaaaaaaaaa', T20.map(a, T20.map(b, T20.map(c, s + s).size()).size()).size() > 0)", "s", 16)]
    [InlineData("T20.map(a, T20.map(b, T20.map(c, [BIG].size())))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, BIG.contains(HALF + 'b' + HALF) == false)))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, BIG.replace('a', 'bb') != '')))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, BIG.matches('(a?){500}a{500}b' + string(c)) == false)))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, BIG.matches('(.*a){9}b') == false)))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, BIG.split('') == [])))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, T20.all(d, T20.all(e, true)))))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, '%s%s%s'.format([BIG, BIG, BIG]) == '')))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, [BIG, BIG, BIG].join(BIG) == '')))", "", 0)]
    [InlineData("T20.all(a, T20.all(b, T20.all(c, T20.map(d, T20.map(e, BIG + BIG)) == [])))", "", 0)]
    [InlineData("T20.map(a, T20.map(b, T20.map(c, (a * 400 + b * 20 + c) * 4294967297))).map(l, l.map(k, k)).size() == 20", "", 0)]
    [InlineData("BIG.map(a, a)", "", 0)]
    public void Evaluate_OfWhatGrowsOrSearches_EndsSoonAndSmall(string text, string doubled, int times)
    {
        string twenty = "[" + string.Join(", ", Enumerable.Range(0, 20)) + "]";
        string source = text.Replace("T20", twenty, StringComparison.Ordinal).Replace("BIG", "big", StringComparison.Ordinal).Replace("HALF", "half", StringComparison.Ordinal);
        for (int i = 0; i < times; i++) source = $"cel.bind({doubled}, {doubled} + {doubled}, {source})".Replace($"cel.bind({doubled}, '", "cel.bind(unused, '", StringComparison.Ordinal);
        if (times > 0) source = $"cel.bind({doubled}, 'aaaaaaaaaa', {source})";
        CelEnvironment environment = CelEnvironment.Create(CelMode.Conformance, [new CelVariable("big", CelType.Dyn), new CelVariable("half", CelType.Text)], [], []);
        CelExpression? expression = CelCompiler.Compile(source, environment, null, new DiagnosticBag());
        Assert.NotNull(expression);
        var frame = new CelFrame(environment) { [0] = CelValue.Text(new string('a', 900_000)), [1] = CelValue.Text(new string('a', 300_000)) };
        long before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        CelValue value = expression.Evaluate(frame);
        expression.Explain(frame);
        Assert.True(clock.Elapsed < Longest, $"{clock.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40L << 30);
        Assert.True(value.IsError || value.Kind is CelValueKind.Bool or CelValueKind.List, value.ToString());
    }

    [Theory]
    [InlineData("[", "[],", "]")]
    [InlineData("[", "zzzz,", "]")]
    [InlineData("", "a || ", "a")]
    [InlineData("[", "[1].map(x, x),", "]")]
    [InlineData("[", "{},", "].map(x, x.y)")]
    [InlineData("", "'a' + ", "'a'")]
    [InlineData("[", "optional.none(),", "]")]
    [InlineData("", "#", "")]
    [InlineData("{", "1: [],", "}")]
    [InlineData("f(", "'a',", "1)")]
    [InlineData("", "!", "true")]
    [InlineData("", "a", "()")]
    public void Compile_OfLongTexts_EndsSoon(string before, string repeated, string after)
    {
        string text = before + string.Concat(Enumerable.Repeat(repeated, (99_990 - before.Length - after.Length) / repeated.Length)) + after;
        var clock = Stopwatch.StartNew();
        var bag = new DiagnosticBag();
        CelCompiler.Compile(text, Sample.Environment, null, bag);
        Assert.True(bag.Sorted().Length <= 50);
        Assert.True(clock.Elapsed < Longest, $"{clock.Elapsed}");
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("-", "x", "")]
    [InlineData("!", "true", "")]
    [InlineData("true ? 1 : ", "2", "")]
    [InlineData("{1: ", "1", "}")]
    [InlineData("[1].map(x, ", "x", ")")]
    [InlineData("", "1", " + 1")]
    [InlineData("", "{}", ".a")]
    [InlineData("", "[]", "[0]")]
    public void Compile_OfDeepNesting_IsRefusedOnASmallStack(string before, string middle, string after)
    {
        string text = string.Concat(Enumerable.Repeat(before, 5000)) + middle + string.Concat(Enumerable.Repeat(after, 5000));
        string allowed = string.Concat(Enumerable.Repeat(before, 90)) + middle + string.Concat(Enumerable.Repeat(after, 90));
        var bag = new DiagnosticBag();
        OnSmallStack(() =>
        {
            CelCompiler.Compile(text, Sample.Environment, null, bag);
            var expression = CelCompiler.Compile(allowed, Sample.Environment, null, new DiagnosticBag(), CelSource.Plain(allowed), CelOptions.NoCheck);
            expression?.Explain(Sample.Frame());
        });
        Assert.Contains(bag.Sorted(), d => d.Code == "C003");
    }

    [Fact]
    public void Compile_OfALongChainOfConditions_Works()
    {
        string text = string.Join(" || ", Enumerable.Range(0, 3000).Select(i => $"supplier.tier == {i + 2}"));
        Assert.True(Sample.Evaluate(text).IsFalse);
    }

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (InvalidOperationException exception)
                {
                    failure = exception;
                }
            },
            512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
