using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>The certificates of a supplier as the map <c>certs</c>: open where their source cannot be relied on, so that one that is not known may yet be there (RULES.md 4.4 rule 6).</summary>
internal sealed class CertificateMap
{
    private static readonly CelValue Nothing = CelValue.Map(new CelMap([]));

    private readonly int slot;
    private readonly MissingInput missing;

    public CertificateMap(Catalog catalog)
    {
        slot = catalog.FeedSlot(CertificateFeed.Name);
        missing = new MissingInput(CertificateFeed.Variable, catalog.SourcesFor(CertificateFeed.Path));
    }

    public CelValue Of(Dossier dossier)
    {
        FeedSlot feed = slot < 0 ? new FeedSlot(Freshness.NoSource, null, []) : dossier.Feeds[slot];
        bool isFresh = feed.Freshness == Freshness.Fresh;
        if (isFresh && feed.Events.IsEmpty) return Nothing;
        return CelValue.Map(new CelMap(
            feed.Events.Select(e => KeyValuePair.Create(CelValue.Text(e.Id), CelValue.Object(new CertificateObject(e)))), isFresh ? null : missing.For(feed.Freshness).MissingInputs[0]));
    }
}

/// <summary>One certificate: <c>issued expires scope</c>.</summary>
internal sealed class CertificateObject(EventSignal held) : ICelObject
{
    /// <summary>The certificate's name, for traces.</summary>
    public override string ToString() => held.Id;

    public CelValue Get(int slot) => slot switch
    {
        0 => CelValue.Timestamp(held.OccurredAt),
        1 => held.Due is { } end ? CelValue.Timestamp(end) : CelValue.Missing($"{CertificateFeed.Variable}.{held.Id}.expires: absent"),
        _ => CelValue.Text(held.Title),
    };

    public bool? Has(int slot) => slot switch
    {
        1 => held.Due is not null,
        2 => held.Title.Length > 0,
        _ => true,
    };
}
