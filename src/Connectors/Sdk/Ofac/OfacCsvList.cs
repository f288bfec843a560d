using System.Globalization;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Ofac;

/// <summary>The three files put together. They are exported one by one, so rows that join nothing are counted and tolerated up to a point.</summary>
internal sealed class OfacCsvList(FetchAudit audit)
{
    /// <summary>Share of a file's rows that may be unreadable.</summary>
    private const double TolerableBroken = 0.01;

    /// <summary>Share of a file's rows that may name a party that the file of parties lacks.</summary>
    private const double TolerableDrift = 0.05;

    private static readonly CsvFormat Format = new() { HasHeader = false, IgnoreCtrlZ = true, RequireUtf8 = true };

    private readonly Dictionary<int, OfacParty> parties = [];

    /// <summary>Name of the file of parties, once it was read.</summary>
    private string partiesPart = "";

    public IReadOnlyCollection<OfacParty> Parties => parties.Values;

    /// <summary>Reads the file of parties, which comes first; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long ReadParties(Snapshot part)
    {
        partiesPart = part.Part;
        return Read(part, columns: 12, TakeParty);
    }

    private string? TakeParty(CsvRecords csv)
    {
        if (!TryId(csv, out int entNum)) return "ent_num is no number";
        string name = OfacParty.Text(csv[1]);
        if (name.Length == 0) return "no name";
        var party = new OfacParty(entNum, name, OfacParty.Text(csv[2]), OfacParty.Text(csv[3]), OfacParty.Text(csv[11]));
        return parties.TryAdd(entNum, party) ? null : "ent_num is there twice";
    }

    /// <summary>Reads the file of aliases; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or of another list.</exception>
    public long ReadAliases(Snapshot part) => ReadJoined(part, columns: 5, static (csv, party) =>
    {
        string name = OfacParty.Text(csv[3]);
        if (name.Length > 0) party.Aliases.Add(name);
    });

    /// <summary>Reads the file of addresses; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or of another list.</exception>
    public long ReadAddresses(Snapshot part) => ReadJoined(part, columns: 6, static (csv, party) =>
    {
        string code = CountryNames.CodeOf(OfacParty.Text(csv[4]));
        if (code.Length > 0) party.Countries.Add(code);
    });

    private long ReadJoined(Snapshot part, int columns, Action<CsvRecords, OfacParty> join)
    {
        long strangers = 0;
        long rows = Read(part, columns, csv =>
        {
            if (!TryId(csv, out int entNum)) return "ent_num is no number";
            if (parties.TryGetValue(entNum, out OfacParty? party))
            {
                join(csv, party);
            }
            else
            {
                strangers++;
                audit.Reject($"{part.Part} {csv.Text(0)}", $"{part.Part}: ent_num is not in {partiesPart}");
            }

            return null;
        });
        if (strangers > rows * TolerableDrift)
            throw new SourceFailureException(FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"names parties that {partiesPart} does not have in {strangers} of {rows} rows"));
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
