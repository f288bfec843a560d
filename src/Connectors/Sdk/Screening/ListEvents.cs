using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Matching;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>How far the screening of a pair got: the stage of its event, which rules can ask for.</summary>
public static class MatchStages
{
    public const string Hit = "hit";

    /// <summary>Nobody has decided yet.</summary>
    public const string Possible = "possible";

    /// <summary>A person decided that it is the party.</summary>
    public const string Confirmed = "confirmed";
}

/// <summary>Makes the event of one match.</summary>
public static class ListEvents
{
    private const int MaximumExcerpt = 1000;

    /// <summary>Severity of a match before the list's own weight.</summary>
    private const int Sure = 5, CountryDiffers = 4, Doubtful = 3;

    /// <param name="list">The list's own file.</param>
    /// <param name="firstSeenAt">Where the list gives no listing date that is past, the event is dated by when the match was first found.</param>
    public static EventSignal Of(ListMatch match, Snapshot list, DateTimeOffset firstSeenAt, DateTimeOffset observedAt)
    {
        string excerpt = Excerpt(match, list);
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = list.Source,
            Name = match.Entry.Kind.Feed.Name,
            Id = match.Entry.Id,
            Type = match.Entry.Type,
            Title = Title(match),
            Severity = match.Entry.Kind.Severity(match.Result == MatchResult.Possible ? Doubtful : match.Country == CountryVerdict.Contradicts && match.Identifier is null ? CountryDiffers : Sure),
            Stage = match.Result == MatchResult.Possible ? MatchStages.Possible : MatchStages.Hit,
            Story = match.Entry.Story,
            OccurredAt = match.Entry.ListedAt is { } listed && listed <= observedAt ? listed : firstSeenAt,
            ObservedAt = observedAt,
            Evidence = new Evidence(match.Entry.Url, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), list.FetchedAt, list.Sha256),
        };
    }

    /// <summary>Severity of an event that a person has confirmed.</summary>
    public static int ConfirmedSeverity(ListKind kind) => kind.Severity(Sure);

    private static string Title(ListMatch match)
    {
        string alias = match.Listed.Strength switch
        {
            NameStrength.Primary => "",
            NameStrength.Alias => $" (alias of {match.Entry.Name})",
            _ => $" (weak alias of {match.Entry.Name})",
        };
        string programme = match.Entry.Programme.Length == 0 ? "" : $", programme {match.Entry.Programme}";
        string identifier = match.Identifier is { } same ? $"; the same {same.Scheme} {same.Value}" : "";
        return match.Result == MatchResult.Hit
            ? $"On {match.Entry.List} as {match.Listed.Text}{alias}{programme}{identifier}{Country(match)}"
            : string.Create(CultureInfo.InvariantCulture, $"May be {match.Listed.Text}{alias} on {match.Entry.List}{programme} (score {match.Score:0.00}){identifier}{Country(match)}; a person has to decide");
    }

    private static string Country(ListMatch match) => match.Country switch
    {
        CountryVerdict.Agrees => $"; country agrees ({match.SupplierCountry})",
        CountryVerdict.Contradicts => $"; country differs (supplier {match.SupplierCountry}, listed {string.Join(", ", match.Entry.Countries.Order(StringComparer.Ordinal))})",
        _ => "",
    };

    private static string Excerpt(ListMatch match, Snapshot list)
    {
        ListEntry entry = match.Entry;
        string kind = match.Listed.Strength switch { NameStrength.Primary => "primary name", NameStrength.Alias => "alias", _ => "weak alias" };
        string identifier = match.Identifier is { } same ? $"; {same.Scheme} {same.Value} is the same" : "";
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Reference}: {entry.Name}; {entry.PartyType}; programme {(entry.Programme.Length == 0 ? "none given" : entry.Programme)}; {kind} \"{match.Listed.Text}\", supplier \"{match.OwnName}\": score {match.Score:0.00} ({ScoreBands.Of(match.Score)}){identifier}; {match.Reasons}{(match.Reasons.Contains("country", StringComparison.Ordinal) ? "" : Country(match))}; OFAC's own search would show {match.OfficialScore}; list of {list.PublishedAt ?? list.FetchedAt:yyyy-MM-dd}, {list.Part} sha256 {list.Sha256[..12]}; remarks: {entry.Remarks}");
        return text.Length <= MaximumExcerpt ? text : text[..MaximumExcerpt];
    }
}
