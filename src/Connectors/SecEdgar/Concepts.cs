using System.Collections.Frozen;

namespace Risk.Connectors.SecEdgar;

/// <summary>A line of the financial statements that a model needs, whatever the taxonomy calls it.</summary>
internal enum Line
{
    Assets, CurrentAssets, Liabilities, CurrentLiabilities, LiabilitiesAndEquity, EquityWithMinority, Equity, MinorityInterest, RetainedEarnings, LongTermDebt, Shares,
    OperatingProfit, Interest, PretaxProfit, Revenue, GrossProfit, CostOfSales, NetIncome, OperatingCash,
}

/// <summary>What a taxonomy calls the lines. Where several concepts are named, the first that a company reports for the period counts; of revenues the largest.</summary>
internal sealed class Concepts
{
    private readonly FrozenDictionary<Line, string[]> byLine;

    private Concepts(string taxonomy, Dictionary<Line, string[]> byLine)
    {
        Taxonomy = taxonomy;
        this.byLine = byLine.ToFrozenDictionary();
        All = byLine.Values.SelectMany(c => c).ToFrozenSet(StringComparer.Ordinal);
    }

    public string Taxonomy { get; }

    public FrozenSet<string> All { get; }

    public IReadOnlyList<string> Of(Line line) => byLine[line];

    public static Concepts UsGaap { get; } = new("us-gaap", new Dictionary<Line, string[]>
    {
        [Line.Assets] = ["Assets"],
        [Line.CurrentAssets] = ["AssetsCurrent"],
        [Line.Liabilities] = ["Liabilities"],
        [Line.CurrentLiabilities] = ["LiabilitiesCurrent"],
        [Line.LiabilitiesAndEquity] = ["LiabilitiesAndStockholdersEquity"],
        [Line.EquityWithMinority] = ["StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "PartnersCapitalIncludingPortionAttributableToNoncontrollingInterest"],
        [Line.Equity] = ["StockholdersEquity", "PartnersCapital", "MembersEquity"],
        [Line.MinorityInterest] = ["MinorityInterest"],
        [Line.RetainedEarnings] = ["RetainedEarningsAccumulatedDeficit"],
        [Line.LongTermDebt] = ["LongTermDebtNoncurrent", "LongTermDebt", "LongTermDebtAndCapitalLeaseObligations"],
        [Line.Shares] = ["CommonStockSharesOutstanding"],
        [Line.OperatingProfit] = ["OperatingIncomeLoss"],

        // Total interest. InterestExpenseDebt is left out: it is one part of it (Walmart reports leases beside it), and a part would flatter the cover.
        [Line.Interest] = ["InterestExpense", "InterestExpenseNonoperating"],
        [Line.PretaxProfit] =
        [
            "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
            "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
        ],
        [Line.Revenue] =
        [
            "Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "RevenueFromContractWithCustomerIncludingAssessedTax", "SalesRevenueNet", "SalesRevenueGoodsNet", "SalesRevenueServicesNet",
        ],
        [Line.GrossProfit] = ["GrossProfit"],
        [Line.CostOfSales] = ["CostOfRevenue", "CostOfGoodsAndServicesSold", "CostOfGoodsSold"],
        [Line.NetIncome] = ["NetIncomeLoss", "ProfitLoss"],
        [Line.OperatingCash] = ["NetCashProvidedByUsedInOperatingActivities", "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations"],
    });

    /// <summary>Foreign private issuers (20-F, 40-F, 6-K).</summary>
    public static Concepts Ifrs { get; } = new("ifrs-full", new Dictionary<Line, string[]>
    {
        [Line.Assets] = ["Assets"],
        [Line.CurrentAssets] = ["CurrentAssets"],
        [Line.Liabilities] = ["Liabilities"],
        [Line.CurrentLiabilities] = ["CurrentLiabilities"],
        [Line.LiabilitiesAndEquity] = ["EquityAndLiabilities"],
        [Line.EquityWithMinority] = ["Equity"],
        [Line.Equity] = ["EquityAttributableToOwnersOfParent"],
        [Line.MinorityInterest] = ["NoncontrollingInterests"],
        [Line.RetainedEarnings] = ["RetainedEarnings"],
        [Line.LongTermDebt] = ["LongtermBorrowings", "NoncurrentPortionOfNoncurrentBorrowings"],
        [Line.Shares] = ["NumberOfSharesOutstanding"],
        [Line.OperatingProfit] = ["ProfitLossFromOperatingActivities"],

        // Finance costs hold more than interest, so the cover errs on the side of caution.
        [Line.Interest] = ["FinanceCosts", "InterestExpense"],
        [Line.PretaxProfit] = ["ProfitLossBeforeTax"],
        [Line.Revenue] = ["Revenue", "RevenueFromContractsWithCustomers"],
        [Line.GrossProfit] = ["GrossProfit"],
        [Line.CostOfSales] = ["CostOfSales"],
        [Line.NetIncome] = ["ProfitLossAttributableToOwnersOfParent", "ProfitLoss"],
        [Line.OperatingCash] = ["CashFlowsFromUsedInOperatingActivities"],
    });

    /// <summary>Null for taxonomies that are not read.</summary>
    public static Concepts? Find(string taxonomy) => taxonomy == UsGaap.Taxonomy ? UsGaap : taxonomy == Ifrs.Taxonomy ? Ifrs : null;
}
