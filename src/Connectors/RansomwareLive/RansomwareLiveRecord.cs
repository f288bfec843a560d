using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.RansomwareLive;

/// <summary>
/// One claim. The first version of the interface says post_title, group_name, website and published where the second says victim, group, domain and attackdate, and the paid one
/// victim, group, website and attackdate.
/// </summary>
/// <remarks>Links to the groups' own sites and their words about the victim are not read.</remarks>
internal sealed record RansomwareLiveRecord(string Victim, string Group, string Website, string Country, DateTimeOffset Published, DateTimeOffset Discovered)
{
    /// <summary>Of all versions of the interface; each claim has the names of one.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        id text optional
        victim text optional
        post_title text optional
        group text optional
        group_name text optional
        domain text optional
        website text optional
        country text
        activity text optional
        sector text optional
        attackdate text optional
        published text optional
        discovered text
        description text optional
        claim_url text optional
        post_url text optional
        url text optional
        permalink text optional
        screenshot text optional
        infostealer object|array|text|boolean optional
        press array|object|text optional
        duplicates array optional
        updates array optional
        modifications array optional
        extrainfos array|object|text optional
        data_size text|number optional
        ransom text|number optional
        """);

    public static bool TryRead(JsonElement claim, out string key, [NotNullWhen(true)] out RansomwareLiveRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = Either(claim, "victim", "post_title");
        string group = Either(claim, "group", "group_name");
        if (key.Length == 0) problem = "no victim";
        else if (group.Length == 0) problem = "no group";
        else if (!TryTime(BoundedJson.Text(claim, "discovered"), out DateTimeOffset discovered)) problem = "discovered is no date";
        else
        {
            // A date of posting after the discovery is a slip.
            DateTimeOffset published = TryTime(Either(claim, "attackdate", "published"), out DateTimeOffset said) && said <= discovered ? said : discovered;
            record = new RansomwareLiveRecord(key, group, Either(claim, "domain", "website"), CountryOf(BoundedJson.Text(claim, "country").Trim()), published, discovered);
        }

        return record is not null;
    }

    /// <summary>ISO code. Groups also write names, and UK.</summary>
    private static string CountryOf(string text) => text.ToUpperInvariant() is { Length: 2 } code ? code == "UK" ? "GB" : code : CountryNames.CodeOf(text);

    private static string Either(JsonElement claim, string name, string formerly) => BoundedJson.Text(claim, name).Trim() is { Length: > 0 } text ? text : BoundedJson.Text(claim, formerly).Trim();

    /// <summary>Without a zone, and UTC.</summary>
    private static bool TryTime(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
}
