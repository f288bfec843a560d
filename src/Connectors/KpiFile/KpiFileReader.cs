using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.KpiFile;

/// <summary>Reads one file: good figures become signals, everything else a counted reason with its place.</summary>
internal sealed class KpiFileReader(FetchContext context)
{
    private static readonly string[] SupplierColumns = ["supplier_id", "id"];
    private static readonly string[] PeriodColumns = ["date", "period"];

    /// <summary>A column that is none of these is passed over, and told: it may be a figure whose name is misspelt.</summary>
    private RecordFormat Format { get; } = RecordFormat.Of(string.Join('\n', SupplierColumns.Concat(PeriodColumns).Concat(context.Metrics.Select(m => m.Name)).Distinct(StringComparer.OrdinalIgnoreCase).Select(c => c + " text optional")));

    private readonly HashSet<string> suppliers = [.. context.Suppliers.Select(s => s.Id.Value)];

    /// <summary>True once a row was left for later because its period has not ended; such a file is read again.</summary>
    public bool HasRowsToCome { get; private set; }

    /// <exception cref="SourceFailureException">The file as a whole is not readable as CSV, or lacks a column.</exception>
    public List<MetricSignal> Read(Stream stream, string file)
    {
        HasRowsToCome = false;
        using var csv = new CsvRecords(stream, CsvFormat.ForPeople(stream), file);
        int supplierColumn = Column(csv, file, SupplierColumns), periodColumn = Column(csv, file, PeriodColumns);
        MetricDefinition?[] metrics = [.. csv.Header.Select(title => context.Metrics.FirstOrDefault(m => m.Name.Equals(title, StringComparison.OrdinalIgnoreCase)))];
        var signals = new List<MetricSignal>();
        var seen = new Dictionary<(string Supplier, string Metric, DateTimeOffset At), double>();
        while (csv.Read())
        {
            context.Audit.CountRead();
            if (csv.Count > metrics.Length)
            {
                Reject(csv, file, metrics.Length, "there are more fields than columns");
                continue;
            }

            string supplier = csv[supplierColumn].Trim().ToString();
            if (!suppliers.Contains(supplier)) Reject(csv, file, supplierColumn, "no active supplier of the portfolio has this id");
            else if (!KpiText.TryPeriodEnd(csv[periodColumn].Trim().ToString(), out DateTimeOffset end)) Reject(csv, file, periodColumn, "is no date; write 2026-03-31, 2026-03 or 2026-Q1");
            else if (end > context.ObservedAt) Postpone(csv, file, periodColumn);
            else ReadFigures(csv, file, supplier, end);
        }

        Format.Check(csv.Header, csv.Row, context.Audit);
        return signals;

        void ReadFigures(CsvRecords row, string name, string supplier, DateTimeOffset end)
        {
            for (int i = 0; i < metrics.Length; i++)
            {
                if (metrics[i] is not { } metric || row[i].IsWhiteSpace()) continue;
                var record = new KpiRecord(name, row.Row, supplier, metric.Name, end, row[i].Trim().ToString());
                if (!KpiFileMapper.TryMap(record, metric, context.Manifest.Id, context.ObservedAt, out MetricSignal? signal, out string problem)) Reject(row, name, i, problem);
                else if (seen.TryAdd((supplier, metric.Name, end), signal.Value)) signals.Add(signal);
                else if (!seen[(supplier, metric.Name, end)].Equals(signal.Value)) Reject(row, name, i, "the file gives two values for one supplier and period; the first one counts");
            }
        }
    }

    private void Postpone(CsvRecords csv, string file, int column)
    {
        HasRowsToCome = true;
        Reject(csv, file, column, "the period has not ended yet; the row is read once it has");
    }

    private void Reject(CsvRecords csv, string file, int column, string problem)
    {
        string title = column < csv.Header.Length ? csv.Header[column] : "";
        context.Audit.Reject(string.Create(CultureInfo.InvariantCulture, $"{KpiFileModule.Folder}/{file}:{csv.Line}:{csv.ColumnOf(column)}"), title.Length > 0 ? $"{title}: {problem}" : problem);
    }

    private static int Column(CsvRecords csv, string file, string[] names) =>
        names.Select(csv.IndexOf).Where(i => i >= 0).Append(-1).First() is var index and >= 0
            ? index
            : throw new SourceFailureException(FailureKind.Malformed, $"{file}:1:1: there is no column {string.Join(" or ", names)}; the first row must name the columns.");
}
