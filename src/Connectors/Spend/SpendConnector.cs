using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Currency;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Spend;

/// <summary>Adds up the whole ledger whenever a file, the portfolio, the rates or the day changed.</summary>
internal sealed class SpendConnector(SpendOptions options) : IConnector
{
    private const long MaximumBytes = 256L << 20;
    private const int WindowDays = 365;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Name, byte[] Bytes)[] files = [.. SpendModule.Files(context.Workspace).Select(f => (f.Name, Load(f.Name, f.Path)))];
        if (files.Length == 0) throw new SourceFailureException(FailureKind.Misconfigured, "There is no spend.csv in the workspace, and no CSV file in its spend folder; put the ledger back, or take the source out of Risk:Sources:Enabled.");
        EuroRates? rates = await EuroRates.LoadAsync(context.Snapshots, cancellationToken).ConfigureAwait(false);
        string state = State(files, context, rates);
        if (context.Checkpoint?.EndsWith(";" + state, StringComparison.Ordinal) == true)
        {
            yield return new ListUpdate([]) { Signals = [] };
            yield break;
        }

        List<SpendRecord> payments = Read(files, context, cancellationToken);
        if (payments.Count == 0) throw new SourceFailureException(FailureKind.Malformed, "The ledger holds no payment that can be read; the figures of the last good one stay.");
        // Half a ledger would make every supplier look smaller than it is.
        string counts = RecordCounts.Check(context, [KeyValuePair.Create("payments", payments.Count)]);
        yield return new ListUpdate([])
        {
            Signals = [.. Add(context, payments, string.Join(", ", files.Select(f => f.Name)), rates, cancellationToken)], Complete = false, Checkpoint = $"{counts};{state}",
        };
    }

    private List<MetricSignal> Add(FetchContext context, List<SpendRecord> payments, string files, EuroRates? rates, CancellationToken cancellationToken)
    {
        string currency = Currency(context.Suppliers);
        DateOnly last = payments.Max(p => p.PaidOn), first = payments.Min(p => p.PaidOn);
        var window = new SpendWindow(first > last.AddDays(1 - WindowDays) ? first : last.AddDays(1 - WindowDays), last);
        var join = new PayeeJoin(context.Suppliers, payments.Select(p => p.Payee).Distinct(StringComparer.Ordinal), cancellationToken);
        var spends = new Dictionary<SupplierId, SupplierSpend>();
        bool anyone = false;
        foreach (SpendRecord payment in payments)
        {
            (SupplierId? supplier, ImmutableArray<SupplierId> mayBe, string problem) = join.Find(payment);
            anyone |= supplier is not null;
            if (problem.Length > 0) context.Audit.Reject(payment.Place, problem);
            if (!window.Holds(payment.PaidOn)) continue;
            string from = payment.Currency.Length > 0 ? payment.Currency : currency;
            decimal? amount = from == currency ? payment.Amount : rates?.Convert(payment.Amount, from, currency);
            foreach (SupplierId possible in mayBe) Of(possible).Unsure += amount ?? 0;
            if (supplier is not { } paid) continue;
            SupplierSpend spend = Of(paid);
            if (amount is null)
            {
                spend.Problem = $"no rate from {from} to {currency}";
                context.Audit.Reject(payment.Place, $"there is no rate from {from} to {currency}, so the supplier's spend is not told; enable {EuroRates.Source}, or write the amount in {currency}");
                continue;
            }

            spend.Total += amount.Value;
            spend.Payments++;
            spend.LastOn = spend.LastOn is { } known && known > payment.PaidOn ? known : payment.PaidOn;
        }

        if (!anyone) throw new SourceFailureException(FailureKind.SentinelMissing, $"None of the {payments.Count} payments is to a supplier of the portfolio; is it another body's ledger? Nothing was taken from it.");
        return [.. SpendMapper.Map([.. context.Suppliers.OrderBy(s => s.Id)], spends, window, currency, files, context.ObservedAt)];

        SupplierSpend Of(SupplierId id) => spends.TryGetValue(id, out SupplierSpend? known) ? known : spends[id] = new SupplierSpend();
    }

    /// <summary>Files that cannot be read are counted, and the others are added up; a payment that two files have counts once.</summary>
    private static List<SpendRecord> Read((string Name, byte[] Bytes)[] files, FetchContext context, CancellationToken cancellationToken)
    {
        var reader = new SpendReader(context.Audit, DateOnly.FromDateTime(context.ObservedAt.UtcDateTime));
        var payments = new List<SpendRecord>();
        var seen = new Dictionary<(string, string, decimal, DateOnly), string>();
        foreach ((string name, byte[] bytes) in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<SpendRecord> read;
            try
            {
                read = reader.Read(new MemoryStream(bytes), name);
            }
            catch (SourceFailureException e)
            {
                // A month that is missing would make every supplier look smaller than it is.
                throw new SourceFailureException(e.Kind, $"{e.Message.TrimEnd('.')}; nothing was added up, and the figures of the last good ledger stay.", e);
            }

            foreach (SpendRecord payment in read)
            {
                // The lines of one payment may be alike within a file; in two files they are the same line.
                if (payment.Transaction.Length > 0 && !seen.TryAdd((payment.Transaction, payment.Payee, payment.Amount, payment.PaidOn), name) && seen[(payment.Transaction, payment.Payee, payment.Amount, payment.PaidOn)] != name)
                    context.Audit.Reject(payment.Place, "another file has the same payment");
                else payments.Add(payment);
            }
        }

        return payments;
    }

    /// <summary>Of the options, else the one that all suppliers are paid in, else the euro.</summary>
    private string Currency(IReadOnlyList<Supplier> suppliers)
    {
        if (options.Currency.Length > 0) return options.Currency;
        string[] used = [.. suppliers.Select(s => s.Currency).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal).Take(2)];
        return used is [var only] ? only : EuroRates.Euro;
    }

    private static byte[] Load(string name, string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaximumBytes ? File.ReadAllBytes(path) : throw new SourceFailureException(FailureKind.TooLarge, $"{name} is larger than 256 MB; split it by month.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceFailureException(FailureKind.Misconfigured, $"{name} cannot be opened; check its permissions and whether another program holds it. The figures of the last good ledger stay.", e);
        }
    }

    private string State((string Name, byte[] Bytes)[] files, FetchContext context, EuroRates? rates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add(string.Create(CultureInfo.InvariantCulture, $"1 {options.Currency} {context.ObservedAt:yyyy-MM-dd} {rates?.Latest.On:yyyy-MM-dd}"));
        foreach ((string name, byte[] bytes) in files)
        {
            Add(name);
            hash.AppendData(SHA256.HashData(bytes));
        }

        foreach (Supplier supplier in context.Suppliers.OrderBy(s => s.Id)) Add($"{supplier.Id}\t{supplier.Category}\t{supplier.Country}\t{supplier.Currency}\t{string.Join('\t', supplier.Aliases.Prepend(supplier.Name))}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
