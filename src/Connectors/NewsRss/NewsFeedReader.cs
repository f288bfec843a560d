using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.NewsRss;

/// <summary>Reads RSS 0.9x, 1.0 and 2.0 and Atom, as they are and not as they should be.</summary>
internal static partial class NewsFeedReader
{
    private const int MostItems = 2_000;

    private static readonly string[] ItemNames = ["item", "entry"];

    /// <param name="address">Of the feed: what its links are relative to where it does not say.</param>
    /// <exception cref="SourceFailureException">Malformed: no feed, cut short, or with a document type that declares something.</exception>
    public static NewsFeed Read(ReadOnlyMemory<byte> body, Uri address)
    {
        string name = address.Host + address.AbsolutePath;
        string text = Cleaned(Decoded(body.Span));
        string root = RootName().Match(text) is { Success: true } match ? match.Groups[1].Value : throw NoFeed(name);
        string title = "", language = "";
        Uri home = address;
        var items = new List<NewsRssRecord>();
        using (var xml = new XmlRecords(new MemoryStream(Encoding.UTF8.GetBytes(text)), root, name))
        {
            language = Attribute(xml.Root, "lang");
            home = Resolved(Attribute(xml.Root, "base"), home);
            while (xml.Next("item", "entry", "title", "language") is { } element)
            {
                if (ItemNames.Contains(element.Name.LocalName))
                {
                    if (items.Count < MostItems) items.Add(Item(element, home));
                }
                else if (element.Name.LocalName == "language") language = element.Value.Trim();
                else if (title.Length == 0) title = FeedText.Plain(element.Value);
            }
        }

        return new NewsFeed(title, language, items);
    }

    private static NewsRssRecord Item(XElement item, Uri home)
    {
        XElement? source = item.Elements("source").FirstOrDefault(s => Attribute(s, "url").Length > 0);
        string link = Link(item) is { Length: > 0 } own ? Resolved(own, Resolved(Attribute(item, "base"), home)).OriginalString : home.AbsoluteUri;
        return new NewsRssRecord(
            Text(item, "guid", "id"), Text(item, "title"), Text(item, "description", "summary", "encoded", "content"), link, Text(item, "pubDate", "published", "date", "updated", "issued", "docdate"),
            source is null ? "" : Attribute(source, "url"), source?.Value.Trim() ?? "");
    }

    /// <summary>The article's own address, where the feed's links lead through somebody's counter.</summary>
    private static string Link(XElement item)
    {
        if (Text(item, "origLink") is { Length: > 0 } original) return original;
        XElement[] links = [.. item.Elements("link")];
        if (links.FirstOrDefault(l => l.Value.Trim().Length > 0) is { } rss) return rss.Value.Trim();
        XElement? atom = links.FirstOrDefault(l => Attribute(l, "rel") is "" or "alternate") ?? links.FirstOrDefault();
        if (atom is not null && Attribute(atom, "href") is { Length: > 0 } href) return href;
        string id = Text(item, "guid", "id");
        return id.StartsWith("http", StringComparison.Ordinal) ? id : Attribute(item, "about");
    }

    /// <summary>What the text says, seen from the base; what is no address at all stays as it is.</summary>
    private static Uri Resolved(string text, Uri home) => text.Length > 0 && Uri.TryCreate(home, text, out Uri? found) ? found : home;

    private static string Text(XElement item, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (item.Element(name)?.Value.Trim() is { Length: > 0 } text) return text;
        }

        return "";
    }

    private static string Attribute(XElement element, string name) => element.Attribute(name)?.Value.Trim() ?? "";

    /// <summary>By byte order mark, else as declared where that can be, else by what the bytes are: declarations lie.</summary>
    private static string Decoded(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Encoding.Unicode.GetString(body[2..]);
        if (body.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(body[2..]);
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        Match declared = EncodingName().Match(Encoding.Latin1.GetString(body[..Math.Min(body.Length, 200)]));
        string encoding = declared.Success ? declared.Groups[1].Value.ToLowerInvariant() : "";
        // ISO-2022 writes its letters in seven bits, so that it passes for UTF-8.
        if (!encoding.StartsWith("iso-2022", StringComparison.Ordinal) && System.Text.Unicode.Utf8.IsValid(body)) return Encoding.UTF8.GetString(body);
        // What calls itself Latin-1 or UTF-8 and is neither is Windows-1252.
        if (encoding is "" or "utf-8" or "iso-8859-1" or "latin1" or "us-ascii") encoding = "windows-1252";
        Encoding found;
        try
        {
            found = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        }
        catch (ArgumentException)
        {
            found = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        }

        return found.GetString(body);
    }

    /// <summary>Without declaration and characters that XML forbids; entities that only HTML knows spelt out.</summary>
    private static string Cleaned(string text)
    {
        text = OutsideType().Replace(Declaration().Replace(text.TrimStart(), "", 1), "", 1);
        text = Forbidden().Replace(text, " ");
        return HtmlEntity().Replace(text, static m => m.Groups[1].Value is "amp" or "lt" or "gt" or "quot" or "apos" ? m.Value : System.Net.WebUtility.HtmlDecode(m.Value) is { } plain && plain != m.Value ? plain : "&amp;" + m.Value[1..]);
    }

    private static SourceFailureException NoFeed(string name) => new(FailureKind.Malformed, $"{name} is no RSS or Atom feed; open it in a browser, it may be a page by now.");

    [GeneratedRegex(@"<(?:[A-Za-z]\w*:)?(rss|RDF|feed)[\s>]", RegexOptions.CultureInvariant)]
    private static partial Regex RootName();

    [GeneratedRegex(@"<\?xml[^>]*?encoding\s*=\s*[""']([\w.:-]+)[""']", RegexOptions.CultureInvariant)]
    private static partial Regex EncodingName();

    [GeneratedRegex(@"\A<\?xml[^>]*\?>", RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();

    /// <summary>A document type that is only named, as RSS 0.91 wants it; one that declares something is left in, and refused.</summary>
    [GeneratedRegex(@"\A\s*<!DOCTYPE[^>\[]*>", RegexOptions.CultureInvariant)]
    private static partial Regex OutsideType();

    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]", RegexOptions.CultureInvariant)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"&([A-Za-z][A-Za-z0-9]{1,30});", RegexOptions.CultureInvariant)]
    private static partial Regex HtmlEntity();
}
