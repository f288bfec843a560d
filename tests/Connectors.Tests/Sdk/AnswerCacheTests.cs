using System.Text;
using Risk.Connectors.Sdk.Http;

namespace Risk.Connectors.Tests.Sdk;

public sealed class AnswerCacheTests
{
    private static readonly CachedAnswer Answer = new("\"1\"", "Wed, 01 Jul 2026 10:00:00 GMT", "application/json", "<https://x.example/?p=2>; rel=\"next\"", Encoding.UTF8.GetBytes("{\"a\":1}"));

    [Fact]
    public void Format_WrittenAndRead_IsTheSame()
    {
        CachedAnswer read = CachedAnswerFormat.Read(CachedAnswerFormat.Write(Answer))!;
        Assert.Equal((Answer.ETag, Answer.LastModified, Answer.ContentType, Answer.Link), (read.ETag, read.LastModified, read.ContentType, read.Link));
        Assert.Equal(Answer.Body.ToArray(), read.Body.ToArray());
    }

    [Fact]
    public void Format_AnyByteChangedOrCutOff_IsNoAnswer()
    {
        byte[] written = CachedAnswerFormat.Write(Answer);
        for (int i = 0; i < written.Length; i++)
        {
            byte[] damaged = [.. written];
            damaged[i] ^= 1;
            Assert.Null(CachedAnswerFormat.Read(damaged));
            Assert.Null(CachedAnswerFormat.Read(written[..i]));
        }
    }

    [Fact]
    public void Key_OfAnotherSecret_IsAnother()
    {
        var url = new Uri("https://api.example.org/x");
        string one = CachedAnswerFormat.KeyOf(url, new Dictionary<string, string> { ["X-Key"] = "1" }), two = CachedAnswerFormat.KeyOf(url, new Dictionary<string, string> { ["X-Key"] = "2" });
        Assert.NotEqual(one, two);
        Assert.Equal(one, CachedAnswerFormat.KeyOf(url, new Dictionary<string, string> { ["x-key"] = "1" }));
    }
}
