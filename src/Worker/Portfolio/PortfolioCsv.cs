using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Portfolio;

/// <summary>Reads the portfolio from CSV: separator found from the header, one row at a time.</summary>
internal sealed class PortfolioCsv
{
    private const int MaximumRow = 256 * 1024;
    private const int MaximumColumns = 500;

    private readonly string file;
    private readonly DiagnosticBag diagnostics;

    public PortfolioCsv(string file, DiagnosticBag diagnostics)
    {
        this.file = file;
        this.diagnostics = diagnostics;
    }

    /// <summary>Worth telling: the encoding when it is not UTF-8, the separator when it is not a comma.</summary>
    public List<string> Notes { get; } = [];

    public List<Supplier> Read(Stream stream)
    {
        var suppliers = new List<Supplier>();
        CsvRecords? records = null;
        try
        {
            char separator = DetectSeparator(stream);
            records = new CsvRecords(stream, new CsvFormat { Separator = separator, HasHeader = false, MaximumRow = MaximumRow, MaximumField = MaximumRow }, file);
            if (!records.Read())
            {
                Report("P002", 1, 1, $"the file is empty; its first line names the columns, at least {PortfolioColumn.Id} and {PortfolioColumn.Name}, and each further line is a supplier");
                return suppliers;
            }

            if (separator != ',') Notes.Add($"{file}: columns are separated by {(separator == ';' ? "';'" : "tabs")}");
            if (records.Encoding.CodePage == 1252) Notes.Add($"{file}: is not UTF-8 and was read as Windows-1252; check names with accents, or save it as UTF-8");
            else if (records.Encoding.CodePage != Encoding.UTF8.CodePage) Notes.Add($"{file}: was read as {records.Encoding.WebName}");
            if (ReadHeader(records) is not { } row) return suppliers;
            var reader = new SupplierRowReader(diagnostics);
            bool any = false;
            while (records.Read())
            {
                if (row.IsEmpty) continue;
                any = true;
                row.CheckWidth(diagnostics);
                if (reader.Read(row) is { } supplier) suppliers.Add(supplier);
            }

            if (!any) Report("P002", 1, 1, "the file has a header but no supplier; to retire suppliers remove their rows, not all of them");
        }
        catch (SourceFailureException failure) when (failure.Kind == FailureKind.Malformed)
        {
            (int line, int column) = records?.ProblemAt ?? (0, 0);
            string place = $"{file}:{line}:{column}: ";
            string message = failure.Message.StartsWith(place, StringComparison.Ordinal) ? failure.Message[place.Length..].TrimEnd('.') : failure.Message;
            Report("P003", line, column, message + "; what follows was not read");
        }
        finally
        {
            records?.Dispose();
        }

        return suppliers;
    }

    private CsvRow? ReadHeader(CsvRecords records)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var titles = new string[records.Count];
        bool usable = true;
        for (int i = 0; i < records.Count; i++)
        {
            string title = records.Text(i).Trim();
            string name = titles[i] = PortfolioColumn.Normalise(title);
            if (name.Length == 0) continue;
            if (columns.TryGetValue(name, out int first))
            {
                Report("P005", records.Line, records.ColumnOf(i), $"the column '{title}' is there twice, in columns {first + 1} and {i + 1}; remove or rename one");
                usable = false;
                continue;
            }

            columns.Add(name, i);
            PortfolioFile.CheckColumn(name, title, new SourcePosition(file, records.Line, records.ColumnOf(i)), null, diagnostics);
        }

        if (records.Count > MaximumColumns)
        {
            Report("P005", records.Line, 0, $"the header has {records.Count} columns, at most {MaximumColumns} are read; remove what no rule needs");
            usable = false;
        }

        foreach (string required in new[] { PortfolioColumn.Id, PortfolioColumn.Name })
        {
            if (columns.ContainsKey(required)) continue;
            Report("P004", records.Line, 1, $"the column '{required}' is missing{Suggestion.For(required, columns.Keys)}; the first line names the columns");
            usable = false;
        }

