using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.SecEdgar;

/// <summary>One party of one filing, as the feed of current filings and the daily index name it.</summary>
/// <param name="At">Feed: when it was disseminated, with New York's offset. Index: midnight of the filing date.</param>
internal sealed record FiledBy(long Cik, string Form, string Accession, DateTimeOffset At);

/// <summary>EDGAR's Atom feed of the filings of the last hours, newest first, a hundred to a page.</summary>
internal static partial class CurrentFilings
{
    public const int PageSize = 100;

    private static readonly RecordFormat Entry = RecordFormat.Of("""
        title text
        link text
        link.@rel text
        link.@type text
        link.@href text
        summary text
        summary.@type text
        updated text
        category text
        category.@scheme text
        category.@label text
        category.@term text
        id text
        """);

    /// <summary>Reports of owners (forms 3, 4 and 5) are half of all filings and say nothing here: they are left out.</summary>
    public static Uri Page(int number) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent&type=&company=&dateb=&owner=exclude&start={number * PageSize}&count={PageSize}&output=atom"));

    /// <summary>Reads a page. A filing stands in it once for each party, always with the same id.</summary>
    /// <exception cref="SourceFailureException">Malformed: no Atom feed, or entries of which none can be read.</exception>
    public static IReadOnlyList<FiledBy> Read(ReadOnlyMemory<byte> body, FetchAudit audit)
    {
        var rows = new List<FiledBy>(PageSize);
        int entries = 0;
        using var records = new XmlRecords(new MemoryStream(body.ToArray(), writable: false), "feed", "The feed of current filings");
        while (records.Next("entry") is { } entry)
        {
            entries++;
            Entry.Check(entry, audit);
            if (Of(entry) is { } row) rows.Add(row);
            else audit.Reject("current filings", "feed entry without form, filer, accession or time");
        }

        return entries > 0 && rows.Count == 0 ? throw new SourceFailureException(FailureKind.Malformed, "The feed of current filings has entries and none is in the known form.") : rows;
    }

    private static FiledBy? Of(XElement entry)
    {
        string form = (string?)entry.Element("category")?.Attribute("term") ?? "";
        Match filer = Filer().Match(entry.Element("title")?.Value ?? ""), accession = AccessionNumber().Match(entry.Element("id")?.Value ?? "");
        bool isWhole = form.Length > 0 && filer.Success && accession.Success;
        return isWhole && CentralIndexKey.Parse(filer.Groups[1].Value) is { } cik && Dates.ParseWithOffset(entry.Element("updated")?.Value) is { } at
            ? new FiledBy(cik, form, accession.Value, at)
            : null;
    }

    /// <summary>"8-K - ACME (HOLDINGS) INC (0000001234) (Filer)": names may hold brackets too, the last two are EDGAR's.</summary>
    [GeneratedRegex(@"\((\d{1,10})\)\s*\([^()]*\)\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Filer();

    [GeneratedRegex(@"\d{10}-\d{2}-\d{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccessionNumber();
}
