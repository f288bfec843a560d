using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Courts;

/// <summary>Proceedings that some source tells as open now, by supplier and story.</summary>
internal sealed class OpenProceedings
{
    private readonly HashSet<(SupplierId, string)> told;

    public OpenProceedings(IEnumerable<EventSignal> insolvencies) =>
        told = [.. insolvencies.Where(e => e.Stage is CourtStages.Filed or CourtStages.PlanConfirmed).Select(e => (e.Supplier, e.Story))];

    public static async Task<OpenProceedings> ReadAsync(FetchContext context, CancellationToken cancellationToken) =>
        new(await context.Known.OfFeedAsync(SharedFeeds.Insolvency.Name, cancellationToken).ConfigureAwait(false));

    /// <param name="story">As <see cref="UsBankruptcy.Story"/> writes it.</param>
    public bool Has(SupplierId supplier, string story) => told.Contains((supplier, story));
}
