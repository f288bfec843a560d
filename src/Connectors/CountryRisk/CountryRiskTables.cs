using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.CountryRisk;

/// <summary>Reads the tables that people download: the corruption index by year, and the governance indicators as the World Bank's data bank or its data set writes them.</summary>
internal static partial class CountryRiskTables
{
    private const string Cpi = "country_cpi";

    /// <summary>Until 2011 the index went from 0 to 10, and tables that go on with it do so still.</summary>
    private const double OldScale = 10;

    /// <param name="stream">Seekable; disposed.</param>
    /// <param name="name">Names the file in failures.</param>
    /// <exception cref="SourceFailureException">Malformed: none of the known tables.</exception>
    public static IEnumerable<CountryRiskRecord> Read(Stream stream, string name, FetchAudit audit)
    {
        using var rows = new CsvRecords(stream, CsvFormat.ForPeople(stream), name);
        if (rows.IndexOf("Series Code") >= 0 && rows.IndexOf("Country Code") >= 0) return [.. DataBank(rows, audit)];
        if (rows.IndexOf("indicator") >= 0 && rows.IndexOf("pctrank") >= 0 && rows.IndexOf("code") >= 0 && rows.IndexOf("year") >= 0) return [.. DataSet(rows, audit)];
        (int Column, int Year)[] years = [.. rows.Header.Select((title, i) => (i, YearOf(CpiYear(), title))).Where(y => y.Item2 > 0)];
        int country = rows.Header.Select(h => h.ToLowerInvariant()).ToList().FindIndex(h => h is "country" or "country / territory" or "jurisdiction" or "country/territory");
        if (years.Length > 0 && country >= 0) return Corruption(rows, country, years, audit);
        throw new SourceFailureException(
            FailureKind.Malformed, $"{name} is none of the known tables: the corruption index (country and years), or the governance indicators (Country Code and Series Code; or code, year, indicator and pctrank).");
    }

    /// <summary>A column for each year, 0.0 where there is no figure, one country under several spellings.</summary>
    private static CountryRiskRecord[] Corruption(CsvRecords rows, int country, (int Column, int Year)[] years, FetchAudit audit)
    {
        var figures = new Dictionary<(string Country, int Year), double>();
        int iso = rows.IndexOf("ISO3");
        while (rows.Read())
        {
            audit.CountRead();
            string code = iso >= 0 ? CountryNames.CodeOfAlpha3(rows.Text(iso)) : CountryRiskNames.CodeOf(rows.Text(country));
            if (code.Length == 0)
            {
                audit.Reject(rows.Text(country), "no country's name");
                continue;
            }

            foreach ((int column, int year) in years)
            {
                if (Number(rows.Text(column)) is > 0 and <= 100 and double figure) figures[(code, year)] = Math.Max(figure, figures.GetValueOrDefault((code, year)));
            }
        }

        double scale = figures.Count > 0 && figures.Values.Max() <= OldScale ? OldScale : 1;
        return [.. figures.Select(f => new CountryRiskRecord(f.Key.Country, Cpi, f.Key.Year, f.Value * scale))];
    }

    /// <summary>A row for each country and series, a column for each year; blank rows and a footer at the end.</summary>
    private static IEnumerable<CountryRiskRecord> DataBank(CsvRecords rows, FetchAudit audit)
    {
        (int Column, int Year)[] years = [.. rows.Header.Select((title, i) => (i, YearOf(BankYear(), title))).Where(y => y.Item2 > 0)];
        while (rows.Read())
        {
            string series = rows.Text("Series Code");
            if (series.Length == 0 || rows.Text("Country Code").Length == 0) continue;
            audit.CountRead();

            // Older exports call the series CC.PER.RNK, newer ones GOV_WGI_CC.PER.RNK.
            if (!series.EndsWith(".PER.RNK", StringComparison.Ordinal) || MetricOf(series[..^".PER.RNK".Length]) is not { } metric) continue;
            string code = CountryNames.CodeOfAlpha3(rows.Text("Country Code"));
            if (code.Length == 0) audit.Reject(rows.Text("Country Name"), "no country's code");
            foreach ((int column, int year) in code.Length == 0 ? [] : years)
            {
                if (Number(rows.Text(column)) is >= 0 and <= 100 and double figure) yield return new CountryRiskRecord(code, metric, year, figure);
            }
        }
    }

    /// <summary>A row for each country, year and indicator; ".." or nothing where there is no figure.</summary>
    private static IEnumerable<CountryRiskRecord> DataSet(CsvRecords rows, FetchAudit audit)
    {
        while (rows.Read())
        {
            audit.CountRead();
            string country = rows.Text("code"), code = CountryNames.CodeOfAlpha3(country switch { "ROM" => "ROU", "ZAR" => "COD", "TMP" => "TLS", "WBG" => "PSE", "ADO" => "AND", "KSV" => "XKX", _ => country });
            if (code.Length == 0) audit.Reject(country, "no country's code");
            else if (MetricOf(rows.Text("indicator")) is not { } metric) audit.Reject($"{country} {rows.Text("indicator")}", "no known indicator");
            else if (int.TryParse(rows.Text("year"), NumberStyles.None, CultureInfo.InvariantCulture, out int year) && Number(rows.Text("pctrank")) is >= 0 and <= 100 and double figure)
                yield return new CountryRiskRecord(code, metric, year, figure);
        }
    }

    private static string? MetricOf(string indicator)
    {
        string code = indicator.Length <= 2 ? indicator : indicator[^2..];
        return CountryRiskModule.Indicators.Where(i => i.Code.Equals(code, StringComparison.OrdinalIgnoreCase)).Select(i => i.Metric).FirstOrDefault();
    }

    /// <summary>With a decimal point or comma; null for "..", "#N/A" and nothing. No figure of these has a thousand.</summary>
    private static double? Number(string text) =>
        double.TryParse(text.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static int YearOf(Regex pattern, string title) => pattern.Match(title) is { Success: true } match ? int.Parse(match.Groups["year"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:CPI[ _]score[ _])?(?<year>(?:19|20)\d\d)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CpiYear();

    [GeneratedRegex(@"^(?<year>(?:19|20)\d\d)(?: \[YR\d{4}\])?$", RegexOptions.CultureInvariant)]
    private static partial Regex BankYear();
}
