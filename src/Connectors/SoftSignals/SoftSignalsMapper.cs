using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SoftSignals;

/// <summary>An observation as a signal, and back.</summary>
public static class SoftSignalsMapper
{
    private const string Reported = "Reported by ";

    /// <summary>Of one supplier, kind, day and note there is one: who adds it again changes nothing.</summary>
    public static string IdOf(SoftSignalsRecord record)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $"{record.Supplier}\n{record.Kind.Name}\n{record.At.UtcDateTime:yyyy-MM-dd}\n{record.Note}");
        return "soft-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)))[..10];
    }

    public static EventSignal Map(SoftSignalsRecord record, DateTimeOffset observedAt)
    {
        string excerpt = $"{Reported}{record.By}: {record.Note}";
        return new EventSignal
        {
            Supplier = new SupplierId(record.Supplier),
            Source = SoftSignalsModule.Id,
            Name = SoftSignalsModule.Feed.Name,
            Id = IdOf(record),
            Type = record.Kind.Name,
            Title = record.Note.Length == 0 ? record.Kind.Meaning : $"{record.Kind.Meaning.Split(':')[0]}: {record.Note}",
            Severity = record.Severity,
            Due = record.Expires,
            OccurredAt = record.At,
            ObservedAt = observedAt,
            Evidence = new Evidence(record.Evidence, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
        };
    }

    /// <summary>Who reported it, and the note.</summary>
    public static (string By, string Note) Read(EventSignal signal)
    {
        string excerpt = signal.Evidence.Excerpt;
        int colon = excerpt.IndexOf(": ", StringComparison.Ordinal);
        return excerpt.StartsWith(Reported, StringComparison.Ordinal) && colon > 0 ? (excerpt[Reported.Length..colon], excerpt[(colon + 2)..]) : ("", excerpt);
    }
}
