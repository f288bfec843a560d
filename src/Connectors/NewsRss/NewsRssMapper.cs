using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.News;

namespace Risk.Connectors.NewsRss;

/// <summary>Makes an article of an item, or says why not.</summary>
internal static class NewsRssMapper
{
    /// <summary>Clocks differ; what is dated further ahead is dated wrongly.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(26);

    private const int LongestTitle = 200;

    public static bool TryMap(NewsRssRecord record, NewsFeed feed, ListedFeed listed, DateTimeOffset now, [NotNullWhen(true)] out NewsArticle? article, out string problem)
    {
        article = null;
        problem = "title: is empty";
        string title = FeedText.Plain(record.Title).Replace('\n', ' '), summary = FeedText.Plain(record.Summary), name = FeedText.Plain(record.OutletName);

        // A title is not required where there is a text.
        if (title.Length == 0) title = RecordEvidence.Shorten(summary.Split('\n')[0], LongestTitle);
        if (title.Length == 0) return false;
        if (name.Length > 0 && title.EndsWith(" - " + name, StringComparison.Ordinal)) title = title[..^(name.Length + 3)];
        problem = "link: is no http address";
        string link = StoryEvents.HostOf(record.Link).Length > 0 ? record.Link : record.Id;
        if (StoryEvents.HostOf(link) is not { Length: > 0 } host) return false;
        // Undated: first seen now; the story keeps that date.
        if (!FeedText.TryDate(record.Published, now, out DateTimeOffset at) || at > now + Ahead) at = now;
        string outlet = listed.Outlet.Length > 0 ? listed.Outlet : StoryEvents.HostOf(record.Outlet) is { Length: > 0 } source ? source : Target(link) ?? host;
        string language = (listed.Language.Length > 0 ? listed.Language : feed.Language).ToLowerInvariant();
        article = new NewsArticle(Key(record, link, title), title, summary, link, outlet.ToLowerInvariant(), at.ToUniversalTime(), language.Length >= 2 ? language[..2] : "");
        problem = "";
        return true;
    }

    /// <summary>Without a guid the address is the item; without either its words.</summary>
    private static string Key(NewsRssRecord record, string link, string title)
    {
        string key = record.Id.Length > 0 ? record.Id : link.Length > 0 ? link : title;
        return key.Length <= 120 ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32];
    }

    /// <summary>Counters carry the article's address along: <c>https://counter.example/go?u=https%3A%2F%2Fpaper.example%2Fa</c>.</summary>
    private static string? Target(string link)
    {
        foreach (string part in new Uri(link).Query.TrimStart('?').Split('&'))
        {
            if (part.Split('=', 2) is [_, var value] && StoryEvents.HostOf(Uri.UnescapeDataString(value)) is { Length: > 0 } host) return host;
        }

        return null;
    }
}
