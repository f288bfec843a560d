using System.Text;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Cells of CSV files that people open in spreadsheets: nothing in them is run.</summary>
public static class CsvCell
{
    /// <summary>The text as a cell: quoted where needed; one that a spreadsheet would take for a formula begins with an apostrophe, and control characters are spaces.</summary>
    public static string Write(string text)
    {
        bool formula = IsFormula(text);
        if (!formula && text.AsSpan().IndexOfAny(",\"\r\n") < 0 && !text.Any(char.IsControl)) return text;
        var cell = new StringBuilder(text.Length + 4).Append('"');
        if (formula) cell.Append('\'');
        foreach (char c in text) cell.Append(char.IsControl(c) ? " " : c == '"' ? "\"\"" : c.ToString());
        return cell.Append('"').ToString();
    }

    /// <summary>The text that a cell was written for, without the apostrophe.</summary>
    public static string Read(string cell) => cell.Length > 1 && cell[0] == '\'' && IsFormula(cell[1..]) ? cell[1..] : cell;

    private static bool IsFormula(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠';
}
