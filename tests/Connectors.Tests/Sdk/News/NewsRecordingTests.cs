using Risk.Connectors.Gdelt;
using Risk.Connectors.NewsRss;
using Risk.Connectors.Sdk.News;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.News;

/// <summary>Recorded answers, every record of which has to be read.</summary>
public sealed class NewsRecordingTests
{
    [SharedFact]
    public void Gdelt_RecordedAnswer_IsReadWhole()
    {
        GdeltAnswer answer = GdeltAnswer.Read(File.ReadAllBytes(SharedFactAttribute.Path("sources", "gdelt", "artlist.json")));
        Assert.Equal(250, answer.Articles!.Count);
        Assert.All(answer.Articles, record => Assert.True(GdeltMapper.TryMap(record, out NewsArticle? _, out string problem), problem));
    }

    [SharedFact]
    public void Feeds_Recorded_AreReadWhole()
    {
        (string File, int Items)[] recordings =
        [
            ("publisher-feeds/Rss20Reuters.xml", 10), ("publisher-feeds/Rss10OrfAt.xml", 50), ("publisher-feeds/AtomVergeAllPosts.xml", 10), ("publisher-feeds/Rss20ISO88591Intranet30.xml", 30),
            ("publisher-feeds/Rss20FinanzenNet.xml", 15), ("publisher-feeds/Rss20DailyMail.xml", 0), ("google-news-search.en-GB.xml", 6),
        ];
        DateTimeOffset now = new(2026, 8, 6, 0, 0, 0, TimeSpan.Zero);
        foreach ((string file, int items) in recordings)
        {
            NewsFeed feed = NewsFeedReader.Read(File.ReadAllBytes(SharedFactAttribute.Path("sources", "news-rss", file)), new Uri("https://news.example/" + file));
            Assert.True(feed.Items.Count == items, $"{file}: {feed.Items.Count}");
            foreach (NewsRssRecord item in feed.Items)
            {
                Assert.True(NewsRssMapper.TryMap(item, feed, new ListedFeed("", "", ""), now, out NewsArticle? article, out string problem), $"{file}: {problem}");
                Assert.DoesNotContain('\uFFFD', article.Title);

                // Two of the publishers date no item.
                if (item.Published.Length > 0) Assert.True(article.PublishedAt < now, $"{file}: {item.Published}");
            }
        }
    }
}
