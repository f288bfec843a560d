using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.CountryRisk;

/// <summary>The corruption index: a column for each year, a row for each country and year, or one year whose number stands in the file's name.</summary>
internal static partial class CorruptionTable
{
    private const string Metric = "country_cpi";

    /// <summary>Until 2011 the index went from 0 to 10, and some tables that go on with it do so still.</summary>
    private const double OldScale = 10;

    /// <summary>Null: no such table.</summary>
    public static IReadOnlyList<CountryRiskRecord>? Read(CountryRiskTable table, FetchAudit audit)
    {
        int country = table.IndexOf("country", "country / territory", "country/territory", "jurisdiction", "country name"), iso = table.IndexOf("iso3", "iso", "country code", "wb code");
        int year = table.IndexOf("year"), score = table.IndexOf("score", "cpi", "cpi score");
        ImmutableArray<(int Column, int Year)> years = table.Years(YearColumn());
        int named = Named().Match(table.Name) is { Success: true } match ? CountryRiskTables.Year(match.Groups["year"].Value) : 0;
        if (country < 0 || (years.IsEmpty && (score < 0 || (year < 0 && named == 0)))) return null;

        var figures = new Dictionary<(string Country, int Year), double>();
        while (table.Read())
        {
            string name = table.Text(country), code = CodeOf(table.Text(iso), name);
            if (name.Length == 0 && code.Length == 0) continue;
            audit.CountRead();
            if (code.Length == 0)
            {
                audit.Reject(name, "no country's name");
                continue;
            }

            if (years.IsEmpty) Take(code, year < 0 ? named : CountryRiskTables.Year(table.Text(year)), table.Text(score));
            else foreach ((int column, int at) in years) Take(code, at, table.Text(column));
        }

        // Tables over many years change their scale in the middle.
        Dictionary<int, double> scales = figures.GroupBy(f => f.Key.Year).ToDictionary(g => g.Key, g => g.Max(f => f.Value) <= OldScale ? OldScale : 1);
        return figures.Count == 0
            ? throw new SourceFailureException(FailureKind.Malformed, $"{table.Name} has the columns of a corruption index and no figure between 0 and 100.")
            : [.. figures.Select(f => new CountryRiskRecord(f.Key.Country, Metric, f.Key.Year, f.Value * scales[f.Key.Year]))];

        // 0.0 means missing; a country may have several rows, one for each spelling.
        void Take(string code, int at, string text)
        {
            if (at > 0 && CountryRiskTables.Number(text) is > 0 and <= 100 and double figure) figures[(code, at)] = Math.Max(figure, figures.GetValueOrDefault((code, at)));
        }
    }

    private static string CodeOf(string iso, string name) => CountryNames.CodeOfAlpha3(iso) is { Length: > 0 } code ? code : CountryRiskNames.CodeOf(name);

    /// <summary><c>2015</c>, <c>CPI score 2023</c>, <c>CPI 2024 score</c>, <c>CPI 2014</c>.</summary>
    [GeneratedRegex(@"^(?:CPI[ _])?(?:score[ _])?(?<year>(?:19|20)\d\d)(?:[ _]score)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex YearColumn();

    [GeneratedRegex(@"(?<!\d)(?<year>(?:19|20)\d\d)(?!\d)[^/]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
