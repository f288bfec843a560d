using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.OfacSdn;

/// <summary>Makes the event of one match.</summary>
internal static class OfacSdnMapper
{
    private const int MaximumExcerpt = 1000;

    public static string EventId(SdnMatch match) => string.Create(CultureInfo.InvariantCulture, $"sdn-{match.Entry.EntNum}");

    /// <param name="firstSeenAt">The files give no listing date, so the event is dated by when the match was first found.</param>
    public static EventSignal Map(SdnMatch match, Snapshot list, DateTimeOffset firstSeenAt, DateTimeOffset observedAt)
    {
        string excerpt = Excerpt(match);
        return new EventSignal
        {
            Supplier = match.Supplier.Id,
            Source = list.Source,
            Name = OfacSdnModule.Feed,
            Id = EventId(match),
            Type = "ofac-sdn",
            Title = Title(match),
            Severity = match.Severity,
            OccurredAt = firstSeenAt,
            ObservedAt = observedAt,
            Evidence = new Evidence(
                string.Create(CultureInfo.InvariantCulture, $"https://sanctionssearch.ofac.treas.gov/Details.aspx?id={match.Entry.EntNum}"),
                excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..MaximumExcerpt],
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))),
                list.FetchedAt,
                list.Sha256),
        };
    }

    private static string Title(SdnMatch match)
    {
        string alias = match.Listed.Kind switch
        {
            SdnNameKind.Primary => "",
            SdnNameKind.Alias => $" (alias of {match.Entry.SdnName})",
            _ => $" (weak alias of {match.Entry.SdnName})",
        };
        return $"On the OFAC SDN list as {match.Listed.Text}{alias}, programme {match.Entry.Programmes}{Country(match)}";
    }

    private static string Country(SdnMatch match) => match.Country switch
    {
        CountryVerdict.Agrees => $"; country agrees ({match.Supplier.Country})",
        CountryVerdict.Contradicts => $"; country differs (supplier {match.Supplier.Country}, listed {string.Join(", ", match.Entry.Countries)})",
        _ => "",
    };

    private static string Excerpt(SdnMatch match)
    {
        OfacSdnRecord entry = match.Entry;
        string how = match.IsExact ? "letter by letter" : match.IsOneWord ? "one word, after dropping the legal form; may be a namesake" : "after normalising spelling and legal form";
        string kind = match.Listed.Kind switch { SdnNameKind.Primary => "primary name", SdnNameKind.Alias => "alias", _ => "weak alias" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ent_num {entry.EntNum}: {entry.SdnName}; type {(entry.SdnType.Length == 0 ? "entity" : entry.SdnType)}; programme {entry.Programmes}; {kind} \"{match.Listed.Text}\" equals \"{match.OwnName}\" {how}{Country(match)}; remarks: {entry.Remarks}");
    }
}
