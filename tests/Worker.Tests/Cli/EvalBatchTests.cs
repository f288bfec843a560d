using System.Text.Json;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Cli;

/// <summary><c>risk eval --batch</c> as scripts call it.</summary>
public sealed class EvalBatchTests
{
    [Fact]
    public async Task Batch_OfCases_AnswersInOrderAndOneBadCaseKillsNoOther()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("cases.json", """
            [
              {"id":"sum","expr":"1 + 2"},
              {"id":"bad","expr":7},
              "no case",
              {"id":"text","expr":"'a\u202e<ü' + \"\\n\""},
              {"id":"kind","expr":"[1]","checkOnly":true},
              {"id":"late","section":"parsing","expr":"a.b("},
              {"id":"not here","expr":"1","requires":["proto2"]}
            ]
            """);
        CommandResult result = (await RiskProcess.RunAsync(bench, "eval", "--batch", File(bench, "cases.json"))).Expect(0);
        Assert.Empty(result.Error);
        JsonElement[] answers = [.. result.Json().EnumerateArray()];
        Assert.Equal(["sum", "bad", null, "text", "kind", "late", "not here"], answers.Select(a => a.GetProperty("id").GetString()));
        Assert.Equal(["value", "error", "error", "value", "type", "parses", "skipped"], answers.Select(a => a.EnumerateObject().Last().Name));
        Assert.Equal("3", answers[0].GetProperty("value").GetProperty("int").GetString());
        Assert.Equal("a\u202e<ü\n", answers[3].GetProperty("value").GetProperty("string").GetString());
    }

    [Fact]
    public async Task Batch_OfManyCases_GivesAsManyAnswers()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("cases.json", "[" + string.Join(",\n", Enumerable.Range(0, 20_000).Select(i => $$"""{"id":"c{{i}}","expr":"{{i}} * 2"}""")) + "]");
        CommandResult result = (await RiskProcess.RunAsync(bench, "eval", "--batch", File(bench, "cases.json"))).Expect(0);
        JsonElement[] answers = [.. result.Json().EnumerateArray()];
        Assert.Equal(20_000, answers.Length);
        Assert.Equal("39998", answers[^1].GetProperty("value").GetProperty("int").GetString());
    }

    [Theory]
    [InlineData("[\n  {\"id\": \"a\", \"expr\": \"1\"},\n  {\"id\": oops}\n]", @"cases\.json:3:10: error G021: not JSON: ")]
    [InlineData("[\n  {\"id\": \"a\", \"expr\": \"1\"}", @"cases\.json:2:\d+: error G021: not JSON: ")]
    [InlineData("\n {\"id\": \"a\", \"expr\": \"1\"}", @"cases\.json: write a JSON array of cases")]
    public async Task Batch_OfWhatIsNoJsonArray_SaysWhereAndWritesNoAnswer(string text, string message)
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("cases.json", text);
        CommandResult result = (await RiskProcess.RunAsync(bench, "eval", "--batch", File(bench, "cases.json"))).Expect(2);
        Assert.Matches(message, result.Error);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("give an expression, or --batch")]
    [InlineData("not both", "1 + 1", "--batch", "x.json")]
    [InlineData("takes bindings from its file", "--batch", "x.json", "--supplier", "S-1")]
    [InlineData("nowhere.json", "--batch", "nowhere.json")]
    public async Task Eval_CalledWrongly_SaysWhatWouldBeRight(string message, params string[] arguments)
    {
        await using Workbench bench = await Workbench.StartAsync();
        CommandResult result = (await RiskProcess.RunAsync(bench, ["eval", .. arguments])).Expect(2);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    private static string File(Workbench bench, string name) => Path.Combine(bench.Folder, name);
}
