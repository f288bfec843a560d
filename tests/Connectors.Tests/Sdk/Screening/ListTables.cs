using System.Text;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Tests.Sdk.Screening;

/// <summary>Writes a list that is a table with a header the way another version of it might be written, without a change in what it says.</summary>
internal static class ListTables
{
    /// <param name="before">Lines above the header, which stay as they are.</param>
    public static IEnumerable<(string Name, byte[] File)> Rewritten(byte[] file, int before = 0, char separator = ',')
    {
        List<string[]> rows = Rows(file, separator);
        yield return ("columns reversed", Write([.. rows.Select((r, i) => i < before ? r : [.. r.Reverse()])], separator));
        yield return ("a column put in front", Write([.. rows.Select((r, i) => i < before ? r : [i == before ? "New column" : "new", .. r])], separator));
        yield return ("a column put behind", Write([.. rows.Select((r, i) => i < before ? r : [.. r, i == before ? "New column" : "new"])], separator));
        yield return ("titles in capitals", Write([.. rows.Select((r, i) => i == before ? r.Select(c => " " + c.ToUpperInvariant()).ToArray() : r)], separator));
        yield return ("every cell quoted, CRLF", Write(rows, separator, lineEnd: "\r\n", quoteAll: true));
        yield return ("LF", Write(rows, separator));
        yield return ("byte order mark", [0xEF, 0xBB, 0xBF, .. Write(rows, separator)]);
        yield return ("rows in another order", Write([.. rows.Take(before + 1), .. rows.Skip(before + 1).Reverse()], separator));
    }

    /// <summary>The file without the column.</summary>
    public static byte[] Without(byte[] file, string column, int before = 0, char separator = ',')
    {
        List<string[]> rows = Rows(file, separator);
        int index = Array.FindIndex(rows[before], c => c.Trim() == column);
        Assert.True(index >= 0, $"the file has no column {column}");
        return Write([.. rows.Select((r, i) => i < before ? r : r.Where((_, c) => c != index).ToArray())], separator);
    }

    private static List<string[]> Rows(byte[] file, char separator)
    {
        using var csv = new CsvRecords(new MemoryStream(file), new CsvFormat { HasHeader = false, Separator = separator }, "fixture");
        var rows = new List<string[]>();
        while (csv.Read()) rows.Add([.. Enumerable.Range(0, csv.Count).Select(csv.Text)]);
        return rows;
    }

    private static byte[] Write(IEnumerable<string[]> rows, char separator, string lineEnd = "\n", bool quoteAll = false) => Encoding.UTF8.GetBytes(
        string.Concat(rows.Select(r => string.Join(separator, r.Select(c => quoteAll || c.IndexOfAny([separator, '"', '\r', '\n']) >= 0 ? $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : c)) + lineEnd)));
}
