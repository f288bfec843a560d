using System.Globalization;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SubSuppliers;

/// <summary>
/// Reads the whole file at each run, and what is known of the companies in it: a row that is gone is a dependency that is gone, unless so much is gone, or so damaged, that the
/// file itself is in doubt.
/// </summary>
internal sealed class SubSuppliersConnector : IConnector
{
    /// <summary>A hundred rows for each of a hundred thousand suppliers is an export gone wrong.</summary>
    private const long MaximumBytes = 128 * 1024 * 1024;

    private const int FarthestTier = 9;
    private const string NoSupplier = "no active supplier of the portfolio has this id";

    private static readonly string[] Columns = ["supplier_id", "name", "id", "lei", "domain", "country", "delivers", "tier", "share"];

    /// <summary>A column that is none of these is passed over, and told.</summary>
    private static readonly RecordFormat Format = RecordFormat.Of(string.Join('\n', Columns.Select(c => c + " text optional")));

    internal static readonly string[] PassedOn = ["insolvency", "sanction"];

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = Path.Combine(context.Workspace, SubSuppliersModule.File);
        DateTimeOffset writtenAt = new(File.GetLastWriteTimeUtc(path).Date, TimeSpan.Zero);
        var mapper = new SubSuppliersMapper(context.Suppliers, context.Manifest.Id, writtenAt < context.ObservedAt ? writtenAt : context.ObservedAt, context.ObservedAt);
        (IReadOnlyList<(SubSuppliersRecord, FourthParty Party)> rows, bool isWhole) = Read(path, context, mapper);
        if (rows.Count == 0) throw new SourceFailureException(FailureKind.Malformed, $"{SubSuppliersModule.File} holds no sub-supplier that can be read; what was known stays. If there are none, delete the file.");
        string counts = RecordCounts.Check(context, [KeyValuePair.Create(SubSuppliersModule.File, context.Audit.Read)]);
        HashSet<SupplierId> known = [.. rows.Where(r => r.Party.Known is not null).Select(r => r.Party.Known!.Id)];
        var risks = new List<EventSignal>();
        foreach (string feed in PassedOn) risks.AddRange((await context.Known.OfFeedAsync(feed, cancellationToken).ConfigureAwait(false)).Where(e => known.Contains(e.Supplier) && SubSuppliersMapper.IsPassedOn(e)));
        yield return new ListUpdate([]) { Signals = [.. mapper.Map(rows, risks.ToLookup(r => r.Supplier))], Complete = isWhole, Checkpoint = counts };
    }

    /// <returns>What was read; and false when a row could not be, so that its dependency is not known to be gone.</returns>
    private static (IReadOnlyList<(SubSuppliersRecord, FourthParty)> Rows, bool IsWhole) Read(string path, FetchContext context, SubSuppliersMapper mapper)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MaximumBytes) throw new SourceFailureException(FailureKind.Misconfigured, $"{SubSuppliersModule.File} is larger than 128 MB; keep one row for each supplier and sub-supplier");
            return Read(stream, context, mapper);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No file is no knowledge: nothing may be taken back for it.
            throw new SourceFailureException(FailureKind.Misconfigured, $"{SubSuppliersModule.File} cannot be opened in the workspace; put it back, or take the source out of Risk:Sources:Enabled", e);
        }
    }

    private static (IReadOnlyList<(SubSuppliersRecord, FourthParty)> Rows, bool IsWhole) Read(Stream stream, FetchContext context, SubSuppliersMapper mapper)
    {
        using var csv = new CsvRecords(stream, CsvFormat.ForPeople(stream), SubSuppliersModule.File);
        int[] columns = [.. Columns.Select(csv.IndexOf)];
        if (columns[0] < 0 || columns[1] < 0)
            throw new SourceFailureException(FailureKind.Malformed, $"{SubSuppliersModule.File}:1:1: there is no column {Columns[columns[0] < 0 ? 0 : 1]}; the first row must name supplier_id and name, and may name {string.Join(", ", Columns[2..])}.");
        HashSet<string> suppliers = [.. context.Suppliers.Select(s => s.Id.Value)];
        var taken = new HashSet<(string, string)>();
        var rows = new List<(SubSuppliersRecord, FourthParty)>();
        bool isWhole = true;
        while (csv.Read())
        {
            context.Audit.CountRead();
            if (Record(csv, columns, suppliers, out SubSuppliersRecord record) is var (column, problem))
            {
                isWhole &= problem == NoSupplier;
                Reject(column, problem);
                continue;
            }

            FourthParty party = mapper.Identify(record);
            if (party.Key == record.SupplierId) Reject("name", "the supplier cannot stand behind itself");
            else if (!taken.Add((record.SupplierId, party.Key))) Reject("name", "the supplier has a row for this company already; sum them up in one");
            else rows.Add((record, party));
        }

        Format.Check(csv.Header, csv.Row, context.Audit);
        return (rows, isWhole);

        void Reject(string column, string problem) => context.Audit.Reject(
            string.Create(CultureInfo.InvariantCulture, $"{SubSuppliersModule.File}:{csv.Line}:{csv.ColumnOf(columns[Array.IndexOf(Columns, column)])}"), $"{column}: {problem}");
    }

    /// <summary>The row, and the column that is wrong with why; null when all is right.</summary>
    private static (string Column, string Problem)? Record(CsvRecords csv, int[] columns, HashSet<string> suppliers, out SubSuppliersRecord record)
    {
        string[] cells = [.. columns.Select(c => c < 0 ? "" : csv[c].Trim().ToString())];
        IdentifierCheck lei = cells[3].Length > 0 ? IdentifierChecks.Check(IdentifierScheme.Lei, cells[3]) : default, domain = cells[4].Length > 0 ? IdentifierChecks.Check(IdentifierScheme.Domain, cells[4]) : default;
        string country = cells[5].ToUpperInvariant();
        int tier = 0;
        double share = 0;
        bool isTier = cells[7].Length == 0 || (int.TryParse(cells[7], NumberStyles.None, CultureInfo.InvariantCulture, out tier) && tier is > 1 and <= FarthestTier);
        bool isShare = cells[8].Length == 0 || (double.TryParse(cells[8], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out share) && share is > 0 and <= 1);
        record = new SubSuppliersRecord(csv.Line, cells[0], cells[1], cells[2], lei.Value ?? "", domain.Value ?? "", country, cells[6], tier, cells[8].Length > 0 ? share : null);
        if (!suppliers.Contains(cells[0])) return ("supplier_id", NoSupplier);
        if (cells[1].Length == 0) return ("name", "is empty");
        if (cells[2].Length > 0 && !suppliers.Contains(cells[2])) return ("id", "no active supplier of the portfolio has this id; leave it empty for companies that we do not buy from");
        if (cells[3].Length > 0 && !lei.IsValid) return ("lei", lei.Problem);
        if (cells[4].Length > 0 && !domain.IsValid) return ("domain", domain.Problem);
        if (country.Length is not (0 or 2) || !country.All(char.IsAsciiLetterUpper)) return ("country", "is no code of two letters, as in DE");
        if (!isTier) return ("tier", "is no whole number from 2 to 9: 2 delivers to our supplier");
        return isShare ? null : ("share", "is no share; write 0.4 for 40 %");
    }
}
