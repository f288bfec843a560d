using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Products;

/// <summary>What two databases say of one flaw in software packages, in common words.</summary>
/// <param name="Id">The database's own: GHSA-..., PYSEC-..., MAL-...</param>
/// <param name="Story">The CVE where there is one: then both databases tell of one thing.</param>
/// <param name="Severity">See <see cref="VulnerabilityScale"/>.</param>
/// <param name="Rated">In words: "high", "malware", "not rated yet".</param>
/// <param name="Packages">Each package once.</param>
internal sealed record PackageAdvisory(string Id, string Story, DateTimeOffset PublishedAt, string Summary, int Severity, string Rated, string Url, ImmutableArray<PackageName> Packages);

/// <summary>The packages that suppliers deliver.</summary>
internal sealed class SupplierPackages
{
    /// <summary>Share of the known advisories that may be missing at once. They get withdrawn, one now and then; they do not go.</summary>
    public const double MaximumShrink = 0.2;

    private readonly ILookup<PackageName, (Supplier Supplier, string Own)> owners;

    public SupplierPackages(IEnumerable<Supplier> suppliers) => owners = suppliers
        .SelectMany(s => s.Products.Select(own => (Package: PackageName.Parse(own), Owner: (s, own))))
        .Where(p => p.Package is not null)
        .ToLookup(p => p.Package!, p => p.Owner);

    /// <summary>Each package once, by ecosystem, then name.</summary>
    public ImmutableArray<PackageName> All => [.. owners.Select(g => g.Key).OrderBy(p => p.Ecosystem.Key, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal)];

    /// <summary>An answer without what was known before is no proof that it is over.</summary>
    /// <param name="known">What the source told before.</param>
    /// <param name="isThere">Whether an advisory, by id, is in the present answer, withdrawn or not.</param>
    /// <exception cref="SourceFailureException">Shrunk: all, or too many, of those on packages that are still in the portfolio are gone.</exception>
    public void ThrowIfShrunk(FetchContext context, IEnumerable<EventSignal> known, Func<string, bool> isThere)
    {
        string[] before = [.. known.Where(e => PackageName.Parse(e.Type) is { } package && owners[package].Any(o => o.Supplier.Id == e.Supplier)).Select(e => e.Id[..^(e.Type.Length + 1)]).Distinct()];
        int gone = before.Count(id => !isThere(id));
        if (context.Snapshots.AcceptsShorter || gone == 0 || (gone < before.Length && gone <= Math.Max(1, before.Length * MaximumShrink))) return;
        throw new SourceFailureException(
            FailureKind.Shrunk,
            $"{context.Manifest.Title} no longer names {gone} of {before.Length} advisories on the portfolio's packages; advisories are withdrawn one by one. What is known stays. If it is right: risk sources pull {context.Manifest.Id} --accept-shorter");
    }

    /// <summary>One event for each supplier and package that the advisory names.</summary>
    public IEnumerable<EventSignal> Events(PackageAdvisory advisory, SourceId source, DateTimeOffset observedAt, Snapshot? snapshot = null) =>
        from package in advisory.Packages
        from owner in owners[package]
        select new EventSignal
        {
            Supplier = owner.Supplier.Id,
            Source = source,
            Name = SharedFeeds.PackageAdvisory.Name,
            Id = $"{advisory.Id}:{owner.Own}",
            Type = owner.Own,
            Title = $"{advisory.Story} in {owner.Own} ({advisory.Rated}){(advisory.Summary.Length > 0 ? ": " + advisory.Summary : "")}",
            Severity = advisory.Severity,
            Story = advisory.Story,
            OccurredAt = advisory.PublishedAt,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(advisory.Url, advisory.Summary, observedAt, snapshot),
        };
}
