using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.CountryRisk;

/// <summary>
/// The governance indicators as the data bank, its interface or the data set write them. Where a table has no percentile ranks but scores or estimates of (nearly) all
/// countries, as the edition of 2025, the countries are ranked here.
/// </summary>
internal static partial class GovernanceTable
{
    /// <summary>The indicators have had 180 to 214 countries since they began.</summary>
    private const int FewestToRank = 150;

    /// <summary>What a figure is; ranks are taken before what countries can be ranked by.</summary>
    private enum Basis { Rank, Score, Estimate }

    /// <summary>Null: no such table.</summary>
    /// <exception cref="SourceFailureException">Malformed: one of these tables without a figure that is of use.</exception>
    public static IReadOnlyList<CountryRiskRecord>? Read(CountryRiskTable table, FetchAudit audit)
    {
        List<(string Country, string Metric, int Year, Basis Basis, double Value)>? cells = Series(table, audit) ?? Rows(table, audit) ?? Sheet(table, audit);
        if (cells is null) return null;
        var figures = cells.GroupBy(c => (c.Metric, c.Year)).SelectMany(g => Ranked(g.Key.Metric, g.Key.Year, [.. g], audit)).ToList();
        return figures.Count > 0 ? figures : throw new SourceFailureException(
            FailureKind.Malformed, $"{table.Name} has the columns of the governance indicators, but neither percentile ranks nor scores of at least {FewestToRank} countries that could be ranked.");
    }

    /// <summary>A row for each country and series, a column for each year; blank rows and a footer at the end.</summary>
    private static List<(string, string, int, Basis, double)>? Series(CountryRiskTable table, FetchAudit audit)
    {
        int country = table.IndexOf("country code"), series = table.IndexOf("series code", "indicator code");
        ImmutableArray<(int Column, int Year)> years = table.Years(YearColumn());
        if (country < 0 || series < 0 || years.IsEmpty) return null;
        var cells = new List<(string, string, int, Basis, double)>();
        while (table.Read())
        {
            if (table.Text(series).Length == 0 || table.Text(country).Length == 0) continue;
            audit.CountRead();

            // Older exports call the series CC.PER.RNK, newer ones GOV_WGI_CC.PER.RNK or GOV_WGI_CC.SC; others (deviations, numbers of sources) are of no use.
            if (SeriesCode().Match(table.Text(series)) is not { Success: true } match || MetricOf(match.Groups["indicator"].Value) is not { } metric) continue;
            Basis basis = match.Groups["kind"].Value switch { "EST" => Basis.Estimate, "SC" => Basis.Score, _ => Basis.Rank };
            string code = CodeOf(table.Text(country));
            if (code.Length == 0) audit.Reject(table.Text(country), "no country's code");
            else foreach ((int column, int year) in years) Take(cells, code, metric, year, basis, table.Text(column));
        }

        return cells;
    }

    /// <summary>A row for each country, year and indicator.</summary>
    private static List<(string, string, int, Basis, double)>? Rows(CountryRiskTable table, FetchAudit audit)
    {
        int country = table.IndexOf("code"), year = table.IndexOf("year"), indicator = table.IndexOf("indicator"), rank = table.IndexOf("pctrank"), estimate = table.IndexOf("estimate");
        if (country < 0 || year < 0 || indicator < 0 || (rank < 0 && estimate < 0)) return null;
        var cells = new List<(string, string, int, Basis, double)>();
        while (table.Read())
        {
            audit.CountRead();
            string code = CodeOf(table.Text(country));
            if (code.Length == 0) audit.Reject(table.Text(country), "no country's code");
            else if (MetricOf(table.Text(indicator)) is not { } metric) audit.Reject($"{table.Text(country)} {table.Text(indicator)}", "no known indicator");
            else
            {
                Take(cells, code, metric, CountryRiskTables.Year(table.Text(year)), Basis.Rank, table.Text(rank));
                Take(cells, code, metric, CountryRiskTables.Year(table.Text(year)), Basis.Estimate, table.Text(estimate));
            }
        }

        return cells;
    }

