using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.KpiFile;

/// <summary>Makes the reading of one figure, or says why not.</summary>
internal static class KpiFileMapper
{
    public static bool TryMap(KpiRecord record, MetricDefinition metric, SourceId source, DateTimeOffset observedAt, [NotNullWhen(true)] out MetricSignal? signal, out string problem)
    {
        signal = null;
        problem = "";
        if (!KpiText.TryNumber(record.Text, out double value))
        {
            problem = "is no number; write 0.945 or 94.5%";
            return false;
        }

        if (value < metric.Minimum || value > metric.Maximum)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"is outside {metric.Minimum} to {metric.Maximum}{(metric.Maximum == 1 ? "; write a share (0.945) or a percentage (94.5%)" : "")}");
            return false;
        }

        if (metric.Type == MetricType.Int && value != Math.Floor(value))
        {
            problem = "is no whole number";
            return false;
        }

        signal = new MetricSignal
        {
            Supplier = new SupplierId(record.SupplierId),
            Source = source,
            Name = metric.Name,
            Value = value,
            OccurredAt = record.PeriodEnd,
            ObservedAt = observedAt,
            Evidence = new Evidence(
                $"{KpiFileModule.Folder}/{record.File}",
                string.Create(CultureInfo.InvariantCulture, $"{record.File} row {record.Row}: {metric.Name} {record.Text}"),
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{record.SupplierId}\n{record.PeriodEnd:O}\n{metric.Name}\n{record.Text}"))),
                observedAt),
        };
        return true;
    }
}
