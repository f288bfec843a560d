namespace Risk.Connectors.WorldBankDebarred;

/// <summary>One element of ZPROCSUPP.</summary>
/// <param name="SuppTypeCode"><c>F</c> firm, <c>I</c> individual, else unknown.</param>
/// <param name="DebarToDate">2999-12-31 when permanent.</param>
internal sealed record WorldBankDebarredRecord(
    string SuppId, string SuppName, string AddSuppInfo, string SuppTypeCode, string Land1, string DebarFromDate, string DebarToDate, string DebarReason, string SuppEligStat,
    string DnbId);
