using System.Globalization;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>Turns tagged figures into readings of the ratios. Pure.</summary>
/// <remarks>
/// A reading stands at its period's end, whenever it was filed. A ratio with a missing input gives no reading: missing is never 0. Flows are taken over a whole
/// year only, so <c>interest_cover</c> and <c>altman_z2</c> come once a year, <c>current_ratio</c> and <c>leverage</c> with every balance sheet.
/// </remarks>
internal static class RatioMapper
{
    /// <summary>How far before the newest period readings are kept.</summary>
    public const int YearsBack = 6;

    // A fiscal year of 52 or 53 weeks, and a calendar year in a leap year.
    private const int ShortestYearDays = 350;
    private const int LongestYearDays = 380;

    public static readonly MetricDefinition CurrentRatio = Define("current_ratio", 0, 100, "current assets over current liabilities");
    public static readonly MetricDefinition Leverage = Define("leverage", 0, 10, "total liabilities over total assets");
    public static readonly MetricDefinition InterestCover = Define("interest_cover", -10_000, 10_000, "operating profit (EBIT) over interest expense, a whole fiscal year");

    /// <summary>Altman's Z'' for private and non-manufacturing companies (E. Altman, Corporate Financial Distress and Bankruptcy, 1993).</summary>
    public static readonly MetricDefinition AltmanZ2 = Define("altman_z2", -100, 100, "Altman Z'': below 1.10 distress, above 2.60 safe");

