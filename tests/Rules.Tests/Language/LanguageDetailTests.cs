using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>Details of CEL that cel-go decides, beside those of the conformance cases.</summary>
public sealed class LanguageDetailTests
{
    [Theory]
    [InlineData("'%s|%d|%.3f|%e|%b|%o|%x|%X'.format([null, -7, 2, 0.0, -5, 8, 'hi', b'\\xab']) == 'null|-7|2.000|0.000000e+00|-101|10|6869|AB'")]
    [InlineData("'%s %d'.format([1e22, 1e-7]) == '10000000000000000000000 0.0000001'")]
    [InlineData("string(1234567890123456.7) == '1234567890123456.8'")]
    [InlineData("'%s'.format([{2: [true], 'a': 1, false: b'x'}]) == '{2: [true], a: 1, false: x}'")]
    [InlineData("'%.0f %.0f %.1f'.format([0.5, 1.5, 0.25]) == '0 2 0.2'")]
    [InlineData("'ab'.replace('', '-') == '-a-b-' && 'ab'.replace('', '-', 2) == '-a-b'")]
    [InlineData("double('+inf') == 1.0 / 0.0 && double('-Infinity') < 0.0 && math.isNaN(double('NAN'))")]
    [InlineData("double('.5') == 0.5 && double('5.') == 5.0")]
    [InlineData("uint(0.9) == 0u && int(-0.9) == 0")]
    [InlineData("math.greatest(1, 1u) == 1 && math.bitShiftRight(-1024, 3) == 2305843009213693824")]
    [InlineData("[1, 2].transformMapEntry(i, v, {string(v): i}) == {'1': 0, '2': 1}")]
    public void Condition_OnDetails_Holds(string condition)
    {
        Assert.Equal("""{"bool":true}""", Answer(condition, "")["value"]?.ToJsonString());
    }

    [Theory]
    [InlineData("uint(-0.5)")]
    [InlineData("double('1e400')")]
    [InlineData("double('++inf')")]
    [InlineData("double('+nan')")]
    [InlineData("math.greatest([])")]
    [InlineData("'%5d'.format([1])")]
    [InlineData("timestamp(0).getHours('../../etc/hostname')")]
    [InlineData("timestamp(0).getHours('Europe/Atlantis')")]
    public void Expression_OnDetails_IsAnError(string expression)
    {
        Assert.True(Answer(expression, "").ContainsKey("error"));
    }

    [Theory]
    [InlineData("[optional.of(1), optional.none()]", "list(optional_type(int))")]
    [InlineData("[null, timestamp(0)]", "list(timestamp)")]
    [InlineData("[1, null]", "list(dyn)")]
    [InlineData("type(type(1))", "type(type(int))")]
    [InlineData("type([])", "type(list(dyn))")]
    [InlineData("{'a': {'b': 1}, 'c': {}}", "map(string, map(string, int))")]
    [InlineData("[?optional.of(1)]", "list(int)")]
    [InlineData("{?'a': optional.of(1u)}", "map(string, uint)")]
    [InlineData("optional.of({'a': 1}).a", "optional_type(int)")]
    [InlineData("{'a': 1}.transformMapEntry(k, v, {v: k})", "map(int, string)")]
    [InlineData("ip('1.2.3.4')", "net.IP")]
    [InlineData("[[1], [dyn(1)]]", "list(list(dyn))")]
    public void Type_OfAnExpression_PrintsAsCelGoPrintsIt(string expression, string type)
    {
        Assert.Equal(type, (string?)Answer(expression, "checkOnly")["type"]);
    }

    [Fact]
    public void Type_ThatDoublesWithEveryLevel_IsRefused()
    {
        string expression = string.Concat(Enumerable.Repeat("f(", 60)) + "1" + new string(')', 60);
        var asked = new JsonObject { ["expr"] = expression, ["functions"] = JsonNode.Parse("""[{"name":"f","overloads":[{"params":["A"],"result":"pair(A, A)"}]}]""") };
        Assert.Contains("error C003: the type of this is too large", (string?)CelCase.Answer(JsonSerializer.SerializeToElement(asked))["error"], StringComparison.Ordinal);
    }

    private static JsonObject Answer(string expression, string flag) => CelCase.Answer(JsonSerializer.SerializeToElement(new JsonObject { ["expr"] = expression, [flag] = true }));
}
