using System.Globalization;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Ofac;

/// <summary>The four files put together. They are exported one by one, so rows that join nothing are counted and tolerated up to a point.</summary>
internal sealed class OfacCsvList(FetchAudit audit)
{
    /// <summary>Share of a file's rows that may name a party that the file of parties lacks.</summary>
    private const double TolerableDrift = 0.05;

    private static readonly CsvFormat Format = new() { HasHeader = false, IgnoreCtrlZ = true, RequireUtf8 = true };

    /// <summary>"" is an entity. Others may come; they are no persons.</summary>
    private static readonly string[] KnownTypes = ["", "individual", "vessel", "aircraft"];

    /// <summary>Share of the parties whose type must be known: without a header, nothing else tells that a column was put in.</summary>
    private const double LeastKnownTypes = 0.5;

    private readonly Dictionary<int, OfacParty> parties = [];

    /// <summary>Name of the file of parties, once it was read.</summary>
    private string partiesPart = "";

    public IReadOnlyCollection<OfacParty> Parties => parties.Values;

    /// <summary>Reads the file of parties, which comes first; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long ReadParties(Snapshot part)
    {
        partiesPart = part.Part;
        long rows = Read(part, columns: 12, TakeParty);
        int known = parties.Values.Count(p => KnownTypes.Contains(p.SdnType));
        if (known < parties.Count * LeastKnownTypes)
            throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"has a type that OFAC uses in {known} of {parties.Count} rows only; its columns may have moved"));
        return rows;
    }

    private string? TakeParty(CsvRecords csv)
    {
        if (!TryId(csv, out int entNum)) return "ent_num is no number";
        string name = OfacParty.Text(csv[1]);
        if (name.Length == 0) return "no name";
        var party = new OfacParty(entNum, name, OfacParty.Text(csv[2]), OfacParty.Text(csv[3]), OfacParty.LongText(csv[11]));
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

    /// <summary>Reads the file with the rest of the remarks that were cut off; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format, or of another list.</exception>
    public long ReadComments(Snapshot part)
    {
        OfacParty[] cut = [.. parties.Values.Where(p => p.IsCut)];
        long rows = Read(part, columns: 2, csv =>
        {
            if (!TryId(csv, out int entNum)) return "ent_num is no number";
            if (parties.TryGetValue(entNum, out OfacParty? party) && party.IsCut) parties[entNum] = party with { Remarks = party.Remarks + csv.Text(1) };
            else audit.Reject($"{part.Part} {entNum}", $"{part.Part}: {partiesPart} has no remarks of the party that were cut off");
            return null;
        });
        OfacParty[] open = [.. cut.Where(p => parties[p.EntNum].IsCut)];
        if (cut.Length > 0 && open.Length == cut.Length)
            throw new SourceFailureException(FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"has the rest of none of the {cut.Length} remarks that {partiesPart} cuts off"));
        foreach (OfacParty party in open) audit.Reject(string.Create(CultureInfo.InvariantCulture, $"{partiesPart} {party.EntNum}"), $"{part.Part}: the rest of remarks is missing");
        return rows;
    }

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

    /// <summary>The rows must all be as wide as the first; columns that are added at the end are told and passed over.</summary>
    /// <param name="take">Takes one row; gives what is wrong with it, or null.</param>
    private long Read(Snapshot part, int columns, Func<CsvRecords, string?> take)
    {
        using CsvRecords csv = CsvRecords.Open(part.File, Format, part.Part);
        var rows = new ListRows(audit);
        int width = columns;
        while (csv.Read())
        {
            if (csv.Row == 1) width = Math.Max(csv.Count, columns);
            string? problem = csv.Count == width ? take(csv) : string.Create(CultureInfo.InvariantCulture, $"not {width} columns");
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"{part.Part} line {csv.Line}"), problem is null ? null : $"{part.Part}: {problem}");
        }

        long count = rows.Whole();
        for (int column = columns; column < width; column++) audit.Drift(FieldDrift.Unknown, string.Create(CultureInfo.InvariantCulture, $"{part.Part}: column {column + 1}"), (int)count);
        return count;
    }

    private static bool TryId(CsvRecords csv, out int entNum) => int.TryParse(csv[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out entNum);
}
