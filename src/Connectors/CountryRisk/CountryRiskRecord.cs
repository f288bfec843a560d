namespace Risk.Connectors.CountryRisk;

/// <summary>One figure of one country and year, as a file gives it.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Metric">The catalog's name.</param>
internal sealed record CountryRiskRecord(string Country, string Metric, int Year, double Value)
{
    /// <summary>How the figure was made of what the file gives; "" where the file has it.</summary>
    public string How { get; init; } = "";
}
