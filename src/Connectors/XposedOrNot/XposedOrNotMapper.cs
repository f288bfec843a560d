using Risk.Connectors.Sdk.Breaches;

namespace Risk.Connectors.XposedOrNot;

internal static class XposedOrNotMapper
{
    public static BreachRow Map(XposedOrNotRecord record)
    {
        if (record.BreachType.StartsWith("Combo", StringComparison.OrdinalIgnoreCase)) return BreachRow.PassedOver("a list put together from others, no breach of a service");
        if (record.BreachType.StartsWith("Stealer", StringComparison.OrdinalIgnoreCase)) return BreachRow.PassedOver("collected by malware on people's own machines");
        string domain = BreachList.DomainOf(record.Domain);
        if (domain.Length == 0) return BreachRow.PassedOver("names no domain, so that it cannot be joined to a supplier");
        return new BreachRow(
            new BreachRecord(
                record.BreachID, record.BreachID, domain, record.BreachedDate, record.AddedDate, record.ExposedRecords, record.ExposedData, record.IsVerified,
                "https://xposedornot.com/breach/" + Uri.EscapeDataString(record.BreachID)),
            "", "");
    }
}
