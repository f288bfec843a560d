namespace Risk.Connectors.Sdk.Fda;

/// <summary>One product line of a recall that FDA oversees, in the words that all its publications share.</summary>
/// <param name="EventId">Of the recall; the lines of one recall share it.</param>
/// <param name="Class">1 (may kill) to 3 (unlikely to harm); 0 while FDA has not classified it.</param>
/// <param name="Status">Ongoing, Completed or Terminated.</param>
/// <param name="Country">ISO 3166-1 alpha-2, or "".</param>
/// <param name="InitiatedAt">When the firm began; null where the date is missing or impossible.</param>
/// <param name="ReportedAt">When FDA published it; null where the date is missing or impossible.</param>
internal sealed record FdaRecall(
    string EventId, string Number, int Class, string Status, string ProductType, string Product, string Reason, string Firm, string Place, string Country, DateTimeOffset? InitiatedAt, DateTimeOffset? ReportedAt)
{
    /// <summary>What the firm is called today, where it changed; or "".</summary>
    public string SurvivingFirm { get; init; } = "";

    /// <summary>What FDA found behind it ("Device Design"), or "".</summary>
    public string RootCause { get; init; } = "";
}
