using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.BisDpl;

/// <summary>The file: tab-separated rows that are put together by name and effective date, because they have no key.</summary>
internal sealed class BisDplList(FetchAudit audit)
{
    private static readonly CsvFormat Format = new() { Separator = '\t', RequireUtf8 = true };

    private static readonly string[] Columns = ["Name", "Country", "Effective_Date", "Expiration_Date"];

    private static readonly RecordFormat Known = RecordFormat.OfColumns("""
        Name
        Street_Address
        City
        State
        Country
        Postal_Code
        Effective_Date
        Expiration_Date
        Standard_Order
        Last_Update
        Action
        FR_Citation
        """);

    private readonly Dictionary<(string, string), List<BisDplRow>> orders = [];

    public IEnumerable<BisDplRecord> Records => orders.Values.Select(rows => new BisDplRecord(rows[0].Name, rows[0].EffectiveDate, rows));

    /// <summary>Reads the file; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long Read(Snapshot part)
    {
        using CsvRecords csv = CsvRecords.Open(part.File, Format, part.Part);
        if (Columns.FirstOrDefault(c => csv.IndexOf(c) < 0) is { } missing) throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} has no column '{missing}'.");
        var rows = new ListRows(audit);
        while (csv.Read())
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"line {csv.Line}"), csv.Count == csv.Header.Length ? Take(csv) : "another number of columns than the header");
        long count = rows.Whole();
        Known.Check(csv.Header, count, audit);
        return count;
    }

    private string? Take(CsvRecords csv)
    {
        var row = new BisDplRow(
            Text("Name"), Text("Street_Address"), Text("City"), Text("State"), Text("Country"), Text("Postal_Code"), Text("Effective_Date"), Text("Expiration_Date"), Text("Standard_Order"), Text("Action"),
            Text("FR_Citation"));
        if (row.Name.Length == 0) return "no name";
        if (BisDplMapper.Date(row.EffectiveDate) is null) return "Effective_Date is no date";
        if (row.ExpirationDate.Length > 0 && BisDplMapper.Date(row.ExpirationDate) is null) return "Expiration_Date is no date";
        if (!orders.TryGetValue((row.Name, row.EffectiveDate), out List<BisDplRow>? rows)) orders.Add((row.Name, row.EffectiveDate), rows = []);
        rows.Add(row);
        return null;

        string Text(string column) => csv[column].Trim().ToString();
    }
}
