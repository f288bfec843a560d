using System.Globalization;
using System.Text;

namespace Risk.Worker.Screening;

/// <summary>Writes results as CSV that spreadsheets can open without running anything: query_id, rank, entity_id, score, explanation.</summary>
internal sealed class ScreeningResults(TextWriter writer)
{
    public void Header() => writer.Write("query_id,rank,entity_id,score,explanation\n");

    public void Row(string queryId, int rank, string entityId, float score, string explanation)
    {
        Cell(queryId);
        writer.Write(',');
        writer.Write(rank.ToString(CultureInfo.InvariantCulture));
        writer.Write(',');
        Cell(entityId);
        writer.Write(',');
        writer.Write(score.ToString("0.00000", CultureInfo.InvariantCulture));
        writer.Write(',');
        Cell(explanation);
        writer.Write('\n');
    }

    /// <summary>Names come from lists and vendor files: a cell that a spreadsheet would take for a formula begins with an apostrophe, and control characters are spaces.</summary>
    private void Cell(string text)
    {
        bool formula = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠';
        bool quoted = formula || text.AsSpan().IndexOfAny(",\"\r\n") >= 0 || text.Any(char.IsControl);
        if (!quoted)
        {
            writer.Write(text);
            return;
        }

        var cell = new StringBuilder(text.Length + 4).Append('"');
        if (formula) cell.Append('\'');
        foreach (char c in text) cell.Append(char.IsControl(c) ? " " : c == '"' ? "\"\"" : c.ToString());
        writer.Write(cell.Append('"').ToString());
    }
}
