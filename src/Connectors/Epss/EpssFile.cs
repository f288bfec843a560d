using System.Globalization;
using System.IO.Compression;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Epss;

/// <summary>The daily file: a comment with model and date, a header, one row a CVE. 350,000 rows, of which only the wanted are kept.</summary>
internal sealed class EpssFile(FetchAudit audit, IReadOnlySet<string> wanted)
{
    public const long MaximumBytes = 128L << 20;

    private static readonly CsvFormat Format = new() { HasHeader = false, RequireUtf8 = true };

    private static readonly RecordFormat Columns = RecordFormat.Of("""
        cve text
        epss number
        percentile number
        """);

    private readonly Dictionary<string, EpssRecord> scores = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, EpssRecord> Scores => scores;

    /// <summary>When the scores were made; known once the file was read.</summary>
    public DateTimeOffset? ScoreDate { get; private set; }

    /// <summary>Reads the file; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long Read(Snapshot part)
    {
        using Stream text = IsPacked(part.File) ? Unpack(part) : File.OpenRead(part.File);
        using var csv = new CsvRecords(text, Format, part.Part);
        string[] columns = [];
        while (columns.Length == 0)
        {
            if (!csv.Read()) throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} has no header.");
            if (csv[0].StartsWith('#')) ReadComment(csv);
            else columns = [.. Enumerable.Range(0, csv.Count).Select(i => csv[i].Trim().ToString().ToLowerInvariant())];
        }

        int cve = Column(part, columns, "cve"), epss = Column(part, columns, "epss"), percentile = Column(part, columns, "percentile");
        if (ScoreDate is null) throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} states no score_date.");
        var rows = new ListRows(audit);
        while (csv.Read()) rows.Add(string.Create(CultureInfo.InvariantCulture, $"line {csv.Line}"), csv.Count == columns.Length ? Take(csv, cve, epss, percentile) : "another number of columns than the header");
        Columns.Check(columns, rows.Count, audit);
        return rows.Whole();
    }

    private string? Take(CsvRecords csv, int cve, int epss, int percentile)
    {
        if (!csv[cve].StartsWith("CVE-", StringComparison.Ordinal)) return "cve is no CVE number";
        if (!TryShare(csv[epss], out double score)) return "epss is no number from 0 to 1";
        if (!TryShare(csv[percentile], out double share)) return "percentile is no number from 0 to 1";
        string id = csv.Text(cve);
        if (wanted.Contains(id)) scores[id] = new EpssRecord(id, score, share);
        return null;
    }

    /// <summary>Small scores are written as <c>7e-05</c>.</summary>
    private static bool TryShare(ReadOnlySpan<char> text, out double share) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1;

    /// <summary><c>#model_version:v2026.06.15,score_date:2026-08-06T12:00:30Z</c>; the zone is also written <c>+0000</c>.</summary>
    private void ReadComment(CsvRecords csv)
    {
        const string Label = "score_date:";
        for (int i = 0; i < csv.Count; i++)
        {
            string field = csv.Text(i).TrimStart('#').Trim();
            if (field.StartsWith(Label, StringComparison.Ordinal)
                && DateTimeOffset.TryParse(field[Label.Length..].Replace("+0000", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at))
                ScoreDate = at;
        }
    }

    private static int Column(Snapshot part, string[] columns, string name) =>
        Array.IndexOf(columns, name) is >= 0 and var index ? index : throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} has no column '{name}'.");

    private static bool IsPacked(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
    }

    /// <summary>Unpacks beside the snapshot: the reader looks at the text twice, which a packed stream cannot give. It is gone with the stream.</summary>
    private static FileStream Unpack(Snapshot part)
    {
        var unpacked = new FileStream(
            $"{part.File}.{Guid.NewGuid():N}{SnapshotDownloads.TemporaryEnding}", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            using var packed = new GZipStream(File.OpenRead(part.File), CompressionMode.Decompress);
            byte[] buffer = new byte[64 * 1024];
            int read;
            while ((read = packed.Read(buffer)) > 0)
            {
                unpacked.Write(buffer, 0, read);
                if (unpacked.Length > MaximumBytes)
                    throw new SourceFailureException(FailureKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{part.Part} unpacks to more than {MaximumBytes} bytes."));
            }

            unpacked.Position = 0;
            return unpacked;
        }
        catch (InvalidDataException e)
        {
            unpacked.Dispose();
            throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} is no gzip file that can be unpacked; it is damaged or cut short.", e);
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }
}