    public static IReadOnlyList<MetricSignal> Map(SupplierId supplier, long cik, CompanyFacts facts, DateTimeOffset observedAt)
    {
        // Companies that tag several currencies are read in the one they report most balance sheets in.
        string? currency = facts.Facts.Keys.Where(k => k.Concept is Concepts.Assets or Concepts.LiabilitiesAndEquity)
            .GroupBy(k => k.Currency, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        if (currency is null) return [];

        List<CompanyFact> own = [.. facts.Facts.Values.Where(f => f.Currency == currency && f.End <= DateOnly.FromDateTime(observedAt.UtcDateTime))];
        if (own.Count == 0) return [];
        DateOnly oldest = own.Max(f => f.End).AddYears(-YearsBack);
        var readings = new List<MetricSignal>();
        foreach (IGrouping<DateOnly, CompanyFact> period in own.Where(f => f.End >= oldest).GroupBy(f => f.End).OrderBy(g => g.Key))
        {
            var sheet = new Period(period);
            Add(CurrentRatio, sheet.CurrentRatio());
            Add(Leverage, sheet.Leverage());
            Add(InterestCover, sheet.InterestCover());
            Add(AltmanZ2, sheet.AltmanZ2());

            void Add(MetricDefinition metric, Computed? computed)
            {
                if (computed is null || !double.IsFinite(computed.Value)) return;
                double value = Math.Clamp(computed.Value, metric.Minimum, metric.Maximum);
                // Out of range would be ignored as invalid, and the worst companies with it; the bound is as bad and stays a reading.
                string bounded = value == computed.Value ? "" : $" (computed {Number(computed.Value, "0.####")}, given as the metric's bound)";
                string excerpt = $"{metric.Name} {Number(value, "0.####")}{bounded} at {Dates.Text(period.Key)}, {currency}: {computed.Formula}; {Filings(computed.Inputs)}";
                CompanyFact newest = computed.Inputs.MaxBy(f => (f.Filed, f.Accession))!;
                readings.Add(new MetricSignal
                {
                    Supplier = supplier,
                    Source = SecEdgarModule.Id,
                    Name = metric.Name,
                    Value = value,
                    OccurredAt = Dates.Midnight(period.Key),
                    ObservedAt = observedAt,
                    Evidence = FilingEvidence.Of(cik, newest.Accession, excerpt, observedAt),
                });
            }
        }

        return readings;
    }

    private sealed record Computed(double Value, string Formula, IReadOnlyList<CompanyFact> Inputs);

    /// <summary>An amount that is one figure or a sum of several, with the words for it.</summary>
    private sealed record Amount(double Value, string Words, IReadOnlyList<CompanyFact> Inputs);

    /// <summary>The figures of one company whose period ends on one day.</summary>
    private sealed class Period(IEnumerable<CompanyFact> facts)
    {
        private readonly List<CompanyFact> facts = [.. facts];

        public Computed? CurrentRatio() =>
            Instant(Concepts.AssetsCurrent) is { } assets && Instant(Concepts.LiabilitiesCurrent) is { Value: > 0 } liabilities
                ? new Computed(assets.Value / liabilities.Value, $"{assets.Words} / {liabilities.Words}", [.. assets.Inputs, .. liabilities.Inputs])
                : null;

        public Computed? Leverage() =>
            Instant(Concepts.Assets) is { Value: > 0 } assets && TotalLiabilities() is { Value: >= 0 } liabilities
                ? new Computed(liabilities.Value / assets.Value, $"{liabilities.Words} / {assets.Words}", [.. liabilities.Inputs, .. assets.Inputs])
                : null;

        public Computed? InterestCover() =>
            Interest() is { Value: > 0 } interest && OperatingProfit() is { } profit
                ? new Computed(profit.Value / interest.Value, $"EBIT = {profit.Words} / {interest.Words}", [.. profit.Inputs, .. interest.Inputs])
                : null;

        public Computed? AltmanZ2()
        {
            if (Instant(Concepts.Assets) is not { Value: > 0 } assets || TotalEquity() is not { } equity || TotalLiabilities() is not { Value: > 0 } liabilities) return null;
            if (Instant(Concepts.AssetsCurrent) is not { } current || Instant(Concepts.LiabilitiesCurrent) is not { } due) return null;
            if (Instant(Concepts.RetainedEarnings) is not { } retained || OperatingProfit() is not { } profit) return null;
            double onAssets = (6.56 * (current.Value - due.Value)) + (3.26 * retained.Value) + (6.72 * profit.Value);
            return new Computed(
                (onAssets / assets.Value) + (1.05 * equity.Value / liabilities.Value),
                $"6.56 WC/TA + 3.26 RE/TA + 6.72 EBIT/TA + 1.05 BE/TL, TA = {assets.Words}, WC = {current.Words} - {due.Words}, RE = {retained.Words}, "
                + $"EBIT = {profit.Words}, BE = {equity.Words}, TL = {liabilities.Words}",
                [.. assets.Inputs, .. current.Inputs, .. due.Inputs, .. retained.Inputs, .. profit.Inputs, .. equity.Inputs, .. liabilities.Inputs]);
        }

        private Amount? TotalEquity()
        {
            if (Instant(Concepts.EquityWithMinority) is { } whole) return whole;
            if (Instant(Concepts.Equity) is not { } equity) return null;
            return Instant(Concepts.MinorityInterest) is { } minority
                ? new Amount(equity.Value + minority.Value, $"({equity.Words} + {minority.Words})", [.. equity.Inputs, .. minority.Inputs])
                : equity;
        }

        private Amount? TotalLiabilities()
        {
            if (Instant(Concepts.Liabilities) is { } stated) return stated;
            return Instant(Concepts.LiabilitiesAndEquity) is { } total && TotalEquity() is { } equity
                ? new Amount(total.Value - equity.Value, $"(Liabilities not reported, derived: {total.Words} - {equity.Words})", [.. total.Inputs, .. equity.Inputs])
                : null;
        }

        private Amount? Interest() => Concepts.Interest.Select(Year).FirstOrDefault(a => a is not null);

        private Amount? OperatingProfit()
        {
            if (Year(Concepts.OperatingIncome) is { } operating) return operating;
            return Concepts.PretaxIncome.Select(Year).FirstOrDefault(a => a is not null) is { } pretax && Interest() is { } interest
                ? new Amount(pretax.Value + interest.Value, $"(pre-tax {pretax.Words} + {interest.Words})", [.. pretax.Inputs, .. interest.Inputs])
                : null;
        }

        private Amount? Instant(string concept) => facts.Find(f => f.Concept == concept && f.Start is null) is { } fact ? Of(fact) : null;

        /// <summary>The figure over the whole year to the day; of several lengths the newest filed, then the longest.</summary>
        private Amount? Year(string concept) =>
            facts.Where(f => f.Concept == concept && f.Start is { } start && f.End.DayNumber - start.DayNumber + 1 is >= ShortestYearDays and <= LongestYearDays)
                .OrderByDescending(f => f.Filed).ThenBy(f => f.Start).FirstOrDefault() is { } fact ? Of(fact) : null;

        private static Amount Of(CompanyFact fact) => new(
            fact.Value,
            $"{fact.Concept} {Number(fact.Value, "#,0.##")}{(fact.Start is { } start ? $" (from {Dates.Text(start)})" : "")}",
            [fact]);
    }

    private static string Filings(IReadOnlyList<CompanyFact> inputs) =>
        string.Join(", ", inputs.DistinctBy(f => f.Accession).OrderByDescending(f => f.Filed).ThenBy(f => f.Accession, StringComparer.Ordinal).Select(f => $"{f.Form} {f.Accession} filed {Dates.Text(f.Filed)}"));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static MetricDefinition Define(string name, double minimum, double maximum, string about) =>
        new(name, MetricType.Double, minimum, maximum, TimeSpan.FromDays(550), "ratio", $"{char.ToUpperInvariant(about[0])}{about[1..]}; from XBRL figures of SEC filings, at the period's end.");
}
