using System.Globalization;
using System.Text;
using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>The models against figures worked out by hand, and against real companies worked out from their filings apart from this code.</summary>
public sealed class FinancialModelsTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);

    // 0.717 * 200/1000 + 0.847 * 100/1000 + 3.107 * 132.5/1000 + 0.420 * 400/600 + 0.998 * 1200/1000 = 0.1434 + 0.0847 + 0.4116775 + 0.28 + 1.1976
    [Fact]
    public void AltmanZ1_EveryInput_IsTheSumOfItsTerms() =>
        Assert.Equal(2.1173775, Read(FactsText.Whole().Flow("Revenues", "2025-01-01", "2025-12-31", 1200))["altman_z1"].Value, 7);

    [Fact]
    public void AltmanZ1_SeveralRevenueConcepts_TakesTheLargest()
    {
        FactsText text = FactsText.Whole().Flow("Revenues", "2025-01-01", "2025-12-31", 300).Flow("SalesRevenueNet", "2025-01-01", "2025-12-31", 1200);

        Assert.Equal(2.1173775, Read(text)["altman_z1"].Value, 7);
    }

    // -1.32 - 0.407 ln(1000/689) + 6.03 * 0.6 - 1.43 * 0.2 + 0.0757 * 0.5 - 2.37 * -0.05 - 1.83 * 30/600 + 0.285 - 0.521 * (-50 + 20)/70
    [Fact]
    public void OhlsonO_TwoYearsOfLosses_IsTheSumOfItsTerms()
    {
        FactsText text = FactsText.Whole().Instant("Assets", "2024-12-31", 900)
            .Flow("NetIncomeLoss", "2025-01-01", "2025-12-31", -50).Flow("NetIncomeLoss", "2024-01-01", "2024-12-31", -20)
            .Flow("NetCashProvidedByUsedInOperatingActivities", "2025-01-01", "2025-12-31", 30);

        MetricSignal o = Read(text)["ohlson_o"];

        Assert.Equal(-1.32 - (0.407 * Math.Log(1000.0 / 689)) + 3.618 - 0.286 + 0.03785 + 0.1185 - 0.0915 + 0.285 + (0.521 * 30 / 70), o.Value, 9);
        Assert.Contains("before NetIncomeLoss -20", o.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EUR")]
    [InlineData("")]
    public void OhlsonO_NotInDollarsOrWithoutAYearBefore_IsNotTold(string unit)
    {
        string currency = unit.Length > 0 ? unit : "USD";
        FactsText text = Whole(currency).Flow("NetIncomeLoss", "2025-01-01", "2025-12-31", -50, unit: currency).Flow("NetCashProvidedByUsedInOperatingActivities", "2025-01-01", "2025-12-31", 30, unit: currency);
        if (unit.Length > 0) text.Instant("Assets", "2024-12-31", 900, unit: currency).Flow("NetIncomeLoss", "2024-01-01", "2024-12-31", -20, unit: currency);

        Assert.DoesNotContain("ohlson_o", Read(text).Keys);
    }

    [Fact]
    public void Piotroski_BetterInEverything_PassesAllNine()
    {
        Dictionary<string, MetricSignal> readings = Read(ThreeYears(better: true));

        Assert.Equal((9.0, 0.0), (readings["piotroski_f"].Value, readings["piotroski_failed"].Value));
        Assert.Contains("9 of 9 tests passed", readings["piotroski_f"].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Contains("NetIncomeLoss 60 (12 months to 2025-12-31)", readings["piotroski_f"].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Piotroski_WorseInEverything_FailsAllNine()
    {
        Dictionary<string, MetricSignal> readings = Read(ThreeYears(better: false));

        Assert.Equal((0.0, 9.0), (readings["piotroski_f"].Value, readings["piotroski_failed"].Value));
    }

    [Fact]
    public void Piotroski_FiguresMissing_TheirTestsCountNeitherWayAndAreNamed()
    {
        Dictionary<string, MetricSignal> readings = Read(ThreeYears(better: true).Without("CostOfRevenue").Without("LongTermDebtNoncurrent"));

        Assert.Equal((7.0, 0.0), (readings["piotroski_f"].Value, readings["piotroski_failed"].Value));
        Assert.Contains("7 of 7 tests passed", readings["piotroski_f"].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Contains("not decided for want of figures: long-term debt down, margin up", readings["piotroski_f"].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Piotroski_FewerThanSixTestsDecided_IsNotTold() =>
        Assert.DoesNotContain("piotroski_f", Read(ThreeYears(better: true).Without("NetIncomeLoss").Without("Revenues")).Keys);

    // 100 + 60 - 40 over 30 + 12 - 9
    [Fact]
    public void Year_BetweenFiscalYears_IsTheYearWithThisPartForLastYears()
    {
        FactsText text = new FactsText().Instant("Assets", "2026-06-30", 1000)
            .Flow("OperatingIncomeLoss", "2025-01-01", "2025-12-31", 100).Flow("OperatingIncomeLoss", "2026-01-01", "2026-06-30", 60).Flow("OperatingIncomeLoss", "2025-01-01", "2025-06-30", 40)
            .Flow("InterestExpense", "2025-01-01", "2025-12-31", 30).Flow("InterestExpense", "2026-01-01", "2026-06-30", 12).Flow("InterestExpense", "2025-01-01", "2025-06-30", 9);

        MetricSignal cover = Read(text)["interest_cover"];

        Assert.Equal(120.0 / 33, cover.Value, 10);
        Assert.Contains("12 months: 100 from 2025-01-01 to 2025-12-31 + 60 from 2026-01-01 to 2026-06-30 - 40 from 2025-01-01 to 2025-06-30", cover.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Year_OfFourQuarters_IsTheirSum()
    {
        var text = new FactsText().Instant("Assets", "2026-06-30", 1000);
        foreach ((string start, string end, double profit) in new[] { ("2025-07-01", "2025-09-30", 1.0), ("2025-10-01", "2025-12-31", 2), ("2026-01-01", "2026-03-31", 3), ("2026-04-01", "2026-06-30", 4) })
            text.Flow("OperatingIncomeLoss", start, end, profit).Flow("InterestExpense", start, end, 2);

        Assert.Equal(10.0 / 8, Read(text)["interest_cover"].Value, 10);
    }

    [Theory]
    [InlineData("2025-01-01", "2025-12-31", "2025-01-01", "2025-03-31")]
    [InlineData("2024-12-31", "2025-12-30", "2025-01-01", "2025-06-30")]
    [InlineData("2025-02-01", "2025-12-31", "2025-02-01", "2025-06-30")]
    public void Year_PartsThatDoNotFitTogether_AreNotAddedUp(string yearStart, string yearEnd, string beforeStart, string beforeEnd)
    {
        FactsText text = new FactsText().Instant("Assets", "2026-06-30", 1000);
        foreach (string concept in new[] { "OperatingIncomeLoss", "InterestExpense" })
            text.Flow(concept, yearStart, yearEnd, 100).Flow(concept, "2026-01-01", "2026-06-30", 60).Flow(concept, beforeStart, beforeEnd, 40);

        Assert.DoesNotContain(Map(text), r => r.Name == "interest_cover" && r.OccurredAt.Year == 2026);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Year_APartWasRecastAndTheOthersWereNot_IsNotAddedUp(bool both)
    {
        var text = new FactsText().Instant("Assets", "2026-06-30", 1000);
        foreach (string concept in new[] { "OperatingIncomeLoss", "InterestExpense" })
        {
            text.Flow(concept, "2025-01-01", "2025-12-31", 100, "2026-02-20", SubmissionsText.Accession(1)).Flow(concept, "2025-01-01", "2025-12-31", 70, "2026-08-01", SubmissionsText.Accession(2))
                .Flow(concept, "2026-01-01", "2026-06-30", 60, "2026-08-01", SubmissionsText.Accession(2)).Flow(concept, "2025-01-01", "2025-06-30", 40, "2025-08-01", SubmissionsText.Accession(3));
            if (both) text.Flow(concept, "2025-01-01", "2025-06-30", 30, "2026-08-01", SubmissionsText.Accession(2));
        }

        Assert.Equal(both, Map(text).Any(r => r.Name == "interest_cover" && r.OccurredAt.Year == 2026));
    }

    [Fact]
    public void Read_AsOfADayBeforeTheRestatement_KnowsTheFirstFiguresOnly()
    {
        byte[] json = FactsText.Whole().Without("AssetsCurrent").Instant("AssetsCurrent", "2025-12-31", 400, "2026-02-20", SubmissionsText.Accession(1)).Instant("AssetsCurrent", "2025-12-31", 300, "2026-05-20", SubmissionsText.Accession(2)).Write();

        MetricSignal before = Current(json, new DateOnly(2026, 5, 19)), after = Current(json, new DateOnly(2026, 5, 20));

        Assert.Equal((2.0, 1.5), (before.Value, after.Value));
        Assert.DoesNotContain("first reported", before.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Contains("AssetsCurrent 300 [first reported 400]", after.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_AYearBefore_TellsTheTrend()
    {
        FactsText text = FactsText.Whole().Instant("AssetsCurrent", "2024-12-31", 500).Instant("LiabilitiesCurrent", "2024-12-31", 200);

        Assert.StartsWith("current_ratio 2 at 2025-12-31 (-0.5 in a year, 2.5 at 2024-12-31), USD:", Map(text).Last(r => r.Name == "current_ratio").Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_ForeignIssuerInIfrs_HasTheSameRatios()
    {
        string json = Encoding.UTF8.GetString(Whole("EUR").Write())
            .Replace("us-gaap", "ifrs-full", StringComparison.Ordinal).Replace("AssetsCurrent", "CurrentAssets", StringComparison.Ordinal).Replace("LiabilitiesCurrent", "CurrentLiabilities", StringComparison.Ordinal)
            .Replace("StockholdersEquity", "EquityAttributableToOwnersOfParent", StringComparison.Ordinal).Replace("RetainedEarningsAccumulatedDeficit", "RetainedEarnings", StringComparison.Ordinal)
            .Replace("OperatingIncomeLoss", "ProfitLossFromOperatingActivities", StringComparison.Ordinal).Replace("InterestExpense", "FinanceCosts", StringComparison.Ordinal);

        IReadOnlyList<MetricSignal> readings = RatioMapper.Map(new SupplierId("s"), 1234, CompanyFacts.Read(Encoding.UTF8.GetBytes(json), 1234, new FetchAudit()), Now);

        Assert.Equal([("current_ratio", 2.0), ("leverage", 0.6), ("interest_cover", 4.0), ("altman_z2", 3.2284)], readings.Select(r => (r.Name, Math.Round(r.Value, 10))));
        Assert.Contains(", EUR:", readings[0].Evidence.Excerpt, StringComparison.Ordinal);
    }

    /// <summary>Worked out from the recorded answers with another program.</summary>
    [Theory]
    [InlineData("companyfacts-trimmed/CIK0000945436.json", 945436, "altman_z2", "2015-09-30", -0.114593)]
    [InlineData("companyfacts-trimmed/CIK0000945436.json", 945436, "altman_z1", "2015-09-30", 0.007740)]
    [InlineData("companyfacts/CIK0001835632.json", 1835632, "ohlson_o", "2026-01-31", -7.565645)]
    [InlineData("companyfacts/CIK0001835632.json", 1835632, "piotroski_f", "2026-01-31", 8)]
    [InlineData("companyfacts/CIK0001835632.json", 1835632, "piotroski_failed", "2026-01-31", 1)]
    public void Map_RecordedCompany_IsWhatWasWorkedOutApart(string file, long cik, string metric, string day, double value)
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { } shared) return;
        CompanyFacts facts = CompanyFacts.Read(File.ReadAllBytes(Path.Combine(shared, "sources", "sec-edgar", file)), cik, new FetchAudit());

        Assert.Equal(value, RatioMapper.Map(new SupplierId("s"), cik, facts, Now).Single(r => r.Name == metric && r.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) == day).Value, 6);
    }

    private static FactsText Whole(string unit) => new FactsText()
        .Instant("Assets", "2025-12-31", 1000, unit: unit).Instant("AssetsCurrent", "2025-12-31", 400, unit: unit).Instant("LiabilitiesCurrent", "2025-12-31", 200, unit: unit).Instant("Liabilities", "2025-12-31", 600, unit: unit)
        .Instant("StockholdersEquity", "2025-12-31", 400, unit: unit).Instant("RetainedEarningsAccumulatedDeficit", "2025-12-31", 100, unit: unit)
        .Flow("OperatingIncomeLoss", "2025-01-01", "2025-12-31", 132.5, unit: unit).Flow("InterestExpense", "2025-01-01", "2025-12-31", 33.125, unit: unit);

    /// <summary>Balance sheets of three years and flows of two, better or worse from year to year in each of the nine tests.</summary>
    private static FactsText ThreeYears(bool better)
    {
        var text = new FactsText();
        double sign = better ? 1 : -1;
        foreach ((int year, double step) in new[] { (2023, 0.0), (2024, 0), (2025, 1) })
        {
            string end = $"{year}-12-31", start = $"{year}-01-01";
            text.Instant("Assets", end, 1000).Instant("AssetsCurrent", end, 300 + (sign * step * 50)).Instant("LiabilitiesCurrent", end, 200).Instant("LongTermDebtNoncurrent", end, 400 - (sign * step * 50))
                .Instant("CommonStockSharesOutstanding", end, 100 + (better ? 0 : step), unit: "shares");
            if (year == 2023) continue;
            text.Flow("NetIncomeLoss", start, end, better ? 40 + (step * 20) : -40 - (step * 20)).Flow("NetCashProvidedByUsedInOperatingActivities", start, end, better ? 90 : -90)
                .Flow("Revenues", start, end, 1000 + (sign * step * 100)).Flow("CostOfRevenue", start, end, (1000 + (sign * step * 100)) * (0.7 - (sign * step * 0.05)));
        }

        return text;
    }

    private static MetricSignal Current(byte[] json, DateOnly knownUntil) =>
        RatioMapper.Map(new SupplierId("s"), 1234, CompanyFacts.Read(json, 1234, new FetchAudit(), knownUntil), Now).Single(r => r.Name == "current_ratio");

    private static Dictionary<string, MetricSignal> Read(FactsText text) => Map(text).GroupBy(r => r.Name).ToDictionary(g => g.Key, g => g.MaxBy(r => r.OccurredAt)!);

    private static IReadOnlyList<MetricSignal> Map(FactsText text) => RatioMapper.Map(new SupplierId("s"), 1234, CompanyFacts.Read(text.Write(), 1234, new FetchAudit()), Now);
}
