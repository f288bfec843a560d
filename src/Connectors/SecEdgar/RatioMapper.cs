using System.Globalization;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>Turns tagged figures into readings of the ratios and models. Pure.</summary>
/// <remarks>
/// A reading stands at its period's end, whenever it was filed. A ratio with a missing input gives no reading: missing is never 0. Flows are of twelve months to the balance sheet's
/// day; before the last two years only fiscal years are told.
/// </remarks>
internal static class RatioMapper
{
    /// <summary>How far before the newest period readings are kept.</summary>
    public const int YearsBack = 6;

    /// <summary>Of Piotroski's nine tests; with fewer the count says nothing.</summary>
    private const int FewestTests = 6;

    public static readonly MetricDefinition CurrentRatio = Define("current_ratio", 0, 100, "current assets over current liabilities");
    public static readonly MetricDefinition Leverage = Define("leverage", 0, 10, "total liabilities over total assets");
    public static readonly MetricDefinition InterestCover = Define("interest_cover", -10_000, 10_000, "operating profit (EBIT) over interest expense, twelve months");
    public static readonly MetricDefinition AltmanZ1 = Define("altman_z1", -100, 100, "Altman Z' for manufacturers: below 1.23 distress, above 2.90 safe");
    public static readonly MetricDefinition AltmanZ2 = Define("altman_z2", -100, 100, "Altman Z'': below 1.10 distress, above 2.60 safe");
    public static readonly MetricDefinition OhlsonO = Define("ohlson_o", -100, 100, "Ohlson's O: at 0 the probability of failure within a year is a half, at -2 it is 12 %; statements in dollars only");
    public static readonly MetricDefinition PiotroskiF = Define("piotroski_f", 0, 9, "Piotroski's F: tests passed of those that the figures decide; at least six of the nine", "tests");
    public static readonly MetricDefinition PiotroskiFailed = Define("piotroski_failed", 0, 9, "Piotroski's F: tests failed; an undecided test counts neither here nor there", "tests");

    public static readonly MetricDefinition Revenue = Define("revenue_12m", -1e13, 1e13, "revenue of the group, twelve months; statements in dollars only", "USD");

    public static readonly MetricDefinition[] All = [CurrentRatio, Leverage, InterestCover, AltmanZ1, AltmanZ2, OhlsonO, PiotroskiF, PiotroskiFailed, Revenue];

    public static IReadOnlyList<MetricSignal> Map(SupplierId supplier, long cik, CompanyFacts facts, DateTimeOffset observedAt)
    {
        if (Statements.Of(facts, Dates.Of(observedAt)) is not { } statements) return [];
        DateOnly oldest = statements.Ends[^1].AddYears(-YearsBack);
        var told = new Dictionary<MetricDefinition, Dictionary<DateOnly, double>>();
        var readings = new List<MetricSignal>();
        foreach (DateOnly end in statements.Ends.Where(e => e >= oldest))
        {
            Add(CurrentRatio, end, FinancialModels.CurrentRatio(statements, end));
            Add(Leverage, end, FinancialModels.Leverage(statements, end));
            Add(InterestCover, end, FinancialModels.InterestCover(statements, end));
            Add(AltmanZ1, end, FinancialModels.AltmanZ1(statements, end));
            Add(AltmanZ2, end, FinancialModels.AltmanZ2(statements, end));
            Add(OhlsonO, end, FinancialModels.OhlsonO(statements, end));
            Add(Revenue, end, FinancialModels.Revenue(statements, end));
            if (FinancialModels.Piotroski(statements, end) is not { Decided: >= FewestTests } tests) continue;
            Add(PiotroskiF, end, new Computed(tests.Passed, tests.Words, tests.Inputs));
            Add(PiotroskiFailed, end, new Computed(tests.Failed, tests.Words, tests.Inputs));
        }

        return readings;

        void Add(MetricDefinition metric, DateOnly end, Computed? computed)
        {
            if (computed is null || !double.IsFinite(computed.Value)) return;
            double value = Math.Clamp(computed.Value, metric.Minimum, metric.Maximum);
            // Out of range would be ignored as invalid, and the worst companies with it; the bound is as bad and stays a reading.
            string bounded = value == computed.Value ? "" : $" (computed {Number(computed.Value)}, given as the metric's bound)";
            if (!told.TryGetValue(metric, out Dictionary<DateOnly, double>? before)) told.Add(metric, before = []);
            before[end] = value;
            string excerpt = $"{metric.Name} {Number(value)}{bounded} at {Dates.Text(end)}{Trend(before, end, value)}, {statements.Currency}: {computed.Formula}; {Filings(computed.Inputs)}";
            CompanyFact newest = computed.Inputs.MaxBy(f => (f.Filed, f.Accession))!;
            readings.Add(new MetricSignal
            {
                Supplier = supplier,
                Source = SecEdgarModule.Id,
                Name = metric.Name,
                Value = value,
                OccurredAt = Dates.Midnight(end),
                ObservedAt = observedAt,
                Evidence = FilingEvidence.Of(cik, newest.Accession, excerpt, observedAt),
            });
        }
    }

    private static string Trend(Dictionary<DateOnly, double> before, DateOnly end, double value) =>
        Statements.Nearest([.. before.Keys], end) is { } day
            ? string.Create(CultureInfo.InvariantCulture, $" ({value - before[day]:+0.##;-0.##;0} in a year, {Number(before[day])} at {Dates.Text(day)})")
            : "";

    private static string Filings(IReadOnlyList<CompanyFact> inputs) =>
        string.Join(", ", inputs.DistinctBy(f => f.Accession).OrderByDescending(f => f.Filed).ThenBy(f => f.Accession, StringComparer.Ordinal).Select(f => $"{f.Form} {f.Accession} filed {Dates.Text(f.Filed)}"));

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static MetricDefinition Define(string name, double minimum, double maximum, string about, string unit = "ratio") =>
        new(name, MetricType.Double, minimum, maximum, TimeSpan.FromDays(550), unit, $"{char.ToUpperInvariant(about[0])}{about[1..]}; from XBRL figures of SEC filings, at the period's end.");
}
