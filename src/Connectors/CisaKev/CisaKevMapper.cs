using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Products;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CisaKev;

/// <summary>Makes the event of one entry for one supplier.</summary>
internal static class CisaKevMapper
{
    private const int MaximumExcerpt = 1000;

    /// <remarks>
    /// Severity 4, and 5 when ransomware groups use it; 2 and 3 when it is not known that we use the product. The content hash covers the entry's words, so that a
    /// new release with the same entry is no new revision.
    /// </remarks>
    public static EventSignal Map(CisaKevRecord record, Supplier supplier, ProductMatch product, Snapshot snapshot, DateTimeOffset observedAt)
    {
        bool confirmed = product == ProductMatch.Confirmed;
        bool ransomware = record.KnownRansomwareCampaignUse;
        string excerpt = $"{record.VendorProject} {record.Product}: {record.VulnerabilityName}. {record.ShortDescription} Required action: {record.RequiredAction}";
        string hashed = string.Create(CultureInfo.InvariantCulture, $"{record.CveID}\n{excerpt}\n{record.DateAdded:yyyy-MM-dd}\n{record.DueDate:yyyy-MM-dd}\n{ransomware}");
        return new EventSignal
        {
            Supplier = supplier.Id,
            Source = snapshot.Source,
            Name = CisaKevModule.Feed,
            Id = record.CveID,
            Type = ransomware ? "kev-ransomware" : "kev",
            Title = $"{record.CveID} in {record.VendorProject} {record.Product} is being exploited{(ransomware ? ", by ransomware groups too" : "")}{(confirmed ? "" : " (product not confirmed)")}",
            Severity = (confirmed ? 4 : 2) + (ransomware ? 1 : 0),
            Story = record.CveID,
            Due = record.DueDate,
            OccurredAt = record.DateAdded,
            ObservedAt = observedAt,
            Evidence = new Evidence(
                "https://nvd.nist.gov/vuln/detail/" + record.CveID,
                excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..MaximumExcerpt],
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashed))),
                snapshot.FetchedAt,
                snapshot.Sha256),
        };
    }
}
