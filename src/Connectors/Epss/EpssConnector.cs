using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Epss;

/// <summary>Downloads the scores of all CVEs and keeps those of CVEs that other sources found for a supplier.</summary>
internal sealed class EpssConnector : IConnector
{
    private const string Part = "epss_scores-current.csv.gz";
    private const double MaximumShrink = 0.05;
    private static readonly Uri Address = new("https://epss.empiricalsecurity.com/" + Part);

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (IReadOnlyCollection<EventSignal> subjects, IReadOnlySet<(SupplierId, string)> exploited) = await SubjectsAsync(context, cancellationToken).ConfigureAwait(false);
        var own = (await context.Known.OfFeedAsync(EpssModule.Feed, cancellationToken).ConfigureAwait(false)).ToDictionary(e => (e.Supplier, e.Id), e => e.Amount);
        Download download = await context.Snapshots.GetAsync(Part, Address, EpssFile.MaximumBytes, cancellationToken).ConfigureAwait(false);
        var file = new EpssFile(context.Audit, subjects.Select(e => e.Story).ToHashSet(StringComparer.Ordinal));
        long rows = context.Snapshots.Read(download, file.Read);
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows, file.ScoreDate, MaximumShrink, cancellationToken).ConfigureAwait(false);
        yield return new ListUpdate([accepted])
        {
            Signals =
            [
                .. subjects.Where(e => file.Scores.ContainsKey(e.Story))
                    .Select(e => EpssMapper.Map(e, file.Scores[e.Story], own.GetValueOrDefault((e.Supplier, EpssMapper.IdOf(e))), exploited.Contains((e.Supplier, e.Story)), accepted, context.ObservedAt)).OfType<EventSignal>(),
            ],
            Complete = true,
        };
    }

    /// <summary>One for each supplier, product and CVE, whoever told of it; what is only known to be exploited stands without a product. Beside them what is surely exploited already.</summary>
    private static async Task<(IReadOnlyCollection<EventSignal> Subjects, IReadOnlySet<(SupplierId, string)> Exploited)> SubjectsAsync(FetchContext context, CancellationToken cancellationToken)
    {
        var subjects = new List<EventSignal>();
        foreach (string feed in context.Manifest.JoinsFeeds)
            subjects.AddRange((await context.Known.OfFeedAsync(feed, cancellationToken).ConfigureAwait(false)).Where(e => e.Story.StartsWith("CVE-", StringComparison.Ordinal)));
        ILookup<bool, EventSignal> byKind = subjects.ToLookup(EpssMapper.IsKnownExploited);
        HashSet<(SupplierId, string)> withProduct = [.. byKind[false].Select(e => (e.Supplier, e.Story))];
        return (
            [.. byKind[false].Concat(byKind[true].Where(e => !withProduct.Contains((e.Supplier, e.Story)))).DistinctBy(e => (e.Supplier, EpssMapper.IdOf(e)))],
            byKind[true].Where(e => e.Severity >= EpssMapper.SurelyOurs).Select(e => (e.Supplier, e.Story)).ToHashSet());
    }
}
