using System.Collections.Immutable;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Ofac;

/// <summary>A list as it was read whole.</summary>
internal sealed record OfacDownload(ImmutableArray<Snapshot> Accepted, IReadOnlyCollection<OfacParty> Parties);

/// <summary>The four files of one of OFAC's lists.</summary>
/// <param name="Comments">The rest of remarks that are too long for the file of parties.</param>
internal sealed record OfacExports(string Parties, string Aliases, string Addresses, string Comments)
{
    /// <summary>A remark that is shortened leaves the file of comments, and there are few.</summary>
    private const double MaximumCommentShrink = 0.5;

    private const string Folder = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/";

    // The exports redirect to short-lived object-store addresses whose bucket is not promised anywhere.
    public static HostLimit Limit { get; } = new(["sanctionslistservice.ofac.treas.gov", "*.amazonaws.com"], "ofac", 1, TimeSpan.FromSeconds(2));

    /// <summary>Downloads and reads the files; all of them, or none.</summary>
    /// <param name="minimumRows">For the file of parties.</param>
    /// <exception cref="SourceFailureException">One of them cannot be had, or is not to be believed.</exception>
    public async Task<OfacDownload> FetchAsync(FetchContext context, int minimumRows, CancellationToken cancellationToken)
    {
        SnapshotDownloads snapshots = context.Snapshots;
        Download parties = await GetAsync(Parties).ConfigureAwait(false);
        Download aliases = await GetAsync(Aliases).ConfigureAwait(false);
        Download addresses = await GetAsync(Addresses).ConfigureAwait(false);
        Download comments = await GetAsync(Comments).ConfigureAwait(false);

        var list = new OfacCsvList(context.Audit);
        long rows = snapshots.Read(parties, list.ReadParties, minimumRows);
        long aliasRows = snapshots.Read(aliases, list.ReadAliases);
        long addressRows = snapshots.Read(addresses, list.ReadAddresses);
        long commentRows = snapshots.Read(comments, list.ReadComments);
        return new OfacDownload(
            [
                await AcceptAsync(parties, rows, ListGuards.MaximumShrink).ConfigureAwait(false), await AcceptAsync(aliases, aliasRows, ListGuards.MaximumShrink).ConfigureAwait(false),
                await AcceptAsync(addresses, addressRows, ListGuards.MaximumShrink).ConfigureAwait(false), await AcceptAsync(comments, commentRows, MaximumCommentShrink).ConfigureAwait(false),
            ],
            list.Parties);

        Task<Download> GetAsync(string export) => snapshots.GetAsync(export.ToLowerInvariant(), new Uri(Folder + export), ListGuards.MaximumBytes, cancellationToken);

        Task<Snapshot> AcceptAsync(Download download, long count, double maximumShrink) => snapshots.AcceptAsync(download, count, download.Snapshot.LastModified(), maximumShrink, cancellationToken);
    }
}
