using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Reads CSV (RFC 4180) row by row, without allocating for a field until its text is asked for. Not thread-safe.</summary>
/// <remarks>
/// Quoted fields may hold separators, doubled quotes and line breaks; a quote inside an unquoted field is a letter like any other. Lines end with CRLF, LF or CR;
/// empty lines are passed over, and NUL is refused. Text is UTF-8 (with or without a byte order mark) or else Windows-1252.
/// </remarks>
public sealed class CsvRecords : IDisposable
{
    private const int End = -1;

    private readonly CsvFormat format;
    private readonly string name;
    private readonly StreamReader reader;
    private readonly char[] block = new char[32 * 1024];
    private int blockLength;
    private int blockPosition;

    private readonly List<Field> fields = [];
    private char[] row = new char[1024];
    private int rowLength;

    private int line = 1;
    private int column;
    private readonly Dictionary<string, int> columnsByName = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="stream">Seekable; disposed with the reader.</param>
    /// <param name="name">Names the file in failures.</param>
    /// <exception cref="SourceFailureException">The header is malformed or names a column twice, or the encoding is not the promised one.</exception>
    public CsvRecords(Stream stream, CsvFormat format, string name)
    {
        this.format = format;
        this.name = name;
        Encoding encoding = TextEncodings.Detect(stream);
        reader = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true);
        try
        {
            if (format.RequireUtf8 && encoding != Encoding.UTF8) throw Malformed(0, 0, "the file is not UTF-8 throughout");
            if (format.HasHeader) ReadHeader();
        }
        catch (SourceFailureException)
        {
            reader.Dispose();
            throw;
        }
    }

    public static CsvRecords Open(string path, CsvFormat format, string name) => new(File.OpenRead(path), format, name);

    /// <summary>Column names, trimmed; empty without a header.</summary>
    public ImmutableArray<string> Header { get; private set; } = [];

    /// <summary>Number of the current record, counted from 1 without the header.</summary>
    public long Row { get; private set; }

    /// <summary>Line on which the current record starts, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Fields in the current record.</summary>
    public int Count => fields.Count;

    /// <summary>The field at the index, valid until the next <see cref="Read"/>; empty beyond the record's end.</summary>
    public ReadOnlySpan<char> this[int index] => index < fields.Count ? row.AsSpan(fields[index].Start, fields[index].Length) : default;

    /// <summary>The field of the named column (any case), empty where the record is too short or there is no such column.</summary>
    public ReadOnlySpan<char> this[string columnName] => columnsByName.TryGetValue(columnName, out int index) ? this[index] : default;

    public string Text(int index) => this[index].ToString();

    public string Text(string columnName) => this[columnName].ToString();

    /// <summary>Index of the named column (any case), or -1.</summary>
    public int IndexOf(string columnName) => columnsByName.GetValueOrDefault(columnName, -1);

    /// <summary>Where the field starts in its line, counted from 1 in UTF-16 units; 0 beyond the record's end.</summary>
    public int ColumnOf(int index) => index < fields.Count ? fields[index].Column : 0;

    /// <summary>Moves to the next record; false at the end.</summary>
    /// <exception cref="SourceFailureException">Malformed: names line and column.</exception>
    public bool Read()
    {
        if (!ReadRow()) return false;
        Row++;
        return true;
    }

    public void Dispose() => reader.Dispose();

    /// <summary>A failure that points at a field of the current record.</summary>
    public SourceFailureException Malformed(int index, string problem) => Malformed(Line, ColumnOf(index), problem);

    private void ReadHeader()
    {
        if (!ReadRow()) return;
        for (int i = 0; i < fields.Count; i++)
        {
            string title = this[i].Trim().ToString();
            if (title.Length > 0 && !columnsByName.TryAdd(title, i)) throw Malformed(i, $"the column '{title}' is there twice");
            Header = Header.Add(title);
        }
    }

    private bool ReadRow()
    {
        while (true)
        {
            fields.Clear();
            rowLength = 0;
            Line = line;
            if (Peek() == End) return false;
            while (ReadField())
            {
            }

            bool blank = fields.Count == 1 && fields[0].Length == 0 && !fields[0].IsQuoted;
            bool ctrlZ = format.IgnoreCtrlZ && fields.Count == 1 && this[0] is "\u001A";
            if (!blank && !ctrlZ) return true;
        }
    }

    /// <summary>Reads one field and what ends it; true when another field follows in the row.</summary>
    private bool ReadField()
    {
        int start = rowLength;
        int startColumn = column + 1;
        bool quoted = Peek() == '"';
        if (quoted) ReadQuoted(start);
        int next;
        while ((next = Peek()) != End && next != format.Separator && next is not ('\r' or '\n'))
        {
            if (quoted) throw Malformed(line, column + 1, "text after a closing quote; double the quotes inside a quoted field");
            Append((char)Next(), start);
        }

        fields.Add(new Field(start, rowLength - start, startColumn, quoted));
        if (next == format.Separator)
        {
            Next();
            return true;
        }

        if (next != End) EndLine();
        return false;
    }

    private void ReadQuoted(int start)
    {
        int openedLine = line, openedColumn = column + 1;
        Next();
        while (true)
        {
            int next = Peek();
            if (next == End) throw Malformed(openedLine, openedColumn, "a quoted field is never closed");
            if (next == '"')
            {
                Next();
                if (Peek() != '"') return;
            }

            if (next is '\r' or '\n')
            {
                // Kept as written; only the position moves to the next line.
                char first = (char)Next();
                Append(first, start);
                if (first == '\r' && Peek() == '\n') Append((char)Next(), start);
                line++;
                column = 0;
                continue;
            }

            Append((char)Next(), start);
        }
    }

    private void EndLine()
    {
        if (Next() == '\r' && Peek() == '\n') Next();
        line++;
        column = 0;
    }

    private void Append(char letter, int fieldStart)
    {
        if (letter == '\0') throw Malformed(line, column, "a NUL character; the file is damaged, or no text");
        if (rowLength - fieldStart >= format.MaximumField) throw Malformed(Line, 0, Invariant($"a field is longer than {format.MaximumField} characters; a quote may be missing"));
        if (rowLength >= format.MaximumRow) throw Malformed(Line, 0, Invariant($"the row is longer than {format.MaximumRow} characters"));
        if (rowLength == row.Length) Array.Resize(ref row, row.Length * 2);
        row[rowLength++] = letter;
    }

    private int Peek()
    {
        if (blockPosition < blockLength) return block[blockPosition];
        blockLength = reader.ReadBlock(block, 0, block.Length);
        blockPosition = 0;
        return blockLength == 0 ? End : block[0];
    }

    private int Next()
    {
        int next = Peek();
        blockPosition++;
        column++;
        return next;
    }

    private SourceFailureException Malformed(int atLine, int atColumn, string problem) =>
        new(FailureKind.Malformed, Invariant($"{name}:{atLine}:{atColumn}: {problem}."));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Field(int Start, int Length, int Column, bool IsQuoted);
}
