using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Worker.Storage;

/// <summary>What kind of signal a row is; stored as its number, so the numbers never change.</summary>
internal enum SignalKind { Metric = 0, Fact = 1, Event = 2 }

/// <summary>What makes two revisions of a signal the same.</summary>
/// <remarks>
/// When, where from and in which snapshot a thing was read is left out, and so is the hash of the document: a list that is published anew each day would otherwise
/// give every supplier a revision, and an evaluation, each day.
/// </remarks>
internal static class SignalContent
{
    public const int HashLength = 16;

    public static SignalKind KindOf(Signal signal) => signal switch
    {
        MetricSignal => SignalKind.Metric,
        FactSignal => SignalKind.Fact,
        EventSignal => SignalKind.Event,
        _ => throw new ArgumentException($"No signal kind is defined for {signal.GetType().Name}.", nameof(signal)),
    };

    /// <summary>The first 16 bytes of a sha256 over the fields that count.</summary>
    public static byte[] Hash(Signal signal)
    {
        var text = new MemoryStream(256);
        using (var writer = new BinaryWriter(text, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(signal.Withdrawn);
            writer.Write(signal.OccurredAt.UtcTicks);
            writer.Write(signal.Evidence.Url);
            writer.Write(signal.Evidence.Excerpt);
            switch (signal)
            {
                case MetricSignal metric:
                    writer.Write(metric.Value);
                    break;
                case FactSignal fact:
                    writer.Write((int)fact.Value.Type);
                    writer.Write(fact.Value.ToString());
                    break;
                case EventSignal happening:
                    writer.Write(happening.Type);
                    writer.Write(happening.Title);
                    writer.Write(happening.Severity);
                    writer.Write(happening.Amount is not null);
                    writer.Write(happening.Amount ?? 0);
                    writer.Write(happening.Stage);
                    writer.Write(happening.Story);
                    writer.Write(happening.Due?.UtcTicks ?? -1);
                    break;
            }
        }

        return SHA256.HashData(text.GetBuffer().AsSpan(0, (int)text.Length))[..HashLength];
    }
}
