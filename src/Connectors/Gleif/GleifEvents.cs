using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gleif;

/// <summary>Turns the events of an LEI record into signals. Pure.</summary>
internal static class GleifEvents
{
    internal const string Feed = "lei_event";

    private const string InProgress = "IN_PROGRESS", Withdrawn = "WITHDRAWN_CANCELLED";

    private static readonly HashSet<string> Insolvencies = new(StringComparer.Ordinal) { "BANKRUPTCY", "INSOLVENCY", "LIQUIDATION", "VOLUNTARY_ARRANGEMENT" };

    private static readonly Dictionary<string, int> Severities = new(StringComparer.Ordinal)
    {
        ["DISSOLUTION"] = 4, ["ABSORPTION"] = 3, ["MERGERS_AND_ACQUISITIONS"] = 3, ["BREAKUP"] = 3, ["DEMERGER"] = 2, ["SPINOFF"] = 2,
    };

    /// <summary>One event for each that was not called off; of those told twice (in several groups) the last.</summary>
    public static ImmutableArray<Signal> Map(SupplierId supplier, string lei, LeiEntity entity, DateTimeOffset observedAt, FetchAudit audit)
    {
        var events = new SortedDictionary<string, EventSignal>(StringComparer.Ordinal);
        foreach (LeiEvent record in (entity.EventGroups ?? []).OfType<LeiEventGroup>().SelectMany(g => g.Events ?? []).OfType<LeiEvent>())
        {
            if (record.Status == Withdrawn) continue;
            if (record.Type is not { Length: > 0 and <= 60 } type) audit.Reject(lei, "event without a type");
            else if ((Observation.Instant(record.EffectiveDate) ?? Observation.Instant(record.RecordedDate)) is not { } at) audit.Reject(lei, "event without a date");
            else if (Event(supplier, lei, entity, type, record.Status ?? "", at, observedAt) is var found) events[found.Id] = found;
        }

        return [.. events.Values];
    }

    /// <summary>LEIs, or names of those that have none; of a duplicate the LEI that is in force.</summary>
    public static string Successors(LeiEntity entity)
    {
        IEnumerable<LeiOther> named = (entity.SuccessorEntities ?? []).OfType<LeiOther>();
        if (entity.SuccessorEntity is { } single) named = named.Append(single);
        return string.Join(", ", named.Select(n => n.Lei is { Length: > 0 } lei ? lei : n.Name ?? "").Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Take(5).Select(n => Observation.Line(n, 200)));
    }

    private static EventSignal Event(SupplierId supplier, string lei, LeiEntity entity, string type, string status, DateTimeOffset at, DateTimeOffset observedAt)
    {
        bool isOpen = status == InProgress, isInsolvency = Insolvencies.Contains(type);
        string kind = type.ToLowerInvariant().Replace('_', '-'), words = kind.Replace('-', ' '), day = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string successors = Successors(entity), into = !isInsolvency && Severities.ContainsKey(type) && successors.Length > 0 ? $", succeeded by {successors}" : "";
        string title = $"{char.ToUpperInvariant(words[0])}{words[1..]} reported with the LEI, {(isOpen ? "in progress" : status.Length > 0 ? status.ToLowerInvariant().Replace('_', ' ') : "status not stated")}, {day}{into}";
        return new EventSignal
        {
            Supplier = supplier,
            Source = GleifModule.Id,
            Name = isInsolvency ? SharedFeeds.Insolvency.Name : Feed,
            Id = $"{lei}-{kind}-{day}",
            Type = kind,
            Title = title,
            // The law of every country is in it: what is in progress is open, what GLEIF calls completed is over.
            Stage = isInsolvency && isOpen ? "filed" : isOpen ? "in-progress" : isInsolvency ? "concluded" : "completed",
            Severity = isInsolvency ? (isOpen ? 5 : 3) : Severities.GetValueOrDefault(type, 1),
            OccurredAt = at,
            ObservedAt = observedAt,
            Evidence = new Observation(supplier, GleifModule.Id, observedAt, $"https://search.gleif.org/#/record/{lei}", $"{Observation.Line(entity.LegalName?.Name ?? lei, 200)}: {title}").Evidence,
        };
    }
}
