namespace Risk.Rules.Matching;

/// <summary>What a word, or a phrase that counts as one word, is in a company name.</summary>
internal enum UnitKind : byte
{
    Plain,
    Number,
    Domain,
    Body,
    Place,
    Generic,
    LegalForm,
    Noise,
}

/// <summary>One thing that a name says: a plain word, a number, or a known word or phrase in whatever language.</summary>
/// <param name="Kind">Plain words and numbers have no concept.</param>
/// <param name="Concept">Index of the concept in the lexicon, -1 for none.</param>
/// <param name="First">Its first word in the name.</param>
/// <param name="Words">How many words it takes.</param>
/// <param name="Number">The value of a number.</param>
internal readonly record struct NameUnit(UnitKind Kind, int Concept, int First, int Words, int Number = 0)
{
    public bool Counts => Kind < UnitKind.LegalForm;

    /// <summary>Whether it tells companies apart by itself.</summary>
    public bool IsDistinctive => Kind is UnitKind.Plain or UnitKind.Number;
}

/// <summary>A meaning with all its spellings.</summary>
/// <param name="Name">For people.</param>
/// <param name="LegalClass">Of legal forms: LLC, JSC, LP, SOE and so on; else "".</param>
internal sealed record Concept(int Id, string Name, UnitKind Kind, string LegalClass);
