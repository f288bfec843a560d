using System.Globalization;
using System.Text;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>Writes the feed of current filings and daily indexes as www.sec.gov does.</summary>
internal static class FeedText
{
    public const string Feed = "www.sec.gov/cgi-bin/browse-edgar";

    public sealed record Entry(string Form, long Cik, string Accession, string At, string Name = "ACME (HOLDINGS) INC");

    public static string Page(int number) => $"{Feed}?action=getcurrent&type=&company=&dateb=&owner=exclude&start={number * 100}&count=100&output=atom";

    public static byte[] Write(params Entry[] entries)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Latest Filings</title>\n<updated>2026-08-01T06:00:00-04:00</updated>\n");
        foreach (Entry e in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"<entry>\n<title>{e.Form} - {e.Name} ({e.Cik:D10}) (Filer)</title>\n<summary type=\"html\"> &lt;b&gt;Filed:&lt;/b&gt; </summary>\n<updated>{e.At}</updated>\n");
            text.Append(CultureInfo.InvariantCulture, $"<category scheme=\"https://www.sec.gov/\" label=\"form type\" term=\"{e.Form}\"/>\n<id>urn:tag:sec.gov,2008:accession-number={e.Accession}</id>\n</entry>\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("</feed>\n").ToString());
    }

    /// <summary>A full page of filings of companies nobody watches, newest first, a second apart.</summary>
    public static byte[] Others(DateTimeOffset newest) =>
        Write([.. Enumerable.Range(0, 100).Select(i => new Entry("8-K", 900_000 + i, string.Create(CultureInfo.InvariantCulture, $"0000900000-26-{i:D6}"), newest.AddSeconds(-i).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)))]);

    public static string IndexAddress(string day) => $"www.sec.gov/Archives/edgar/daily-index/{day[..4]}/QTR{((int.Parse(day[4..6], CultureInfo.InvariantCulture) - 1) / 3) + 1}/company.{day}.idx";

    public static byte[] Index(string day, params (string Name, string Form, long Cik, string Accession)[] rows) => Index(day, 12, rows);

    /// <param name="formColumns">12 until 2024, 17 since; the header never changed.</param>
    public static byte[] Index(string day, int formColumns, params (string Name, string Form, long Cik, string Accession)[] rows)
    {
        var text = new StringBuilder("Description:           Daily Index of EDGAR Dissemination Feed by Company Name\nLast Data Received:    Aug  3, 2026\n \n \nCompany Name                                                  Form Type   CIK\n      Date Filed  File Name\n");
        text.Append('-', 145).Append('\n');
        foreach ((string name, string form, long cik, string accession) in rows)
            text.Append(CultureInfo.InvariantCulture, $"{name,-62}{form.PadRight(formColumns)}{cik,-12}{day,-12}edgar/data/{cik}/{accession}.txt         \n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
