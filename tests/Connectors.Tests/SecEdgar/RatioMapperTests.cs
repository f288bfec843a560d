using System.Text;
using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.SecEdgar;

public sealed class RatioMapperTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);
    private readonly FetchAudit audit = new();

    // Worked out by hand: 6.56 * 200/1000 + 3.26 * 100/1000 + 6.72 * 132.5/1000 + 1.05 * 400/600 = 1.312 + 0.326 + 0.8904 + 0.7 = 3.2284
    [Fact]
    public void Map_EveryInput_GivesEveryRatioAtThePeriodsEnd()
    {
        IReadOnlyList<MetricSignal> readings = Map(FactsText.Whole());

        Assert.Equal([("current_ratio", 2.0), ("leverage", 0.6), ("interest_cover", 4.0), ("altman_z2", 3.2284)], readings.Select(r => (r.Name, Math.Round(r.Value, 10))));
        Assert.All(readings, r => Assert.Equal(new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero), r.OccurredAt));
        Assert.All(readings, r => Assert.Equal("https://www.sec.gov/Archives/edgar/data/1234/000000123426000007/0000001234-26-000007-index.htm", r.Evidence.Url));
        Assert.Equal("current_ratio 2 at 2025-12-31, USD: AssetsCurrent 400 / LiabilitiesCurrent 200; 10-K 0000001234-26-000007 filed 2026-02-20", readings[0].Evidence.Excerpt);
        Assert.Contains("EBIT = OperatingIncomeLoss 132.5 (from 2025-01-01)", readings[3].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AssetsCurrent", "leverage interest_cover")]
    [InlineData("LiabilitiesCurrent", "leverage interest_cover")]
    [InlineData("InterestExpense", "current_ratio leverage altman_z2")]
    [InlineData("OperatingIncomeLoss", "current_ratio leverage")]
    [InlineData("RetainedEarningsAccumulatedDeficit", "current_ratio leverage interest_cover")]
    [InlineData("Assets", "current_ratio interest_cover")]
    public void Map_InputMissing_GivesNoReadingOfItsRatios(string missing, string remaining)
    {
        // LiabilitiesAndStockholdersEquity stands for the currency when Assets is what is missing.
        FactsText text = FactsText.Whole().Without(missing).Instant("LiabilitiesAndStockholdersEquity", "2025-12-31", 1000);

        Assert.Equal(remaining, string.Join(' ', Map(text).Select(r => r.Name)));
    }

    [Fact]
    public void Map_OnlyPartOfInterestTagged_GivesNoInterestCover() =>
        Assert.DoesNotContain(Map(FactsText.Whole().Without("InterestExpense").Flow("InterestExpenseDebt", "2025-01-01", "2025-12-31", 1)), r => r.Name == "interest_cover");

    [Fact]
    public void Map_LiabilitiesMissing_AreDerivedAndTheExcerptSaysSo()
    {
        FactsText text = FactsText.Whole().Without("Liabilities").Instant("LiabilitiesAndStockholdersEquity", "2025-12-31", 1000).Instant("MinorityInterest", "2025-12-31", 50);

        MetricSignal leverage = Assert.Single(Map(text), r => r.Name == "leverage");

        Assert.Equal(0.55, leverage.Value, 10);
        Assert.Contains("(Liabilities not reported, derived: LiabilitiesAndStockholdersEquity 1,000 - (StockholdersEquity 400 + MinorityInterest 50)) / Assets 1,000", leverage.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_NoOperatingIncome_TakesPretaxIncomePlusInterest()
    {
        FactsText text = FactsText.Whole().Without("OperatingIncomeLoss").Flow("IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest", "2025-01-01", "2025-12-31", 66.25);

        Assert.Equal(3.0, Assert.Single(Map(text), r => r.Name == "interest_cover").Value, 10);
    }

    [Theory]
    [InlineData("2025-10-01", false)]
    [InlineData("2025-01-17", false)]
    [InlineData("2025-01-16", true)]
    [InlineData("2024-12-17", true)]
    [InlineData("2024-12-16", false)]
    public void Map_FlowOfALength_CountsOnlyAsAWholeYear(string start, bool counts) =>
        Assert.Equal(counts, Map(FactsText.Whole(start)).Any(r => r.Name == "interest_cover"));

    [Fact]
    public void Map_Restated_NewestFiledWinsWhateverTheOrder()
    {
        FactsText Restated(string first, double a, string second, double b) => FactsText.Whole().Without("AssetsCurrent")
            .Instant("AssetsCurrent", "2025-12-31", a, first, "0000001234-26-000001").Instant("AssetsCurrent", "2025-12-31", b, second, "0000001234-26-000002");

        MetricSignal before = Map(FactsText.Whole())[0], after = Map(Restated("2026-02-20", 400, "2026-05-20", 300))[0], swapped = Map(Restated("2026-05-20", 300, "2026-02-20", 400))[0];

        Assert.Equal((1.5, 1.5), (after.Value, swapped.Value));
        Assert.Equal(before.Key, after.Key);
        Assert.Contains("0000001234-26-000001 filed 2026-05-20", swapped.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_InputsInDifferentCurrencies_AreNotMixed()
    {
        FactsText text = FactsText.Whole().Without("LiabilitiesCurrent").Instant("LiabilitiesCurrent", "2025-12-31", 200, unit: "EUR");

        Assert.DoesNotContain(Map(text), r => r.Name is "current_ratio" or "altman_z2");
    }

    [Theory]
    [InlineData("USD", 900.0)]
    [InlineData("EUR", null)]
    public void Map_Revenue_IsToldInDollarsOnly(string unit, double? revenue)
    {
        FactsText text = new FactsText().Instant("Assets", "2025-12-31", 1000, unit: unit).Flow("Revenues", "2025-01-01", "2025-12-31", 900, unit: unit);

        Assert.Equal(revenue, Map(text).SingleOrDefault(r => r.Name == "revenue_12m")?.Value);
    }

    [Fact]
    public void Map_LatestYearAlsoInDollarsForConvenience_IsReadInItsOwnCurrency()
    {
        FactsText text = new FactsText().Instant("Assets", "2024-12-31", 700, unit: "CNY").Instant("Assets", "2025-12-31", 720, unit: "CNY").Instant("Liabilities", "2025-12-31", 360, unit: "CNY")
            .Instant("Assets", "2025-12-31", 100).Instant("Liabilities", "2025-12-31", 51).Flow("Revenues", "2025-01-01", "2025-12-31", 90);

        Assert.Equal([("leverage", 0.5)], Map(text).Select(r => (r.Name, r.Value)));
    }

    [Fact]
    public void Map_Partnership_HasItsLeverage()
    {
        FactsText text = new FactsText().Instant("Assets", "2025-12-31", 1000).Instant("LiabilitiesAndStockholdersEquity", "2025-12-31", 1000).Instant("PartnersCapital", "2025-12-31", 300);

        Assert.Equal([("leverage", 0.7)], Map(text).Select(r => (r.Name, Math.Round(r.Value, 10))));
    }

    /// <summary>The fiscal year ended in December, then a quarter as a period of its own, then a new fiscal year: no twelve months can be put together of it in June.</summary>
    [Fact]
    public void Map_AfterATransitionPeriod_RevenueIsAbsentAndNotWrong()
    {
        FactsText text = new FactsText().Instant("Assets", "2025-06-30", 1000).Flow("Revenues", "2024-01-01", "2024-12-31", 400).Flow("Revenues", "2024-04-01", "2024-06-30", 100).Flow("Revenues", "2024-01-01", "2024-03-31", 90)
            .Flow("Revenues", "2025-01-01", "2025-03-31", 110).Flow("Revenues", "2025-04-01", "2025-06-30", 120);
        Assert.Equal(["2024-12-31", "2025-03-31"], Map(text).Where(r => r.Name == "revenue_12m").Select(r => Dates.Text(Dates.Of(r.OccurredAt))));
        Assert.Equal(420, Map(text).Last(r => r.Name == "revenue_12m").Value);

        text.Flow("Revenues", "2024-07-01", "2024-09-30", 100).Flow("Revenues", "2024-10-01", "2024-12-31", 110);
        Assert.Equal(440, Map(text).Single(r => r.Name == "revenue_12m" && Dates.Of(r.OccurredAt) == new DateOnly(2025, 6, 30)).Value);
    }

    [Fact]
    public void Read_FieldsThatChanged_AreToldAndTheRestIsRead()
    {
        string changed = Encoding.UTF8.GetString(FactsText.Whole().Write()).Replace("\"entityName\"", "\"name\"", StringComparison.Ordinal).Replace("\"fp\"", "\"period\"", StringComparison.Ordinal)
            .Replace("\"val\":33.125", "\"val\":\"33.125\"", StringComparison.Ordinal);

        Assert.Equal(8, CompanyFacts.Read(Encoding.UTF8.GetBytes(changed), 1234, audit).Facts.Count);
        Assert.Equal(["Unknown facts.*.*.units.*[].period 8", "Unknown name 1", "Retyped facts.*.*.units.*[].val 1"], audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
    }

    [Fact]
    public void Map_OldFacts_KeepTheirTruePeriodEnds()
    {
        IReadOnlyList<MetricSignal> readings = Map(FactsText.Whole("2014-01-01", "2014-12-31").Instant("Assets", "2015-09-30", 1000).Instant("Liabilities", "2015-09-30", 800));

        Assert.Equal(new DateTimeOffset(2015, 9, 30, 0, 0, 0, TimeSpan.Zero), readings.Where(r => r.Name == "leverage").Max(r => r.OccurredAt));
    }

    [Fact]
    public void Map_ReadingsOlderThanSixYearsBeforeTheNewest_AreLeftOut()
    {
        FactsText text = FactsText.Whole();
        foreach (string end in new[] { "2019-12-30", "2019-12-31" }) text.Instant("Assets", end, 10).Instant("Liabilities", end, 5);

        Assert.Equal([2019, 2025], Map(text).Where(r => r.Name == "leverage").Select(r => r.OccurredAt.Year));
    }

    [Fact]
    public void Map_BeyondTheMetricsRange_IsBoundedAndTheExcerptSaysSo()
    {
        MetricSignal leverage = Map(new FactsText().Instant("Assets", "2025-12-31", 1).Instant("Liabilities", "2025-12-31", 500)).Single();

        Assert.Equal(10, leverage.Value);
        Assert.Contains("(computed 500, given as the metric's bound)", leverage.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_NothingTagged_GivesNothing() => Assert.Empty(Map(new FactsText()));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"cik\":99,\"facts\":{}}")]
    [InlineData("{\"cik\":1234,\"facts\":[]}")]
    [InlineData("{\"cik\":1234,\"facts\":{\"us-gaap\":{\"Assets\":7}}}")]
    [InlineData("{\"cik\":1234,\"facts\":{\"us-gaap\":{\"Assets\":{\"units\":{\"USD\":{}}}}}}")]
    [InlineData("{\"cik\":1234,\"facts\":{\"us-gaap\":{\"Assets\":{\"units\":{\"USD\":[1]}}}}}")]
    [InlineData("{\"cik\":1234,\"facts\":{}} trailing")]
    [InlineData("<html>We are back soon</html>")]
    public void Read_NotTheFormat_IsMalformed(string text) => AssertMalformed(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Read_CutAnywhere_IsMalformed()
    {
        byte[] whole = FactsText.Whole().Write();
        for (int length = 0; length < whole.Length; length += 7) AssertMalformed(whole[..length]);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData((int)'"')]
    [InlineData((int)'9')]
    [InlineData((int)'{')]
    [InlineData(0xFE)]
    public void Read_BytesOverwritten_IsReadOrMalformed(int with)
    {
        byte[] whole = FactsText.Whole().Write();
        for (int at = 0; at < whole.Length; at += 3)
        {
            byte[] broken = [.. whole];
            broken[at] = (byte)with;
            Exception? thrown = Record.Exception(() => RatioMapper.Map(new SupplierId("acme"), 1234, CompanyFacts.Read(broken, 1234, audit), Now));
            Assert.True(thrown is null or SourceFailureException { Kind: FailureKind.Malformed }, $"byte {at}: {thrown}");
        }
    }

    [Fact]
    public void Read_DeepNesting_IsMalformed() => AssertMalformed(Encoding.UTF8.GetBytes("{\"cik\":1234,\"x\":" + new string('[', 100_000)));

    [Fact]
    public void Read_CikAsText_IsTheCompany() => Assert.Empty(CompanyFacts.Read("{\"cik\":\"0000001234\",\"facts\":{}}"u8, 1234, audit).Facts);

    [Fact]
    public void Read_FigureWithoutPeriod_IsRejectedAndTheOthersKept()
    {
        CompanyFacts facts = CompanyFacts.Read(FactsText.Whole().Instant("Assets", "", 5).Write(), 1234, audit);

        Assert.Equal(1, audit.Rejected);
        Assert.Equal(9, facts.Facts.Count);
    }

    private void AssertMalformed(byte[] json) =>
        Assert.Equal(FailureKind.Malformed, Assert.Throws<SourceFailureException>(() => CompanyFacts.Read(json, 1234, audit)).Kind);

    private IReadOnlyList<MetricSignal> Map(FactsText text) => RatioMapper.Map(new SupplierId("acme"), 1234, CompanyFacts.Read(text.Write(), 1234, audit), Now);
}
