namespace Risk.Rules.Matching;

/// <summary>What is measured of a name beside a listed name. Every feature has a direction: more of it never lowers, or never raises, the score.</summary>
internal enum MatchFeature
{
    /// <summary>Bits of listed words that were found, by similarity.</summary>
    MatchedBits,

    /// <summary>The same for words that are spelled alike.</summary>
    ExactBits,
    UnmatchedQueryBits,
    UnmatchedListedBits,
    QueryCoverage,
    ListedCoverage,

    /// <summary>Bits of plain words and numbers only.</summary>
    DistinctiveBits,
    UnmatchedDistinctiveQueryBits,
    UnmatchedDistinctiveListedBits,
    StrongestWordBits,

    /// <summary>Bits that are not of generic words; the model does not use it, the guard against generic names does.</summary>
    SpecificBits,
    /// <summary>Words that were found, on the side that writes them as fewer: POST BANK is one word beside POSTBANK.</summary>
    MatchedWords,

    /// <summary>Letters of the plain words that were found: short words are many companies' names.</summary>
    DistinctiveLetters,

    /// <summary>Runs of three letters in common, joined words or not (Dice).</summary>
    LetterRuns,

    /// <summary>Edits for the length of both names without spaces.</summary>
    WholeText,
    LegalForm,

    /// <summary>Bits of the legal form that both have: OOO says more than LTD.</summary>
    SharedFormBits,
    Numbers,
    Order,
    Organization,
    Strength,
    Cosine,

    /// <summary>Bits of plain words that are in no English dictionary.</summary>
    CoinedBits,

    /// <summary>Plain words that were found.</summary>
    PlainWords,

    /// <summary>Letters of the longest plain word that was found, by similarity.</summary>
    LongestWord,

    /// <summary>Known words that only this and only that name has: PETROLEUM here and TEXTILES there.</summary>
    ConflictingBits,
    Places,

    /// <summary>Words that were found and are not generic.</summary>
    SpecificWords,

    /// <summary>How surprising the letters of the plain words are that were found.</summary>
    SurprisingLetters,

    /// <summary>2 the name's legal form is known in the listed party's country, 1 one of them is not known, 0 it is a form of other countries.</summary>
    FormCountry,

    /// <summary>1 the same words in the same order, legal forms aside; the model does not use it, the order among the surest names does.</summary>
    SameWords,
    Count,
}

internal static class MatchFeatures
{
    /// <summary>For features that the trees do not use.</summary>
    public const int Unused = int.MinValue;

    /// <summary>By feature: 1 when more of it never lowers the score, -1 when more never raises it, 0 when either may be.</summary>
    public static IReadOnlyList<int> Directions { get; } = [.. Enumerable.Range(0, (int)MatchFeature.Count).Select(f => Direction((MatchFeature)f))];

    private static int Direction(MatchFeature feature) => feature switch
    {
        MatchFeature.UnmatchedQueryBits or MatchFeature.UnmatchedListedBits or MatchFeature.UnmatchedDistinctiveQueryBits or MatchFeature.UnmatchedDistinctiveListedBits or MatchFeature.ConflictingBits => -1,
        MatchFeature.SpecificBits or MatchFeature.SameWords => Unused,
        _ => 1,
    };
}
