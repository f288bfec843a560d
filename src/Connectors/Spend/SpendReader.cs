using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Spend;

/// <summary>Reads one file of a ledger: payments, and everything else as a counted reason with its place.</summary>
internal sealed class SpendReader(FetchAudit audit, DateOnly today)
{
    /// <summary>Some exports begin with a title and the period.</summary>
    private const int LinesBeforeHeader = 15;

    /// <summary>No two bodies name their columns alike: letters and digits of the titles, the most telling first.</summary>
    private static readonly string[]
        PayeeTitles = ["suppliername", "vendorname", "payeename", "beneficiaryname", "merchantname", "creditorname", "nameofsupplier", "supplier", "vendor", "payee", "beneficiary", "merchant", "creditor", "companyname"],
        IdTitles = ["supplierid", "vendorid", "suppliernumber", "vendornumber", "supplierno", "vendorno", "suppliercode", "vendorcode"],
        AmountTitles = ["amount", "netamount", "amountexvat", "amountexclvat", "paymentamount", "transactionamount", "invoiceamount", "totalamount", "grossamount", "value", "netvalue", "invoicevalue", "transactionvalue", "spend", "total"],
        DateTitles = ["paiddate", "paymentdate", "dateofpayment", "datepaid", "date", "postingdate", "transactiondate", "invoicedate", "documentdate", "effectivedate"],
        TransactionTitles = ["transactionnumber", "transactionno", "transactionid", "transno", "docno", "documentnumber", "invoicenumber", "invoiceno", "voucher", "reference"],
        CurrencyTitles = ["currency", "currencycode", "curr"];

    private sealed record Columns(int Payee, int Id, int Amount, int Date, int Transaction, int Currency, string AmountCurrency);

    /// <exception cref="SourceFailureException">The file as a whole is not readable as CSV, or has no columns for payee, amount and date.</exception>
    public List<SpendRecord> Read(Stream stream, string file)
    {
        CsvFormat format = CsvFormat.ForPeople(stream) with { HasHeader = false };
        using var csv = new CsvRecords(stream, format, file);
        Columns columns = FindColumns(csv, file);
        var rows = new List<(int Line, string Id, string Payee, string Amount, string Currency, string Date, string Transaction)>();
        while (csv.Read()) rows.Add((csv.Line, Text(columns.Id), Text(columns.Payee), Text(columns.Amount), Text(columns.Currency), Text(columns.Date), Text(columns.Transaction)));
        audit.CountRead(rows.Count);

        bool? monthFirst = SpendText.IsMonthFirst(rows.Select(r => r.Date));
        var records = new List<SpendRecord>(rows.Count);
        foreach (var row in rows)
        {
            string currency = row.Currency.ToUpperInvariant();
            if ((row.Payee.Length == 0 && row.Id.Length == 0) || SpendText.IsTotal(row.Payee)) Reject(row.Line, "no payee: a sum under the rows, or left blank");
            else if (SpendText.IsRedacted(row.Payee)) Reject(row.Line, "a private person, whose name is withheld");
            else if (!SpendText.TryAmount(row.Amount, out decimal amount, out string sign)) Reject(row.Line, "the amount is no number");
            else if (monthFirst is null) Reject(row.Line, "the file's dates name the day first and the month first; write 2026-03-31");
            else if (!SpendText.TryDate(row.Date, monthFirst.Value, out DateOnly on)) Reject(row.Line, "the date is none; write 2026-03-31");
            else if (on > today) Reject(row.Line, "the payment lies in the future");
            else if (currency.Length > 0 && !(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper))) Reject(row.Line, "the currency is no code of three letters");
            else records.Add(new SpendRecord(file, row.Line, row.Id, row.Payee, amount, currency.Length > 0 ? currency : sign.Length > 0 ? sign : columns.AmountCurrency, on, row.Transaction));
        }

        return records;

        string Text(int column) => column < 0 ? "" : csv[column].Trim().ToString();

        void Reject(int line, string problem) => audit.Reject(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}"), problem);
    }

    private static Columns FindColumns(CsvRecords csv, string file)
    {
        for (int line = 0; line < LinesBeforeHeader && csv.Read(); line++)
        {
            string[] titles = [.. Enumerable.Range(0, csv.Count).Select(i => Key(csv.Text(i)))];
            int amount = Find(titles, AmountTitles, t => t.StartsWith("amount", StringComparison.Ordinal) || t.EndsWith("amount", StringComparison.Ordinal));
            int payee = Find(titles, PayeeTitles, _ => false), id = Find(titles, IdTitles, _ => false), date = Find(titles, DateTitles, t => t.EndsWith("date", StringComparison.Ordinal));
            if (amount < 0 || date < 0 || (payee < 0 && id < 0)) continue;
            return new Columns(payee, id, amount, date, Find(titles, TransactionTitles, t => t.StartsWith("trans", StringComparison.Ordinal)), Find(titles, CurrencyTitles, _ => false), SpendText.CurrencyOf(csv.Text(amount)));
        }

        throw new SourceFailureException(FailureKind.Malformed, $"{file}:1:1: no row names the columns; a ledger needs a payee (supplier_name) or supplier_id, an amount and a date, for example supplier_id,supplier_name,amount,date.");
    }

    private static int Find(string[] titles, string[] known, Predicate<string> like) =>
        known.Select(k => Array.IndexOf(titles, k)).FirstOrDefault(i => i >= 0, Array.FindIndex(titles, like));

    private static string Key(string title) => new([.. title.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
