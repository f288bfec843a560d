using System.Text;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Tests.Sdk.Reading;

public sealed class BoundedJsonTests
{
    [Fact]
    public void Parse_Broken_NamesThePlace()
    {
        var failure = Assert.Throws<SourceFailureException>(() => BoundedJson.Parse("{\n  \"a\": <html>"u8.ToArray(), "answer"));
        Assert.Equal(FailureKind.Malformed, failure.Kind);
        Assert.Equal("answer is no valid JSON at line 2, byte 8.", failure.Message);
    }

    [Fact]
    public void Parse_ByteOrderMark_IsPassedOver()
    {
        using JsonDocument document = BoundedJson.Parse(Encoding.UTF8.GetBytes("\uFEFF{\"a\":1}"), "answer");
        Assert.Equal(1, document.RootElement.GetProperty("a").GetInt32());
    }

    [Fact]
    public void Elements_ManyBlocks_GivesAllInOrderAndTheOtherProperties()
    {
        string[] items = [.. Enumerable.Range(0, 5000).Select(i => $"{{\"n\":{i},\"text\":\"{new string('x', i % 97)}\",\"nested\":[[{i}]]}}")];
        string json = $"{{\"count\":5000,\"meta\":{{\"items\":[1,2]}},\"items\":[{string.Join(",\n", items)}],\"after\":true}}";
        var properties = new List<string>();
        int[] numbers = [.. BoundedJson.Elements(Stream(json), "items", "list", (name, value) => properties.Add($"{name}={value.GetRawText()}")).Select(e => e.GetProperty("n").GetInt32())];
        Assert.Equal(Enumerable.Range(0, 5000), numbers);
        Assert.Equal(["count=5000", "meta={\"items\":[1,2]}", "after=true"], properties);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"items\":1}")]
    [InlineData("{\"items\":[1,2")]
    [InlineData("{\"items\":[1,2]")]
    [InlineData("{\"items\":[1 2]}")]
    [InlineData("{\"a\":")]
    [InlineData("<html>")]
    public void Elements_NotTheArray_IsMalformed(string json)
    {
        var failure = Assert.Throws<SourceFailureException>(() => BoundedJson.Elements(Stream(json), "items", "list", (_, _) => { }).Count());
        Assert.Equal(FailureKind.Malformed, failure.Kind);
    }

    [Fact]
    public void Elements_BytesThatAreNoUtf8_AreMalformed()
    {
        byte[] json = [.. "{\"items\":[\"a"u8, 0xFE, .. "\"]}"u8];
        Assert.Throws<SourceFailureException>(() => BoundedJson.Elements(new MemoryStream(json), "items", "list", (_, _) => { }).Count());
        Assert.Throws<SourceFailureException>(() => BoundedJson.Parse(json, "list"));
    }

    [Fact]
    public void Text_HalfASurrogatePair_IsMalformed()
    {
        using JsonDocument document = BoundedJson.Parse("{\"a\":\"\\uD800\",\"b\":1}"u8.ToArray(), "answer");
        Assert.Throws<SourceFailureException>(() => BoundedJson.Text(document.RootElement, "a"));
        Assert.Equal("", BoundedJson.Text(document.RootElement, "b"));
        Assert.Equal("", BoundedJson.Text(document.RootElement, "c"));
    }

    [Fact]
    public void Elements_OneOverTheBound_IsMalformed() =>
        Assert.Throws<SourceFailureException>(() => BoundedJson.Elements(Stream($"{{\"items\":[\"{new string('x', 300_000)}\"]}}"), "items", "list", (_, _) => { }, maximumElement: 100_000).Count());

    private static MemoryStream Stream(string json) => new(Encoding.UTF8.GetBytes(json));
}
