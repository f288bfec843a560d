using System.Collections.Immutable;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language;

/// <summary>What a value is. The two failing kinds come last.</summary>
public enum CelValueKind : byte
{
    Null, Bool, Int, Uint, Double, Text, Bytes, Timestamp, Duration, List, Map, Object, Optional, Type,

    /// <summary>Not known: an input is absent, stale or invalid (RULES.md 4.4).</summary>
    Missing,

    /// <summary>The evaluation failed: division by zero, overflow, no such key ...</summary>
    Error,
}

/// <summary>A value of the expression language, a missing input, or an error. Scalars are held without boxing.</summary>
/// <remarks>
/// Immutable. The default value is null. Accessors do not check the kind; look at <see cref="Kind"/> first.
/// Timestamps and durations have nanoseconds inside and are cut to 100 ns by <see cref="AsTimestamp"/> and <see cref="AsDuration"/>.
/// </remarks>
public readonly struct CelValue
{
    private readonly object? reference;
    private readonly long bits;
    private readonly int nanos;

    private CelValue(CelValueKind kind, long bits, object? reference = null, int nanos = 0)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
        this.nanos = nanos;
    }

    public CelValueKind Kind { get; }

    public bool IsError => Kind == CelValueKind.Error;

    public bool IsMissing => Kind == CelValueKind.Missing;

    /// <summary>Missing or an error.</summary>
    public bool IsFailure => Kind >= CelValueKind.Missing;

    public bool IsTrue => Kind == CelValueKind.Bool && bits != 0;

    public bool IsFalse => Kind == CelValueKind.Bool && bits == 0;

    public static readonly CelValue Null;
    public static readonly CelValue True = new(CelValueKind.Bool, 1);
    public static readonly CelValue False = new(CelValueKind.Bool, 0);

    public static CelValue Of(bool value) => new(CelValueKind.Bool, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelValueKind.Int, value);

    public static CelValue OfUint(ulong value) => new(CelValueKind.Uint, unchecked((long)value));

    public static CelValue OfDouble(double value) => new(CelValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Text(string value) => new(CelValueKind.Text, 0, value);

    public static CelValue Bytes(ImmutableArray<byte> value) => new(CelValueKind.Bytes, 0, ImmutableArrayBox.Of(value));

    public static CelValue List(CelList value) => new(CelValueKind.List, 0, value);

    public static CelValue List(params ImmutableArray<CelValue> items) => new(CelValueKind.List, 0, new CelList(items));

    /// <summary>A list of texts.</summary>
    public static CelValue Texts(IEnumerable<string> items) => List(new CelList([.. items.Select(Text)]));

    public static CelValue Map(CelMap value) => new(CelValueKind.Map, 0, value);

    public static CelValue Object(ICelObject value) => new(CelValueKind.Object, 0, value);

    public static CelValue Type(CelType value) => new(CelValueKind.Type, 0, value);

    public static CelValue Optional(CelValue value) => new(CelValueKind.Optional, 1, new OptionalBox(value));

    public static readonly CelValue OptionalNone = new(CelValueKind.Optional, 0);

    public static CelValue Timestamp(DateTimeOffset value)
    {
        long ticks = value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        return Timestamp(seconds, (int)rest * 100);
    }

    /// <param name="nanos">0 to 999,999,999, added to the second.</param>
    internal static CelValue Timestamp(long seconds, int nanos) => new(CelValueKind.Timestamp, seconds, null, nanos);

    public static CelValue Duration(TimeSpan value) => Duration(value.Ticks / TimeSpan.TicksPerSecond, (int)(value.Ticks % TimeSpan.TicksPerSecond) * 100);

    /// <param name="nanos">Of the same sign as the seconds, below one second.</param>
    internal static CelValue Duration(long seconds, int nanos) => new(CelValueKind.Duration, seconds, null, nanos);

    public static CelValue Error(string message) => new(CelValueKind.Error, 0, new Failure(message, []));

    /// <param name="inputs">Each a path and a reason: <c>metrics.otd: stale</c>.</param>
    public static CelValue Missing(params ImmutableArray<string> inputs) => new(CelValueKind.Missing, 0, new Failure("", Distinct(inputs)));

    public bool AsBool => bits != 0;

    public long AsInt => bits;

    public ulong AsUint => unchecked((ulong)bits);

    public double AsDouble => BitConverter.Int64BitsToDouble(bits);

    public string AsText => (string)reference!;

    public ImmutableArray<byte> AsBytes => ((ImmutableArrayBox)reference!).Value;

    public CelList AsList => (CelList)reference!;

    public CelMap AsMap => (CelMap)reference!;

    public ICelObject AsObject => (ICelObject)reference!;

    public CelType AsType => (CelType)reference!;

    /// <summary>Whether an optional holds a value.</summary>
    public bool HasValue => reference is not null;

    /// <summary>The value that an optional holds.</summary>
    public CelValue AsOptional => ((OptionalBox)reference!).Value;

    public DateTimeOffset AsTimestamp => DateTimeOffset.UnixEpoch.AddTicks((bits * TimeSpan.TicksPerSecond) + (nanos / 100));

    /// <summary>Durations beyond the range of <see cref="TimeSpan"/> (29,247 years) do not exist: CEL's end at 10,000.</summary>
    public TimeSpan AsDuration => new((bits * TimeSpan.TicksPerSecond) + (nanos / 100));

    internal long Seconds => bits;

    internal int Nanos => nanos;

    /// <summary>The text of an error, else "".</summary>
    public string ErrorText => reference is Failure failure ? failure.Message : "";

    /// <summary>Inputs that were missing, ordinal order, each once; an error may have them too.</summary>
    public ImmutableArray<string> MissingInputs => reference is Failure failure ? failure.Inputs : [];

    /// <summary>Two failures in one: an error wins over missing inputs; the inputs of both are kept.</summary>
    /// <remarks>Either may also be a value, which is then ignored.</remarks>
    public static CelValue Merge(CelValue first, CelValue second)
    {
        if (!first.IsFailure) return second;
        if (!second.IsFailure) return first;
        Failure a = (Failure)first.reference!, b = (Failure)second.reference!;
        if (ReferenceEquals(a, b)) return first;
        string message = a.Message.Length > 0 ? a.Message : b.Message;
        ImmutableArray<string> inputs = a.Inputs.IsEmpty ? b.Inputs : b.Inputs.IsEmpty ? a.Inputs : Distinct(a.Inputs.AddRange(b.Inputs));
        return new CelValue(message.Length > 0 ? CelValueKind.Error : CelValueKind.Missing, 0, new Failure(message, inputs));
    }

    /// <summary>CEL's equality: numbers by value across types, NaN equal to nothing, lists and maps by content, objects by their own equality.</summary>
    /// <remarks>False also when an open list or map leaves it undecided.</remarks>
    public static bool AreEqual(CelValue left, CelValue right) => Comparison.Equal(left, right).IsTrue;

    /// <summary>As CEL source would write it; failures as <c>‹metrics.otd: stale›</c> and <c>‹error: ...›</c>.</summary>
    public override string ToString() => Printing.Source(this);

    internal long Weight => Kind switch
    {
        CelValueKind.List => AsList.Weight,
        CelValueKind.Map => AsMap.Weight,
        CelValueKind.Optional => HasValue ? AsOptional.Weight : 1,
        CelValueKind.Text => 1 + (AsText.Length / 16),
        CelValueKind.Bytes => 1 + (AsBytes.Length / 32),
        _ => 1,
    };

    private static ImmutableArray<string> Distinct(ImmutableArray<string> inputs) =>
        inputs.Length < 2 ? inputs : [.. inputs.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private sealed record Failure(string Message, ImmutableArray<string> Inputs);

    private sealed record OptionalBox(CelValue Value);

    private sealed class ImmutableArrayBox(ImmutableArray<byte> value)
    {
        public ImmutableArray<byte> Value => value;

        public static ImmutableArrayBox Of(ImmutableArray<byte> value) => new(value);
    }
}
