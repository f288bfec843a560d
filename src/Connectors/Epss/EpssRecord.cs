namespace Risk.Connectors.Epss;

/// <summary>One row: the probability of being exploited within 30 days, and the share of CVEs that have no more.</summary>
internal readonly record struct EpssRecord(string Cve, double Epss, double Percentile);
