using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Contracts;

/// <summary>Makes the deadline events of one supplier's contract.</summary>
internal static class ContractsMapper
{
    /// <returns>The end, and the last day for notice when the portfolio gives a notice period; nothing without an end.</returns>
    public static IEnumerable<EventSignal> Map(Supplier supplier, SourceId source, DateTimeOffset observedAt)
    {
        if (supplier.Contract is not { End: { } end } contract) yield break;
        string ends = Date(end);
        string afterwards = contract.AutoRenew switch
        {
            true => "it renews itself unless notice is given",
            false => "it does not renew itself",
            null => "whether it renews itself is not known",
        };
        string decision = contract.RenewalDecision == "none" ? "nothing is decided" : $"the decision is to {contract.RenewalDecision}";
        if (contract.NoticeDays is { } days)
        {
            DateTimeOffset notice = end.AddDays(-days);
            // A contract that runs on by itself costs money when the day is missed; one that ends anyway only costs time.
            yield return Event("notice", notice, $"Notice for contract {contract.Id} is due by {Date(notice)} (it ends {ends}): {afterwards}; {decision}", contract.AutoRenew == false ? 2 : 3);
        }

        yield return Event("end", end, $"Contract {contract.Id} ends {ends}: {afterwards}; {decision}", 2);

        EventSignal Event(string type, DateTimeOffset at, string title, int severity)
        {
            string excerpt = string.Create(
                CultureInfo.InvariantCulture,
                $"contract {contract.Id}: end {ends}, notice_days {contract.NoticeDays}, auto_renew {contract.AutoRenew}, renewal_decision {contract.RenewalDecision}, annual_value {contract.AnnualValue}");
            return new EventSignal
            {
                Supplier = supplier.Id,
                Source = source,
                Name = ContractsModule.Feed,
                Id = $"{contract.Id}:{type}",
                Type = type,
                Title = title,
                Severity = severity,
                Amount = contract.AnnualValue,
                Story = contract.Id,
                Due = at,
                OccurredAt = at,
                ObservedAt = observedAt,
                Evidence = new Evidence("suppliers.csv", excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
            };
        }
    }

    /// <summary>The last day before the instant: deadlines are the first instant that is too late.</summary>
    private static string Date(DateTimeOffset instant) => instant.AddSeconds(-1).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