        return usable ? new CsvRow(file, records, columns, titles) : null;
    }

    private void Report(string code, int line, int column, string message) => diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, code, message, new SourcePosition(file, line, column)));

    /// <summary>The sign among comma, semicolon and tab that the header has most of, outside quotes.</summary>
    private static char DetectSeparator(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: true, bufferSize: 4096, leaveOpen: true);
        int commas = 0, semicolons = 0, tabs = 0;
        bool quoted = false, begun = false;
        for (int read = 0; read < MaximumRow && reader.Read() is >= 0 and var next; read++)
        {
            if (next == '"') quoted = !quoted;
            if (quoted) continue;
            if (next is '\r' or '\n')
            {
                if (begun) break;
                continue;
            }

            begun = true;
            if (next == ',') commas++;
            else if (next == ';') semicolons++;
            else if (next == '\t') tabs++;
        }

        stream.Position = 0;
        return tabs > commas && tabs >= semicolons ? '\t' : semicolons > commas ? ';' : ',';
    }

    private sealed class CsvRow : PortfolioRow
    {
        private readonly string file;
        private readonly CsvRecords records;
        private readonly Dictionary<string, int> columns;
        private readonly string[] titles;
        private readonly (string Name, int Index)[] own;
        private readonly ValuePool pool = new();
        private bool toldOfUnnamed;

        public CsvRow(string file, CsvRecords records, Dictionary<string, int> columns, string[] titles)
        {
            this.file = file;
            this.records = records;
            this.columns = columns;
            this.titles = titles;
            own = [.. columns.Where(c => !PortfolioColumn.Known.Contains(c.Key) && c.Key != PortfolioColumn.Status).Select(c => (c.Key, c.Value))];
        }

        public bool IsEmpty
        {
            get
            {
                for (int i = 0; i < records.Count; i++)
                {
                    if (!records[i].IsWhiteSpace()) return false;
                }

                return true;
            }
        }

        /// <summary>Reports values that no column names: beyond the header, or under an empty title.</summary>
        public void CheckWidth(DiagnosticBag diagnostics)
        {
            for (int i = 0; i < records.Count; i++)
            {
                if (i < titles.Length && titles[i].Length > 0) continue;
                if (records[i].IsWhiteSpace()) continue;
                var at = new SourcePosition(file, records.Line, records.ColumnOf(i));
                if (i >= titles.Length)
                {
                    diagnostics.Add(new Diagnostic(
                        DiagnosticSeverity.Error, "P007", $"the row has {records.Count} fields, the header {titles.Length}; put a value that holds the separator in double quotes", at));
                    return;
                }

                if (!toldOfUnnamed) diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "P005", $"column {i + 1} has values but no name; name it in the first line, or remove it", at));
                toldOfUnnamed = true;
            }
        }

        public override string Text(string column) => columns.TryGetValue(column, out int index) ? pool.Get(records[index].Trim()) : "";

        public override ImmutableArray<string> List(string column) => columns.TryGetValue(column, out int index) && !records[index].IsWhiteSpace() ? Split(records.Text(index)) : [];

        public override ImmutableSortedDictionary<string, string> Attributes()
        {
            ImmutableSortedDictionary<string, string>.Builder? found = null;
            foreach ((string name, int index) in own)
            {
                string text = pool.Get(records[index].Trim());
                if (text.Length > 0) (found ??= ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal))[name] = text;
            }

            return found?.ToImmutable() ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        }

        public override SourcePosition At(string column) =>
            new(file, records.Line, columns.TryGetValue(column, out int index) ? Math.Max(1, records.ColumnOf(index)) : 1);
    }

    /// <summary>One copy of the values that come again and again (countries, owners, categories).</summary>
    private sealed class ValuePool
    {
        private const int MaximumLength = 40, MaximumCount = 20_000;
        private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup;

        public ValuePool() => lookup = values.GetAlternateLookup<ReadOnlySpan<char>>();

        public string Get(ReadOnlySpan<char> text)
        {
            if (text.IsEmpty) return "";
            if (text.Length > MaximumLength) return text.ToString();
            if (lookup.TryGetValue(text, out string? known)) return known;
            string value = text.ToString();
            if (values.Count < MaximumCount) values.Add(value, value);
            return value;
        }
    }
}
