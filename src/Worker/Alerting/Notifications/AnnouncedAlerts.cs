using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Grouping;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>What the last notification of a group called firing, or what it called resolved.</summary>
/// <remarks>To a reader an alert is what its labels say: one that ended and came back between two notifications is a new episode and no news.</remarks>
internal sealed class AnnouncedAlerts
{
    private readonly Dictionary<string, int> revisions = new(StringComparer.Ordinal);
    private readonly HashSet<string> fingerprints = new(StringComparer.Ordinal);

    /// <param name="marks">As <see cref="Mark"/> wrote them.</param>
    public AnnouncedAlerts(ImmutableArray<string> marks)
    {
        foreach (string mark in marks)
        {
            string[] parts = mark.Split('#');

            // The first version wrote no fingerprints, and no revision of what had ended.
            revisions[parts[0]] = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
            if (parts.Length > 2) fingerprints.Add(parts[2]);
        }
    }

    /// <summary>The alert was named, under this episode or under its labels.</summary>
    public bool Names(Alert alert) => revisions.ContainsKey(alert.EpisodeId) || fingerprints.Contains(Fingerprint(alert));

    /// <summary>The alert was named, and has not worsened since.</summary>
    public bool Covers(Alert alert) => revisions.TryGetValue(alert.EpisodeId, out int revision) ? alert.Revision <= revision : alert.Revision == 0 && fingerprints.Contains(Fingerprint(alert));

    public static string Mark(Alert alert) => string.Create(CultureInfo.InvariantCulture, $"{alert.EpisodeId}#{alert.Revision}#{Fingerprint(alert)}");

    /// <summary>The same for alerts with the same labels.</summary>
    public static string Fingerprint(Alert alert) => StableId.Of([.. alert.Labels.Where(l => l.Value.Length > 0).SelectMany(l => (string[])[l.Key, l.Value])]);
}
