using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.OfacSdn;

/// <summary>The three files put together. They are exported one by one, so rows that join nothing are counted and tolerated up to a point.</summary>
internal sealed class OfacSdnList(FetchAudit audit)
{
    /// <summary>Share of a file's rows that may be unreadable.</summary>
    private const double TolerableBroken = 0.01;

    /// <summary>Share of a file's rows that may name a party that is not in sdn.csv.</summary>
    private const double TolerableDrift = 0.05;

    private static readonly CsvFormat Format = new() { HasHeader = false, IgnoreCtrlZ = true, RequireUtf8 = true };

    private readonly Dictionary<int, OfacSdnRecord> entries = [];

    public IReadOnlyCollection<OfacSdnRecord> Entries => entries.Values;

    /// <summary>Reads sdn.csv; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long ReadParties(Snapshot part) => Read(part, columns: 12, csv =>
    {
        if (!TryId(csv, out int entNum)) return "ent_num is no number";
        string name = OfacSdnRecord.Text(csv[1]);
        if (name.Length == 0) return "no name";
        var entry = new OfacSdnRecord(entNum, name, OfacSdnRecord.Text(csv[2]), OfacSdnRecord.Text(csv[3]), OfacSdnRecord.Text(csv[11]));
        return entries.TryAdd(entNum, entry) ? null : "ent_num is there twice";
    });

    /// <summary>Reads alt.csv; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or of another list.</exception>
    public long ReadAliases(Snapshot part) => ReadJoined(part, columns: 5, static (csv, entry) =>
    {
        string name = OfacSdnRecord.Text(csv[3]);
        if (name.Length > 0) entry.Names.Add(new SdnName(name, SdnNameKind.Alias, OfacSdnRecord.Text(csv[2])));
    });

    /// <summary>Reads add.csv; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or of another list.</exception>
    public long ReadAddresses(Snapshot part) => ReadJoined(part, columns: 6, static (csv, entry) =>
    {
        string code = OfacCountries.CodeOf(OfacSdnRecord.Text(csv[4]));
        if (code.Length > 0) entry.Countries.Add(code);
    });

    private long ReadJoined(Snapshot part, int columns, Action<CsvRecords, OfacSdnRecord> join)
    {
        long strangers = 0;
        long rows = Read(part, columns, csv =>
        {
            if (!TryId(csv, out int entNum)) return "ent_num is no number";
            if (entries.TryGetValue(entNum, out OfacSdnRecord? entry))
            {
                join(csv, entry);
            }
            else
            {
                strangers++;
                audit.Reject($"{part.Part} {csv.Text(0)}", $"{part.Part}: ent_num is not in sdn.csv");
            }

            return null;
        });
        if (strangers > rows * TolerableDrift)
            throw new SourceFailureException(FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"names parties that sdn.csv does not have in {strangers} of {rows} rows"));
        return rows;
    }

    /// <param name="take">Takes one row; gives what is wrong with it, or null.</param>
    private long Read(Snapshot part, int columns, Func<CsvRecords, string?> take)
    {
        using CsvRecords csv = CsvRecords.Open(part.File, Format, part.Part);
        long broken = 0;
        while (csv.Read())
        {
            audit.CountRead();
            string? problem = csv.Count == columns ? take(csv) : string.Create(CultureInfo.InvariantCulture, $"not {columns} columns");
            if (problem is null) continue;
            broken++;
            audit.Reject(string.Create(CultureInfo.InvariantCulture, $"{part.Part} line {csv.Line}"), $"{part.Part}: {problem}");
        }

        if (broken > csv.Row * TolerableBroken)
            throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"is not in the documented format in {broken} of {csv.Row} rows"));
        return csv.Row;
    }

    private static bool TryId(CsvRecords csv, out int entNum) => int.TryParse(csv[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out entNum);
}