    /// <summary>A sheet of the workbook of 2025 and later: one indicator, whose letters are the sheet's name and stand at the end of the file's.</summary>
    private static List<(string, string, int, Basis, double)>? Sheet(CountryRiskTable table, FetchAudit audit)
    {
        int country = table.IndexOf("economy (code)"), year = table.IndexOf("year"), dimension = table.IndexOf("governance dimension");
        int score = table.IndexOf("governance score (0-100)"), estimate = table.IndexOf("governance estimate (approx. -2.5 to +2.5)"), rank = table.IndexOf("percentile rank", "percentile rank (0-100)");
        if (country < 0 || year < 0 || (score < 0 && estimate < 0 && rank < 0)) return null;
        string? named = SheetName().Match(table.Name) is { Success: true } match ? MetricOf(match.Groups["indicator"].Value) : null;
        if (named is null && dimension < 0)
            throw new SourceFailureException(FailureKind.Malformed, $"{table.Name} does not say which indicator it is: save each sheet under its name at the end, as in wgi-2025-cc.csv.");
        var cells = new List<(string, string, int, Basis, double)>();
        while (table.Read())
        {
            audit.CountRead();
            string code = CodeOf(table.Text(country));
            if (code.Length == 0) audit.Reject(table.Text(country), "no country's code");
            else if ((named ?? MetricOf(table.Text(dimension))) is not { } metric) audit.Reject($"{table.Text(country)} {table.Text(dimension)}", "no known indicator");
            else
            {
                foreach ((int column, Basis basis) in ((int, Basis)[])[(rank, Basis.Rank), (score, Basis.Score), (estimate, Basis.Estimate)])
                    Take(cells, code, metric, CountryRiskTables.Year(table.Text(year)), basis, table.Text(column));
            }
        }

        return cells;
    }

    private static void Take(List<(string, string, int, Basis, double)> cells, string code, string metric, int year, Basis basis, string text)
    {
        if (year > 0 && CountryRiskTables.Number(text) is double figure && (basis == Basis.Estimate || figure is >= 0 and <= 100)) cells.Add((code, metric, year, basis, figure));
    }

    /// <summary>The ranks of one indicator and year: the table's own, or those of its scores or estimates, from 0 (lowest) to 100 (highest).</summary>
    private static IEnumerable<CountryRiskRecord> Ranked(string metric, int year, List<(string Country, string Metric, int Year, Basis Basis, double Value)> cells, FetchAudit audit)
    {
        if (cells.Exists(c => c.Basis == Basis.Rank)) return cells.Where(c => c.Basis == Basis.Rank).Select(c => new CountryRiskRecord(c.Country, metric, year, c.Value));
        Basis basis = cells.Min(c => c.Basis);
        var all = cells.Where(c => c.Basis == basis).DistinctBy(c => c.Country).ToList();
        if (all.Count < FewestToRank)
        {
            audit.Reject(string.Create(CultureInfo.InvariantCulture, $"{metric} {year}"), string.Create(CultureInfo.InvariantCulture, $"no percentile ranks, and scores of fewer than {FewestToRank} countries, which cannot be ranked"));
            return [];
        }

        double[] sorted = [.. all.Select(c => c.Value).Order()];
        string how = string.Create(CultureInfo.InvariantCulture, $"rank of its governance {(basis == Basis.Score ? "score" : "estimate")} among {all.Count} countries");
        return all.Select(c => new CountryRiskRecord(c.Country, metric, year, 100.0 * Below(sorted, c.Value) / (all.Count - 1)) { How = how });
    }

    private static int Below(double[] sorted, double value)
    {
        int at = Array.BinarySearch(sorted, value);
        while (at > 0 && sorted[at - 1] == value) at--;
        return at;
    }

    private static string CodeOf(string code) =>
        CountryNames.CodeOfAlpha3(code switch { "ROM" => "ROU", "ZAR" => "COD", "TMP" => "TLS", "WBG" => "PSE", "ADO" => "AND", "KSV" => "XKX", _ => code });

    private static string? MetricOf(string indicator)
    {
        string code = indicator.Length <= 2 ? indicator : indicator[^2..];
        return CountryRiskModule.Indicators.Where(i => i.Code.Equals(code, StringComparison.OrdinalIgnoreCase) || i.About.Equals(indicator, StringComparison.OrdinalIgnoreCase)).Select(i => i.Metric).FirstOrDefault();
    }

    [GeneratedRegex(@"^(?<year>(?:19|20)\d\d)(?: \[YR\d{4}\])?$", RegexOptions.CultureInvariant)]
    private static partial Regex YearColumn();

    [GeneratedRegex(@"^(?:GOV_WGI_)?(?<indicator>[A-Z]{2})[._](?<kind>PER[._]RNK|SC|EST)$", RegexOptions.CultureInvariant)]
    private static partial Regex SeriesCode();

    [GeneratedRegex(@"(?<![A-Za-z])(?<indicator>cc|rl|pv|ge|rq|va)\.csv$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SheetName();
}
