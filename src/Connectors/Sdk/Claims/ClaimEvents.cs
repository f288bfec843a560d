using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Claims;

/// <summary>How sure it is that a claim is about the supplier: the stage of its event, which rules can ask for.</summary>
internal static class ClaimStage
{
    /// <summary>The claim names the supplier's own domain.</summary>
    public const string Domain = "domain";

    /// <summary>The claim names the supplier, as far as names can tell.</summary>
    public const string Name = "name";

    /// <summary>The claim names somebody of a similar name.</summary>
    public const string SimilarName = "similar-name";

    /// <summary>The group lists it no longer: it may have been paid, sold, or wrong.</summary>
    public const string Delisted = "delisted";
}

/// <summary>Joins claims to suppliers through the matcher, and words them as what they are.</summary>
internal static class ClaimEvents
{
    private static readonly ListKind Kind = new(SharedFeeds.RansomwareClaim, 3);

    /// <summary>One event for each supplier and claim.</summary>
    public static IReadOnlyList<EventSignal> Of(FetchContext context, IEnumerable<RansomwareClaim> claims, Snapshot list, CancellationToken cancellationToken)
    {
        Dictionary<string, RansomwareClaim> byId = claims.GroupBy(c => c.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var screener = new ListScreener(byId.Values.Select(c => c.ToEntry(Kind, c.Id)));
        return [.. screener.Screen(context.Suppliers, cancellationToken).Select(match => Of(match, byId[match.Entry.Id], list, context.ObservedAt))];
    }

    /// <summary>The event once the group no longer lists the claim.</summary>
    public static EventSignal Delisted(EventSignal claim, DateTimeOffset observedAt) => claim with
    {
        Stage = ClaimStage.Delisted,
        Severity = Math.Max(1, claim.Severity - 1),
        Title = claim.Title + "; the group lists it no longer",
        ObservedAt = observedAt,
    };

    private static EventSignal Of(ListMatch match, RansomwareClaim claim, Snapshot list, DateTimeOffset observedAt)
    {
        (string stage, int severity, string joined) = match switch
        {
            { Identifier.Scheme: IdentifierScheme.Domain } => (ClaimStage.Domain, 3, $"it names the domain {claim.Domain}"),
            { Result: MatchResult.Hit } => (ClaimStage.Name, 2, $"it names '{match.Listed.Text}'"),
            _ => (ClaimStage.SimilarName, 1, $"it names '{match.Listed.Text}', which may be another company"),
        };
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = list.Source,
            Name = SharedFeeds.RansomwareClaim.Name,
            Id = claim.Id,
            Type = claim.Group,
            Title = string.Create(CultureInfo.InvariantCulture, $"Attack claimed by the ransomware group {claim.Group} in a post of {claim.PostedAt:yyyy-MM-dd}; {joined}; not confirmed"),
            Severity = severity,
            Stage = stage,
            Story = claim.Story,
            OccurredAt = claim.PostedAt,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(
                claim.Url, $"Claimed by {claim.Group}: '{claim.Shown}'{(claim.Country.Length > 0 ? ", " + claim.Country : "")}. Joined to '{match.OwnName}': {(stage == ClaimStage.Domain ? "the same domain" : match.Reasons)}.", observedAt, list),
        };
    }
}
