using System.Runtime.InteropServices;

namespace Risk.Rules.Matching;

/// <summary>Numbers for units: a concept is one key in all its spellings, every other word or number its own.</summary>
/// <remarks>Grows while an index is built; reading is safe for all threads afterwards.</remarks>
internal sealed class UnitKeys(int conceptCount)
{
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly List<string> words = [];
    private readonly List<string> skeletons = [];

    public int Count => conceptCount + words.Count;

    public int WordCount => words.Count;

    public string Word(int key) => words[key - conceptCount];

    public string Skeleton(int key) => skeletons[key - conceptCount];

    public bool IsWord(int key) => key >= conceptCount;

    public int FirstWord => conceptCount;

    /// <summary>The key of a unit, made when it is new.</summary>
    public int Add(TokenizedName name, in NameUnit unit)
    {
        if (unit.Concept >= 0) return unit.Concept;
        Span<char> digits = stackalloc char[11];
        ReadOnlySpan<char> text = Text(name, unit, digits);
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids.GetAlternateLookup<ReadOnlySpan<char>>(), text, out bool known);
        if (known) return conceptCount + id;
        id = words.Count;
        words.Add(text.ToString());
        skeletons.Add(unit.Kind == UnitKind.Number ? words[^1] : name.Skeleton(unit.First).ToString());
        return conceptCount + id;
    }

    /// <summary>The key of a unit, or -1.</summary>
    public int Find(TokenizedName name, in NameUnit unit)
    {
        if (unit.Concept >= 0) return unit.Concept;
        Span<char> digits = stackalloc char[11];
        return ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(Text(name, unit, digits), out int id) ? conceptCount + id : -1;
    }

    /// <summary>The key of a word or number, or -1.</summary>
    public int Find(string word) => ids.TryGetValue(word, out int id) ? conceptCount + id : -1;

    private static ReadOnlySpan<char> Text(TokenizedName name, in NameUnit unit, Span<char> digits)
    {
        if (unit.Kind != UnitKind.Number) return name.Word(unit.First);
        unit.Number.TryFormat(digits, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
        return digits[..length];
    }
}
