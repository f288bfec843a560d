using System.Collections.Immutable;

namespace Risk.Rules.Linting;

/// <summary>The texts (or truth values, as texts) that something may be: those named, or all but those named.</summary>
internal sealed record TextSet(ImmutableSortedSet<string> Texts, bool IsComplement)
{
    public static TextSet Only(IEnumerable<string> texts) => new([.. texts], false);

    public static TextSet AllBut(IEnumerable<string> texts) => new([.. texts], true);

    public bool IsEmpty => !IsComplement && Texts.IsEmpty;

    public TextSet And(TextSet other) => (IsComplement, other.IsComplement) switch
    {
        (false, false) => new(Texts.Intersect(other.Texts), false),
        (false, true) => new(Texts.Except(other.Texts), false),
        (true, false) => new(other.Texts.Except(Texts), false),
        _ => new(Texts.Union(other.Texts), true),
    };

    public TextSet Or(TextSet other) => (IsComplement, other.IsComplement) switch
    {
        (false, false) => new(Texts.Union(other.Texts), false),
        (false, true) => new(other.Texts.Except(Texts), true),
        (true, false) => new(Texts.Except(other.Texts), true),
        _ => new(Texts.Intersect(other.Texts), true),
    };
}

/// <summary>What is known of the things an expression reads, where it is reached. Things that are not in it may be anything.</summary>
internal sealed record Box(ImmutableDictionary<string, Interval> Numbers, ImmutableDictionary<string, TextSet> Texts)
{
    public static Box Anything { get; } = new(ImmutableDictionary.Create<string, Interval>(StringComparer.Ordinal), ImmutableDictionary.Create<string, TextSet>(StringComparer.Ordinal));

    /// <summary>Null when nothing is left.</summary>
    public Box? With(string name, Interval interval) => interval.IsEmpty ? null : this with { Numbers = Numbers.SetItem(name, interval) };

    /// <summary>Null when nothing is left.</summary>
    public Box? With(string name, TextSet texts)
    {
        TextSet both = Texts.TryGetValue(name, out TextSet? known) ? known.And(texts) : texts;
        return both.IsEmpty ? null : this with { Texts = Texts.SetItem(name, both) };
    }

    /// <summary>What holds in either; null where both are impossible.</summary>
    public static Box? Either(Box? a, Box? b)
    {
        if (a is null || b is null) return a ?? b;
        return new Box(
            a.Numbers.Where(n => b.Numbers.ContainsKey(n.Key)).ToImmutableDictionary(n => n.Key, n => n.Value.Or(b.Numbers[n.Key]), StringComparer.Ordinal),
            a.Texts.Where(t => b.Texts.ContainsKey(t.Key)).ToImmutableDictionary(t => t.Key, t => t.Value.Or(b.Texts[t.Key]), StringComparer.Ordinal));
    }
}
