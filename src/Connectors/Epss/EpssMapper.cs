using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Products;
using Risk.Rules.Signals;

namespace Risk.Connectors.Epss;

/// <summary>Makes the event of one likely exploitation from what another source told and the CVE's score.</summary>
internal static class EpssMapper
{
    private const string KnownExploited = "known_exploited";

    /// <summary>Probabilities that are told apart. Scores move a little each day, and nobody wants to hear of that.</summary>
    private static readonly double[] Bands = [0.9, 0.5, 0.1];

    /// <summary>A score must fall this far below a band to leave it.</summary>
    private const double Margin = 0.8;

    /// <summary>From this severity on an exploited vulnerability is in a product that we are known to buy.</summary>
    public const int SurelyOurs = 4;

    public static bool IsKnownExploited(EventSignal subject) => subject.Name == KnownExploited;

    public static string IdOf(EventSignal subject) => IsKnownExploited(subject) ? subject.Story : $"{subject.Story}:{subject.Type}";

    /// <param name="band">The band told before, or null.</param>
    /// <param name="isExploited">It is known to be exploited in a product that we buy: this adds a figure and no news.</param>
    /// <returns>Null: less likely than anybody need know.</returns>
    public static EventSignal? Map(EventSignal subject, EpssRecord score, double? band, bool isExploited, Snapshot snapshot, DateTimeOffset observedAt)
    {
        double least = Bands.FirstOrDefault(b => score.Epss >= (b <= band ? b * Margin : b));
        if (least == 0) return null;
        string what = IsKnownExploited(subject) ? subject.Story : $"{subject.Story} in {subject.Type}";
        string share = least.ToString("P0", CultureInfo.InvariantCulture);
        return new EventSignal
        {
            Supplier = subject.Supplier,
            Source = snapshot.Source,
            Name = EpssModule.Feed,
            Id = IdOf(subject),
            Type = IsKnownExploited(subject) ? KnownExploited : subject.Type,
            Title = $"{what} will probably be exploited within 30 days (EPSS at least {share})",
            Severity = least >= 0.5 && subject.Severity >= VulnerabilityScale.High ? 4 : subject.Severity >= VulnerabilityScale.Medium ? 3 : 2,
            Amount = least,
            Stage = isExploited ? "exploited" : "",
            Story = subject.Story,
            OccurredAt = subject.OccurredAt,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of($"https://api.first.org/data/v1/epss?cve={subject.Story}", $"EPSS at least {share}. {subject.Title}", observedAt, snapshot),
        };
    }
}
