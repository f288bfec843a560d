using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk.News;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Xunit.Abstractions;

namespace Risk.Connectors.Tests.Sdk.News;

public sealed class StoryBookTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);
    private static readonly SourceId Source = new("news");
    private static readonly NameMentions Portfolio = new([Of("S1", "Wolfspeed, Inc."), Of("S2", "Target Corporation")]);

    [Fact]
    public void Add_CopiesOfOneText_CountOnce()
    {
        EventSignal story = Assert.Single(Events(
            Article(0, "a.example", "Wolfspeed files for bankruptcy protection in Texas"), Article(1, "b.example", "Wolfspeed files for bankruptcy protection in Texas - B News"), Article(1, "c.example", "Wolfspeed files for bankruptcy protection in Texas")));
        Assert.Equal((StoryStages.Single, 2), (story.Stage, story.Severity));
        Assert.StartsWith("One report. a.example 2026-07-20: ", story.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_TwoOutletsOfOneOwner_CountOnce() =>
        Assert.Equal(StoryStages.Single, Assert.Single(Events(Article(0, "telemundo47.com", "Wolfspeed insolvent, say creditors"), Article(1, "nbcnews.com", "Bankruptcy for chip maker Wolfspeed"))).Stage);

    [Fact]
    public void Add_TwoVoicesInTwoLanguages_AreOneCorroboratedStoryOfTheEarliestDate()
    {
        EventSignal story = Assert.Single(Events(Article(2, "b.example", "Wolfspeed files for bankruptcy"), Article(0, "a.example", "Wolfspeed meldet Insolvenz an", "de")));
        Assert.Equal(("insolvency", StoryStages.Corroborated, 4, "Wolfspeed files for bankruptcy", 20), (story.Type, story.Stage, story.Severity, story.Title, story.OccurredAt.Day));
        Assert.Contains("2 independent reports", story.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_OtherTroubleOrLongAfter_IsAnotherStory() =>
        Assert.Equal(3, Events(Article(0, "a.example", "Wolfspeed files for bankruptcy"), Article(1, "a.example", "Fire at Wolfspeed fab"), Article(-40, "a.example", "Wolfspeed bankrupt, analyst says")).Count);

    [Fact]
    public void Add_NameThatOthersHave_IsPossibleAndSaysSo()
    {
        EventSignal story = Assert.Single(Events(Article(0, "a.example", "Target in the United States hit by data breach")));
        Assert.Equal((StoryStages.Possible, 1, "May be about another company: Target in the United States hit by data breach"), (story.Stage, story.Severity, story.Title));
    }

    [Fact]
    public void Add_NextRun_RevisesTheSameEvent()
    {
        var first = new StoryBook(null, [], Now);
        first.Add(Article(0, "a.example", "Wolfspeed files for bankruptcy"), Portfolio);
        EventSignal before = Assert.Single(first.TakeEvents(Source));
        var second = new StoryBook(first.Write(), [], Now.AddDays(1));
        Assert.True(second.Add(Article(0, "a.example", "Wolfspeed files for bankruptcy"), Portfolio));
        Assert.Empty(second.TakeEvents(Source));
        second.Add(Article(1, "b.example", "Chip maker Wolfspeed goes bust"), Portfolio);
        EventSignal after = Assert.Single(second.TakeEvents(Source));
        Assert.Equal((before.Id, before.Story, before.OccurredAt, StoryStages.Corroborated), (after.Id, after.Story, after.OccurredAt, after.Stage));
    }

    [Fact]
    public void Add_StoryThatAnotherSourceTells_SharesItAndIsCorroboratedByIt()
    {
        var elsewhere = new StoryBook(null, [], Now);
        elsewhere.Add(Article(0, "a.example", "Wolfspeed files for bankruptcy"), Portfolio);
        EventSignal known = Assert.Single(elsewhere.TakeEvents(new SourceId("other")));
        var book = new StoryBook(null, [known], Now);
        book.Add(Article(1, "b.example", "Chip maker Wolfspeed goes bust"), Portfolio);
        EventSignal story = Assert.Single(book.TakeEvents(Source));
        Assert.Equal((known.Story, StoryStages.Corroborated), (story.Story, story.Stage));
        Assert.NotEqual(known.Id, story.Id);
    }

    [Fact]
    public void Tell_SummaryThatNamesTheSupplier_SpeaksBySentence()
    {
        NewsArticle article = Article(0, "a.example", "Chip industry in trouble") with { Summary = "Shares fell on Monday. Wolfspeed filed for bankruptcy last week. Another firm burned down." };
        Assert.Equal("insolvency", Assert.Single(StoryBook.Tell(article, Portfolio)).Categories[0]);
    }

    [Fact]
    public void Write_StoriesLongPast_AreForgotten()
    {
        var book = new StoryBook(null, [], Now);
        book.Add(Article(0, "a.example", "Wolfspeed files for bankruptcy"), Portfolio);
        Assert.Single(new StoryBook(book.Write(), [], Now.AddDays(30)).Write());
        Assert.Empty(new StoryBook(book.Write(), [], Now.AddDays(60)).Write());
    }

    /// <summary>However articles of one day are dealt out over runs, the outcome is the same.</summary>
    [Fact]
    public void Add_ArticlesOverRuns_ComeToWhatOneRunComesTo()
    {
        string[] titles = ["Wolfspeed files for bankruptcy", "Wolfspeed bankrupt", "Fire at Wolfspeed plant", "Blaze at Wolfspeed", "Wolfspeed sued by investors", "Wolfspeed opens plant"];
        Prop.ForAll<byte, byte[]>((cut, picks) =>
        {
            NewsArticle[] articles = [.. picks.Select((p, i) => Article(i / 3.0, $"o{p % 5}.example", titles[p % titles.Length]) with { Key = $"k{i}" })];
            var whole = new StoryBook(null, [], Now);
            foreach (NewsArticle article in articles) whole.Add(article, Portfolio);
            var first = new StoryBook(null, [], Now);
            foreach (NewsArticle article in articles.Take(cut)) first.Add(article, Portfolio);
            var second = new StoryBook(first.Write(), [], Now);
            foreach (NewsArticle article in articles.Skip(cut)) second.Add(article, Portfolio);
            return Text(whole) == Text(second);
        }).QuickCheckThrowOnFailure();

        static string Text(StoryBook book) => string.Join('\n', book.Write().Select(s => $"{s.Id} {s.IsSure} {string.Join(',', s.Reports.Select(r => r.Key))}"));
    }

    /// <summary>Headlines of a recorded answer, labelled by hand with the story that they tell.</summary>
    [Fact]
    public void Likeness_OfLabelledHeadlines_FindsTheirStories()
    {
        (DateTimeOffset At, string Story, HashSet<string> Words)[] all = [.. Labelled().Select(l => (l.At, l.Story, Headline.Words(l.Title)))];
        int right = 0, found = 0, there = 0, copies = 0, falseCopies = 0;
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bool isSame = all[i].Story == all[j].Story && (all[i].At - all[j].At).Duration() <= StoryBook.Span;
                double likeness = Headline.Likeness(all[i].Words, all[j].Words);
                bool isFound = (all[i].At - all[j].At).Duration() <= StoryBook.Span && likeness >= StoryBook.Alike;
                there += isSame ? 1 : 0;
                found += isFound ? 1 : 0;
                right += isSame && isFound ? 1 : 0;
                if (likeness < Headline.Copy) continue;
                copies++;
                falseCopies += isSame ? 0 : 1;
            }
        }

        double precision = (double)right / found, recall = (double)right / there;
        output.WriteLine(FormattableString.Invariant($"{all.Length} headlines, {there} pairs of one story: precision {precision:0.000}, recall {recall:0.000}; {copies} copies, {falseCopies} of them false"));
        Assert.True(precision >= 0.95, FormattableString.Invariant($"precision {precision:0.000}"));
        Assert.True(recall >= 0.45, FormattableString.Invariant($"recall {recall:0.000}"));
        Assert.Equal(0, falseCopies);
    }

    /// <summary>The same headlines against a portfolio: which are about whom, and bad.</summary>
    [Fact]
    public void Tell_LabelledHeadlines_NamesTheSuppliersTheyAreAbout()
    {
        var portfolio = new NameMentions(
        [
            Of("costco", "Costco Wholesale Corporation", "Costco"), Of("relish", "Relish Foods, Inc."), Of("norway", "Norway Royal Salmon ASA"), Of("cordon", "Michel Cordon Bleu"), Of("elliott", "Elliott Oyster House"),
            Of("sanford", "Sanford Limited"), Of("pacific", "Pacific Oysters Ltd"), Of("target", "Target Corporation"), Of("canada", "Canada Goose Holdings Inc."), Of("romaine", "Romaine Electric Corporation"),
        ]);
        string[] expected = ["cordon-bleu cordon", "costco-hepatitis costco", "norway-royal norway", "oyster-house elliott", "tuna-salmonella relish"];
        var told = Labelled().SelectMany(l => StoryBook.Tell(new NewsArticle(l.Title, l.Title, "", "", "", l.At, l.Language), portfolio), (l, t) => (Text: $"{l.Story} {t.Mention.Supplier}", t.Mention.Strength)).ToArray();
        Assert.Equal(expected, told.Where(t => t.Strength == MentionStrength.Sure && t.Text != "psp-oysters pacific" && !t.Text.StartsWith("alone", StringComparison.Ordinal)).Select(t => t.Text).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(9, told.Count(t => t.Text == "costco-hepatitis costco"));
    }

    private static IEnumerable<(DateTimeOffset At, string Language, string Story, string Title)> Labelled()
    {
        using CsvRecords csv = CsvRecords.Open(Path.Combine(AppContext.BaseDirectory, "Sdk", "News", "Fixtures", "headlines.csv"), new CsvFormat(), "headlines.csv");
        while (csv.Read())
        {
            string language = csv.Text("language") switch { "English" => "en", "Spanish" => "es", "Chinese" => "zh", _ => "other" };
            yield return (DateTimeOffset.ParseExact(csv.Text("seen"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), language, csv.Text("story"), csv.Text("title"));
        }
    }

    private static IReadOnlyList<EventSignal> Events(params NewsArticle[] articles)
    {
        var book = new StoryBook(null, [], Now);
        foreach (NewsArticle article in articles.OrderBy(a => a.PublishedAt)) book.Add(article, Portfolio);
        return book.TakeEvents(Source);
    }

    private static NewsArticle Article(double day, string outlet, string title, string language = "en") =>
        new($"{outlet}/{title}", title, "", $"https://{outlet}/{title.Length}", outlet, new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero).AddDays(day), language);

    private static Supplier Of(string id, string name, string alias = "") => new() { Id = new SupplierId(id), Name = name, Country = "US", Aliases = alias.Length > 0 ? [alias] : [] };
}
