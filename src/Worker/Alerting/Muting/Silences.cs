using System.Collections.Immutable;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Muting;

/// <summary>For a time, alerts that meet all matchers are not told. They are raised, scored and listed as always.</summary>
/// <param name="StartsAt">From this instant on.</param>
/// <param name="EndsAt">Until before this instant.</param>
/// <param name="ApprovedBy">"" when nobody had to agree.</param>
/// <param name="Ticket">"" when none was given.</param>
internal sealed record Silence(
    string Id, ImmutableArray<Matcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Author, string ApprovedBy, string Reason, string Ticket)
{
    public bool IsActive(DateTimeOffset at) => StartsAt <= at && at < EndsAt;

    public bool Hides(IReadOnlyDictionary<string, string> labels, DateTimeOffset at) => IsActive(at) && Matchers.All(m => m.Matches(labels));
}

/// <summary>The silences that are known, in file order.</summary>
internal sealed record Silences(ImmutableArray<Silence> All)
{
    public static Silences None { get; } = new(ImmutableArray<Silence>.Empty);

    /// <summary>All that hide an alert with the labels at an instant.</summary>
    public IEnumerable<Silence> Of(IReadOnlyDictionary<string, string> labels, DateTimeOffset at) => All.Where(s => s.Hides(labels, at));

    /// <summary>The one that hides it longest, or null.</summary>
    public Silence? Find(IReadOnlyDictionary<string, string> labels, DateTimeOffset at) => Of(labels, at).MaxBy(s => s.EndsAt);
}
