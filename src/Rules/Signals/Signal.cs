using Risk.Rules.Suppliers;

namespace Risk.Rules.Signals;

/// <summary>One upstream, for example <c>cisa-kev</c>. Lower case, digits and hyphens.</summary>
public readonly record struct SourceId(string Value) : IComparable<SourceId>
{
    public int CompareTo(SourceId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>One normalised, immutable observation about one supplier.</summary>
/// <remarks>
/// Natural key: (supplier, source, kind, <see cref="Name"/>, <see cref="Key"/>). A later observation with the same natural key is a new
/// revision of the same signal; the revision in force at T is the one with the greatest <see cref="ObservedAt"/> not after T.
/// </remarks>
public abstract record Signal
{
    public required SupplierId Supplier { get; init; }

    public required SourceId Source { get; init; }

    /// <summary>The catalog's name of the metric, fact or feed.</summary>
    public required string Name { get; init; }

    /// <summary>When it happened in the world: period end of a metric, date of an event, since when a fact holds.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When it became known here.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    public required Evidence Evidence { get; init; }

    /// <summary>A revision that takes the signal back: the source no longer says so.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>Distinguishes signals of one name; stable across fetches.</summary>
    public abstract string Key { get; }
}

/// <summary>A reading: a number at an instant. <see cref="Signal.OccurredAt"/> is the reading's own time (a period's end).</summary>
public sealed record MetricSignal : Signal
{
    public required double Value { get; init; }

    public override string Key => OccurredAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A state that holds until the source says otherwise; confirmed by every later check of the source.</summary>
public sealed record FactSignal : Signal
{
    public required FactValue Value { get; init; }

    public override string Key => "";
}

/// <summary>Something that happened (or, for deadlines, will happen at <see cref="Signal.OccurredAt"/>).</summary>
public sealed record EventSignal : Signal
{
    /// <summary>Stable id of the happening within the source: an accession number, a CVE, a list entry.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of happening within the feed, for example <c>bankruptcy</c>.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    /// <summary>1 (note) to 5 (existential).</summary>
    public required int Severity { get; init; }

    /// <summary>In EUR or the source's currency where the feed says so; null when there is none.</summary>
    public double? Amount { get; init; }

    /// <summary>Where in a course of events, for example <c>filed</c>, <c>plan-confirmed</c>, <c>emerged</c>; or "".</summary>
    public string Stage { get; init; } = "";

    /// <summary>Events of one happening share it, across sources; "" when the event stands alone.</summary>
    public string Story { get; init; } = "";

    /// <summary>Until when something must be done about it; null when nothing is due.</summary>
    public DateTimeOffset? Due { get; init; }

    public override string Key => Id;
}

/// <summary>What proves a signal.</summary>
/// <param name="Url">Where a person can look; absolute http(s), or a workspace-relative path for files of the buyer's own.</param>
/// <param name="Excerpt">The words or figures that matter, at most 2,000 characters, as the source has them.</param>
/// <param name="ContentHash">Lower-case hex sha256 of the document or record it was read from, or "".</param>
/// <param name="FetchedAt">When the document was fetched.</param>
/// <param name="Snapshot">sha256 of the accepted snapshot it came from, or "".</param>
public sealed record Evidence(string Url, string Excerpt, string ContentHash, DateTimeOffset FetchedAt, string Snapshot = "");
