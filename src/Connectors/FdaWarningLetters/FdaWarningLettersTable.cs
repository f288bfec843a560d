using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.FdaWarningLetters;

/// <summary>Reads the table: as CSV, in the columns of the page's own export or of those who copy the page, or as the pieces of HTML that the page's script gets.</summary>
internal static partial class FdaWarningLettersTable
{
    /// <summary>Columns by the names that copies of the page give them; the page's own are brought to these.</summary>
    private static readonly RecordFormat Columns = RecordFormat.Of("""
        url text optional
        posted_date text
        letter_date text
        company text
        issuing_office text
        subject text
        response_letter text optional
        closeout_letter text optional
        excerpt text optional
        """);

    private static readonly RecordFormat Answer = RecordFormat.Of("""
        draw number|text
        recordsTotal number
        recordsFiltered number
        data array
        input object optional
        options any optional
        """);

    /// <exception cref="SourceFailureException">Malformed.</exception>
    public static IEnumerable<FdaWarningLettersRecord> ReadCsv(Stream stream, string name, FetchAudit audit)
    {
        using var rows = new CsvRecords(stream, new CsvFormat(), name);
        int company = Column(rows, "company", "company name"), posted = Column(rows, "posted_date", "posted date"), letter = Column(rows, "letter_date", "letter issue date");
        if (company < 0 || (posted < 0 && letter < 0))
            throw new SourceFailureException(FailureKind.Malformed, $"{name} lacks a column: needed are company and letter_date (or posted_date), as \"Company Name\" and \"Letter Issue Date\" too.");
        int url = Column(rows, "url"), office = Column(rows, "issuing_office", "issuing office"), subject = Column(rows, "subject"), closeout = Column(rows, "closeout_letter", "closeout letter", "close out letter");
        while (rows.Read()) yield return new FdaWarningLettersRecord(Text(url), Text(posted), Text(letter), Text(company), Text(office), Text(subject), Text(closeout));
        Columns.Check(rows.Header.Select(OwnName), rows.Row, audit);

        string Text(int index) => index < 0 ? "" : CsvCell.Read(rows.Text(index).Trim());
    }

    /// <summary>The rows of one answer, and how many letters there are in all.</summary>
    /// <exception cref="SourceFailureException">Malformed.</exception>
    public static (IReadOnlyList<FdaWarningLettersRecord> Rows, int Total) ReadJson(ReadOnlyMemory<byte> body, FetchAudit audit)
    {
        using JsonDocument document = BoundedJson.Parse(body, "warning letters");
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Array
            || !root.TryGetProperty("recordsTotal", out JsonElement total) || total.ValueKind != JsonValueKind.Number || !total.TryGetInt32(out int records))
            throw new SourceFailureException(FailureKind.Malformed, "www.fda.gov answered with something else than the table of warning letters; nothing of this run was kept.");
        Answer.Check(root, audit);
        return ([.. data.EnumerateArray().Select(Row)], records);
    }

    private static FdaWarningLettersRecord Row(JsonElement row)
    {
        string[] cells = row.ValueKind == JsonValueKind.Array ? [.. row.EnumerateArray().Select(c => c.ValueKind == JsonValueKind.String ? c.GetString()! : "")] : [];
        return new FdaWarningLettersRecord(
            Attribute(Href(), Cell(2)), Attribute(DateTime(), Cell(0)) is { Length: >= 10 } posted ? posted[..10] : HtmlText.Plain(Cell(0)), Attribute(DateTime(), Cell(1)) is { Length: >= 10 } letter ? letter[..10] : HtmlText.Plain(Cell(1)),
            HtmlText.Plain(Cell(2)), HtmlText.Plain(Cell(3)), HtmlText.Plain(Cell(4)), HtmlText.Plain(Cell(6)));

        string Cell(int index) => index < cells.Length ? cells[index] : "";
    }

    private static string Attribute(Regex attribute, string html) => WebUtility.HtmlDecode(attribute.Match(html).Groups["value"].Value);

    private static string OwnName(string title) => title.Trim().ToLowerInvariant().Replace(' ', '_') switch { "company_name" => "company", "letter_issue_date" => "letter_date", "close_out_letter" => "closeout_letter", var name => name };

    private static int Column(CsvRecords rows, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (rows.IndexOf(name) is >= 0 and var index) return index;
        }

        return -1;
    }

    [GeneratedRegex("href=\"(?<value>[^\"]*)\"", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Href();

    [GeneratedRegex("datetime=\"(?<value>[^\"]*)\"", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DateTime();
}
