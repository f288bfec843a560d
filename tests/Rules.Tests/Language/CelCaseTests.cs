using System.Text.Json;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

public sealed class CelCaseTests
{
    [Theory]
    [InlineData("""{"id":"a","expr":"1 + 1"}""", """{"id":"a","value":{"int":"2"}}""")]
    [InlineData("""{"id":"a","expr":"x + y","variables":{"x":"int"},"bindings":{"x":{"int":"1"},"y":{"int":"2"}}}""", """{"id":"a","value":{"int":"3"}}""")]
    [InlineData("""{"id":"a","expr":"y","container":"x","bindings":{"x.y":{"bool":true}}}""", """{"id":"a","value":{"bool":true}}""")]
    [InlineData("""{"id":"a","expr":"[null, -0.0]"}""", """{"id":"a","value":{"list":[{"null":null},{"double":"-0"}]}}""")]
    [InlineData("""{"id":"a","expr":"{'k': b'\\x01'}"}""", """{"id":"a","value":{"map":[[{"string":"k"},{"bytes":"AQ=="}]]}}""")]
    [InlineData("""{"id":"a","expr":"type(null)"}""", """{"id":"a","value":{"type":"null_type"}}""")]
    [InlineData("""{"id":"a","expr":"1 / 0"}""", """{"id":"a","error":"division by zero"}""")]
    [InlineData("""{"id":"a","expr":"null","checkOnly":true}""", """{"id":"a","type":"null"}""")]
    [InlineData("""{"id":"a","expr":"pair(1, 'a')","checkOnly":true,"functions":[{"name":"pair","overloads":[{"params":["A","B"],"result":"tuple(A, B)"}]}]}""", """{"id":"a","type":"tuple(int, string)"}""")]
    [InlineData("""{"id":"a","expr":"f(1)","functions":[{"name":"f","overloads":[{"params":["int"],"result":"int"}]}]}""", """{"id":"a","error":"the function is declared without a body"}""")]
    [InlineData("""{"id":"a","section":"checking","expr":"[optional.of(1)]"}""", """{"id":"a","type":"list(optional_type(int))"}""")]
    [InlineData("""{"id":"a","section":"parsing","expr":"Msg{f: 1}.g"}""", """{"id":"a","parses":true}""")]
    [InlineData("""{"id":"a","section":"parsing","expr":"1 +"}""", """{"id":"a","parses":false}""")]
    [InlineData("""{"id":"a","section":"parsing","expr":"!-1"}""", """{"id":"a","parses":true}""")]
    [InlineData("""{"id":"a","section":"parsing","expr":"!-x"}""", """{"id":"a","parses":false}""")]
    [InlineData("""{"id":"a","section":"parsing","expr":"1.a + a.if"}""", """{"id":"a","parses":true}""")]
    [InlineData("""{"id":"a","section":"parsing","expr":"[].all(1, 2)","disableMacros":true}""", """{"id":"a","parses":true}""")]
    [InlineData("""{"id":"a","expr":"true ? 1 : 'a'","disableCheck":true}""", """{"id":"a","value":{"int":"1"}}""")]
    [InlineData("""{"id":"a","expr":"1","requires":["strings"]}""", """{"id":"a","value":{"int":"1"}}""")]
    [InlineData("""{"id":"a","expr":"1","requires":["strings","lists"]}""", """{"id":"a","skipped":"it requires 'lists', which is not offered"}""")]
    [InlineData("""{"id":7,"expr":"1"}""", """{"id":7,"value":{"int":"1"}}""")]
    [InlineData("""{"expr":"1"}""", """{"id":null,"value":{"int":"1"}}""")]
    public void Answer_OfACase_IsTheFormOfItsKind(string given, string wanted)
    {
        Assert.Equal(wanted, Answer(given));
    }

    [Theory]
    [InlineData("""7""", "a case is an object")]
    [InlineData("""{"id":"a"}""", "'expr' must be a string")]
    [InlineData("""{"id":"a","expr":null}""", "'expr' must be a string")]
    [InlineData("""{"id":"a","expr":"\ud800"}""", "'expr' must be a string of valid Unicode")]
    [InlineData("""{"id":"\udc00","expr":"\ud800"}""", "'expr' must be a string of valid Unicode")]
    [InlineData("""{"id":"a","expr":"1","container":1}""", "'container' must be")]
    [InlineData("""{"id":"a","expr":"1","variables":["x"]}""", "'variables' must be")]
    [InlineData("""{"id":"a","expr":"1","variables":{"x":"list(int"}}""", "'variables' must be")]
    [InlineData("""{"id":"a","expr":"1","variables":{"x":"map(int)"}}""", "'variables' must be")]
    [InlineData("""{"id":"a","expr":"1","variables":{"\ud800":"int"}}""", "'variables' must be")]
    [InlineData("""{"id":"a","expr":"1","functions":{}}""", "'functions' must be")]
    [InlineData("""{"id":"a","expr":"1","functions":[{"name":"f","overloads":[{"params":[],"result":"int","method":true}]}]}""", "'functions' must be")]
    [InlineData("""{"id":"a","expr":"1","requires":"strings"}""", "'requires' must be")]
    [InlineData("""{"id":"a","expr":"1","bindings":[]}""", "'bindings' must be")]
    [InlineData("""{"id":"a","expr":"x","bindings":{"x":{"int":"much"}}}""", "the binding 'x' is no typed value")]
    [InlineData("""{"id":"a","expr":"x","bindings":{"x":{"string":"\ud800"}}}""", "the binding 'x' is no typed value")]
    [InlineData("""{"id":"a","expr":"1 + x"}""", "<expression>:1:5: error C012: there is no 'x' here")]
    [InlineData("""{"id":"a","expr":"1 + x","section":"checking"}""", "<expression>:1:5: error C012: there is no 'x' here")]
    public void Answer_OfAWrongCase_IsAnErrorThatSaysWhy(string given, string wanted)
    {
        using JsonDocument document = JsonDocument.Parse(given);
        Assert.Contains(wanted, (string?)CelCase.Answer(document.RootElement)["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_OfDeepTypesAndBindings_IsAnError()
    {
        string type = string.Concat(Enumerable.Repeat("list(", 5000)) + "int" + new string(')', 5000);
        Assert.Contains("'variables'", Answer($$$"""{"expr":"1","variables":{"x":"{{{type}}}"}}"""), StringComparison.Ordinal);
        string value = string.Concat(Enumerable.Repeat("{\"list\":[", 400)) + string.Concat(Enumerable.Repeat("]}", 400));
        using JsonDocument document = JsonDocument.Parse($$$"""{"expr":"x","bindings":{"x":{{{value}}}}}""", new JsonDocumentOptions { MaxDepth = 2000 });
        Assert.Contains("no typed value", CelCase.Answer(document.RootElement).ToJsonString(), StringComparison.Ordinal);
    }

    private static string Answer(string given)
    {
        using JsonDocument document = JsonDocument.Parse(given);
        return CelCase.Answer(document.RootElement).ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
