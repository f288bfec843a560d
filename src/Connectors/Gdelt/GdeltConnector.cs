using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.News;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gdelt;

/// <summary>Asks for the suppliers in batches, those first who were asked for longest ago, for what is new since then.</summary>
internal sealed class GdeltConnector : IConnector
{
    private const long MaximumBytes = 8L << 20;

    /// <summary>Asked for at the first time, and at most: the search knows three months, and old news is told by other sources.</summary>
    private static readonly TimeSpan FirstWindow = TimeSpan.FromDays(14);

    /// <summary>Articles come into the search late.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(2);

    /// <summary>How often a window is halved when more articles of one supplier are in it than one answer holds.</summary>
    private const int MostHalvings = 3;

    /// <summary>Batches between two checkpoints: the stories that are kept are written whole each time.</summary>
    private const int BatchesPerCheckpoint = 10;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        GdeltCheckpoint kept = GdeltCheckpoint.Read(context.Checkpoint);
        var portfolio = new NameMentions(context.Suppliers);
        var elsewhere = (await context.Known.OfFeedAsync(SharedFeeds.AdverseMedia.Name, cancellationToken).ConfigureAwait(false)).Where(e => e.Source != context.Manifest.Id);
        var book = new StoryBook(kept.Stories, elsewhere, context.ObservedAt);
        var turns = new GdeltTurns(kept.Asked);
        foreach (Supplier silent in context.Suppliers.Where(s => GdeltQueries.TermOf(s).Length == 0))
        {
            context.Audit.Reject(silent.Id.Value, "name: has no four Latin letters, which the search needs; add such an alias to the portfolio");
            yield return new SupplierUpdate(silent.Id) { Signals = [] };
        }

        (DateTimeOffset From, GdeltBatch Batch)[] batches =
            [.. turns.Of(context.Suppliers, context.ObservedAt).SelectMany(turn => GdeltQueries.Batches(turn.Suppliers).Select(b => (Since(turn.AskedAt, context.ObservedAt), b)))];
        SourceFailureException? failure = null;
        int failedInARow = 0;
        for (int i = 0; i < batches.Length && failedInARow < SupplierSweep.FailuresInARow; i++)
        {
            (DateTimeOffset from, GdeltBatch batch) = batches[i];
            context.Progress(i, batches.Length, batch.Asked[0].Supplier.Name);
            try
            {
                await AskAsync(context, batch, (from, context.ObservedAt), book, portfolio, cancellationToken).ConfigureAwait(false);
                failedInARow = 0;
            }
            catch (SourceFailureException e) when (!SupplierSweep.IsAboutTheSource(e.Kind))
            {
                failure = e;
                failedInARow++;
                continue;
            }

            turns.Take(batch.Asked.Select(a => a.Supplier.Id), context.ObservedAt);
            string? checkpoint = i == batches.Length - 1 || i % BatchesPerCheckpoint == BatchesPerCheckpoint - 1 ? new GdeltCheckpoint(turns.Write(context.Suppliers), book.Write()).Write() : null;
            foreach (SourceUpdate update in Updates(context, batch, book, checkpoint)) yield return update;
        }

        if (failure is not null) throw failure;
        context.Progress(batches.Length, batches.Length, "");
    }

    private static DateTimeOffset Since(DateTimeOffset? askedAt, DateTimeOffset now) => askedAt is { } last && now - last < FirstWindow ? last - Overlap : now - FirstWindow;

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
        if (answer.Articles is null && batch.Asked.Count == 1)
        {
            context.Audit.Reject(batch.Asked[0].Supplier.Id.Value, $"name: the search does not take it ({Shortened(answer.Message)}); add another alias to the portfolio");
            return;
        }

        var articles = new List<NewsArticle>();
        var problems = new List<(string Key, string Problem)>();
        foreach (GdeltRecord record in answer.Articles ?? [])
        {
            if (GdeltMapper.TryMap(record, out NewsArticle? article, out string problem)) articles.Add(article);
            else problems.Add((record.Url.Length > 0 ? record.Url : record.Title, problem));
        }

        // Asking for less helps only where the answer keeps to the window.
        bool isFull = answer.Articles?.Count >= GdeltQueries.MostArticles && articles.All(a => a.PublishedAt >= window.From - Overlap && a.PublishedAt <= window.To + Overlap);

        // One name that the search does not take refuses the whole query, and one that is in all papers crowds the others out: they are asked for without it.
        if (batch.Asked.Count > 1 && (answer.Articles is null || isFull))
        {
            foreach ((Supplier, string)[] half in batch.Asked.Chunk((batch.Asked.Count + 1) / 2))
                await AskAsync(context, new GdeltBatch(half), window, book, portfolio, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (isFull && halvings < MostHalvings)
        {
            DateTimeOffset middle = window.From + ((window.To - window.From) / 2);
            await AskAsync(context, batch, (window.From, middle), book, portfolio, cancellationToken, halvings + 1).ConfigureAwait(false);
            await AskAsync(context, batch, (middle, window.To), book, portfolio, cancellationToken, halvings + 1).ConfigureAwait(false);
            return;
        }

        GdeltAnswer.Check(response.Body, context.Audit);
        context.Audit.CountRead(answer.Articles!.Count);
        foreach ((string key, string problem) in problems) context.Audit.Reject(key, problem);
        if (isFull) context.Audit.Reject(batch.Asked[0].Term, "more articles than one answer holds: the oldest of that time were not seen");
        foreach (NewsArticle article in articles.OrderBy(a => a.PublishedAt).ThenBy(a => a.Key, StringComparer.Ordinal)) book.Add(article, portfolio);
    }

    private static string Shortened(string message) => message.Length <= 100 ? message : message[..100];
}
