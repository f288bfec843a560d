using System.Globalization;

namespace Risk.Connectors.SecEdgar;

/// <summary>A model's value with its formula filled in and every figure it rests on.</summary>
internal sealed record Computed(double Value, string Formula, IReadOnlyList<CompanyFact> Inputs);

/// <summary>Ratios and models of financial distress. Pure; an input that is not reported gives no value, never a zero.</summary>
internal static class FinancialModels
{
    public static Computed? CurrentRatio(Statements s, DateOnly end) =>
        s.At(Line.CurrentAssets, end) is { } assets && s.At(Line.CurrentLiabilities, end) is { Value: > 0 } liabilities
            ? new Computed(assets.Value / liabilities.Value, $"{assets.Words} / {liabilities.Words}", Inputs(assets, liabilities))
            : null;

    public static Computed? Leverage(Statements s, DateOnly end) =>
        s.At(Line.Assets, end) is { Value: > 0 } assets && s.TotalLiabilities(end) is { Value: >= 0 } liabilities
            ? new Computed(liabilities.Value / assets.Value, $"{liabilities.Words} / {assets.Words}", Inputs(liabilities, assets))
            : null;

    public static Computed? InterestCover(Statements s, DateOnly end) =>
        s.Year(Line.Interest, end) is { Value: > 0 } interest && s.OperatingProfit(end) is { } profit
            ? new Computed(profit.Value / interest.Value, $"EBIT = {profit.Words} / {interest.Words}", Inputs(profit, interest))
            : null;

    /// <summary>In dollars only, because it is set against amounts in dollars.</summary>
    public static Computed? Revenue(Statements s, DateOnly end) => s.Currency == "USD" && s.Year(Line.Revenue, end) is { } revenue ? new Computed(revenue.Value, revenue.Words, revenue.Inputs) : null;

    /// <summary>Altman Z' for private manufacturers: 0.717 WC/TA + 0.847 RE/TA + 3.107 EBIT/TA + 0.420 BE/TL + 0.998 S/TA. Below 1.23 distress, above 2.90 safe.</summary>
    /// <remarks>E. I. Altman, Corporate Financial Distress (Wiley, 1983); book equity stands for the market's. Made for manufacturers: S/TA misleads elsewhere.</remarks>
    public static Computed? AltmanZ1(Statements s, DateOnly end)
    {
        if (Sheet.Of(s, end) is not { } sheet || s.Year(Line.Revenue, end) is not { } sales) return null;
        double onAssets = (0.717 * sheet.WorkingCapital) + (0.847 * sheet.Retained.Value) + (3.107 * sheet.Profit.Value) + (0.998 * sales.Value);
        return new Computed(
            (onAssets / sheet.Assets.Value) + (0.420 * sheet.Equity.Value / sheet.Liabilities.Value),
            $"0.717 WC/TA + 0.847 RE/TA + 3.107 EBIT/TA + 0.420 BE/TL + 0.998 S/TA, {sheet.Words}, S = {sales.Words}",
            [.. sheet.Inputs, .. sales.Inputs]);
    }

    /// <summary>Altman Z'' for private and non-manufacturing companies: 6.56 WC/TA + 3.26 RE/TA + 6.72 EBIT/TA + 1.05 BE/TL. Below 1.10 distress, above 2.60 safe.</summary>
    /// <remarks>E. I. Altman, Corporate Financial Distress and Bankruptcy (Wiley, 1993).</remarks>
    public static Computed? AltmanZ2(Statements s, DateOnly end)
    {
        if (Sheet.Of(s, end) is not { } sheet) return null;
        double onAssets = (6.56 * sheet.WorkingCapital) + (3.26 * sheet.Retained.Value) + (6.72 * sheet.Profit.Value);
        return new Computed(
            (onAssets / sheet.Assets.Value) + (1.05 * sheet.Equity.Value / sheet.Liabilities.Value), $"6.56 WC/TA + 3.26 RE/TA + 6.72 EBIT/TA + 1.05 BE/TL, {sheet.Words}", sheet.Inputs);
    }

