using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.News;

/// <summary>Makes stories out of articles, over runs and languages. Not thread-safe.</summary>
/// <remarks>
/// An article belongs to a story of the same supplier and category that is at most <see cref="Gap"/> away, or at most <see cref="Span"/> when the headlines are alike. Who and what
/// carry most of it, so that languages do not matter; two different lawsuits within a week become one story, which is the price.
/// </remarks>
internal sealed class StoryBook
{
    /// <summary>Same company, same kind of trouble: so near it is the same trouble.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromDays(7);

    /// <summary>The longest that reports of one happening lie apart.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromDays(14);

    /// <summary>Headlines of one happening, told in different words, still share about this much.</summary>
    public const double Alike = 0.25;

    /// <summary>A story is forgotten so long after its last report, and after it was last there to be read.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(45);

    private readonly DateTimeOffset now;
    private readonly ILookup<string, EventSignal> elsewhere;
    private readonly Dictionary<string, List<AdverseStory>> stories;
    private readonly HashSet<AdverseStory> changed = [];

    /// <param name="kept">What <see cref="Write"/> gave, or null at the first run.</param>
    /// <param name="elsewhere">Stories as other sources tell them.</param>
    public StoryBook(IReadOnlyList<AdverseStory>? kept, IEnumerable<EventSignal> elsewhere, DateTimeOffset now)
    {
        this.now = now;
        this.elsewhere = elsewhere.ToLookup(e => e.Supplier.Value, StringComparer.Ordinal);
        stories = (kept ?? []).GroupBy(s => s.Supplier, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
    }

    /// <summary>Adds what an article says of the suppliers it names. Add articles by date.</summary>
    /// <returns>False when it says nothing bad of any.</returns>
    public bool Add(NewsArticle article, NameMentions portfolio)
    {
        bool isTold = false;
        foreach ((NameMention mention, ImmutableArray<string> categories) in Tell(article, portfolio))
        {
            Add(mention, categories, article);
            isTold = true;
        }

        return isTold;
    }

    /// <summary>Whom an article names, and what it says of them: by its headline, else by the sentence of its summary that names them.</summary>
    internal static IEnumerable<(NameMention Mention, ImmutableArray<string> Categories)> Tell(NewsArticle article, NameMentions portfolio)
    {
        string title = Headline.WithoutOutlet(article.Title);
        ImmutableArray<string> ofTitle = AdverseWords.Of(title, article.Language);
        var named = new HashSet<SupplierId>();
        foreach (NameMention mention in portfolio.Find(title))
        {
            named.Add(mention.Supplier);
            ImmutableArray<string> categories = ofTitle.IsEmpty ? AdverseWords.Of(Sentence.Split(article.Summary).FirstOrDefault(""), article.Language) : ofTitle;
            if (!categories.IsEmpty) yield return (mention, categories);
        }

        foreach (string sentence in Sentence.Split(article.Summary))
        {
            foreach (NameMention mention in portfolio.Find(sentence).Where(m => !named.Contains(m.Supplier)))
            {
                ImmutableArray<string> categories = AdverseWords.Of(sentence, article.Language);
                if (categories.IsEmpty || !named.Add(mention.Supplier)) continue;
                yield return (mention, categories);
            }
        }
    }

    /// <summary>Events of the stories that an article was added to since the last call.</summary>
    public ImmutableArray<EventSignal> TakeEvents(SourceId source)
    {
        ImmutableArray<EventSignal> events = [.. changed.OrderBy(s => s.Supplier, StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal).Select(s => StoryEvents.Of(s, Reports(s), source, now))];
        changed.Clear();
        return events;
    }

    /// <summary>What is to be kept for the next run.</summary>
    public ImmutableArray<AdverseStory> Write() =>
        [.. stories.Values.SelectMany(s => s).Where(s => now - s.SeenAt <= Memory || now - s.Reports[^1].At <= Memory).OrderBy(s => s.Supplier, StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal)];

    private void Add(NameMention mention, ImmutableArray<string> categories, NewsArticle article)
    {
        string supplier = mention.Supplier.Value;
        if (!stories.TryGetValue(supplier, out List<AdverseStory>? known)) stories.Add(supplier, known = []);
        if (known.FirstOrDefault(s => s.Reports.Any(r => r.Key == article.Key)) is { } told)
        {
            told.SeenAt = now;
            return;
        }

        var report = new Report(article.Key, article.Title.Trim(), article.Url, article.Outlet, article.PublishedAt, article.Language);
        AdverseStory? story = known.Where(s => categories.Contains(s.Type)).Select(s => (Story: s, Fit: Fit(report, s))).Where(s => s.Fit > 0).OrderByDescending(s => s.Fit).FirstOrDefault().Story;
        if (story is null) known.Add(story = Begin(supplier, categories, report));
        story.SeenAt = now;
        bool wasSure = story.IsSure;
        story.IsSure |= mention.Strength == MentionStrength.Sure;
        if (story.Reports.Count >= AdverseStory.MostReports && story.IsSure == wasSure) return;
        story.Reports.Add(report);
        story.Reports.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Key, b.Key));
        changed.Add(story);
    }

    private AdverseStory Begin(string supplier, ImmutableArray<string> categories, Report report)
    {
        EventSignal? same = elsewhere[supplier].FirstOrDefault(e => categories.Contains(e.Type) && IsNear(report.At - e.OccurredAt, Headline.Likeness(report.Words, Headline.Words(e.Title))));
        string type = same?.Type ?? categories[0];
        string id = string.Create(CultureInfo.InvariantCulture, $"{type}-{report.At.UtcDateTime:yyyyMMdd}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(report.Key)))[..8]}");
        return new AdverseStory { Supplier = supplier, Id = id, Type = type, Story = same is null ? id : same.Story.Length > 0 ? same.Story : same.Id };
    }

    /// <summary>0: another story; else the more the likelier.</summary>
    private static double Fit(Report report, AdverseStory story)
    {
        double likeness = story.Reports.Max(r => Headline.Likeness(report.Words, r.Words));
        TimeSpan away = report.At < story.Reports[0].At ? story.Reports[0].At - report.At : report.At > story.Reports[^1].At ? report.At - story.Reports[^1].At : TimeSpan.Zero;
        return IsNear(away, likeness) ? 1 + likeness : 0;
    }

    internal static bool IsNear(TimeSpan away, double likeness) => away.Duration() <= Gap || (away.Duration() <= Span && likeness >= Alike);

    /// <summary>The story's reports, and the first report of the same story as each other source tells it.</summary>
    private List<Report> Reports(AdverseStory story) =>
    [
        .. story.Reports,
        .. elsewhere[story.Supplier].Where(e => e.Story == story.Story && Uri.TryCreate(e.Evidence.Url, UriKind.Absolute, out _))
            .Select(e => new Report(e.Evidence.Url, e.Title, e.Evidence.Url, StoryEvents.HostOf(e.Evidence.Url), e.OccurredAt, "")),
    ];
}
