using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk;

/// <summary>What one look at one name showed of one supplier, and where; the signals that are made of it share its evidence.</summary>
/// <param name="Excerpt">Must not change while the facts do not: it is part of what makes a revision.</param>
internal sealed record Observation(SupplierId Supplier, SourceId Source, DateTimeOffset ObservedAt, string Url, string Excerpt)
{
    private const int MaximumExcerpt = 1000;

    /// <summary>
    /// The month of the look, for states that nobody dates: with the instant of the look as its date every check would be a revision.
    /// </summary>
    public DateTimeOffset Month => new(ObservedAt.UtcDateTime.Year, ObservedAt.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    public Evidence Evidence => new(
        Url, Excerpt.Length <= MaximumExcerpt ? Excerpt : Excerpt[..(MaximumExcerpt - 3)] + "...", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Excerpt))), ObservedAt);

    public FactSignal Fact(string name, FactValue value, DateTimeOffset since) =>
        new() { Supplier = Supplier, Source = Source, Name = name, Value = value, OccurredAt = since, ObservedAt = ObservedAt, Evidence = Evidence };

    public MetricSignal Metric(string name, double value, DateTimeOffset at) =>
        new() { Supplier = Supplier, Source = Source, Name = name, Value = value, OccurredAt = at, ObservedAt = ObservedAt, Evidence = Evidence };

    /// <summary>An instant as upstreams write it; UTC where they name no zone.</summary>
    public static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at) ? at : null;

    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>One line of at most so many characters: control characters and runs of space become one space.</summary>
    public static string Line(string text, int maximum)
    {
        string line = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= maximum ? line : line[..(char.IsHighSurrogate(line[maximum - 4]) ? maximum - 4 : maximum - 3)] + "...";
    }
}
