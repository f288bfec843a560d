using System.Collections.Immutable;
using Risk.Worker.Alerting.Calendars;

namespace Risk.Worker.Alerting.People;

/// <summary>How much any person is told, by all receivers together.</summary>
/// <param name="Digest">When what was over a ceiling and what was muted is told; null: nothing waits for digests of its own accord.</param>
/// <param name="MostPerHour">More messages within an hour wait for the digest; null: no ceiling. What is critical passes, and counts.</param>
/// <param name="MostPerDay">The same within 24 hours.</param>
internal sealed record PeoplePolicy(DigestSchedule? Digest, int? MostPerHour, int? MostPerDay, BurstPolicy? Burst)
{
    public static PeoplePolicy None { get; } = new(null, null, null, null);

    /// <summary>Own choices, by address.</summary>
    public ImmutableDictionary<string, DigestSchedule> OwnDigests { get; init; } = ImmutableDictionary.Create<string, DigestSchedule>(StringComparer.OrdinalIgnoreCase);

    public bool HasLimits => MostPerHour is not null || MostPerDay is not null || Burst is not null;
}

/// <summary>More messages than that within the time become one table.</summary>
internal sealed record BurstPolicy(int MoreThan, TimeSpan Within);
