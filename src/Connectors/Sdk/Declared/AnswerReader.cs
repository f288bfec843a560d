using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>One answer, taken apart.</summary>
/// <param name="NextCursor">Where the next page begins, by the answer's own account; "" when there is none.</param>
internal sealed record Answer(IReadOnlyList<RawRow> Rows, string NextCursor);

/// <summary>Finds the rows of an answer. What is not the declared format is a failure, never "no rows".</summary>
internal sealed partial class AnswerReader(DeclaredSource source)
{
    private static readonly string[] FeedItems = ["item", "entry"];
    private static readonly string[] FeedRoots = ["rss", "feed", "RDF"];

    /// <param name="stream">Seekable; disposed.</param>
    /// <param name="name">Names the answer in failures.</param>
    /// <exception cref="SourceFailureException">Malformed.</exception>
    public Answer Read(Stream stream, string name)
    {
        using (stream)
        {
            return source.Format switch
            {
                RowFormat.Json => Json(stream, name),
                RowFormat.Csv => new Answer(Csv(stream, name), ""),
                _ => new Answer(Xml(stream, name), ""),
            };
        }
    }

    /// <summary>The address of the next page in a Link header, or null.</summary>
    public static Uri? Next(string link, Uri asked) =>
        NextLink().Match(link) is { Success: true } next && Uri.TryCreate(asked, next.Groups[1].Value, out Uri? url) ? url : null;

    private Answer Json(Stream stream, string name)
    {
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        // Not disposed: the rows read from it as long as they are there.
        JsonElement root = BoundedJson.Parse(bytes, name).RootElement;
        string cursor = source.Paging.Kind == PagingKind.Cursor ? new RawValue(JsonRow.Walk(root, source.Paging.From), null) is { IsNothing: false } next ? next.Text() ?? "" : "" : "";
        JsonElement rows = JsonRow.Walk(root, source.Rows);
        return rows.ValueKind switch
        {
            JsonValueKind.Array => new Answer([.. rows.EnumerateArray().Select(row => new JsonRow(row))], cursor),
            JsonValueKind.Object => new Answer([new JsonRow(rows)], cursor),
            JsonValueKind.Null => new Answer([], cursor),
            _ => throw new SourceFailureException(FailureKind.Malformed, source.Rows.Length == 0 ? $"{name} is neither a list nor an object." : $"{name} has no '{source.Rows}'; the format changed, or it is an error message."),
        };
    }

    private List<RawRow> Csv(Stream stream, string name)
    {
        using var csv = new CsvRecords(stream, source.Csv, name);
        foreach (DeclaredField field in source.Fields.Where(f => !f.IsOptional && csv.IndexOf(f.Path) < 0))
            throw new SourceFailureException(FailureKind.Malformed, $"{name} has no column '{field.Path}'; it has {string.Join(", ", csv.Header.Take(20))}.");
        var rows = new List<RawRow>();
        while (csv.Read())
        {
            string[] cells = new string[Math.Min(csv.Count, csv.Header.Length)];
            for (int i = 0; i < cells.Length; i++) cells[i] = csv.Text(i);
            rows.Add(new CsvRow(csv.Header, cells));
        }

        return rows;
    }

    private List<RawRow> Xml(Stream stream, string name)
    {
        bool isFeed = source.Format == RowFormat.Rss;
        using var xml = new XmlRecords(stream, "", name);
        string root = xml.Root.Name.LocalName;
        if (isFeed ? !FeedRoots.Contains(root) : root.Equals("html", StringComparison.OrdinalIgnoreCase))
            throw new SourceFailureException(FailureKind.Malformed, $"{name} is {(root.Equals("html", StringComparison.OrdinalIgnoreCase) ? "an HTML page" : $"no feed: its document is '{root}'")}.");
        var rows = new List<RawRow>();
        while ((isFeed ? xml.Next(FeedItems) : xml.Next(source.Rows)) is { } element) rows.Add(isFeed ? new FeedRow(element) : new XmlRow(element));
        return rows;
    }

    [GeneratedRegex("<([^>]*)>\\s*;[^,]*\\brel\\s*=\\s*\"?next\"?", RegexOptions.IgnoreCase)]
    private static partial Regex NextLink();
}
