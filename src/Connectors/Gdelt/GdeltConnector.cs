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

namespace Risk.Connectors.Gdelt;

/// <summary>Asks for the suppliers in batches, from where the last run stopped, for what is new since the last round.</summary>
internal sealed class GdeltConnector : IConnector
{
    private const long MaximumBytes = 8L << 20;

    /// <summary>Asked for at the first run, and at most: the search knows three months, and old news is told by other sources.</summary>
    private static readonly TimeSpan FirstWindow = TimeSpan.FromDays(14);

    /// <summary>Articles come into the search late.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(2);

    /// <summary>How often a window is halved when more articles are in it than one answer holds.</summary>
    private const int MostHalvings = 3;

    /// <summary>Batches between two checkpoints: the stories that are kept are written whole each time.</summary>
    private const int BatchesPerCheckpoint = 10;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        GdeltCheckpoint kept = Checkpoint(context.Checkpoint);
        DateTimeOffset round = kept.Next.Length > 0 ? kept.RoundAt : context.ObservedAt;
        DateTimeOffset from = kept.LastRoundAt is { } last && round - last < FirstWindow ? last - Overlap : round - FirstWindow;
        var portfolio = new NameMentions(context.Suppliers);
        var elsewhere = (await context.Known.OfFeedAsync(SharedFeeds.AdverseMedia.Name, cancellationToken).ConfigureAwait(false)).Where(e => e.Source != context.Manifest.Id);
        var book = new StoryBook(kept.Stories.IsDefault ? [] : kept.Stories, elsewhere, context.ObservedAt);
        Supplier[] ahead = [.. context.Suppliers.OrderBy(s => s.Id).Where(s => string.CompareOrdinal(s.Id.Value, kept.Next) >= 0)];
        foreach (Supplier silent in ahead.Where(s => GdeltQueries.TermOf(s).Length == 0))
        {
            context.Audit.Reject(silent.Id.Value, "name: has no four Latin letters, which the search needs; add such an alias to the portfolio");
            yield return new SupplierUpdate(silent.Id) { Signals = [] };
        }

        GdeltBatch[] batches = [.. GdeltQueries.Batches(ahead)];
        for (int i = 0; i < batches.Length; i++)
        {
            context.Progress(i, batches.Length, batches[i].Asked[0].Supplier.Name);
            await AskAsync(context, batches[i], (from, round), book, portfolio, cancellationToken).ConfigureAwait(false);
            bool isLast = i == batches.Length - 1;
            string? checkpoint = isLast ? new GdeltCheckpoint("", round, round, book.Write()).Write()
                : i % BatchesPerCheckpoint == BatchesPerCheckpoint - 1 ? new GdeltCheckpoint(batches[i + 1].Asked[0].Supplier.Id.Value, round, kept.LastRoundAt, book.Write()).Write() : null;
            foreach (SourceUpdate update in Updates(context, batches[i], book, checkpoint)) yield return update;
        }

        context.Progress(batches.Length, batches.Length, "");
    }

    /// <summary>One update a supplier that was asked for, and one for each that an answer named besides.</summary>
    private static IEnumerable<SourceUpdate> Updates(FetchContext context, GdeltBatch batch, StoryBook book, string? checkpoint)
    {
        ILookup<SupplierId, EventSignal> events = book.TakeEvents(context.Manifest.Id).ToLookup(e => e.Supplier);
        SupplierId[] asked = [.. batch.Asked.Select(a => a.Supplier.Id)];
        foreach (SupplierId id in asked.Union(events.Select(g => g.Key))) yield return new SupplierUpdate(id) { Signals = [.. events[id]], Checkpoint = id == asked[^1] ? checkpoint : null };
    }

    private static async Task AskAsync(
        FetchContext context, GdeltBatch batch, (DateTimeOffset From, DateTimeOffset To) window, StoryBook book, NameMentions portfolio, CancellationToken cancellationToken, int halvings = 0)
    {
        SourceResponse response = await context.Http.GetAsync(GdeltQueries.Address(batch.Query, window.From, window.To), MaximumBytes, cancellationToken).ConfigureAwait(false);
        GdeltAnswer answer = GdeltAnswer.Read(response.Body);
        if (answer.Articles is null)
        {
            // One name that the search does not take refuses the whole query: the others are asked for without it.
            if (batch.Asked.Count == 1) context.Audit.Reject(batch.Asked[0].Supplier.Id.Value, $"name: the search does not take it ({Shortened(answer.Message)}); add another alias to the portfolio");
            foreach ((Supplier, string)[] half in batch.Asked.Count == 1 ? [] : batch.Asked.Chunk((batch.Asked.Count + 1) / 2))
                await AskAsync(context, new GdeltBatch(half), window, book, portfolio, cancellationToken).ConfigureAwait(false);
            return;
        }

        var articles = new List<NewsArticle>();
        foreach (GdeltRecord record in answer.Articles)
        {
            context.Audit.CountRead();
            if (GdeltMapper.TryMap(record, out NewsArticle? article, out string problem)) articles.Add(article);
            else context.Audit.Reject(record.Url.Length > 0 ? record.Url : record.Title, problem);
        }

        // Halving helps only where the answer keeps to the window.
        bool isFull = answer.Articles.Count >= GdeltQueries.MostArticles && articles.All(a => a.PublishedAt >= window.From - Overlap && a.PublishedAt <= window.To + Overlap);
        if (isFull && halvings < MostHalvings)
        {
            DateTimeOffset middle = window.From + ((window.To - window.From) / 2);
            await AskAsync(context, batch, (window.From, middle), book, portfolio, cancellationToken, halvings + 1).ConfigureAwait(false);
            await AskAsync(context, batch, (middle, window.To), book, portfolio, cancellationToken, halvings + 1).ConfigureAwait(false);
            return;
        }

        if (isFull) context.Audit.Reject(batch.Asked[0].Term, "more articles than one answer holds: the oldest of that time were not seen");
        foreach (NewsArticle article in articles.OrderBy(a => a.PublishedAt).ThenBy(a => a.Key, StringComparer.Ordinal)) book.Add(article, portfolio);
    }

    private static string Shortened(string message) => message.Length <= 100 ? message : message[..100];

    private static GdeltCheckpoint Checkpoint(string? kept)
    {
        try
        {
            return kept is null ? new GdeltCheckpoint("", default, null, []) : JsonSerializer.Deserialize(kept, GdeltJson.Default.GdeltCheckpoint)!;
        }
        catch (JsonException)
        {
            // Of another version: the stories begin anew, under the same ids.
            return new GdeltCheckpoint("", default, null, []);
        }
    }
}

/// <summary>Where the round over the suppliers stands.</summary>
/// <param name="Next">The supplier that comes next; "" when the round is over.</param>
/// <param name="RoundAt">When the round began: what it asks for ends there.</param>
/// <param name="LastRoundAt">When the round before began, where this one's window begins; null in the first.</param>
internal sealed record GdeltCheckpoint(string Next, DateTimeOffset RoundAt, DateTimeOffset? LastRoundAt, ImmutableArray<AdverseStory> Stories)
{
    public string Write() => JsonSerializer.Serialize(this, GdeltJson.Default.GdeltCheckpoint);
}

[JsonSerializable(typeof(GdeltCheckpoint))]
internal sealed partial class GdeltJson : JsonSerializerContext;
