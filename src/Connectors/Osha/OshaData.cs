using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Osha;

/// <summary>Rows of the department's tables, out of its files or from its interface: the columns are the same.</summary>
internal static class OshaData
{
    private const long MaximumBytes = 16L << 20;

    /// <summary>The interface gives at most 10,000 rows or 5 MB, whatever comes first.</summary>
    private const int PageSize = 10_000, FullPage = 4_500_000;
    private const int MostPages = 100;

    /// <summary>Behind the last row there is nothing at all, with this status or another.</summary>
    private const int NoContent = 204;

    private static readonly int[] AfterTheLast = [NoContent];

    /// <summary>Rows of all files of the table.</summary>
    /// <exception cref="SourceFailureException">A file is not the table.</exception>
    public static IEnumerable<Func<string, string>> OfFiles(FetchContext context, OshaTable table)
    {
        foreach (string file in SourceFiles.Find(context.Workspace, OshaModule.Id.Value, $"osha_{table.Name}*.csv"))
        {
            string name = SourceFiles.NameOf(OshaModule.Id.Value, file);
            using var rows = new CsvRecords(SourceFiles.Open(OshaModule.Id.Value, file), new CsvFormat(), name);
            if (table.Needed.FirstOrDefault(column => rows.IndexOf(column) < 0) is { } missing)
                throw new SourceFailureException(FailureKind.Malformed, $"{name} lacks the column {missing}; it is not the department's table of {table.Name}s. What was known stays.");
            while (rows.Read()) yield return column => rows.Text(column).Trim();
            table.Format.Check(rows.Header, rows.Row, context.Audit);
        }
    }

    /// <summary>Rows of the table since the date.</summary>
    public static async IAsyncEnumerable<Func<string, string>> OfInterface(
        FetchContext context, string key, OshaTable table, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int page = 0, offset = 0; page < MostPages; page++)
        {
            string filter = string.Create(CultureInfo.InvariantCulture, $$"""{"field":"{{table.DateColumn}}","operator":"gt","value":"{{since:yyyy-MM-dd}}"}""");
            var url = new Uri(string.Create(
                CultureInfo.InvariantCulture,
                $"https://apiprod.dol.gov/v4/get/OSHA/{table.Name}/json?limit={PageSize}&offset={offset}&fields={string.Join(',', table.Columns)}&sort=asc&sort_by={table.DateColumn}&filter_object={Uri.EscapeDataString(filter)}&X-API-KEY={Uri.EscapeDataString(key)}"));
            SourceResponse answer = await context.Http.GetAsync(url, MaximumBytes, cancellationToken, page == 0 ? null : AfterTheLast).ConfigureAwait(false);
            if (page > 0 && answer.Body.Length == 0) yield break;
            using JsonDocument document = BoundedJson.Parse(answer.Body, table.Name);
            JsonElement rows = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("data", out JsonElement data) ? data : document.RootElement;
            if (rows.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, $"apiprod.dol.gov gives no rows of {table.Name}s; nothing of this run was kept.");
            foreach (JsonElement row in rows.EnumerateArray())
            {
                table.Format.Check(row, context.Audit);
                yield return column => Text(row, column);
            }

            context.Progress(page + 1, 0, table.Name + "s");
            offset += rows.GetArrayLength();
            if (rows.GetArrayLength() == 0 || (rows.GetArrayLength() < PageSize && answer.Body.Length < FullPage)) yield break;
        }

        throw new SourceFailureException(FailureKind.TooLarge, $"apiprod.dol.gov has more than {MostPages * PageSize} {table.Name}s since {since:yyyy-MM-dd}; something is wrong with the query.");
    }

    /// <summary>Numbers come as numbers or as text.</summary>
    private static string Text(JsonElement row, string column) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(column, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : BoundedJson.Text(row, column).Trim();
}
