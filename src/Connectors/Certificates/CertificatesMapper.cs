using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.Documents;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Certificates;

/// <summary>Makes the signal of one certificate, or says why not.</summary>
internal static class CertificatesMapper
{
    /// <summary>As rules name it: <c>ISO 27001</c> and <c>iso-27001</c> are <c>iso27001</c>.</summary>
    public static string NameOf(string certificate) => string.Concat(certificate.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    /// <param name="column">The column that the problem is about.</param>
    public static bool TryMap(CertificatesRecord record, SourceId source, DateTimeOffset observedAt, [NotNullWhen(true)] out EventSignal? signal, out string column, out string problem)
    {
        signal = null;
        string name = NameOf(record.Certificate);
        (column, problem) = ("certificate", "is no name; write letters and digits, as in iso27001");
        if (name.Length == 0) return false;
        (column, problem) = ("issued", "is no date; write year-month-day, as in 2026-03-31");
        if (!DocumentReading.TryInstant(record.Issued, out DateTimeOffset issued, out _)) return false;
        column = "expires";
        if (!DocumentReading.TryInstant(record.Expires, out DateTimeOffset expires, out DateTimeOffset after)) return false;
        // A date is the last day on which it is valid.
        DateTimeOffset end = after > expires ? after.AddSeconds(-1) : expires;
        problem = "is before the day of issue";
        if (end < issued) return false;
        string excerpt = $"{CertificatesModule.File} row {record.Row}: {record.Certificate}, issued {record.Issued}, expires {record.Expires}{(record.Scope.Length > 0 ? $", scope {record.Scope}" : "")}";
        signal = new EventSignal
        {
            Supplier = new SupplierId(record.SupplierId),
            Source = source,
            Name = CertificateFeed.Name,
            Id = name,
            Type = "certificate",
            Title = record.Scope,
            Severity = 1,
            Due = end,
            OccurredAt = issued,
            ObservedAt = observedAt,
            Evidence = new Evidence(
                CertificatesModule.File, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{record.SupplierId}\n{name}\n{record.Issued}\n{record.Expires}\n{record.Scope}"))), observedAt),
        };
        return true;
    }
}
