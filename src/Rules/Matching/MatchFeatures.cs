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
    Count,
}
