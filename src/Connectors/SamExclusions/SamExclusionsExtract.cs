using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.SamExclusions;

/// <summary>The public extract: one CSV file, packed as ZIP (some mirrors unpack it). About 170,000 rows in 70 MB, so only rows to screen are kept.</summary>
/// <param name="at">Exclusions that ended before are counted and not kept.</param>
internal sealed partial class SamExclusionsExtract(FetchAudit audit, DateTimeOffset at)
{
    private static readonly CsvFormat Format = new();

    private static readonly string[] Columns =
    [
        "Classification", "Name", "First", "Middle", "Last", "Country", "Exclusion Program", "Excluding Agency", "Exclusion Type", "Active Date", "Termination Date", "SAM Number",
    ];

    private static readonly RecordFormat Known = RecordFormat.OfColumns("""
        Classification
        Name
        Prefix
        First
        Middle
        Last
        Suffix
        Address 1
        Address 2
        Address 3
        Address 4
        City
        State / Province
        Country
        Zip Code
        Open Data Flag optional
        Blank (Deprecated) optional
        DUNS optional
        Unique Entity ID
        Exclusion Program
        Excluding Agency
        CT Code
        Exclusion Type
        Additional Comments
        Active Date
        Termination Date
        Record Status
        Cross-Reference
        SAM Number
        CAGE
        NPI
        Creation_Date optional
        """);

    private readonly List<SamExclusionsRecord> records = [];

    /// <summary>The same words stand in tens of thousands of rows.</summary>
    private readonly Dictionary<string, string> words = new(StringComparer.Ordinal);

    /// <summary>The day in the packed file's name; null when it has none.</summary>
    public DateTimeOffset? MadeAt { get; private set; }

    public IReadOnlyCollection<SamExclusionsRecord> Records => records;

    /// <summary>Reads the extract; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Neither ZIP nor the documented format.</exception>
    public long Read(Snapshot part)
    {
        using Stream text = IsPacked(part.File) ? Unpack(part) : File.OpenRead(part.File);
        using var csv = new CsvRecords(text, Format, part.Part);
        if (Columns.FirstOrDefault(c => csv.IndexOf(c) < 0) is { } missing) throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} has no column '{missing}'.");
        var rows = new ListRows(audit);
        while (csv.Read())
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"line {csv.Line}"), IsWhole(csv) ? Take(csv) : "another number of columns than the header");
        long count = rows.Whole();
        Known.Check(csv.Header, count, audit);
        return count;
    }

    /// <summary>A row may end with separators that nothing stands between.</summary>
    private static bool IsWhole(CsvRecords csv)
    {
        for (int i = csv.Header.Length; i < csv.Count; i++)
        {
            if (csv[i].Length > 0) return false;
        }

        return csv.Count >= csv.Header.Length;
    }

    private string? Take(CsvRecords csv)
    {
        var record = new SamExclusionsRecord(
            Text("SAM Number"), Word("Classification"), Text("Name"), Text("First"), Text("Middle"), Text("Last"), Word("Country"), Text("Unique Entity ID"), Text("CAGE"), Word("Exclusion Program"),
            Word("Excluding Agency"), Word("Exclusion Type"), Word("Additional Comments"), Word("Active Date"), Word("Termination Date"), Text("Cross-Reference"));
        if (record.SamNumber.Length == 0) return "no SAM Number";
        if (record.Name.Length == 0 && record.First.Length == 0 && record.Last.Length == 0) return "no name";
        if (SamExclusionsMapper.IsInForce(record, at) && !SamExclusionsMapper.IsTreasury(record.ExcludingAgency)) records.Add(record);
        return null;

        string Text(string column) => csv[column].Trim().ToString();

        string Word(string column)
        {
            string text = Text(column);
            if (words.TryGetValue(text, out string? known)) return known;
            return words[text] = text;
        }
    }

    private static bool IsPacked(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == 'P' && file.ReadByte() == 'K';
    }

    /// <summary>Unpacks the one CSV file beside the snapshot, to be read there: readers look at the text twice, which a packed stream cannot give. It is gone with the stream.</summary>
    private FileStream Unpack(Snapshot part)
    {
        var unpacked = new FileStream(
            $"{part.File}.{Guid.NewGuid():N}{SnapshotDownloads.TemporaryEnding}", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(part.File);
            ZipArchiveEntry[] members = [.. archive.Entries.Where(e => e.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))];
            if (members is not [ZipArchiveEntry member]) throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} packs {members.Length} CSV files; the extract is one.");
            MadeAt = Day().Match(member.Name) is { Success: true } day ? DayOf(day.Groups["year"].ValueSpan, day.Groups["day"].ValueSpan) : null;
            using Stream packed = member.Open();
            Copy(packed, unpacked, part.Part);
            unpacked.Position = 0;
            return unpacked;
        }
        catch (InvalidDataException e)
        {
            unpacked.Dispose();
            throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} is no ZIP file that can be unpacked; it is damaged or cut short.", e);
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    /// <summary>What a member says of its length is not believed.</summary>
    private static void Copy(Stream packed, FileStream unpacked, string part)
    {
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = packed.Read(buffer)) > 0)
        {
            unpacked.Write(buffer, 0, read);
            if (unpacked.Length > ListGuards.MaximumBytes)
                throw new SourceFailureException(FailureKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{part} unpacks to more than {ListGuards.MaximumBytes} bytes."));
        }
    }

    private static DateTimeOffset? DayOf(ReadOnlySpan<char> year, ReadOnlySpan<char> day)
    {
        var start = new DateTimeOffset(2000 + int.Parse(year, CultureInfo.InvariantCulture), 1, 1, 0, 0, 0, TimeSpan.Zero);
        int number = int.Parse(day, CultureInfo.InvariantCulture);
        return number is >= 1 and <= 366 ? start.AddDays(number - 1) : null;
    }

    /// <summary><c>SAM_Exclusions_Public_Extract_V2_26282.CSV</c>: the year and the day in it.</summary>
    [GeneratedRegex(@"_(?<year>\d{2})(?<day>\d{3})\.csv$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Day();
}
