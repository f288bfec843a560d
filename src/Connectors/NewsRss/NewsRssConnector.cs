using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.News;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.NewsRss;

/// <summary>Reads every feed of the list; one that fails keeps no other back, and is named at the end.</summary>
internal sealed class NewsRssConnector : IConnector
{
    private const long MaximumBytes = 16L << 20;
    private const int NotModified = 304, FailuresShown = 3;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<ListedFeed> feeds = NewsFeedList.Read(context);
        NewsRssCheckpoint kept = Checkpoint(context.Checkpoint);
        var portfolio = new NameMentions(context.Suppliers);
        var elsewhere = (await context.Known.OfFeedAsync(SharedFeeds.AdverseMedia.Name, cancellationToken).ConfigureAwait(false)).Where(e => e.Source != context.Manifest.Id);
        var book = new StoryBook(kept.Stories.IsDefault ? [] : kept.Stories, elsewhere, context.ObservedAt);
        var validators = new Dictionary<string, Validator>(StringComparer.Ordinal);
        var failures = new List<SourceFailureException>();
        (Uri Url, ListedFeed Feed)[] asked = [.. feeds.SelectMany(f => Addresses(f, context.Suppliers).Select(url => (url, f)))];
        for (int i = 0; i < asked.Length; i++)
        {
            (Uri url, ListedFeed feed) = asked[i];
            context.Progress(i, asked.Length, url.Host);

            // A row that is changed has its feed read again.
            string key = string.Join(' ', url.AbsoluteUri, feed.Outlet, feed.Language).TrimEnd();
            Validator? known = kept.Validators?.GetValueOrDefault(key);
            try
            {
                if (await ReadAsync(context, url, known, cancellationToken).ConfigureAwait(false) is { } response)
                {
                    Take(context, NewsFeedReader.Read(response.Body, url), feed, book, portfolio);
                    known = new Validator(response.ETag, response.LastModified);
                }
            }
            catch (SourceFailureException failure)
            {
                failures.Add(failure);
            }

            if (known is { IsEmpty: false } && !feed.IsSearch) validators[key] = known;
        }

        context.Progress(asked.Length, asked.Length, "");
        ImmutableArray<EventSignal> events = book.TakeEvents(context.Manifest.Id);
        string checkpoint = JsonSerializer.Serialize(new NewsRssCheckpoint(validators, book.Write()), NewsRssJson.Default.NewsRssCheckpoint);
        if (failures.Count == 0)
        {
            yield return new ListUpdate([]) { Signals = [.. events], Checkpoint = checkpoint };
            yield break;
        }

        // What the others told is kept, and nobody counts as looked up: the feed that failed may have had the news.
        var failed = new SourceFailureException(
            failures[0].Kind,
            $"{failures.Count} of {asked.Length} feeds could not be read: {string.Join(" ", failures.Take(FailuresShown).Select(f => f.Message))}{(failures.Count > FailuresShown ? " ..." : "")} Take feeds that are gone out of {NewsRssModule.File}.",
            failures[0], failures.Max(f => f.RetryAfter));
        SupplierId[] told = [.. events.Select(e => e.Supplier).Distinct().Order()];
        foreach (SupplierId supplier in told)
            yield return new SupplierUpdate(supplier) { Signals = [.. events.Where(e => e.Supplier == supplier)], Gap = failed, Checkpoint = supplier == told[^1] ? checkpoint : null };
        throw failed;
    }

    private static void Take(FetchContext context, NewsFeed feed, ListedFeed listed, StoryBook book, NameMentions portfolio)
    {
        // Without it only English words are looked for, and those of scripts that tell their language.
        if (feed.Items.Count > 0 && listed.Language.Length == 0 && feed.Language.Length < 2)
            context.Audit.Drift(FieldDrift.Missing, "language of " + new Uri(listed.Url.Replace(ListedFeed.Name, "", StringComparison.Ordinal)).Host);
        var articles = new List<NewsArticle>();
        foreach (NewsRssRecord record in feed.Items)
        {
            context.Audit.CountRead();
            if (NewsRssMapper.TryMap(record, feed, listed, context.ObservedAt, out NewsArticle? article, out string problem)) articles.Add(article);
            else context.Audit.Reject(record.Title.Length > 0 ? record.Title : record.Link, problem);
        }

        foreach (NewsArticle article in articles.OrderBy(a => a.PublishedAt).ThenBy(a => a.Key, StringComparer.Ordinal)) book.Add(article, portfolio);
    }

    /// <summary>Null: it is as it was.</summary>
    private static async Task<SourceResponse?> ReadAsync(FetchContext context, Uri url, Validator? known, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (known is { ETag.Length: > 0 }) headers["If-None-Match"] = known.ETag;
        if (known is { LastModified.Length: > 0 }) headers["If-Modified-Since"] = known.LastModified;
        SourceHttp http = context.Http.To(new HostLimit([url.Host, Outlets.RegisteredDomain(url.Host), "*." + Outlets.RegisteredDomain(url.Host)], $"{context.Manifest.Id}:{url.Host}", context.Manifest.Limit!.Permits, context.Manifest.Limit.Window));
        SourceResponse response = await http.GetAsync(url, MaximumBytes, cancellationToken, [NotModified], headers).ConfigureAwait(false);
        return response.Status == NotModified ? null : response;
    }

    private static IEnumerable<Uri> Addresses(ListedFeed feed, IReadOnlyList<Supplier> suppliers) => feed.IsSearch
        ? suppliers.OrderBy(s => s.Id).Select(s => NameMentions.SearchName(s.Name)).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)
            .Select(name => new Uri(feed.Url.Replace(ListedFeed.Name, Uri.EscapeDataString($"\"{name}\""), StringComparison.Ordinal)))
        : [new Uri(feed.Url)];

    private static NewsRssCheckpoint Checkpoint(string? kept)
    {
        try
        {
            return kept is null ? new NewsRssCheckpoint(null, []) : JsonSerializer.Deserialize(kept, NewsRssJson.Default.NewsRssCheckpoint)!;
        }
        catch (JsonException)
        {
            // Of another version: every feed is read again.
            return new NewsRssCheckpoint(null, []);
        }
    }
}

/// <summary>What a server wants to hear to say that nothing changed.</summary>
internal sealed record Validator(string ETag, string LastModified)
{
    [JsonIgnore]
    public bool IsEmpty => ETag.Length == 0 && LastModified.Length == 0;
}

/// <param name="Validators">By address and what the list says of it.</param>
internal sealed record NewsRssCheckpoint(IReadOnlyDictionary<string, Validator>? Validators, ImmutableArray<AdverseStory> Stories);

[JsonSerializable(typeof(NewsRssCheckpoint))]
internal sealed partial class NewsRssJson : JsonSerializerContext;
