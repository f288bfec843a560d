using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Statuspage;

/// <summary>Turns a status page into incidents, its indicator and the uptime that follows. Pure.</summary>
internal static class StatuspageMapper
{
    /// <summary>As Statuspage itself counts: a partial outage 30 %, a major one whole; it calls the incidents major and critical.</summary>
    private const double MajorWeight = 0.3;

    private const string Maintenance = "maintenance", Planned = "planned", Open = "open", Resolved = "resolved";

    /// <param name="known">The supplier's incidents in force.</param>
    public static ImmutableArray<Signal> Map(SupplierId supplier, StatuspageContent page, IReadOnlyCollection<EventSignal> known, DateTimeOffset observedAt)
    {
        var signals = ImmutableArray.CreateBuilder<Signal>();
        signals.AddRange(page.Incidents.Select(i => Incident(supplier, page, i, observedAt)));
        signals.AddRange(Over(page, known, observedAt));
        if (page.Indicator.Length > 0 || page.Unreadable == 0)
        {
            string indicator = page.Indicator.Length > 0 ? page.Indicator : WorstOpen(page);
            var look = new Observation(supplier, StatuspageModule.Id, observedAt, $"https://{page.Host}/", $"{page.Host}: {indicator}");
            signals.Add(look.Fact("service_status", FactValue.Of(indicator), page.UpdatedAt ?? look.Month));
        }

        if (page.Unreadable > 0) return signals.ToImmutable();
        DateTimeOffset midnight = new(observedAt.UtcDateTime.Date, TimeSpan.Zero);
        foreach (int days in (int[])[30, 90])
        {
            DateTimeOffset from = midnight.AddDays(-days);

            // A list that may have lost incidents of the period says nothing about all of it.
            if (page.ReachesBackTo > from) continue;
            StatuspageRecord[] counted = [.. page.Incidents.Where(i => !i.IsMaintenance && i.Impact is "major" or "critical" && i.StartedAt < midnight && (i.EndedAt ?? midnight) > from)];
            double uptime = Uptime(counted, from, midnight);
            string told = string.Create(CultureInfo.InvariantCulture, $"{page.Host}: {counted.Length} major and critical incidents in the {days} days before {Observation.Date(midnight)}, uptime {uptime:P3}");
            signals.Add(new Observation(supplier, StatuspageModule.Id, observedAt, $"https://{page.Host}/history", told).Metric($"status_uptime_{days}d", uptime, midnight));
        }

        return signals.ToImmutable();
    }

    /// <summary>Maintenance that the summary lists no longer is over, or was called off; no list says which.</summary>
    private static IEnumerable<EventSignal> Over(StatuspageContent page, IReadOnlyCollection<EventSignal> known, DateTimeOffset observedAt)
    {
        if (!page.HasSummary || page.Unreadable > 0) return [];
        HashSet<string> listed = [.. page.Incidents.Select(i => i.Id)];
        return known.Where(e => e is { Type: Maintenance, Stage: Open or Planned } && !listed.Contains(e.Id))
            .Select(e => e with { Stage = Resolved, Title = e.Title + "; no longer listed", ObservedAt = observedAt });
    }

    private static string WorstOpen(StatuspageContent page) =>
        ((string[])["critical", "major", "minor"]).FirstOrDefault(impact => page.Incidents.Any(i => i.EndedAt is null && !i.IsMaintenance && i.Impact == impact)) ?? "none";

    /// <summary>Share of the period that no incident took; where two overlap the worse counts, once.</summary>
    internal static double Uptime(IReadOnlyCollection<StatuspageRecord> incidents, DateTimeOffset from, DateTimeOffset until)
    {
        TimeSpan any = Covered(incidents), critical = Covered(incidents.Where(i => i.Impact == "critical"));
        return Math.Clamp(1 - (((any - critical) * MajorWeight) + critical) / (until - from), 0, 1);

        TimeSpan Covered(IEnumerable<StatuspageRecord> some)
        {
            TimeSpan sum = TimeSpan.Zero;
            DateTimeOffset reached = from;
            foreach (StatuspageRecord incident in some.OrderBy(i => i.StartedAt))
            {
                DateTimeOffset begin = incident.StartedAt > reached ? incident.StartedAt : reached;
                DateTimeOffset end = incident.EndedAt is { } ended && ended < until ? ended : until;
                if (end <= begin) continue;
                sum += end - begin;
                reached = end;
            }

            return sum;
        }
    }

    private static EventSignal Incident(SupplierId supplier, StatuspageContent page, StatuspageRecord incident, DateTimeOffset observedAt)
    {
        string kind = incident switch
        {
            { IsPlanned: true } => "Planned maintenance",
            { IsMaintenance: true } => "Maintenance",
            { Impact: "none" } => "Incident without impact",
            _ => char.ToUpperInvariant(incident.Impact[0]) + incident.Impact[1..] + " incident",
        };
        string course = incident is { IsPlanned: true, Planned: { } planned } ? "for " + Span(planned.From, planned.Until)
            : incident.EndedAt is { } ended
            ? string.Create(CultureInfo.InvariantCulture, $"of {incident.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, over after {Duration(ended - incident.StartedAt)}")
            : string.Create(CultureInfo.InvariantCulture, $"open since {incident.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({incident.Status})");
        string affected = incident.Components.IsEmpty ? "" : $" Affected: {string.Join(", ", incident.Components)}.";
        string link = Uri.TryCreate(incident.Link, UriKind.Absolute, out Uri? shortlink) && shortlink.Scheme is "http" or "https" ? shortlink.AbsoluteUri : $"https://{page.Host}/incidents/{Uri.EscapeDataString(incident.Id)}";
        var look = new Observation(
            supplier, StatuspageModule.Id, observedAt, link,
            string.Create(CultureInfo.InvariantCulture, $"{page.Host}: {incident.Name} ({incident.Status}, impact {incident.Impact}), last word {incident.UpdatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC.{affected}"));
        return new EventSignal
        {
            Supplier = supplier,
            Source = StatuspageModule.Id,
            Name = StatuspageModule.Feed,
            Id = incident.Id,
            Type = incident.IsMaintenance ? Maintenance : incident.Impact,
            Title = $"{kind} {course}: {incident.Name}",
            Severity = incident switch { { IsMaintenance: true } => 1, { Impact: "critical" } => 4, { Impact: "major" } => 3, { Impact: "minor" } => 2, _ => 1 },
            Stage = incident.EndedAt is not null ? Resolved : incident.IsPlanned ? Planned : Open,
            Due = incident.Planned?.From,
            OccurredAt = incident.StartedAt,
            ObservedAt = observedAt,
            Evidence = look.Evidence,
        };
    }

    private static string Span(DateTimeOffset from, DateTimeOffset? until) => until is { } end
        ? string.Create(CultureInfo.InvariantCulture, $"{from.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Duration(end - from)}")
        : string.Create(CultureInfo.InvariantCulture, $"{from.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        return span.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min")
            : span.TotalHours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} days");
    }
}
