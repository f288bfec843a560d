using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Ingestion;

/// <summary>What one source can say of one supplier, and since when it has been asked.</summary>
/// <param name="IsCovered">The source runs, and the supplier has what it asks by.</param>
/// <param name="LastCheckAt">Null: never.</param>
/// <param name="IsFresh">Checked so recently that what it says, and does not say, counts.</param>
/// <param name="Why">Why it says nothing, or nothing that counts; "" when it does.</param>
internal sealed record SupplierCoverage(SourceId Source, bool IsCovered, DateTimeOffset? LastCheckAt, bool IsFresh, string Why)
{
    /// <param name="checks">Last checks of the supplier, by source.</param>
    public static SupplierCoverage Of(SourceStatus status, Supplier supplier, IReadOnlyDictionary<SourceId, DateTimeOffset> checks, DateTimeOffset at)
    {
        SourceManifest manifest = status.Module.Manifest;
        bool reaches = new SourceCoverage(manifest.Id, manifest.NeedsIdentifier).Covers(supplier), isCovered = status.IsEnabled && reaches;
        DateTimeOffset? last = checks.TryGetValue(manifest.Id, out DateTimeOffset found) ? found : null;
        bool isFresh = isCovered && last is { } one && at - one <= manifest.CountsFor;
        string why = !status.IsEnabled ? $"off: {status.Reason}"
            : !reaches ? $"the portfolio gives no {manifest.NeedsIdentifier}"
            : last is null ? "not checked yet"
            : isFresh ? "" : "the last check is too old";
        return new SupplierCoverage(manifest.Id, isCovered, last, isFresh, why);
    }
}
