using System.Text;
using Risk.Connectors.NewsRss;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.NewsRss;

public sealed class NewsRssConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Feed = "news.example/feed.xml", Other = "other.example/feed.xml";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new NewsRssModule(), stub);
        List("url,outlet,language\nhttps://news.example/feed.xml,,\n");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    public static TheoryData<string, string> Formats => new()
    {
        { "RSS 2.0", """<?xml version="1.0"?><!-- x --><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><language>en-us</language><item><media:content><media:title>Other</media:title></media:content><title><![CDATA[Wolfspeed <b>files</b> for bankruptcy]]></title><link>https://paper.example/a</link><pubDate>Thu, 30 Jul 2026 06:15:00 GMT</pubDate><guid isPermaLink="false">1</guid></item></channel></rss>""" },
        { "RSS 1.0", """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>T</title><dc:language>en</dc:language><items><rdf:Seq><rdf:li rdf:resource="x"/></rdf:Seq></items></channel><item rdf:about="https://paper.example/a"><title>Wolfspeed files for bankruptcy</title><dc:date>2026-07-30T08:15:00+02:00</dc:date></item></rdf:RDF>""" },
        { "Atom", """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><entry><title type="html">Wolfspeed &amp;lt;b&amp;gt;files&amp;lt;/b&amp;gt; for bankruptcy</title><link rel="self" href="https://news.example/x"/><link rel="alternate" href="https://paper.example/a"/><id>tag:x,1</id><updated>2026-07-30T06:15:00Z</updated></entry></feed>""" },
        { "RSS 0.92 with a counter and entities of HTML", """<rss version="0.92"><channel><title>T&nbsp;&copy;</title><item><title>Wolfspeed files&nbsp;for bankruptcy</title><link>https://go.example/?u=https%3A%2F%2Fpaper.example%2Fa</link><pubDate>30 Jul 26 02:15:00 EDT</pubDate></item></channel></rss>""" },
        { "a search feed", """<rss version="2.0"><channel><title>T</title><item><title>Wolfspeed files for bankruptcy - The Paper</title><link>https://news.example/rss/articles/CBM</link><pubDate>Thu, 30 Jul 2026 06:15:00 +0000</pubDate><description>&lt;a href="https://x"&gt;Wolfspeed files&lt;/a&gt;</description><source url="https://www.paper.example">The Paper</source></item></channel></rss>""" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Fetch_EveryFormat_GivesTheStory(string format, string feed)
    {
        stub.Serve(Feed, feed, "text/xml");
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        EventSignal story = Assert.Single(run.Events);
        Assert.Equal(("Wolfspeed files for bankruptcy", "insolvency", "single"), (story.Title, story.Type, story.Stage));
        Assert.True(story.OccurredAt == new DateTimeOffset(2026, 7, 30, 6, 15, 0, TimeSpan.Zero), $"{format}: {story.OccurredAt:o}");
        Assert.StartsWith("One report. paper.example 2026-07-30", story.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.False(Assert.IsType<ListUpdate>(Assert.Single(run.Updates)).Complete);
    }

    [Theory]
    [InlineData("""<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>T</title><item><title>Wolfspeed insolvent &eacute;</title><link>https://paper.example/a</link></item></channel></rss>""", "https://paper.example/a")]
    [InlineData("""<rss version="2.0"><channel><title>T</title><item><title>Wolfspeed insolvent</title><link>/a/b?c=1</link></item></channel></rss>""", "https://news.example/a/b?c=1")]
    [InlineData("""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://paper.example/x/"><title>T</title><entry xml:base="y/"><title>Wolfspeed insolvent</title><link href="a"/><id>1</id></entry></feed>""", "https://paper.example/x/y/a")]
    [InlineData("""<rss version="2.0"><channel><title>T</title><item><description>&lt;p&gt;Wolfspeed insolvent&lt;/p&gt;</description><guid isPermaLink="true">https://paper.example/a</guid></item></channel></rss>""", "https://paper.example/a")]
    [InlineData("""<rss version="2.0"><channel><title>T</title><item><title>Wolfspeed insolvent</title></item></channel></rss>""", "https://news.example/feed.xml")]
    public async Task Fetch_ItemsThatLackSomething_AreTakenForWhatTheySay(string feed, string link)
    {
        stub.Serve(Feed, feed, "text/xml");
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Equal(link, Assert.Single(run.Events).Evidence.Url);
        Assert.Equal(0, run.Audit.Rejected);
    }

    [Fact]
    public async Task Fetch_FeedThatSaysNoLanguage_IsNamed()
    {
        stub.Serve(Feed, "<rss><channel><title>T</title><language></language><item><title>Wolfspeed em falência</title><link>https://paper.example/a</link></item></channel></rss>", "text/xml");
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Empty(run.Events);
        Assert.Equal((FieldDrift.Missing, "language of news.example"), Assert.Single(run.Audit.Drifted).Key);
        List("url,outlet,language\nhttps://news.example/feed.xml,,pt\n");
        run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Single(run.Events);
        Assert.Empty(run.Audit.Drifted);
    }

    [Fact]
    public async Task Fetch_SevenBitJapanese_IsReadAsDeclared()
    {
        string feed = """<?xml version="1.0" encoding="iso-2022-jp"?><rss version="2.0"><channel><title>T</title><language>ja</language><item><title>Wolfspeed 破産を申請</title><link>https://paper.example/a</link></item></channel></rss>""";
        stub.Serve(Feed, CodePagesEncodingProvider.Instance.GetEncoding("iso-2022-jp")!.GetBytes(feed), "application/rss+xml");
        Assert.Equal("Wolfspeed 破産を申請", Assert.Single((await kit.RunAsync([Wolfspeed])).Ok().Events).Title);
    }

    [Fact]
    public async Task Fetch_FeedThatMovedWithinItsDomain_IsFollowed()
    {
        stub.Redirect(Feed, "https://www.news.example/rss/all.xml", 301);
        stub.Serve("www.news.example/rss/all.xml", Rss("Wolfspeed files for bankruptcy", "https://paper.example/a"), "text/xml");
        Assert.Single((await kit.RunAsync([Wolfspeed])).Ok().Events);
        stub.Redirect(Feed, "https://elsewhere.example/rss/all.xml", 301);
        Assert.NotNull((await kit.RunAsync([Wolfspeed])).Failure);
    }

    [Theory]
    [InlineData("iso-8859-1", "iso-8859-1")]
    [InlineData("utf-8", "iso-8859-1")]
    [InlineData("ISO-8859-1", "utf-8")]
    [InlineData("windows-1251", "utf-8")]
    [InlineData("utf-16", "utf-16")]
    [InlineData("nonsense", "iso-8859-1")]
    public async Task Fetch_EncodingThatIsNotTheDeclaredOne_IsReadAsItIs(string declared, string real)
    {
        string feed = $"""<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><title>T</title><language>de</language><item><title>Großbrand bei Wolfspeed in Nürnberg</title><link>https://paper.example/a</link></item></channel></rss>""";
        Encoding encoding = Encoding.GetEncoding(real);
        stub.Serve(Feed, [.. encoding.GetPreamble(), .. encoding.GetBytes(feed)], "application/rss+xml");
        Assert.Equal("Großbrand bei Wolfspeed in Nürnberg", Assert.Single((await kit.RunAsync([Wolfspeed])).Ok().Events).Title);
    }

    [Fact]
    public async Task Fetch_UndatedItem_KeepsTheDayItWasFirstSeen()
    {
        stub.Serve(Feed, Rss("Wolfspeed files for bankruptcy", "https://paper.example/a", date: ""), "text/xml");
        DateTimeOffset first = Assert.Single((await kit.RunAsync([Wolfspeed])).Ok().Events).OccurredAt;
        stub.Serve(Feed, Rss("Wolfspeed files for bankruptcy", "https://paper.example/a", date: "", also: "<item><title>Wolfspeed goes bust</title><link>https://b.example/b</link></item>"), "text/xml");
        kit.Now = kit.Now.AddDays(1);
        EventSignal second = Assert.Single((await kit.RunAsync([Wolfspeed])).Ok().Events);
        Assert.Equal((first, "corroborated"), (second.OccurredAt, second.Stage));
    }

    [Fact]
    public async Task Fetch_FeedThatDidNotChange_IsNotReadAgain()
    {
        stub.Serve(Feed, Rss("Wolfspeed files for bankruptcy", "https://paper.example/a"), "text/xml");
        Assert.Equal(1, (await kit.RunAsync([Wolfspeed])).Ok().Audit.Read);
        ConnectorRun second = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Equal((0, 0), (second.Audit.Read, second.Events.Count));
        Assert.True(stub.Requests[1].Headers.ContainsKey("If-None-Match"));
    }

    [Fact]
    public async Task Fetch_OneFeedFails_TheOthersAreKeptAndNobodyCountsAsLookedUp()
    {
        List("url\nhttps://other.example/feed.xml\nhttps://news.example/feed.xml\n");
        stub.Serve(Feed, Rss("Wolfspeed files for bankruptcy", "https://paper.example/a"), "text/xml");
        stub.Serve(Other, Rss("Nothing", "https://other.example/a"), "text/xml");
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Truncate(80), Faults.Bomb(100), Faults.Status(500), Faults.Status(429), Faults.Status(403), Faults.Status(404), Faults.Reset })
        {
            stub.Fail(Other, fault);
            kit.Checkpoint = null;
            ConnectorRun run = await kit.RunAsync([Wolfspeed]);
            Assert.StartsWith("1 of 2 feeds could not be read: ", run.Failure?.Message, StringComparison.Ordinal);
            SupplierUpdate kept = Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates));
            Assert.NotNull(kept.Gap);
            Assert.Single(kept.Signals);
            stub.Mend(Other);
        }

        // What was kept is known at the next run, and no news.
        ConnectorRun next = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Empty(next.Events);
    }

    [Theory]
    [InlineData("""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>Wolfspeed bankrupt &x;</title><link>https://a.example/a</link></item></channel></rss>""")]
    [InlineData("""<!DOCTYPE lolz [<!ENTITY a "bankrupt"><!ENTITY b "&a;&a;&a;">]><rss version="2.0"><channel><item><title>Wolfspeed &b;</title></item></channel></rss>""")]
    [InlineData("""<rss version="2.0"><channel><item><title>Wolfspeed bankrupt</title><link>https://a.example/a</link>""")]
    [InlineData("<opml><body/></opml>")]
    public async Task Fetch_HostileOrBrokenXml_IsRefused(string feed)
    {
        stub.Serve(Feed, feed, "text/xml");
        ConnectorRun run = await kit.RunAsync([Wolfspeed]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Empty(run.Events);
    }

    [Fact]
    public async Task Fetch_MarkupInTitles_IsTextAndLinksThatAreNoneAreCounted()
    {
        stub.Serve(Feed, Rss("Wolfspeed bankrupt &lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;", "https://a.example/a", also: "<item><title>Wolfspeed burns</title><link>javascript:alert(1)</link></item><item><link>https://a.example/b</link></item>"), "text/xml");
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Equal("Wolfspeed bankrupt", Assert.Single(run.Events).Title);
        Assert.Equal(["link: is no http address", "title: is empty"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_RedirectToAHostThatNobodyNamed_IsRefused()
    {
        stub.Redirect(Feed, "https://internal.example/secrets");
        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([Wolfspeed])).Failure?.Kind);
        Assert.DoesNotContain(stub.Requests, r => r.Host == "internal.example");
    }

    [Fact]
    public async Task Fetch_SearchFeed_AsksForEachName()
    {
        List("url\n\"https://news.example/search?q={name}&hl=en\"\n");
        stub.Serve("news.example/search", Rss("Nothing", "https://a.example/a"), "text/xml");
        (await kit.RunAsync([Wolfspeed, new() { Id = new SupplierId("S2"), Name = "Nord & Sud AB" }])).Ok();
        Assert.Equal(["?q=%22Wolfspeed%22&hl=en", "?q=%22Nord%20%26%20Sud%22&hl=en"], stub.Requests.Select(r => r.Query));
    }

    [Theory]
    [InlineData("http://news.example/feed.xml,,", "url: is no https address; write it as in https://news.example.com/feed.xml")]
    [InlineData("https://{name}.example/feed.xml,,", "url: is no https address; write it as in https://news.example.com/feed.xml")]
    [InlineData("https://news.example/feed.xml,a b,", "outlet: is no domain; write it as in example.com, or leave it empty")]
    [InlineData("https://news.example/feed.xml,,english", "language: is no code of two letters, as in en")]
    [InlineData("https://other.example/feed.xml,,", "url: is in the list twice")]
    public async Task Fetch_RowThatNamesNoFeed_IsCountedWithReason(string row, string reason)
    {
        List($"url,outlet,language\nhttps://other.example/feed.xml,,\n{row}\n");
        stub.Serve(Other, Rss("Nothing", "https://other.example/a"), "text/xml");
        Assert.Equal(reason, (await kit.RunAsync([Wolfspeed])).Ok().Audit.Reasons.Keys.Single());
    }

    [Fact]
    public async Task Fetch_NoList_SaysSo()
    {
        File.Delete(Path.Combine(kit.Folder, "news-feeds.csv"));
        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([Wolfspeed])).Failure?.Kind);
    }

    [Theory]
    [InlineData("Sat, 07 Jan 2017 10:19:44 -0500", "2017-01-07T15:19:44Z")]
    [InlineData("Wed, 07 Jan 2017 10:19:44 EST", "2017-01-07T15:19:44Z")]
    [InlineData("2017-01-23T21:54:55+01:00", "2017-01-23T20:54:55Z")]
    [InlineData("2018-08-19 09:14:00", "2018-08-19T09:14:00Z")]
    [InlineData("7 Jan 2017", "2017-01-07T00:00:00Z")]
    [InlineData("Saturday, 7 Jan 2017 10:19", "2017-01-07T10:19:00Z")]
    [InlineData("3 hours ago", "2026-08-01T03:00:00Z")]
    [InlineData("An hour ago", "2026-08-01T05:00:00Z")]
    [InlineData("2 days ago", "2026-07-30T06:00:00Z")]
    [InlineData("Do., 30. Juli 2026 08:15 Uhr", "2026-07-30T08:15:00Z")]
    [InlineData("30.07.2026 08:15", "2026-07-30T08:15:00Z")]
    [InlineData("jeu., 30 juil. 2026 08:15:00 +0200", "2026-07-30T06:15:00Z")]
    [InlineData("Jue, 30 Ene 2025 08:15:00 GMT", "2025-01-30T08:15:00Z")]
    [InlineData("30 de dezembro de 2025 08:15", "2025-12-30T08:15:00Z")]
    [InlineData("Чт, 30 июл 2026 08:15:00 +0300", "2026-07-30T05:15:00Z")]
    [InlineData("2026/07/30 08:15", "2026-07-30T08:15:00Z")]
    [InlineData("Thursday, 30 July 2026 08:15:00 GMT", "2026-07-30T08:15:00Z")]
    [InlineData("03 Apr 02 1500 GMT", "2002-04-03T15:00:00Z")]
    [InlineData("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40Z")]
    [InlineData("", null)]
    [InlineData("soon", null)]
    [InlineData("Mo, 32 Foo 2017", null)]
    public void TryDate_AsFeedsWriteIt_IsReadOrRefused(string text, string? expected)
    {
        bool isDate = FeedText.TryDate(text, new DateTimeOffset(2026, 8, 1, 6, 0, 0, TimeSpan.Zero), out DateTimeOffset at);
        Assert.Equal(expected, isDate ? at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    [Theory]
    [InlineData("a <b>b</b><br/>c &amp;amp; d", "a b\nc & d")]
    [InlineData("a<script>alert(1)</script>b<!-- x -->c", "abc")]
    [InlineData("a <script>never closed", "a")]
    [InlineData("5 < 6 and 7 > 3", "5 < 6 and 7 > 3")]
    [InlineData("&lt;p&gt;one&lt;/p&gt;", "one")]
    public void Plain_Markup_IsText(string html, string expected) => Assert.Equal(expected, FeedText.Plain(html));

    private static Supplier Wolfspeed => new() { Id = new SupplierId("S1"), Name = "Wolfspeed, Inc." };

    private static string Rss(string title, string link, string date = "Thu, 30 Jul 2026 06:15:00 GMT", string also = "") =>
        $"<rss version=\"2.0\"><channel><title>T</title><item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>{also}</channel></rss>";

    private void List(string text) => File.WriteAllText(Path.Combine(kit.Folder, "news-feeds.csv"), text);
}
