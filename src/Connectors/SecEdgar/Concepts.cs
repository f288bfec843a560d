namespace Risk.Connectors.SecEdgar;

/// <summary>US-GAAP concepts that the ratios rest on. Where several are named, the first that a company reports for the period counts.</summary>
internal static class Concepts
{
    public const string Assets = "Assets";
    public const string AssetsCurrent = "AssetsCurrent";
    public const string Liabilities = "Liabilities";
    public const string LiabilitiesCurrent = "LiabilitiesCurrent";
    public const string LiabilitiesAndEquity = "LiabilitiesAndStockholdersEquity";
    public const string EquityWithMinority = "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest";
    public const string Equity = "StockholdersEquity";
    public const string MinorityInterest = "MinorityInterest";
    public const string RetainedEarnings = "RetainedEarningsAccumulatedDeficit";
    public const string OperatingIncome = "OperatingIncomeLoss";

    /// <summary>Total interest. <c>InterestExpenseDebt</c> is left out: it is one part of it (Walmart reports leases beside it), and a part would flatter the cover.</summary>
    public static readonly string[] Interest = ["InterestExpense", "InterestExpenseNonoperating"];

    public static readonly string[] PretaxIncome =
    [
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
    ];

    public static readonly HashSet<string> All = new(
        [
            Assets, AssetsCurrent, Liabilities, LiabilitiesCurrent, LiabilitiesAndEquity, EquityWithMinority, Equity, MinorityInterest, RetainedEarnings, OperatingIncome,
            .. Interest, .. PretaxIncome,
        ],
        StringComparer.Ordinal);
}
