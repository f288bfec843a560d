using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Rules.Language;
using Risk.Testing;

namespace Risk.Rules.Tests.Language;

/// <summary>Where errors are reported, against what cel-go reported for the same texts.</summary>
public sealed class ErrorPositionTests
{
    /// <summary>Where we point elsewhere on purpose, and why.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["[].length"] = "the caret stands under the field, cel-go's under the dot before it",
        ["m.existsOne(v, f)"] = "existsOne is a macro here",
        ["m.filter(a.b, false)"] = "the caret underlines the whole variable, cel-go's stands under its dot",
        ["\"\\xFh\""] = "the caret stands under the escape, cel-go's under the text's quote",
        ["'\\udead' == '\\ufffd'"] = "the caret stands under the escape, cel-go's under the text's quote",
        ["x.filter(y, y.filter(z, z > 0))"] = "the caret underlines the condition that is no bool, cel-go's stands under the outer call",
        ["has(a.b).filter(c, c)"] = "the caret underlines the whole range, cel-go's stands under the parenthesis of has()",
    };

    [SharedFact]
    public void Errors_OfEveryCase_StandWhereCelGoReportsThem()
    {
        var elsewhere = new List<string>();
        int same = 0, afterName = 0;
        foreach (JsonElement element in Cases())
        {
            string text = element.GetProperty("expr").GetString()!;
            List<(int Line, int Column)> wanted = [.. element.GetProperty("celGoErrors").EnumerateArray().Select(e => (e.GetProperty("line").GetInt32(), e.GetProperty("column").GetInt32()))];
            List<(int Line, int Column, int Length)> given = Reported(element);

            // One syntax error is reported for a text; cel-go goes on and reports what follows from it.
            if (!element.GetProperty("parses").GetBoolean()) (wanted, given) = (wanted[..1], given[..Math.Min(1, given.Count)]);
            if (wanted.SequenceEqual(given.Select(g => (g.Line, g.Column)))) same++;
            else if (wanted.Count == given.Count && wanted.Zip(given).All(p => IsSame(text, p.First, p.Second))) afterName++;
            else elsewhere.Add(text);
        }

        Assert.Equal(Exceptions.Keys.Order(StringComparer.Ordinal), elsewhere.Order(StringComparer.Ordinal));
        Assert.Equal((66, 8), (same, afterName));
    }

    /// <summary>Of a call or a message, cel-go reports the parenthesis or brace; we underline the name before it.</summary>
    private static bool IsSame(string text, (int Line, int Column) wanted, (int Line, int Column, int Length) given) =>
        wanted == (given.Line, given.Column) || (wanted == (given.Line, given.Column + given.Length) && text.Split('\n')[wanted.Line - 1][wanted.Column - 1] is '(' or '{');

    private static IEnumerable<JsonElement> Cases()
    {
        foreach (string file in new[] { "parsing.json", "checking.json" })
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFactAttribute.Path("conformance", "cel", file)));
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                if (element.TryGetProperty("celGoErrors", out _) && ConformanceCase.IsJudged(element)) yield return element.Clone();
            }
        }
    }

    private static List<(int Line, int Column, int Length)> Reported(JsonElement element)
    {
        var asked = System.Text.Json.Nodes.JsonNode.Parse(element.GetRawText())!.AsObject();
        asked["section"] = "checking";
        string error = (string?)CelCase.Answer(JsonSerializer.SerializeToElement(asked))["error"] ?? "";
        return [.. Regex.Matches(error, @"^<expression>:(\d+):(\d+): error C\d+: .*\n.*\n[ |]*(\^~*)", RegexOptions.Multiline).Select(m => (Number(m.Groups[1]), Number(m.Groups[2]), m.Groups[3].Length))];
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);
}
