using System.Text;
using System.Text.Json;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

public sealed class CelJsonTests
{
    private static readonly string[] Seeds =
    [
        """{"int":"5"}""", """{"uint":"7"}""", """{"double":"NaN"}""", """{"string":"ä\u0041"}""", """{"bytes":"AQ=="}""", """{"bool":true}""", """{"null":null}""", """{"list":[{"int":1},{"list":[]}]}""",
        """{"map":[[{"string":"k"},{"double":"-0"}],[{"bool":false},{"null":null}]]}""", """{"type":"net.IP"}""", """{"timestamp":"2026-01-01T00:00:00.5Z"}""", """{"duration":"-1.5s"}""",
        """{"id":"a","expr":"x + y","variables":{"x":"map(string, list(int))"},"bindings":{"y":{"int":"1"}},"functions":[{"name":"f","overloads":[{"params":["A"],"result":"A"}]}],"requires":["math"]}""",
    ];

    [Fact]
    public void FromJson_OfMutatedTexts_NeverThrows()
    {
        int understood = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var random = new Random(round);
            byte[] json = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]);
            for (int changes = random.Next(4); changes > 0; changes--) json[random.Next(json.Length)] = (byte)random.Next(random.Next(4) == 0 ? 256 : 127);
            try
            {
                using JsonDocument document = JsonDocument.Parse(json);
                CelValue plain = CelJson.FromJson(document.RootElement);
                Assert.NotEmpty(plain.ToString());
                Assert.NotEmpty(CelCase.Answer(document.RootElement).ToJsonString());
                if (!CelJson.TryFromTyped(document.RootElement, out CelValue value)) continue;
                understood++;
                using JsonDocument again = JsonDocument.Parse(CelJson.ToTyped(value).ToJsonString());
                Assert.True(CelJson.TryFromTyped(again.RootElement, out CelValue back));
                Assert.Equal(value.ToString(), back.ToString());
            }
            catch (JsonException)
            {
                // Not JSON: the reader's own answer.
            }
        }

        Assert.True(understood > 2_000, $"{understood}");
    }

    [Fact]
    public void FromJson_OfDeepJson_IsAnErrorInItsPlace()
    {
        using JsonDocument document = JsonDocument.Parse(new string('[', 500) + new string(']', 500), new JsonDocumentOptions { MaxDepth = 1000 });
        Assert.Contains("nested more than 100 levels", CelJson.FromJson(document.RootElement).ToString(), StringComparison.Ordinal);
        using JsonDocument large = JsonDocument.Parse("[1e999, \"\\ud800\"]");
        Assert.Equal("[‹error: a number is out of range›, ‹error: a text is not valid Unicode›]", CelJson.FromJson(large.RootElement).ToString());
    }
}
