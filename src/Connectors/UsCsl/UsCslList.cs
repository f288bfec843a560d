using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UsCsl;

/// <summary>The file: a dozen lists one below the other, <c>source</c> naming the list of each row.</summary>
internal sealed class UsCslList(FetchAudit audit)
{
    /// <summary>Share of one list's rows that may be gone since the last good file, but for a handful: single lists have vanished for days.</summary>
    private const double MaximumListShrink = 0.05;

    private const int Handful = 5;

    /// <summary>Lists that have been in the file for years.</summary>
    private static readonly string[] Sentinels = ["(SDN)", "(EL)", "(DPL)", "(UVL)", "(MEU)", "(DTC)", "(ISN)"];

    private static readonly string[] Columns =
    [
        "source", "type", "programs", "name", "alt_names", "addresses", "nationalities", "citizenships", "start_date", "end_date", "federal_register_notice", "license_requirement", "source_list_url",
    ];

    private static readonly CsvFormat Format = new() { RequireUtf8 = true };

    private static readonly RecordFormat Known = RecordFormat.OfColumns("""
        _id
        source
        entity_number
        type
        programs
        name
        title
        addresses
        federal_register_notice
        start_date
        end_date
        standard_order
        license_requirement
        license_policy
        call_sign
        vessel_type
        gross_tonnage
        gross_registered_tonnage
        vessel_flag
        vessel_owner
        remarks
        source_list_url
        alt_names
        citizenships
        dates_of_birth
        nationalities
        places_of_birth
        source_information_url
        ids
        """);

    private readonly List<UsCslRecord> records = [];

    /// <summary>The rows that are screened: those of the Treasury come from its own files, fresher and fuller.</summary>
    public IReadOnlyCollection<UsCslRecord> Records => records;

    /// <summary>Rows by list, the Treasury's as well.</summary>
    public SortedDictionary<string, int> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the file; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or a list is missing.</exception>
    public long Read(Snapshot part)
    {
        using CsvRecords csv = CsvRecords.Open(part.File, Format, part.Part);
        if (Columns.FirstOrDefault(c => csv.IndexOf(c) < 0) is { } missing) throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} has no column '{missing}'.");
        var rows = new ListRows(audit);
        while (csv.Read())
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"line {csv.Line}"), csv.Count == csv.Header.Length ? Take(csv) : "another number of columns than the header");
        long count = rows.Whole();
        Known.Check(csv.Header, count, audit);
        if (count > 0 && Sentinels.FirstOrDefault(s => !Lists.Keys.Any(l => l.Contains(s, StringComparison.Ordinal))) is { } list)
            throw new SourceFailureException(FailureKind.SentinelMissing, $"has no row of the list {list}");
        return count;
    }

    /// <summary>What of the lists shrank too much since the last good file, completing a sentence; null when nothing did.</summary>
    public string? Shrunk(IReadOnlyDictionary<string, int> lastGood)
    {
        foreach ((string list, int before) in lastGood)
        {
            int now = Lists.GetValueOrDefault(list);
            if (before - now > Math.Max(Handful, before * MaximumListShrink) || now == 0)
                return string.Create(CultureInfo.InvariantCulture, $"has {now} rows of '{list}' where the last good one has {before}");
        }

        return null;
    }

    private string? Take(CsvRecords csv)
    {
        string source = Text("source"), name = Text("name");
        if (source.Length == 0) return "no source";
        if (name.Length == 0) return "no name";
        Lists[source] = Lists.GetValueOrDefault(source) + 1;
        if (source.Contains("Treasury", StringComparison.Ordinal)) return null;
        records.Add(new UsCslRecord(
            source, Text("type"), Text("programs"), name, Text("alt_names"), Text("addresses"), Text("nationalities"), Text("citizenships"), Text("start_date"), Text("end_date"),
            Text("federal_register_notice"), Text("license_requirement"), Text("source_list_url")));
        return null;

        string Text(string column) => csv[column].Trim().ToString();
    }
}