    /// <summary>
    /// Ohlson's O, model 1 (failure within a year): -1.32 - 0.407 ln(TA/price index) + 6.03 TL/TA - 1.43 WC/TA + 0.0757 CL/CA - 1.72 X - 2.37 NI/TA - 1.83 FFO/TL + 0.285 Y
    /// - 0.521 (NI - NI before)/(|NI| + |NI before|); X: TL above TA, Y: two years of losses. The probability is 1/(1 + e^-O): half at 0.
    /// </summary>
    /// <remarks>
    /// J. A. Ohlson, Financial Ratios and the Probabilistic Prediction of Bankruptcy, Journal of Accounting Research 18 (1980). Statements in dollars only, because size is measured in
    /// dollars. Funds from operations are taken as cash from operations, which companies report since 1988.
    /// </remarks>
    public static Computed? OhlsonO(Statements s, DateOnly end)
    {
        if (s.Currency != "USD" || s.At(Line.Assets, end) is not { Value: > 0 } assets || s.TotalLiabilities(end) is not { Value: > 0 } liabilities) return null;
        if (s.At(Line.CurrentAssets, end) is not { Value: > 0 } current || s.At(Line.CurrentLiabilities, end) is not { } due) return null;
        if (s.Year(Line.NetIncome, end) is not { } income || s.Year(Line.OperatingCash, end) is not { } cash) return null;
        if (YearBefore(s, Line.NetIncome, end) is not { } before || Math.Abs(income.Value) + Math.Abs(before.Value) is not (> 0 and var swing)) return null;
        double o = -1.32
            - (0.407 * Math.Log(assets.Value / PriceIndex(end.Year - 1)))
            + (6.03 * liabilities.Value / assets.Value)
            - (1.43 * (current.Value - due.Value) / assets.Value)
            + (0.0757 * due.Value / current.Value)
            - (liabilities.Value > assets.Value ? 1.72 : 0)
            - (2.37 * income.Value / assets.Value)
            - (1.83 * cash.Value / liabilities.Value)
            + (income.Value < 0 && before.Value < 0 ? 0.285 : 0)
            - (0.521 * (income.Value - before.Value) / swing);
        return new Computed(
            o,
            string.Create(CultureInfo.InvariantCulture, $"probability {1 / (1 + Math.Exp(-o)):0.0%}, TA = {assets.Words}, TL = {liabilities.Words}, CA = {current.Words}, CL = {due.Words}, NI = {income.Words}, before {before.Words}, FFO = {cash.Words}"),
            Inputs(assets, liabilities, current, due, income, before, cash));
    }

    /// <summary>
    /// Piotroski's F: nine yes-or-no tests of the twelve months against those before: profit, cash flow, better return, cash above profit, less long-term debt, better liquidity, no new
    /// shares, better margin, better turnover. The value is how many were passed; <see cref="PiotroskiTests"/> says which were failed and which cannot be decided.
    /// </summary>
    /// <remarks>J. D. Piotroski, Value Investing, Journal of Accounting Research 38 supplement (2000). Returns and turnover are over the assets at the year's beginning.</remarks>
    public static PiotroskiTests? Piotroski(Statements s, DateOnly end)
    {
        if (s.YearBefore(end) is not { } before) return null;
        DateOnly? earlier = s.YearBefore(before);
        var tests = new PiotroskiTests();
        Amount? income = s.Year(Line.NetIncome, end), incomeBefore = s.Year(Line.NetIncome, before), cash = s.Year(Line.OperatingCash, end);
        Amount? assets = Positive(s.At(Line.Assets, end)), opening = Positive(s.At(Line.Assets, before)), openingBefore = earlier is { } day ? Positive(s.At(Line.Assets, day)) : null;
        tests.Add("profit", income is null ? null : income.Value > 0, income);
        tests.Add("cash flow", cash is null ? null : cash.Value > 0, cash);
        tests.Add("return on assets up", Over(income, opening) - Over(incomeBefore, openingBefore) is { } better ? better > 0 : null, income, opening, incomeBefore, openingBefore);
        tests.Add("cash flow above profit", cash is null || income is null ? null : cash.Value > income.Value, cash, income);
        Amount? debt = s.At(Line.LongTermDebt, end), debtBefore = s.At(Line.LongTermDebt, before);
        bool isSameDebt = debt is not null && debtBefore is not null && debt.Inputs[0].Concept == debtBefore.Inputs[0].Concept;
        tests.Add("long-term debt down", isSameDebt && Over(debt, assets) - Over(debtBefore, opening) is { } more ? more < 0 : null, debt, debtBefore, assets, opening);
        Computed? liquidity = CurrentRatio(s, end), liquidityBefore = CurrentRatio(s, before);
        tests.Add("liquidity up", liquidity is null || liquidityBefore is null ? null : liquidity.Value > liquidityBefore.Value, s.At(Line.CurrentAssets, end), s.At(Line.CurrentLiabilities, end), s.At(Line.CurrentAssets, before), s.At(Line.CurrentLiabilities, before));
        tests.AddShares(s.Shares(end), s.Shares(before));
        Amount? sales = s.Year(Line.Revenue, end), salesBefore = s.Year(Line.Revenue, before), gross = s.GrossProfit(end), grossBefore = s.GrossProfit(before);
        tests.Add("margin up", Over(gross, Positive(sales)) - Over(grossBefore, Positive(salesBefore)) is { } wider ? wider > 0 : null, gross, sales, grossBefore, salesBefore);
        tests.Add("turnover up", Over(sales, opening) - Over(salesBefore, openingBefore) is { } faster ? faster > 0 : null, sales, opening, salesBefore, openingBefore);
        return tests;
    }

