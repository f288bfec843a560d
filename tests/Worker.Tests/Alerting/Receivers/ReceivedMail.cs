using System.Text;
using System.Text.RegularExpressions;

namespace Risk.Worker.Tests.Alerting.Receivers;

/// <summary>A mail as a mail program reads it (RFC 5322, 2045, 2047): not by the code that wrote it.</summary>
internal sealed partial class ReceivedMail
{
    public ReceivedMail(string data)
    {
        Lines = data.Split("\r\n");
        string[] halves = data.Split("\r\n\r\n", 2);
        foreach (string line in Unfold().Replace(halves[0], "$1").Split("\r\n"))
        {
            string[] parts = line.Split(": ", 2);
            Headers.Add((parts[0], Word().Replace(Between().Replace(parts[1], "$1$2"), m => Encoding.UTF8.GetString(m.Groups[1].Value is "B" or "b" ? Convert.FromBase64String(m.Groups[2].Value) : Quoted(m.Groups[2].Value)))));
        }

        string boundary = Boundary().Match(halves[0]).Groups[1].Value;
        foreach (string part in halves[1].Split("--" + boundary).Skip(1).SkipLast(1))
        {
            string[] head = part.Split("\r\n\r\n", 2);
            Assert.Contains("charset=utf-8", head[0], StringComparison.OrdinalIgnoreCase);
            Assert.Contains("base64", head[0], StringComparison.OrdinalIgnoreCase);
            Parts.Add((Type().Match(head[0]).Groups[1].Value, Encoding.UTF8.GetString(Convert.FromBase64String(head[1]))));
        }
    }

    public string[] Lines { get; }

    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary>In order of preference, the last one shown where both can be.</summary>
    public List<(string Type, string Content)> Parts { get; } = [];

    public string this[string name] => Assert.Single(Headers, h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static byte[] Quoted(string text) => Encoding.Latin1.GetBytes(Hex().Replace(text.Replace('_', ' '), m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString()));

    [GeneratedRegex(@"\r\n([ \t])")]
    private static partial Regex Unfold();

    [GeneratedRegex(@"(\?=)\s+(=\?)")]
    private static partial Regex Between();

    [GeneratedRegex(@"=\?utf-8\?([BbQq])\?([^?]*)\?=")]
    private static partial Regex Word();

    [GeneratedRegex(@"boundary=""?([^""\r\n;]+)")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"Content-Type:\s*([a-z/]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Type();

    [GeneratedRegex("=([0-9A-Fa-f]{2})")]
    private static partial Regex Hex();
}
