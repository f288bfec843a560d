using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.UsaSpending;

/// <summary>Looks for many suppliers at once among the recipients of three periods, and asks for the totals of groups one by one.</summary>
/// <remarks>The checkpoint is the supplier that was asked for last. A run begins after it and goes round, so that a run which is cut short does not always leave out the same suppliers.</remarks>
internal sealed class UsaSpendingConnector : IConnector
{
    /// <summary>Texts of one question; each is a search of its own for upstream.</summary>
    private const int Texts = 25;

    /// <summary>Two questions full where half have a number.</summary>
    private const int SuppliersPerStep = 2 * Texts;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var choices = context.Suppliers.OrderBy(s => s.Id).Select(s => (Supplier: s, Choice: RecipientChoice.For(s))).ToList();
        foreach ((Supplier supplier, _) in choices.Where(c => c.Choice is null)) yield return new SupplierUpdate(supplier.Id) { Signals = [] };

        List<RecipientChoice> asked = [.. choices.Select(c => c.Choice).OfType<RecipientChoice>()];
        int first = context.Checkpoint is { } last ? asked.Count(c => string.CompareOrdinal(c.Supplier.Id.Value, last) <= 0) : 0;
        int done = 0, failedInARow = 0;
        foreach (RecipientChoice[] next in asked.Skip(first).Concat(asked.Take(first)).Chunk(SuppliersPerStep))
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress(done, asked.Count, next[0].Supplier.Name);
            done += next.Length;
            Dictionary<SupplierId, SourceUpdate> read = [];
            SourceFailureException? failed = null;
            try
            {
                read = await ReadAsync(context, next, cancellationToken).ConfigureAwait(false);
                failedInARow = 0;
            }
            catch (SourceFailureException failure) when (!SupplierSweep.IsAboutTheSource(failure.Kind))
            {
                failedInARow = failure.Kind is FailureKind.Timeout or FailureKind.ServerError ? failedInARow + 1 : 0;
                if (failedInARow >= SupplierSweep.FailuresInARow) throw;
                failed = failure;
            }

