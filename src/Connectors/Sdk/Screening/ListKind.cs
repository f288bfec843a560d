using Risk.Rules.Catalogs;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>What being on a list means for the buyer: the feed, and how much a sure match weighs in it.</summary>
/// <param name="Weight">Severity of a sure match, 1 to 5; a doubtful match is as far below it as below 5.</param>
public sealed record ListKind(FeedDefinition Feed, int Weight)
{
    private static readonly FeedDefinition Sanction = new("sanction", TimeSpan.FromDays(7), "Entries of sanctions lists that carry the supplier's name");

    private static readonly FeedDefinition Restriction = new(
        "restriction", TimeSpan.FromDays(7), "Entries of lists that carry the supplier's name and forbid some dealings without blocking the party: sectoral sanctions, export controls");

    private static readonly FeedDefinition Debarment = new("debarment", TimeSpan.FromDays(14), "Entries of lists of firms that a public buyer or lender excludes, and that carry the supplier's name");

    /// <summary>Assets are frozen; nearly every dealing is an offence.</summary>
    public static readonly ListKind Blocking = new(Sanction, 5);

    /// <summary>Some dealings need a licence or are forbidden; others are free.</summary>
    public static readonly ListKind Restricting = new(Restriction, 4);

    /// <summary>Dealings are free after more care.</summary>
    public static readonly ListKind Cautioning = new(Restriction, 3);

    /// <summary>Excluded from somebody else's contracts, mostly for fraud or corruption; dealing with the party is not forbidden.</summary>
    public static readonly ListKind Debarring = new(Debarment, 3);

    /// <summary>The kind of a feed and weight, as one of the above wrote them.</summary>
    /// <exception cref="ArgumentException">None of them did.</exception>
    public static ListKind Of(string feed, int weight) =>
        Array.Find([Blocking, Restricting, Cautioning, Debarring], k => k.Feed.Name == feed && k.Weight == weight) ?? throw new ArgumentException($"No kind of list has the feed '{feed}' and the weight {weight}.", nameof(feed));

    /// <summary>Whether the source is a list that the portfolio is screened against.</summary>
    public static bool IsGivenBy(SourceManifest manifest) => manifest.Feeds.Any(f => f.Name == Sanction.Name || f.Name == Restriction.Name || f.Name == Debarment.Name);

    /// <summary>1 to 5, from 3 to 5 for the match.</summary>
    public int Severity(int certainty) => Math.Max(1, certainty - (5 - Weight));
}
