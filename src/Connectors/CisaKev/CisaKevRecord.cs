using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.CisaKev;

/// <summary>One entry, in the catalogue's own field names; text is trimmed.</summary>
internal sealed record CisaKevRecord(
    string CveID, string VendorProject, string Product, string VulnerabilityName, DateTimeOffset DateAdded, string ShortDescription, string RequiredAction, DateTimeOffset? DueDate,
    bool KnownRansomwareCampaignUse)
{
    /// <summary>Reads an entry; the problem says which field is wrong.</summary>
    public static bool TryRead(JsonElement entry, out string key, [NotNullWhen(true)] out CisaKevRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = Text(entry, "cveID");
        string vendor = Text(entry, "vendorProject");
        if (key.Length == 0) problem = "no cveID";
        else if (vendor.Length == 0) problem = "no vendorProject";
        else if (!TryDate(Text(entry, "dateAdded"), out DateTimeOffset added)) problem = "dateAdded is no date";
        else
        {
            record = new CisaKevRecord(
                key, vendor, Text(entry, "product"), Text(entry, "vulnerabilityName"), added, Text(entry, "shortDescription"), Text(entry, "requiredAction"),
                TryDate(Text(entry, "dueDate"), out DateTimeOffset due) ? due : null,
                Text(entry, "knownRansomwareCampaignUse") == "Known");
        }

        return record is not null;
    }

    private static string Text(JsonElement entry, string name) => BoundedJson.Text(entry, name).Trim();

    private static bool TryDate(string text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
}
