using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.SecEdgar;

/// <summary>A company's filings, oldest first, and what its profile says about its listing.</summary>
/// <param name="Filings">Ordered by <see cref="Filing.Compare"/>, each accession once.</param>
/// <param name="Listings">"WOLF on NYSE", one per ticker that an exchange lists; over-the-counter quotations do not count. Empty once delisted.</param>
/// <param name="OlderPages">File names of further pages with the newest filing date in each.</param>
internal sealed partial record FilingHistory(long Cik, IReadOnlyList<Filing> Filings, IReadOnlyList<string> Listings, IReadOnlyList<(string Name, DateOnly? Newest)> OlderPages)
{
    /// <summary>The columns of filings, newest first; recordings of 2022 lack some.</summary>
    private static readonly RecordFormat Columns = RecordFormat.Of(ColumnLines(""));

    private static readonly RecordFormat Submissions = RecordFormat.Of("""
        cik text|number
        name text
        entityType text optional
        sic text optional
        sicDescription text optional
        ownerOrg text optional
        insiderTransactionForOwnerExists number optional
        insiderTransactionForIssuerExists number optional
        tickers array
        exchanges array
        ein text optional
        lei text optional
        description text optional
        website text optional
        investorWebsite text optional
        category text optional
        fiscalYearEnd text optional
        stateOfIncorporation text optional
        stateOfIncorporationDescription text optional
        addresses object optional
        phone text optional
        flags text optional
        formerNames array optional
        filings object
        filings.recent object
        filings.files array
        filings.files[].name text
        filings.files[].filingCount number
        filings.files[].filingFrom text
        filings.files[].filingTo text

        """ + ColumnLines("filings.recent."));

    private static string ColumnLines(string owner) => string.Join('\n', ((string[])
        [
            "accessionNumber array", "filingDate array", "reportDate array", "acceptanceDateTime array", "act array optional", "form array", "fileNumber array", "filmNumber array optional", "items array", "core_type array optional",
            "size array optional", "isXBRL array optional", "isInlineXBRL array optional", "isXBRLNumeric array optional", "primaryDocument array optional", "primaryDocDescription array optional",
        ]).Select(line => owner + line));

    /// <summary>Clocks differ: a filing of the last minutes is no filing of the future.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    public bool IsListed => Listings.Count > 0;

    /// <summary>The list as it stood at an instant; the same list unless the instant is in the past.</summary>
    /// <remarks>Upstream keeps no earlier profile. Who was removed from listing later was listed then, so the listing of then can be told.</remarks>
    public FilingHistory KnownAt(DateTimeOffset at)
    {
        List<Filing> known = [.. Filings.Where(f => f.PublicFrom <= at + ClockSkew)];
        if (known.Count == Filings.Count) return this;
        Filing? removal = IsListed ? null : Filings.LastOrDefault(f => f.IsRemovalFromListing && f.PublicFrom > at + ClockSkew);
        return this with { Filings = known, Listings = removal is null ? Listings : [$"until {Dates.Text(removal.FiledOn)}"] };
    }

    /// <summary>Reads a submissions answer.</summary>
    /// <exception cref="SourceFailureException">Malformed: not JSON, another company's, or columns of unequal length.</exception>
    public static FilingHistory Read(ReadOnlyMemory<byte> json, long cik, FetchAudit audit)
    {
        Submissions.Check(json, audit);
        try
        {
            return From(JsonSerializer.Deserialize(json.Span, SecEdgarJson.Default.SubmissionsRecord), cik, audit);
        }
        catch (Exception error) when (IsBrokenJson(error))
        {
            throw Malformed(cik, "is not the expected JSON", error);
        }
    }

    /// <summary>Adds a page of older filings, which is the bare column object.</summary>
    /// <exception cref="SourceFailureException">As for <see cref="Read"/>.</exception>
    public FilingHistory WithPage(ReadOnlyMemory<byte> json, FetchAudit audit)
    {
        Columns.Check(json, audit);
        try
        {
            Dictionary<string, JsonElement> columns = JsonSerializer.Deserialize(json.Span, SecEdgarJson.Default.DictionaryStringJsonElement) ?? [];
            return this with { Filings = Sort([.. Filings, .. ReadColumns(columns, Cik, audit)]) };
        }
        catch (Exception error) when (IsBrokenJson(error))
        {
            throw Malformed(Cik, "has an older page that is not the expected JSON", error);
        }
    }

