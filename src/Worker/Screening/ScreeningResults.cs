using System.Globalization;
using Risk.Connectors.Sdk.Reading;

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

    private void Cell(string text) => writer.Write(CsvCell.Write(text));
}
