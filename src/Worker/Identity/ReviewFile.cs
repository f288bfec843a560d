using System.Globalization;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Identity;

namespace Risk.Worker.Identity;

/// <summary>The list of candidates that a person decides on: a CSV file whose last columns are theirs.</summary>
internal static class ReviewFile
{
    public const string Supplier = "supplier", Scheme = "scheme", Value = "value", Decision = "decision", By = "by", Note = "note";

    /// <summary>A confirmed candidate stands alone; otherwise a person chooses among these.</summary>
    public const int MostCandidates = 5;

    private static readonly string[] Columns =
        [Supplier, "supplier_name", "supplier_country", Scheme, Value, "verdict", "name", "country", "jurisdiction", "city", "state", "score", "margin", "evidence", "source", "link", Decision, By, Note];

    /// <summary>Candidates that are worth a person's look, the likeliest first.</summary>
    public static IEnumerable<IdentityCandidate> Offered(SupplierFinding finding) => finding.Verdict == IdentityVerdict.Confirmed
        ? finding.Candidates.Take(1) : finding.Candidates.Where(c => c.Verdict > IdentityVerdict.None).Take(MostCandidates);

    /// <returns>How many rows were written.</returns>
    public static int Write(TextWriter writer, IEnumerable<SupplierFinding> findings)
    {
        int rows = 0;
        writer.Write(string.Join(',', Columns) + "\n");
        foreach (SupplierFinding finding in findings.OrderBy(f => f.Supplier.Id).ThenBy(f => f.Scheme, StringComparer.Ordinal))
        {
            foreach (IdentityCandidate candidate in Offered(finding))
            {
                RegisteredEntity entity = candidate.Entity;
                string[] cells =
                [
                    finding.Supplier.Id.Value, finding.Supplier.Name, finding.Supplier.Country, finding.Scheme, entity.Identifier(finding.Scheme), VerdictText(candidate.Verdict), entity.LegalName, entity.Country,
                    entity.Jurisdiction, entity.City, entity.StateText, Number(candidate.Score), Number(candidate.Margin), string.Join("; ", candidate.Reasons), finding.Source.Value, entity.Url, "", "", "",
                ];
                writer.Write(string.Join(',', cells.Select(CsvCell.Write)) + "\n");
                rows++;
            }
        }

        return rows;
    }

    public static string VerdictText(IdentityVerdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>Behind another namesake the margin is negative, and a cell that begins with a minus would be guarded as a formula.</summary>
    private static string Number(double number) => Math.Max(0, number).ToString("0.00", CultureInfo.InvariantCulture);
}
