using Risk.Connectors.Sdk.Breaches;

namespace Risk.Connectors.Hibp;

internal static class HibpMapper
{
    /// <summary>Rows that are no incident of the company named, and why.</summary>
    private static readonly (string Flag, string Reason)[] NoIncidents =
    [
        ("IsFabricated", "fabricated: the data is not what it was said to be"), ("IsSpamList", "a spam list, no breach of a service"), ("IsMalware", "collected by malware on people's own machines"),
        ("IsStealerLog", "collected by malware on people's own machines"), ("IsRetired", "retired: the list stands by it no longer"),
    ];

    public static BreachRow Map(HibpRecord record)
    {
        if (NoIncidents.FirstOrDefault(n => record.Flags.Contains(n.Flag)) is { Reason: { } reason }) return BreachRow.PassedOver(reason);
        string domain = BreachList.DomainOf(record.Domain);
        if (domain.Length == 0) return BreachRow.PassedOver("names no domain, so that it cannot be joined to a supplier");
        return new BreachRow(
            new BreachRecord(
                record.Name, record.Title.Length > 0 ? record.Title : record.Name, domain, record.BreachDate, record.AddedDate, record.PwnCount, record.DataClasses, record.Flags.Contains("IsVerified"),
                "https://haveibeenpwned.com/Breach/" + Uri.EscapeDataString(record.Name)),
            "", "");
    }
}
