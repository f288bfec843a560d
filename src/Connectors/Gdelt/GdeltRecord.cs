using System.Text;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Gdelt;

/// <summary>One article as the search lists it.</summary>
/// <param name="SeenDate"><c>20171030T061500Z</c>: when GDELT saw it, in steps of 15 minutes.</param>
/// <param name="Language">English name.</param>
internal sealed record GdeltRecord(string Url, string Title, string SeenDate, string Domain, string Language);

/// <summary>What the search answered.</summary>
/// <param name="Articles">Null when it answered in words.</param>
/// <param name="Message">Why it did not search; "" when it did.</param>
internal sealed record GdeltAnswer(IReadOnlyList<GdeltRecord>? Articles, string Message)
{
    private const int LongestMessage = 300;

    private static readonly RecordFormat Format = RecordFormat.Of("""
        url text
        url_mobile text optional
        title text
        seendate text
        socialimage text optional
        domain text
        language text
        sourcecountry text
        """);

    /// <summary>Reads an answer. Errors come with status 200, as text.</summary>
    /// <exception cref="SourceFailureException">It is neither a list nor a message, or a message that we are too fast.</exception>
    public static GdeltAnswer Read(ReadOnlyMemory<byte> body)
    {
        string start = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestMessage)]).Trim('\uFEFF', ' ', '\r', '\n', '\t');
        if (start.StartsWith('{'))
        {
            using JsonDocument json = BoundedJson.Parse(Repaired(body), "the GDELT answer");
            return new GdeltAnswer(ArticlesOf(json.RootElement), "");
        }

        if (start.Contains("limit requests", StringComparison.OrdinalIgnoreCase)) throw new SourceFailureException(FailureKind.RateLimited, "GDELT asks for fewer requests; the rest is asked for at the next run.");
        if (start.Length == 0) throw new SourceFailureException(FailureKind.Malformed, "GDELT answered with nothing; nothing was taken for an absence of news.");
        if (start.StartsWith('<') || body.Length > LongestMessage) throw new SourceFailureException(FailureKind.Malformed, "GDELT answered with a page and not with a list; nothing was taken for an absence of news.");
        return new GdeltAnswer(null, start);
    }

    /// <summary>Counts how the articles of an answer that is a list differ from what they are known to be.</summary>
    public static void Check(ReadOnlyMemory<byte> body, FetchAudit audit)
    {
        using JsonDocument json = BoundedJson.Parse(Repaired(body), "the GDELT answer");
        foreach (JsonElement article in BoundedJson.Items(json.RootElement, "articles")) Format.Check(article, audit);
    }

    private static List<GdeltRecord> ArticlesOf(JsonElement root)
    {
        var articles = new List<GdeltRecord>();

        // Nothing found is an object with nothing in it.
        if (!root.TryGetProperty("articles", out JsonElement list))
            return root.EnumerateObject().Any() ? throw new SourceFailureException(FailureKind.Malformed, "GDELT answered with something else than a list of articles; nothing was taken for an absence of news.") : articles;
        if (list.ValueKind == JsonValueKind.Null) return articles;
        if (list.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, "'articles' in the GDELT answer is no array.");
        foreach (JsonElement article in list.EnumerateArray())
        {
            articles.Add(new GdeltRecord(
                BoundedJson.Text(article, "url"), BoundedJson.Text(article, "title"), BoundedJson.Text(article, "seendate"), BoundedJson.Text(article, "domain"), BoundedJson.Text(article, "language")));
        }

        return articles;
    }

    /// <summary>The JSON holds raw control characters and escapes that there are none of, now and then; both become harmless.</summary>
    private static ReadOnlyMemory<byte> Repaired(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        var mended = new MemoryStream(bytes.Length + 16);
        bool inString = false;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            if (b < 0x20)
            {
                mended.WriteByte((byte)' ');
                continue;
            }

            if (b == '"') inString = !inString;
            if (b == '\\' && inString)
            {
                bool isEscape = i + 1 < bytes.Length && (bytes[i + 1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' || IsUnicode(bytes[(i + 1)..]));
                mended.WriteByte((byte)'\\');
                mended.WriteByte(isEscape ? bytes[++i] : (byte)'\\');
                continue;
            }

            mended.WriteByte(b);
        }

        return mended.ToArray();
    }

    private static bool IsUnicode(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < 5 || escape[0] != 'u') return false;
        foreach (byte digit in escape[1..5])
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        }

        return true;
    }
}
