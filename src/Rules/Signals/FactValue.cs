using System.Globalization;

namespace Risk.Rules.Signals;

public enum FactType { Text, Bool, Int, Timestamp }

/// <summary>A typed fact: text, bool, whole number or instant.</summary>
public readonly record struct FactValue
{
    private FactValue(FactType type, long number, string? text)
    {
        Type = type;
        Number = number;
        TextOrNull = text;
    }

    public FactType Type { get; }

    private long Number { get; }

    private string? TextOrNull { get; }

    public string Text => Type == FactType.Text ? TextOrNull ?? "" : throw Mismatch(FactType.Text);

    public bool Bool => Type == FactType.Bool ? Number != 0 : throw Mismatch(FactType.Bool);

    public long Int => Type == FactType.Int ? Number : throw Mismatch(FactType.Int);

    public DateTimeOffset Timestamp => Type == FactType.Timestamp ? new DateTimeOffset(Number, TimeSpan.Zero) : throw Mismatch(FactType.Timestamp);

    public static FactValue Of(string value) => new(FactType.Text, 0, value);

    public static FactValue Of(bool value) => new(FactType.Bool, value ? 1 : 0, null);

    public static FactValue Of(long value) => new(FactType.Int, value, null);

    public static FactValue Of(DateTimeOffset value) => new(FactType.Timestamp, value.UtcTicks, null);

    /// <summary>Invariant text; instants as <c>2026-03-31T00:00:00Z</c>.</summary>
    public override string ToString() => Type switch
    {
        FactType.Text => TextOrNull ?? "",
        FactType.Bool => Number != 0 ? "true" : "false",
        FactType.Int => Number.ToString(CultureInfo.InvariantCulture),
        _ => Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    };

    private InvalidOperationException Mismatch(FactType asked) => new($"The fact is {Type}, not {asked}.");
}
