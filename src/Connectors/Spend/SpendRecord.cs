namespace Risk.Connectors.Spend;

/// <summary>One payment, as the ledger has it.</summary>
/// <param name="File">As people call it: <c>spend/2026-03.csv</c>.</param>
/// <param name="SupplierId">The buyer's own key of the payee, or "".</param>
/// <param name="Payee">The payee's name, or "".</param>
/// <param name="Currency">ISO 4217, or "" where the row does not say.</param>
/// <param name="Transaction">Number of the payment or line, or "".</param>
internal sealed record SpendRecord(string File, int Line, string SupplierId, string Payee, decimal Amount, string Currency, DateOnly PaidOn, string Transaction)
{
    public string Place => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}");
}
