using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>Makes the event of one match.</summary>
internal static class ListEvents
{
    private const int MaximumExcerpt = 1000;

    /// <param name="firstSeenAt">Where the list gives no listing date that is past, the event is dated by when the match was first found.</param>
    public static EventSignal Of(ListMatch match, Snapshot list, DateTimeOffset firstSeenAt, DateTimeOffset observedAt)
    {
        string excerpt = Excerpt(match);
        return new EventSignal
        {
            Supplier = match.Supplier.Id,
            Source = list.Source,
            Name = match.Entry.Kind.Feed.Name,
            Id = match.Entry.Id,
            Type = match.Entry.Type,
            Title = Title(match),
            Severity = match.Entry.Kind.Severity(match.Certainty),
            OccurredAt = match.Entry.ListedAt is { } listed && listed <= observedAt ? listed : firstSeenAt,
            ObservedAt = observedAt,
            Evidence = new Evidence(
                match.Entry.Url,
                excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..MaximumExcerpt],
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))),
                list.FetchedAt,
                list.Sha256),
        };
    }

    private static string Title(ListMatch match)
    {
        string alias = match.Listed.Strength switch
        {
            NameStrength.Primary => "",
            NameStrength.Alias => $" (alias of {match.Entry.Name})",
            _ => $" (weak alias of {match.Entry.Name})",
        };
        string programme = match.Entry.Programme.Length == 0 ? "" : $", programme {match.Entry.Programme}";
        return $"On {match.Entry.List} as {match.Listed.Text}{alias}{programme}{Country(match)}";
    }

    private static string Country(ListMatch match) => match.Country switch
    {
        CountryVerdict.Agrees => $"; country agrees ({match.Supplier.Country})",
        CountryVerdict.Contradicts => $"; country differs (supplier {match.Supplier.Country}, listed {string.Join(", ", match.Entry.Countries)})",
        _ => "",
    };

    private static string Excerpt(ListMatch match)
    {
        ListEntry entry = match.Entry;
        string how = match.IsExact ? "letter by letter" : match.IsOneWord ? "one word, after dropping the legal form; may be a namesake" : "after normalising spelling and legal form";
        string kind = match.Listed.Strength switch { NameStrength.Primary => "primary name", NameStrength.Alias => "alias", _ => "weak alias" };
        return $"{entry.Reference}: {entry.Name}; type {entry.PartyType}; programme {entry.Programme}; {kind} \"{match.Listed.Text}\" equals \"{match.OwnName}\" {how}{Country(match)}; remarks: {entry.Remarks}";
    }
}
