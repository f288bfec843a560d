using System.Collections.Immutable;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language;

/// <summary>A list. Immutable.</summary>
public sealed class CelList
{
    /// <summary>From this length on, a list of scalars is searched through a hash set, made at the first search.</summary>
    private const int HashFrom = 8;

    public static readonly CelList Empty = new([]);

    private HashSet<CelValue>? index;

    /// <param name="items">The known items.</param>
    /// <param name="openInput">Why there may be more items than the known ones (<c>events.breach: stale</c>), or null when there are not (RULES.md 4.4 rule 5).</param>
    public CelList(ImmutableArray<CelValue> items, string? openInput = null)
        : this(items, openInput is null ? [] : ImmutableArray.Create(openInput))
    {
    }

    internal CelList(ImmutableArray<CelValue> items, ImmutableArray<string> openInputs)
    {
        Items = items;
        OpenInputs = openInputs;
        foreach (CelValue item in items) Weight += item.Weight;
    }

    public ImmutableArray<CelValue> Items { get; }

    public bool IsOpen => !OpenInputs.IsEmpty;

    internal ImmutableArray<string> OpenInputs { get; }

    /// <summary>Number of values in it, those of inner lists included: bounds the work of comparing and copying.</summary>
    internal long Weight { get; } = 1;

    /// <summary>True, false, or missing when the item is not among the known ones of an open list.</summary>
    internal CelValue Contains(in CelValue item)
    {
        CelValue unknown = CelValue.False;
        if (Items.Length >= HashFrom && Index() is { } set)
        {
            if (set.Contains(item)) return CelValue.True;
        }
        else
        {
            foreach (CelValue known in Items)
            {
                CelValue equal = Comparison.Equal(item, known);
                if (equal.IsTrue) return equal;
                if (equal.IsFailure) unknown = unknown.IsFailure ? CelValue.Merge(unknown, equal) : equal;
            }
        }

        if (!IsOpen) return unknown;
        CelValue open = CelValue.Missing(OpenInputs);
        return unknown.IsFailure ? CelValue.Merge(unknown, open) : open;
    }

    /// <summary>Null when an item is no scalar. Two threads may both make the set; either serves.</summary>
    private HashSet<CelValue>? Index()
    {
        if (index is { } made) return made.Count == 0 ? null : made;
        var set = new HashSet<CelValue>(Items.Length, Comparison.Comparer.Instance);
        foreach (CelValue item in Items)
        {
            if (item.Kind is CelValueKind.List or CelValueKind.Map or CelValueKind.Optional or CelValueKind.Object or CelValueKind.Type)
            {
                set.Clear();
                break;
            }

            set.Add(item);
        }

        index = set;
        return set.Count == 0 ? null : set;
    }
}

/// <summary>A map with keys of type bool, int, uint or string; 1, 1u and 1.0 are one key. Immutable, in order of insertion.</summary>
public sealed class CelMap
{
    private readonly Dictionary<CelValue, CelValue> byKey;

    /// <param name="entries">When a key comes twice, its last value counts.</param>
    /// <param name="openInput">Why there may be more keys than the known ones (<c>certs: stale</c>), or null when there are not.</param>
    public CelMap(IEnumerable<KeyValuePair<CelValue, CelValue>> entries, string? openInput = null)
    {
        byKey = new Dictionary<CelValue, CelValue>(Comparison.Comparer.Instance);
        foreach ((CelValue key, CelValue value) in entries)
        {
            byKey[key] = value;
            Weight += key.Weight + value.Weight;
        }

        Entries = [.. byKey];
        OpenInputs = openInput is null ? [] : [openInput];
    }

    public ImmutableArray<KeyValuePair<CelValue, CelValue>> Entries { get; }

    public bool IsOpen => !OpenInputs.IsEmpty;

    internal ImmutableArray<string> OpenInputs { get; }

    internal long Weight { get; } = 1;

    public bool TryGet(in CelValue key, out CelValue value) => byKey.TryGetValue(key, out value);

    internal CelValue ContainsKey(in CelValue key) => byKey.ContainsKey(key) ? CelValue.True : IsOpen ? CelValue.Missing(OpenInputs) : CelValue.False;

    /// <summary>The value of the key; missing or an error when there is none.</summary>
    internal CelValue Get(in CelValue key)
    {
        if (byKey.TryGetValue(key, out CelValue value)) return value;
        return IsOpen ? CelValue.Missing(OpenInputs) : CelValue.Error($"no such key: {key}");
    }
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
