using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>Finds out which suppliers filed since the last run, reads their filing lists and, when a report came in, their tagged figures.</summary>
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

    /// <summary>States are written with every so many suppliers: ten thousand of them are a megabyte.</summary>
    private const int SuppliersPerCheckpoint = 50;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (context.Suppliers.Count == 0) yield break;
        SecEdgarCheckpoint checkpoint = SecEdgarCheckpoint.Read(context.Checkpoint);
        WatchResult watch = await new FilingWatch(context).LookAsync(checkpoint.Watch, cancellationToken).ConfigureAwait(false);
        bool hasMoved = watch.State != checkpoint.Watch;
        checkpoint.Watch = watch.State;
        List<Supplier> toRead = [], unchanged = [];
        foreach (Supplier supplier in context.Suppliers)
        {
            SupplierState? known = Known(checkpoint, supplier);
            // The watch goes on from here, so who has to be read is remembered in the same checkpoint: a supplier that fails now is read at the next run.
            if (known is not null && hasMoved)
            {
                known = watch.Filed is null ? known with { IsDue = true } : watch.Filed.GetValueOrDefault(known.Cik) is { } filing ? known.With(filing, Dates.Of(context.ObservedAt)) : known;
                checkpoint.Suppliers[supplier.Id.Value] = known;
            }

            (known is null || watch.Filed is null || known.IsToBeRead(Dates.Of(context.ObservedAt)) ? toRead : unchanged).Add(supplier);
        }

        int unwritten = hasMoved ? SuppliersPerCheckpoint : 0, left = toRead.Count;
        foreach (Supplier supplier in unchanged.OrderBy(s => s.Id))
        {
            SourceUpdate update = Unchanged(supplier, Known(checkpoint, supplier)!);
            yield return unwritten > 0 ? update with { Checkpoint = checkpoint.Write() } : update;
            unwritten = 0;
        }

        await foreach (SourceUpdate update in SupplierSweep.RunAsync(context, toRead, ReadAsync, cancellationToken).ConfigureAwait(false))
        {
            left--;
            bool isTime = unwritten > 0 && (unwritten >= SuppliersPerCheckpoint || toRead.Count <= SuppliersPerCheckpoint || left == 0);
            yield return isTime ? update with { Checkpoint = checkpoint.Write() } : update;
            if (isTime) unwritten = 0;
        }

        async Task<SourceUpdate> ReadAsync(Supplier supplier, CancellationToken token)
        {
            if (CentralIndexKey.Parse(supplier.Identifier(IdentifierScheme.Cik)) is not { } cik)
                throw NotFound($"The cik of supplier '{supplier.Id}' is no CIK: it has up to ten digits, for example 0000789019. Correct it in the portfolio.");
            SupplierState? known = Known(checkpoint, supplier);
            (SourceUpdate update, SupplierState state) = await CheckAsync(context, known, supplier, cik, token).ConfigureAwait(false);
            if (state != known)
            {
                checkpoint.Suppliers[supplier.Id.Value] = state;
                unwritten++;
            }

            return update;
        }
    }

    /// <summary>What is known of the supplier under its present CIK.</summary>
    private static SupplierState? Known(SecEdgarCheckpoint checkpoint, Supplier supplier) =>
        checkpoint.Suppliers.GetValueOrDefault(supplier.Id.Value) is { } state && state.Cik == CentralIndexKey.Parse(supplier.Identifier(IdentifierScheme.Cik)) ? state : null;

    /// <summary>Nothing was filed since its list was read, so there is nothing to ask for.</summary>
    private static SourceUpdate Unchanged(Supplier supplier, SupplierState state) => state.Submissions switch
    {
        SupplierState.Nothing => new SupplierFailure(supplier.Id, UnknownCik(supplier, state.Cik)) { Signals = [] },
        SupplierState.FiguresOnly => new SupplierUpdate(supplier.Id) { Signals = [], Gap = NoList(supplier, state.Cik) },
        _ => new SupplierUpdate(supplier.Id) { Signals = [] },
    };

    private static async Task<(SourceUpdate Update, SupplierState State)> CheckAsync(FetchContext context, SupplierState? known, Supplier supplier, long cik, CancellationToken cancellationToken)
    {
        DateOnly today = Dates.Of(context.ObservedAt);
        SourceResponse answer = await GetAsync(context, $"submissions/CIK{CentralIndexKey.Pad(cik)}.json", MaximumSubmissionsBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 404) return await WithoutFilingsAsync(context, known, supplier, cik, cancellationToken).ConfigureAwait(false);

        string hash = Convert.ToHexStringLower(SHA256.HashData(answer.Body.Span))[..16];
        if (known is { OpenProceeding: false, AwaitsFigures: false, Awaited: "" } && known.Submissions == hash)
            return (new SupplierUpdate(supplier.Id) { Signals = [] }, known with { ReadOn = today, IsDue = false });

        FilingHistory history = FilingHistory.Read(answer.Body, cik, context.Audit);
        bool isShown = known?.Awaited is { Length: > 0 } awaited && history.Filings.Any(f => f.Accession == awaited), isPast = false;
        if (history.KnownAt(context.ObservedAt) != history)
        {
            // A look at the past: what was recent then may stand on an older page today.
            history = (await WithOlderPagesAsync(context, history, cancellationToken).ConfigureAwait(false)).KnownAt(context.ObservedAt);
            hash = string.Create(CultureInfo.InvariantCulture, $"{hash}+{history.Filings.Count}");
            isPast = true;
        }

        var signals = ImmutableArray.CreateBuilder<Signal>();
        bool openProceeding = false;
        if (known is null || known.Submissions != hash || known.OpenProceeding)
        {
            // What names an event (a proceeding's first report, an amended filing) may have moved to an older page since.
            bool needsOlder = !isPast && (known is null || known.OpenProceeding || InsolvencyProceeding.Find(history, today).Count > 0 || FilingEventMapper.LacksOriginals(history));
            if (needsOlder) history = await WithOlderPagesAsync(context, history, cancellationToken).ConfigureAwait(false);
            signals.AddRange(FilingEventMapper.Map(supplier.Id, history, context.ObservedAt));
            if (!isPast && FilingEventMapper.MapListing(supplier.Id, history, context.ObservedAt) is { } listing) signals.Add(listing);
            openProceeding = InsolvencyProceeding.Find(history, today).Any(p => p.IsOpen);
        }

        Filing? report = history.Filings.LastOrDefault(f => f.IsPeriodicReport);
        bool awaitsFigures = false;
        if (known is null || (report is not null && known.Report != report.Accession))
        {
            // Figures carry a filing date only. What the list shows is public, whatever its date.
            DateOnly knownUntil = history.Filings.Count > 0 && history.Filings[^1].FiledOn > today ? history.Filings[^1].FiledOn : today;
            CompanyFacts? facts = await ReadFactsAsync(context, cik, knownUntil, cancellationToken).ConfigureAwait(false);
            if (facts is not null) signals.AddRange(RatioMapper.Map(supplier.Id, cik, facts, context.ObservedAt));
            awaitsFigures = report is not null && facts?.Accessions.Contains(report.Accession) != true && context.ObservedAt - report.FiledAt <= TimeSpan.FromDays(DaysOfFactsLag);
        }

        SupplierState state = new SupplierState(cik, hash, awaitsFigures ? known?.Report ?? "" : report?.Accession ?? "", openProceeding, awaitsFigures, today).After(known, isShown);

        // Only the first look reads everything; later ones leave out older pages and figures, so nothing may be withdrawn for being absent.
        return (new SupplierUpdate(supplier.Id) { Signals = signals.ToImmutable(), Complete = known is null }, state);
    }

    /// <summary>No list of filings: tagged figures still count, but nobody has looked for a bankruptcy, so the supplier is not checked.</summary>
    private static async Task<(SourceUpdate Update, SupplierState State)> WithoutFilingsAsync(FetchContext context, SupplierState? known, Supplier supplier, long cik, CancellationToken cancellationToken)
    {
        DateOnly today = Dates.Of(context.ObservedAt);
        CompanyFacts? facts = await ReadFactsAsync(context, cik, today, cancellationToken).ConfigureAwait(false);
        SourceUpdate update = facts is null
            ? new SupplierFailure(supplier.Id, UnknownCik(supplier, cik)) { Signals = [] }
            : new SupplierUpdate(supplier.Id) { Signals = [.. RatioMapper.Map(supplier.Id, cik, facts, context.ObservedAt)], Gap = NoList(supplier, cik) };
        return (update, new SupplierState(cik, facts is null ? SupplierState.Nothing : SupplierState.FiguresOnly, "", OpenProceeding: false, AwaitsFigures: false, today).After(known, isShown: false));
    }

    private static SourceFailureException UnknownCik(Supplier supplier, long cik) =>
        NotFound($"EDGAR knows no CIK {CentralIndexKey.Pad(cik)} (supplier '{supplier.Id}'); look the company up at https://www.sec.gov/search-filings and correct cik in the portfolio.");

    private static SourceFailureException NoList(Supplier supplier, long cik) =>
        NotFound($"EDGAR has figures of CIK {CentralIndexKey.Pad(cik)} (supplier '{supplier.Id}') but no list of its filings; whether it reported a bankruptcy is not known until the list is there.");

    private static async Task<FilingHistory> WithOlderPagesAsync(FetchContext context, FilingHistory history, CancellationToken cancellationToken)
    {
        DateOnly oldest = DateOnly.FromDateTime(context.ObservedAt.UtcDateTime).AddYears(-YearsOfOlderPages);
        foreach ((string name, DateOnly? newest) in history.OlderPages)
        {
            if (newest is { } date && date < oldest) continue;
            SourceResponse page = await GetAsync(context, $"submissions/{name}", MaximumSubmissionsBytes, cancellationToken).ConfigureAwait(false);
            if (page.Status == 404) context.Audit.Reject(name, "page of older filings not found");
            else history = history.WithPage(page.Body, context.Audit);
        }

        return history;
    }

    /// <summary>Null when the company tags no figures, which is normal for those without XBRL.</summary>
    private static async Task<CompanyFacts?> ReadFactsAsync(FetchContext context, long cik, DateOnly knownUntil, CancellationToken cancellationToken)
    {
        SourceResponse answer = await GetAsync(context, $"api/xbrl/companyfacts/CIK{CentralIndexKey.Pad(cik)}.json", MaximumFactsBytes, cancellationToken).ConfigureAwait(false);
        return answer.Status == 404 ? null : CompanyFacts.Read(answer.Body.Span, cik, context.Audit, knownUntil);
    }

    private static Task<SourceResponse> GetAsync(FetchContext context, string path, long maximumBytes, CancellationToken cancellationToken) =>
        context.Http.GetAsync(new Uri($"https://data.sec.gov/{path}"), maximumBytes, cancellationToken, Expected);

    private static SourceFailureException NotFound(string message) => new(FailureKind.NotFound, message);
}