    private static FilingHistory From(SubmissionsRecord? record, long cik, FetchAudit audit)
    {
        if (record?.Filings?.Recent is not { } recent) throw Malformed(cik, "has no filings.recent");
        if (ReadCik(record.Cik) != cik) throw Malformed(cik, "is about another company");
        var pages = new List<(string, DateOnly?)>();
        foreach (FilingsPageRecord? page in record.Filings.Files ?? [])
        {
            // The name becomes part of a URL: nothing but upstream's own pattern is followed.
            if (page?.Name is { } name && PageName().IsMatch(name)) pages.Add((name, Dates.Parse(page.FilingTo)));
            else audit.Reject($"CIK {cik}", "page of older filings with an unexpected name");
        }

        return new FilingHistory(cik, Sort(ReadColumns(recent, cik, audit)), ReadListings(record), pages);
    }

    // Cells are decoded late: a broken escape in one of them shows as InvalidOperationException.
    private static bool IsBrokenJson(Exception error) => error is JsonException or InvalidOperationException;

    private static List<Filing> ReadColumns(Dictionary<string, JsonElement> columns, long cik, FetchAudit audit)
    {
        int rows = -1;
        foreach ((string name, JsonElement column) in columns)
        {
            if (column.ValueKind != JsonValueKind.Array) throw Malformed(cik, $"has a column '{Shorten(name)}' that is no list");
            if (rows >= 0 && column.GetArrayLength() != rows) throw Malformed(cik, "has columns of unequal length");
            rows = column.GetArrayLength();
        }

        string?[] accessions = Column("accessionNumber", required: true), forms = Column("form", required: true), filed = Column("filingDate", required: true);
        string?[] periods = Column("reportDate", required: false), items = Column("items", required: false), files = Column("fileNumber", required: false);
        string?[] accepted = Column("acceptanceDateTime", required: false);
        var filings = new List<Filing>(Math.Max(rows, 0));
        for (int row = 0; row < rows; row++)
        {
            audit.CountRead();
            if (accessions[row] is not { } accession || !Accession().IsMatch(accession))
            {
                audit.Reject($"CIK {cik} row {row}", "accession number missing or not in the form 0000000000-00-000000");
            }
            else if (Dates.Parse(filed[row]) is not { } filedOn)
            {
                audit.Reject(accession, "filing date missing or not a date");
            }
            else
            {
                string[] numbers = (items[row] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                filings.Add(new Filing(accession, forms[row] ?? "", filedOn, Dates.Parse(periods[row]), numbers, files[row] ?? "", Dates.ParseInstant(accepted[row])));
            }
        }

        return filings;

        string?[] Column(string name, bool required)
        {
            if (columns.TryGetValue(name, out JsonElement column)) return [.. column.EnumerateArray().Select(cell => cell.ValueKind == JsonValueKind.String ? cell.GetString() : null)];
            return required ? throw Malformed(cik, $"has no column '{name}'") : new string?[Math.Max(rows, 0)];
        }
    }

    private static List<Filing> Sort(List<Filing> filings)
    {
        List<Filing> unique = [.. filings.DistinctBy(f => f.Accession, StringComparer.Ordinal)];
        unique.Sort(Filing.Compare);
        return unique;
    }

    private static List<string> ReadListings(SubmissionsRecord record)
    {
        List<string?> tickers = record.Tickers ?? [], exchanges = record.Exchanges ?? [];
        var listings = new List<string>();
        for (int i = 0; i < tickers.Count; i++)
        {
            string exchange = i < exchanges.Count ? exchanges[i] ?? "" : "";
            bool isExchange = exchange.Length > 0 && !exchange.Equals("OTC", StringComparison.OrdinalIgnoreCase);
            if (isExchange && tickers[i] is { Length: > 0 } ticker) listings.Add($"{Shorten(ticker)} on {Shorten(exchange)}");
        }

        return listings;
    }

    private static long? ReadCik(JsonElement cik) => cik.ValueKind switch
    {
        JsonValueKind.Number when cik.TryGetInt64(out long number) => number,
        JsonValueKind.String => CentralIndexKey.Parse(cik.GetString()),
        _ => null,
    };

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40];

    private static SourceFailureException Malformed(long cik, string what, Exception? inner = null) =>
        new(FailureKind.Malformed, $"The submissions answer for CIK {cik} {what}; nothing of it was kept, the next run tries again.", inner);

    [GeneratedRegex(@"\ACIK\d{10}-submissions-\d{1,6}\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex PageName();

    [GeneratedRegex(@"\A\d{10}-\d{2}-\d{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Accession();
}
