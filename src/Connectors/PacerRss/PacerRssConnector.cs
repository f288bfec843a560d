using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Courts;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.PacerRss;

/// <summary>Reads the feed of each court and joins its cases to the portfolio. A feed is a day's window: nothing is withdrawn because it is not in it.</summary>
internal sealed class PacerRssConnector(PacerRssOptions options) : IConnector
{
    private const long MaximumBytes = 32L << 20;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SortedDictionary<string, CourtCase> known = PacerRssCheckpoint.Read(context.Checkpoint).Cases;
        var seen = new Dictionary<string, CourtCase>(StringComparer.Ordinal);
        SourceFailureException? failure = null;
        int read = 0;
        foreach (string court in options.Courts)
        {
            context.Progress(read, options.Courts.Length, court);
            try
            {
                foreach (CourtCase found in await ReadAsync(context, court, cancellationToken).ConfigureAwait(false))
                    seen[found.Id] = seen.TryGetValue(found.Id, out CourtCase? before) || known.TryGetValue(found.Id, out before) ? PacerRssMapper.Advance(before, found) : found;
                read++;
            }
            catch (SourceFailureException e)
            {
                // Courts fail and go to sleep one by one; one of them does not keep the others' news.
                failure ??= e;
                context.Audit.Reject(court, $"the court's feed could not be read ({e.Kind})");
            }
        }

        if (read == 0) throw failure!;
        var matches = CourtScreener.Match([.. seen.Values], context.Suppliers, cancellationToken);
        foreach (CourtMatch match in matches) known[match.Case.Id] = match.Case;
        OpenProceedings open = await OpenProceedings.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        yield return new ListUpdate([])
        {
            Signals = [.. matches.Select(m => CourtEvents.Of(m, context.Manifest.Id, context.ObservedAt, open))],
            Checkpoint = new PacerRssCheckpoint(known).Write(),
        };
    }

    /// <summary>The cases of one feed, oldest entry first; all or nothing.</summary>
    private static async Task<List<CourtCase>> ReadAsync(FetchContext context, string court, CancellationToken cancellationToken)
    {
        string name = $"the feed of {court}";
        SourceResponse answer = await context.Http.GetAsync(new Uri($"https://ecf.{court}.uscourts.gov/cgi-bin/rss_outside.pl"), MaximumBytes, cancellationToken).ConfigureAwait(false);
        var entries = new List<PacerRssRecord>();
        var rejected = new List<(string Key, string Problem)>();
        using (var feed = new XmlRecords(new MemoryStream(answer.Body.ToArray()), "rss", name))
        {
            while (feed.Next("item") is XElement item)
            {
                PacerRssRecord.Format.Check(item, context.Audit);
                if (PacerRssRecord.TryRead(item, out string key, out PacerRssRecord? record, out string problem)) entries.Add(record);
                else rejected.Add((key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{court} item {entries.Count + rejected.Count + 1}"), problem));
            }
        }

        context.Audit.CountRead(entries.Count + rejected.Count);
        foreach ((string key, string problem) in rejected) context.Audit.Reject(key, problem);
        return [.. entries.OrderBy(e => e.At).Select(e => PacerRssMapper.Map(e, court)).OfType<CourtCase>()];
    }
}
