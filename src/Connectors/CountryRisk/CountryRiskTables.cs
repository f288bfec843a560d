using System.Globalization;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.CountryRisk;

/// <summary>Reads the tables that people download, of whichever year: the corruption index and the governance indicators.</summary>
internal static class CountryRiskTables
{
    /// <param name="name">Names the file in failures.</param>
    /// <exception cref="SourceFailureException">Malformed: none of the known tables, or none with a figure.</exception>
    public static IReadOnlyList<CountryRiskRecord> Read(byte[] file, string name, FetchAudit audit)
    {
        using CountryRiskTable? table = CountryRiskTable.Open(file, name);
        IReadOnlyList<CountryRiskRecord>? figures = table is null ? null : GovernanceTable.Read(table, audit) ?? CorruptionTable.Read(table, audit);
        return figures ?? throw new SourceFailureException(
            FailureKind.Malformed,
            $"{name} is none of the known tables: the corruption index (country and years, or country, year and score), or the governance indicators (Country Code and Series Code; code, year, indicator and pctrank; or Economy (code), Year and Governance score, one file for each indicator).");
    }

    /// <summary>With a decimal point or comma; null for "..", "#N/A", "NA" and nothing. No figure of these has a thousand.</summary>
    public static double? Number(string text) =>
        double.TryParse(text.Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    /// <summary>0 where it is none.</summary>
    public static int Year(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int year) && year is > 1990 and < 2100 ? year : 0;
}