    private static Amount? YearBefore(Statements s, Line line, DateOnly end) => s.YearBefore(end) is { } before ? s.Year(line, before) : null;

    private static Amount? Positive(Amount? amount) => amount is { Value: > 0 } ? amount : null;

    private static double? Over(Amount? part, Amount? whole) => part is null || whole is null ? null : part.Value / whole.Value;

    private static IReadOnlyList<CompanyFact> Inputs(params ReadOnlySpan<Amount> amounts)
    {
        var inputs = new List<CompanyFact>();
        foreach (Amount amount in amounts) inputs.AddRange(amount.Inputs);
        return inputs;
    }

    /// <summary>
    /// The general price level, 1968 = 100: the US implicit price deflator (BEA, NIPA table 1.1.9), rounded. Two percent of it move O by less than 0.01. After the last year it is
    /// carried on at 2.5 percent.
    /// </summary>
    private static double PriceIndex(int year)
    {
        const int FirstYear = 2005;
        ReadOnlySpan<double> index = [446, 460, 472, 481, 485, 490, 501, 510, 519, 529, 534, 539, 550, 563, 573, 581, 607, 649, 672, 689, 707];
        if (year <= FirstYear) return index[0];
        return year - FirstYear < index.Length ? index[year - FirstYear] : index[^1] * Math.Pow(1.025, year - FirstYear - index.Length + 1);
    }

    /// <summary>What both of Altman's models rest on.</summary>
    private sealed record Sheet(Amount Assets, Amount Current, Amount Due, Amount Retained, Amount Profit, Amount Equity, Amount Liabilities)
    {
        public double WorkingCapital => Current.Value - Due.Value;

        public string Words => $"TA = {Assets.Words}, WC = {Current.Words} - {Due.Words}, RE = {Retained.Words}, EBIT = {Profit.Words}, BE = {Equity.Words}, TL = {Liabilities.Words}";

        public IReadOnlyList<CompanyFact> Inputs => FinancialModels.Inputs(Assets, Current, Due, Retained, Profit, Equity, Liabilities);

        public static Sheet? Of(Statements s, DateOnly end)
        {
            if (s.At(Line.Assets, end) is not { Value: > 0 } assets || s.TotalEquity(end) is not { } equity || s.TotalLiabilities(end) is not { Value: > 0 } liabilities) return null;
            if (s.At(Line.CurrentAssets, end) is not { } current || s.At(Line.CurrentLiabilities, end) is not { } due) return null;
            return s.At(Line.RetainedEarnings, end) is { } retained && s.OperatingProfit(end) is { } profit ? new Sheet(assets, current, due, retained, profit, equity, liabilities) : null;
        }
    }
}

/// <summary>The nine tests of Piotroski's F.</summary>
internal sealed class PiotroskiTests
{
    /// <summary>A split and a large issue look the same on a report's cover.</summary>
    private const double LikeASplit = 1.5;

    private readonly List<string> passed = [], failed = [], open = [];
    private readonly List<CompanyFact> inputs = [];
    private readonly HashSet<string> words = new(StringComparer.Ordinal);
    private readonly List<string> told = [];

    public int Passed => passed.Count;

    public int Failed => failed.Count;

    public int Decided => passed.Count + failed.Count;

    public IReadOnlyList<CompanyFact> Inputs => inputs;

    public string Words
    {
        get
        {
            string undecided = open.Count > 0 ? $"; not decided for want of figures: {string.Join(", ", open)}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{passed.Count} of {Decided} tests passed ({List(passed)}), failed: {List(failed)}{undecided}; {string.Join(", ", told)}");
        }
    }

    public void Add(string test, bool? isPassed, params ReadOnlySpan<Amount?> from)
    {
        (isPassed switch { true => passed, false => failed, null => open }).Add(test);
        if (isPassed is null) return;
        foreach (Amount? amount in from)
        {
            if (amount is null || !words.Add(amount.Brief)) continue;
            told.Add(amount.Brief);
            inputs.AddRange(amount.Inputs);
        }
    }

    /// <summary>New shares: counted alike at both ends, from the balance sheets or from the covers.</summary>
    public void AddShares((Amount Amount, bool IsCover)? now, (Amount Amount, bool IsCover)? before)
    {
        bool isAlike = now is not null && before is not null && now.Value.IsCover == before.Value.IsCover && before.Value.Amount.Value > 0;
        double? growth = isAlike ? now!.Value.Amount.Value / before!.Value.Amount.Value : null;
        Add("no new shares", growth is null || (growth >= LikeASplit && now!.Value.IsCover) ? null : growth <= 1, now?.Amount, before?.Amount);
    }

    private static string List(List<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
