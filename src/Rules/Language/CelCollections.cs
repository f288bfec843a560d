using System.Collections.Immutable;

namespace Risk.Rules.Language;

/// <summary>A list. Immutable.</summary>
/// <param name="items">The known items.</param>
/// <param name="openInput">Why there may be more items than the known ones (<c>events.breach: stale</c>), or null when there are not (RULES.md 4.4 rule 5).</param>
public sealed class CelList(ImmutableArray<CelValue> items, string? openInput = null)
{
    public static readonly CelList Empty = new([]);

    public ImmutableArray<CelValue> Items => items;

    public string? OpenInput => openInput;
}

/// <summary>A map with keys of type bool, int, uint or string; 1, 1u and 1.0 are one key. Immutable, in order of insertion.</summary>
public sealed class CelMap
{
    /// <param name="entries">Keys must be unique; <see cref="ArgumentException"/> if not.</param>
    /// <param name="openInput">Why there may be more keys than the known ones (<c>certs: stale</c>), or null when there are not.</param>
    public CelMap(IEnumerable<KeyValuePair<CelValue, CelValue>> entries, string? openInput = null)
    {
        Entries = [.. entries];
        OpenInput = openInput;
    }

    public ImmutableArray<KeyValuePair<CelValue, CelValue>> Entries { get; }

    public string? OpenInput { get; }
}

/// <summary>A value with typed fields, such as a supplier or an event. The slots are the field numbers of its <see cref="CelObjectType"/>.</summary>
/// <remarks>Called by evaluation, from one thread at a time for one frame; must not throw.</remarks>
public interface ICelObject
{
    /// <summary>The field's value, or missing, or an error.</summary>
    CelValue Get(int slot);

    /// <summary>Whether <c>has(x.field)</c> holds; null when that is not known.</summary>
    bool? Has(int slot);
}

/// <summary>An object whose fields have a history: what <c>was(metrics.x, days(90))</c> and its like ask.</summary>
public interface ICelSeries : ICelObject
{
    /// <summary>The value in force that long ago.</summary>
    CelValue Was(int slot, TimeSpan back);

    /// <summary>Now minus then (double).</summary>
    CelValue Change(int slot, TimeSpan back);

    /// <summary>Now minus then, relative to then (double).</summary>
    CelValue PercentChange(int slot, TimeSpan back);

    /// <summary>Mean over the readings of the window (double).</summary>
    CelValue Average(int slot, TimeSpan window);

    CelValue Lowest(int slot, TimeSpan window);

    CelValue Highest(int slot, TimeSpan window);

    /// <summary>Number of readings in the window (int).</summary>
    CelValue Readings(int slot, TimeSpan window);

    /// <summary>Time since the latest valid reading (duration).</summary>
    CelValue Age(int slot);

    /// <summary>The latest valid reading, however old.</summary>
    CelValue Last(int slot);
}
