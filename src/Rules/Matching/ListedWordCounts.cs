namespace Risk.Rules.Matching;

/// <summary>How many parties of a whole list have each word. With it a part of the list is searched as if the rest were there. Immutable.</summary>
public sealed class ListedWordCounts
{
    /// <summary>Smaller lists say little about how common a word is among listed parties.</summary>
    private const int SmallestPopulation = 3000;
    private readonly UnitKeys keys;
    private readonly int[] parties;
    private readonly float population;

    /// <param name="unitsOfNames">For each name, the number of its party and its units' keys.</param>
    internal ListedWordCounts(UnitKeys keys, int partyCount, IEnumerable<(int Party, ReadOnlyMemory<int> Units)> unitsOfNames)
    {
        this.keys = keys;
        parties = new int[keys.Count];
        population = Math.Max(partyCount, SmallestPopulation);
        var last = new int[keys.Count];
        Array.Fill(last, -1);
        foreach ((int party, ReadOnlyMemory<int> units) in unitsOfNames)
        {
            foreach (int key in units.Span)
            {
                if (last[key] == party) continue;
                last[key] = party;
                parties[key]++;
            }
        }
    }

    public static ListedWordCounts Of(IReadOnlyList<ListedName> names)
    {
        NameLexicon lexicon = NameLexicon.Default;
        var keys = new UnitKeys(lexicon.Concepts.Count);
        var entityIds = new Dictionary<string, int>(StringComparer.Ordinal);
        var ends = new List<(int Party, int End)>(names.Count);
        var all = new List<int>(names.Count * 4);
        var tokens = new TokenizedName();
        Span<NameUnit> units = stackalloc NameUnit[TokenizedName.MaximumWords];
        foreach (ListedRow row in ListedRow.Of(names))
        {
            string entity = names[row.NameIndex].EntityId;
            entityIds.TryAdd(entity, entityIds.Count);
            NameFolder.Fold(row.TextOf(names), tokens);
            foreach (NameUnit unit in units[..lexicon.Tag(tokens, units)])
            {
                if (unit.Counts) all.Add(keys.Add(tokens, unit));
            }

            ends.Add((entityIds[entity], all.Count));
        }

        int[] kept = [.. all];
        return new ListedWordCounts(keys, entityIds.Count, ends.Select((name, i) => (name.Party, (ReadOnlyMemory<int>)kept.AsMemory((i == 0 ? 0 : ends[i - 1].End)..name.End))));
    }

    /// <summary>Share of the list's parties that have the unit, one of them left out: its own name does not make a word common.</summary>
    internal float Share(TokenizedName name, in NameUnit unit) => Share(keys.Find(name, unit));

    /// <summary>The shares of the keys of another index.</summary>
    internal float[] SharesOf(UnitKeys others) =>
        [.. Enumerable.Range(0, others.Count).Select(key => Share(others == keys || !others.IsWord(key) ? key : keys.Find(others.Word(key))))];

    private float Share(int key) => key < 0 ? 0 : Math.Max(0, parties[key] - 1) / population;
}
