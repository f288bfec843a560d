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

    /// <summary>The interface gives at most 10,000 rows or 5 MB; with few columns the former comes first.</summary>
    private const int PageSize = 10_000;
    private const int MostPages = 100;

    /// <summary>Rows of all files of the table.</summary>
    /// <param name="needed">Columns without which a file is another table.</param>
    /// <exception cref="SourceFailureException">A file is not the table.</exception>
    public static IEnumerable<Func<string, string>> OfFiles(string workspace, string table, string[] needed)
    {
        foreach (string file in SourceFiles.Find(workspace, OshaModule.Id.Value, $"osha_{table}*.csv"))
        {
            string name = SourceFiles.NameOf(OshaModule.Id.Value, file);
            using var rows = new CsvRecords(SourceFiles.Open(OshaModule.Id.Value, file), new CsvFormat(), name);
            if (needed.FirstOrDefault(column => rows.IndexOf(column) < 0) is { } missing)
                throw new SourceFailureException(FailureKind.Malformed, $"{name} lacks the column {missing}; it is not the department's table of {table}s. What was known stays.");
            while (rows.Read()) yield return column => rows.Text(column).Trim();
        }
    }

    /// <summary>Rows of the table since the date.</summary>
    /// <param name="dateColumn">Orders and bounds the rows.</param>
    public static async IAsyncEnumerable<Func<string, string>> OfInterface(
        FetchContext context, string key, string table, string[] columns, string dateColumn, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int page = 0; page < MostPages; page++)
        {
            string filter = string.Create(CultureInfo.InvariantCulture, $$"""{"field":"{{dateColumn}}","operator":"gt","value":"{{since:yyyy-MM-dd}}"}""");
            var url = new Uri(string.Create(
                CultureInfo.InvariantCulture,
                $"https://apiprod.dol.gov/v4/get/OSHA/{table}/json?limit={PageSize}&offset={page * PageSize}&fields={string.Join(',', columns)}&sort=asc&sort_by={dateColumn}&filter_object={Uri.EscapeDataString(filter)}&X-API-KEY={Uri.EscapeDataString(key)}"));
            SourceResponse answer = await context.Http.GetAsync(url, MaximumBytes, cancellationToken).ConfigureAwait(false);
            using JsonDocument document = BoundedJson.Parse(answer.Body, table);
            JsonElement rows = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("data", out JsonElement data) ? data : document.RootElement;
            if (rows.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, $"apiprod.dol.gov gives no rows of {table}s; nothing of this run was kept.");
            foreach (JsonElement row in rows.EnumerateArray()) yield return column => Text(row, column);
            context.Progress(page + 1, 0, table + "s");
            if (rows.GetArrayLength() < PageSize) yield break;
        }

        throw new SourceFailureException(FailureKind.TooLarge, $"apiprod.dol.gov has more than {MostPages * PageSize} {table}s since {since:yyyy-MM-dd}; something is wrong with the query.");
    }

    /// <summary>Numbers come as numbers or as text.</summary>
    private static string Text(JsonElement row, string column) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(column, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : BoundedJson.Text(row, column).Trim();
}