            foreach (SupplierId supplier in next.Select(c => c.Supplier.Id))
                yield return failed is null ? read[supplier] : new SupplierFailure(supplier, failed) { Signals = [] };
        }

        context.Progress(done, asked.Count, "");
    }

    private static async Task<Dictionary<SupplierId, SourceUpdate>> ReadAsync(FetchContext context, IReadOnlyCollection<RecipientChoice> choices, CancellationToken cancellationToken)
    {
        var client = new UsaSpendingClient(context);
        FiscalPeriods periods = FiscalPeriods.At(DateOnly.FromDateTime(context.ObservedAt.UtcDateTime));
        var read = new Dictionary<SupplierId, SourceUpdate>();
        // Apart, because a number also fits the companies below, and a name whoever begins like it.
        foreach (RecipientChoice[] asked in choices.GroupBy(c => c.Number.Length > 0).SelectMany(g => g.Chunk(Texts)))
        {
            var gaps = new SearchGaps();
            Dictionary<string, (Recipient Recipient, double[] Amounts)> rows = await RowsAsync(client, asked, periods, gaps, cancellationToken).ConfigureAwait(false);
            Recipient[] recipients = [.. rows.Values.Select(r => r.Recipient)];
            bool hasRows = gaps.TooCommon.Count > 0 || recipients.Length > 0;
            HashSet<string> aboveOthers = hasRows ? await AboveOthersAsync(client, asked, recipients, gaps, periods, cancellationToken).ConfigureAwait(false) : [];
            foreach (RecipientChoice choice in asked)
            {
                Recipient? recipient = choice.Number.Length == 0 && gaps.Has(choice.Text) ? null : choice.Among(recipients);
                if (recipient is null && aboveOthers.Contains(choice.Text)) recipient = choice.Among(await client.RecipientsAsync(choice.Text, cancellationToken).ConfigureAwait(false));
                ImmutableArray<Signal> signals = [];
                if (recipient is not null)
                {
                    (Recipient Recipient, double[] Amounts)? own = rows.TryGetValue(recipient.Hash, out var row) ? row : null;
                    // Rows are of companies, never of groups: whether this one has others below it, only its profile tells, and only rows of others are a reason to ask.
                    Recipient? group = recipient.IsParent ? recipient : own is null || (recipient.IsChild && recipients.Length > 1) ? recipient with { Levels = "P" } : null;
                    Income? income = group is null ? null : await TotalsAsync(client, group, periods.Year, cancellationToken).ConfigureAwait(false);
                    if (income is not null) recipient = group!;
                    else if (own is { Amounts: var amounts }) income = new Income(amounts[0], amounts[1], amounts[2]);
                    if (income is not null) signals = [.. UsaSpendingMapper.Map(choice.Supplier.Id, recipient, choice.By, periods.Year, income, context.ObservedAt)];
                }

                read[choice.Supplier.Id] = gaps.Refused.Contains(choice.Text)
                    ? new SupplierFailure(choice.Supplier.Id, Refusal(choice)) { Signals = [] }
                    : new SupplierUpdate(choice.Supplier.Id) { Signals = signals, Checkpoint = choice.Supplier.Id.Value };
            }
        }

        return read;
    }

    /// <summary>Everybody whom the texts fit, with the amounts of the periods.</summary>
    private static async Task<Dictionary<string, (Recipient Recipient, double[] Amounts)>> RowsAsync(
        UsaSpendingClient client, RecipientChoice[] group, FiscalPeriods periods, SearchGaps gaps, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, (Recipient Recipient, double[] Amounts)>(StringComparer.Ordinal);
        string[] texts = [.. group.Select(c => c.Text).Distinct(StringComparer.Ordinal)];
        for (int i = 0; i < periods.All.Length && texts.Length > 0; i++)
        {
            foreach ((Recipient recipient, double amount) in await client.ObligationsAsync(texts, periods.All[i], gaps, cancellationToken).ConfigureAwait(false))
            {
                if (!rows.TryGetValue(recipient.Hash, out var known)) rows.Add(recipient.Hash, known = (recipient, new double[periods.All.Length]));
                // Set, not added: of a question in halves both have the row when both fit.
                known.Amounts[i] = amount;
            }

            if (texts.Length > 1 && gaps.Refused.IsSupersetOf(texts)) throw new SourceFailureException(FailureKind.Misconfigured, "USAspending refuses every search; its interface may have changed, so a newer release of this program may be needed.");
            texts = [.. texts.Where(t => !gaps.Has(t))];
        }

        return rows;
    }

    /// <summary>Numbers that no recipient has, and that yet fit some: of companies which get nothing themselves and have others below them that do.</summary>
    private static async Task<HashSet<string>> AboveOthersAsync(
        UsaSpendingClient client, RecipientChoice[] group, Recipient[] recipients, SearchGaps gaps, FiscalPeriods periods, CancellationToken cancellationToken)
    {
        string[] open = [.. group.Where(c => c.Number.Length > 0 && c.Among(recipients) is null).Select(c => c.Text).Except(gaps.Refused, StringComparer.Ordinal)];
        return open.Length == 0 ? [] : [.. await client.FittingAsync(open, periods.Whole, cancellationToken).ConfigureAwait(false)];
    }

    private static SourceFailureException Refusal(RecipientChoice choice) => new(
        FailureKind.NotFound, $"USAspending does not search for '{choice.Text}' (supplier '{choice.Supplier.Id}'); correct the name, or give the portfolio's column uei.");

    /// <summary>Null when nothing of the kind is there.</summary>
    private static async Task<Income?> TotalsAsync(UsaSpendingClient client, Recipient recipient, int year, CancellationToken cancellationToken)
    {
        var totals = new double[3];
        foreach ((int i, string asked) in ((string[])["latest", year.ToString(CultureInfo.InvariantCulture), (year - 1).ToString(CultureInfo.InvariantCulture)]).Index())
        {
            if (await client.TotalAsync(recipient, asked, cancellationToken).ConfigureAwait(false) is not { } total) return null;
            totals[i] = total;
        }

        return new Income(totals[0], totals[1], totals[2]);
    }

    /// <param name="Year">The last complete fiscal year; it begins in October of the year before.</param>
    /// <param name="All">The last twelve months, the fiscal year, the one before it.</param>
    /// <param name="Whole">All of them.</param>
    private sealed record FiscalPeriods(int Year, ImmutableArray<SpendingPeriod> All, SpendingPeriod Whole)
    {
        public static FiscalPeriods At(DateOnly today)
        {
            int year = today.AddMonths(3).Year - 1;
            return new FiscalPeriods(
                year, [Of(today.AddYears(-1).AddDays(1), today), Of(new DateOnly(year - 1, 10, 1), new DateOnly(year, 9, 30)), Of(new DateOnly(year - 2, 10, 1), new DateOnly(year - 1, 9, 30))],
                Of(new DateOnly(year - 2, 10, 1), today));
        }

        private static SpendingPeriod Of(DateOnly from, DateOnly to) => new(from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }
}
