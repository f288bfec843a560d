namespace Risk.Connectors.Certificates;

/// <summary>One row as the file has it, trimmed.</summary>
/// <param name="Row">Data row, counted from 1.</param>
internal sealed record CertificatesRecord(long Row, string SupplierId, string Certificate, string Issued, string Expires, string Scope);
