using System.Buffers;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>Signals to rows and back. Keeps one copy of the few source and signal names while it reads.</summary>
internal sealed class SignalRow
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    public static void Insert(SqliteBatch insert, SqliteSignalTable.NaturalKey key, SourceId source, Signal signal, long observedAt, byte[] hash)
    {
        object? number = null, whole = null, text = null, type = null, stage = null, story = null, due = null;
        switch (signal)
        {
            case MetricSignal metric:
                number = double.IsNaN(metric.Value) ? null : metric.Value;
                break;
            case FactSignal fact:
                whole = (int)fact.Value.Type;
                text = fact.Value.Type == FactType.Timestamp ? fact.Value.Timestamp.UtcTicks.ToString(CultureInfo.InvariantCulture) : fact.Value.ToString();
                break;
            case EventSignal happening:
                number = happening.Amount is { } amount && double.IsNaN(amount) ? null : happening.Amount;
                whole = happening.Severity;
                text = happening.Title;
                type = happening.Type;
                stage = happening.Stage;
                story = happening.Story;
                due = StoredInstant.Of(happening.Due);
                break;
        }

        Evidence evidence = signal.Evidence;
        insert.Run(
            key.Supplier, source.Value, key.Kind, key.Name, key.Key, observedAt, signal.Withdrawn, StoredInstant.Of(signal.OccurredAt), hash, number, whole, text, type, stage, story, due,
            evidence.Url, evidence.Excerpt, Packed(evidence.ContentHash), StoredInstant.Of(evidence.FetchedAt), Packed(evidence.Snapshot));
    }

    /// <param name="row">supplier, source, kind, name, key, observed_at, then the content columns.</param>
    public Signal Read(SqliteDataReader row)
    {
        var supplier = new SupplierId(row.GetString(0));
        var source = new SourceId(Shared(row.GetString(1)));
        string name = Shared(row.GetString(3));
        DateTimeOffset observed = StoredInstant.At(row.GetInt64(5)), occurred = StoredInstant.At(row.GetInt64(6));
        var evidence = new Evidence(row.GetString(15), row.GetString(16), Unpacked(row.GetValue(17)), StoredInstant.At(row.GetInt64(18)), Shared(Unpacked(row.GetValue(19))));
        return (SignalKind)row.GetInt32(2) switch
        {
            SignalKind.Metric => new MetricSignal
            {
                Supplier = supplier, Source = source, Name = name, OccurredAt = occurred, ObservedAt = observed, Evidence = evidence,
                Value = row.IsDBNull(8) ? double.NaN : row.GetDouble(8),
            },
            SignalKind.Fact => new FactSignal
            {
                Supplier = supplier, Source = source, Name = name, OccurredAt = occurred, ObservedAt = observed, Evidence = evidence,
                Value = Fact((FactType)row.GetInt32(9), row.GetString(10)),
            },
            _ => new EventSignal
            {
                Supplier = supplier, Source = source, Name = name, OccurredAt = occurred, ObservedAt = observed, Evidence = evidence,
                Id = row.GetString(4), Type = row.GetString(11), Title = row.GetString(10), Severity = row.GetInt32(9), Amount = row.IsDBNull(8) ? null : row.GetDouble(8),
                Stage = row.GetString(12), Story = row.GetString(13), Due = row.IsDBNull(14) ? null : StoredInstant.At(row.GetInt64(14)),
            },
        };
    }

    private static FactValue Fact(FactType type, string text) => type switch
    {
        FactType.Text => FactValue.Of(text),
        FactType.Bool => FactValue.Of(text == "true"),
        FactType.Int => FactValue.Of(long.Parse(text, CultureInfo.InvariantCulture)),
        _ => FactValue.Of(StoredInstant.At(long.Parse(text, CultureInfo.InvariantCulture))),
    };

    /// <summary>A sha256 in lower-case hex takes 32 bytes instead of 64; anything else stays text.</summary>
    private static object Packed(string hash) => hash.Length == 64 && hash.AsSpan().IndexOfAnyExcept(HexDigits) < 0 ? Convert.FromHexString(hash) : hash;

    private static string Unpacked(object value) => value is byte[] bytes ? Convert.ToHexStringLower(bytes) : (string)value;

    private string Shared(string text)
    {
        if (names.TryGetValue(text, out string? known)) return known;
        if (names.Count < 1024) names.Add(text, text);
        return text;
    }
}
