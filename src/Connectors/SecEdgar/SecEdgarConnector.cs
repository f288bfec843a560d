using System.Collections.Immutable;
using System.Security.Cryptography;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>Reads a supplier's filing list and, when a report came in since, its tagged figures.</summary>
internal sealed class SecEdgarConnector : IConnector
{
    // The longest answers seen: 0.4 MB of submissions, 9 MB of facts.
    private const long MaximumSubmissionsBytes = 16L << 20;
    private const long MaximumFactsBytes = 128L << 20;

    /// <summary>How long the figures of a report are waited for; some reports never get any.</summary>
    private const int DaysOfFactsLag = 30;

    /// <summary>Pages of older filings that end earlier are not read.</summary>
    private const int YearsOfOlderPages = 10;

    private static readonly int[] Expected = [404];

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken)
    {
        SecEdgarCheckpoint checkpoint = SecEdgarCheckpoint.Read(context.Checkpoint);
        return SupplierSweep.RunAsync(context, (supplier, token) => CheckAsync(context, checkpoint, supplier, token), cancellationToken);
    }

    private static async Task<SourceUpdate> CheckAsync(FetchContext context, SecEdgarCheckpoint checkpoint, Supplier supplier, CancellationToken cancellationToken)
    {
        string identifier = supplier.Identifier(IdentifierScheme.Cik);
        if (CentralIndexKey.Parse(identifier) is not { } cik)
            throw NotFound($"The cik of supplier '{supplier.Id}' is no CIK: it has up to ten digits, for example 0000789019. Correct it in the portfolio.");

        SupplierState? known = checkpoint.Suppliers.GetValueOrDefault(supplier.Id.Value);
        if (known?.Cik != cik) known = null;
        SourceResponse answer = await GetAsync(context, $"submissions/CIK{CentralIndexKey.Pad(cik)}.json", MaximumSubmissionsBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 404) return await WithoutFilingsAsync(context, supplier, cik, cancellationToken).ConfigureAwait(false);

        string hash = Convert.ToHexStringLower(SHA256.HashData(answer.Body.Span))[..16];
        if (known is { OpenProceeding: false, AwaitsFigures: false } && known.Submissions == hash) return new SupplierUpdate(supplier.Id) { Signals = [] };

        FilingHistory history = FilingHistory.Read(answer.Body.Span, cik, context.Audit);
        var signals = ImmutableArray.CreateBuilder<Signal>();
        bool openProceeding = false;
        if (known is null || known.Submissions != hash || known.OpenProceeding)
        {
            DateOnly today = DateOnly.FromDateTime(context.ObservedAt.UtcDateTime);
            // What names an event (a proceeding's first report, an amended filing) may have moved to an older page since.
            bool needsOlder = known is null || known.OpenProceeding || InsolvencyProceeding.Find(history, today).Count > 0 || FilingEventMapper.LacksOriginals(history);
            if (needsOlder) history = await WithOlderPagesAsync(context, history, cancellationToken).ConfigureAwait(false);
            signals.AddRange(FilingEventMapper.Map(supplier.Id, history, context.ObservedAt));
            openProceeding = InsolvencyProceeding.Find(history, today).Any(p => p.IsOpen);
        }

        Filing? report = history.Filings.LastOrDefault(f => f.IsPeriodicReport);
        bool awaitsFigures = false;
        if (known is null || (report is not null && known.Report != report.Accession))
        {
            CompanyFacts? facts = await ReadFactsAsync(context, cik, cancellationToken).ConfigureAwait(false);
            if (facts is not null) signals.AddRange(RatioMapper.Map(supplier.Id, cik, facts, context.ObservedAt));
            awaitsFigures = report is not null && facts?.Accessions.Contains(report.Accession) != true && context.ObservedAt - report.FiledAt <= TimeSpan.FromDays(DaysOfFactsLag);
        }

        var state = new SupplierState(cik, hash, awaitsFigures ? known?.Report ?? "" : report?.Accession ?? "", openProceeding, awaitsFigures);
        if (state != known) checkpoint.Suppliers[supplier.Id.Value] = state;

        // Only the first look reads everything; later ones leave out older pages and figures, so nothing may be withdrawn for being absent.
        return new SupplierUpdate(supplier.Id) { Signals = signals.ToImmutable(), Complete = known is null, Checkpoint = state != known ? checkpoint.Write() : null };
    }

    /// <summary>No list of filings: tagged figures still count, but nobody has looked for a bankruptcy, so the supplier is not checked.</summary>
    private static async Task<SourceUpdate> WithoutFilingsAsync(FetchContext context, Supplier supplier, long cik, CancellationToken cancellationToken)
    {
        CompanyFacts? facts = await ReadFactsAsync(context, cik, cancellationToken).ConfigureAwait(false);
        if (facts is null)
            throw NotFound($"EDGAR knows no CIK {CentralIndexKey.Pad(cik)} (supplier '{supplier.Id}'); look the company up at https://www.sec.gov/search-filings and correct cik in the portfolio.");
        return new SupplierUpdate(supplier.Id)
        {
            Signals = [.. RatioMapper.Map(supplier.Id, cik, facts, context.ObservedAt)],
            Gap = NotFound($"EDGAR has figures of CIK {CentralIndexKey.Pad(cik)} (supplier '{supplier.Id}') but no list of its filings; whether it reported a bankruptcy is not known until the list is there."),
        };
    }

    private static async Task<FilingHistory> WithOlderPagesAsync(FetchContext context, FilingHistory history, CancellationToken cancellationToken)
    {
        DateOnly oldest = DateOnly.FromDateTime(context.ObservedAt.UtcDateTime).AddYears(-YearsOfOlderPages);
        foreach ((string name, DateOnly? newest) in history.OlderPages)
        {
            if (newest is { } date && date < oldest) continue;
            SourceResponse page = await GetAsync(context, $"submissions/{name}", MaximumSubmissionsBytes, cancellationToken).ConfigureAwait(false);
            if (page.Status == 404) context.Audit.Reject(name, "page of older filings not found");
            else history = history.WithPage(page.Body.Span, context.Audit);
        }

        return history;
    }

    /// <summary>Null when the company tags no figures, which is normal for those without XBRL.</summary>
    private static async Task<CompanyFacts?> ReadFactsAsync(FetchContext context, long cik, CancellationToken cancellationToken)
    {
        SourceResponse answer = await GetAsync(context, $"api/xbrl/companyfacts/CIK{CentralIndexKey.Pad(cik)}.json", MaximumFactsBytes, cancellationToken).ConfigureAwait(false);
        return answer.Status == 404 ? null : CompanyFacts.Read(answer.Body.Span, cik, context.Audit);
    }

    private static Task<SourceResponse> GetAsync(FetchContext context, string path, long maximumBytes, CancellationToken cancellationToken) =>
        context.Http.GetAsync(new Uri($"https://data.sec.gov/{path}"), maximumBytes, cancellationToken, Expected);

    private static SourceFailureException NotFound(string message) => new(FailureKind.NotFound, message);
}
