using Risk.Rules.Diagnostics;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>Whatever the text, compiling reports and evaluating gives an outcome; nothing throws, nothing runs away.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Words =
    [
        "metrics", "otd", "lost", "events", "fresh", "stale", "supplier", "name", "tags", "certs", "e", "x", "now", "has", "exists", "all", "map", "filter", "size", "days", "since", "change",
        "true", "false", "null", "1", "0", "-9223372036854775808", "2.5", "3u", "'a'", "b'a'", "'%d'", "format", "matches", "'('", "timestamp", "duration", "'1s'", "int", "string", "type", "dyn", "optional", "of", "none", "orValue",
        "math", "greatest", "cel", "bind", "in", "(", ")", "(", ")", "[", "]", "{", "}", ".", ".", ".", ",", ",", ":", "?", "+", "-", "*", "/", "%", "!", "==", "<", "&&", "||", "transformMap", "getHours", "'\\u12'", "\"", "`", "//", "\n", "😀", "\ud800",
    ];

    [Fact]
    public void Compile_OfTokenSoup_NeverThrows()
    {
        var random = new Random(20260115);
        CelFrame frame = Sample.Frame();
        int compiled = 0;
        for (int i = 0; i < 30_000; i++)
        {
            string text = string.Join(random.Next(3) == 0 ? " " : "", Enumerable.Range(0, random.Next(1, 14)).Select(_ => Words[random.Next(Words.Length)]));
            foreach (CelOptions options in new[] { CelOptions.None, CelOptions.NoCheck })
            {
                var bag = new DiagnosticBag();
                CelExpression? expression = CelCompiler.Compile(text, Sample.Environment, null, bag, CelSource.Plain(text), options);
                Assert.True(expression is not null || bag.HasErrors, text);
                if (expression is null) continue;
                compiled++;
                CelValue value = expression.Evaluate(frame);
                Assert.Equal(value.ToString(), expression.Explain(frame).Value.ToString());
            }

            CelTemplate.Compile(text, Sample.Environment, new DiagnosticBag(), CelSource.Plain(text))?.Render(frame);
        }

        Assert.True(compiled > 500, $"only {compiled} texts compiled");
    }

    [Fact]
    public void Compile_OfRandomCharacters_NeverThrows()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => (char)(random.Next(20) == 0 ? random.Next(65536) : random.Next(9, 127))));
            CelCompiler.Compile(text, Sample.Environment, null, new DiagnosticBag());
        }
    }

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
