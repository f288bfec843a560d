using Risk.Rules.Matching;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>What is known of a pair when it is judged.</summary>
/// <param name="Score">0 to 1, of the names, country included.</param>
/// <param name="IsSameName">Letter by letter, but for case and punctuation; of a person in either order.</param>
/// <param name="IsSameCore">The same but for legal form and spelling.</param>
/// <param name="IsOneWord">One word only speaks for it, its legal form left aside.</param>
/// <param name="IsSister">Each name has a number or a place that the other lacks, or the supplier's has a rare word more.</param>
/// <param name="HasIdentifier">Both have a number that only one company has.</param>
/// <param name="HasDomain">Both have one internet domain: a group's companies may share it.</param>
internal readonly record struct PairEvidence(
    float Score, NameStrength Strength, CountryVerdict Country, bool IsPerson, bool IsSameName, bool IsSameCore, bool IsOneWord, bool IsSister, bool HasIdentifier, bool HasDomain);

/// <summary>From what is known of a pair to what it is called. The score orders; this says what a person is asked.</summary>
internal static class MatchPolicy
{
    /// <returns>Null: nothing to tell.</returns>
    public static MatchResult? Judge(in PairEvidence pair)
    {
        if (pair.HasIdentifier) return MatchResult.Hit;
        if (pair.IsPerson) return JudgePerson(pair);
        bool confirmed = pair.Country == CountryVerdict.Agrees || pair.HasDomain, alike = pair.IsSameName || pair.IsSameCore || pair.Score >= ScoreBands.Strong;

        // A weak alias helps to confirm and alerts nobody by itself (OFAC's FAQ 124).
        if (pair.Strength == NameStrength.Weak) return confirmed && alike ? MatchResult.Possible : null;
        bool doubtful = (pair.IsOneWord && !confirmed) || pair.IsSister;
        if (alike && !doubtful && (pair.IsSameName || pair.Country != CountryVerdict.Contradicts)) return MatchResult.Hit;
        return pair.IsSameName || pair.IsSameCore || pair.Score >= ScoreBands.Review || pair.HasDomain ? MatchResult.Possible : null;
    }

    /// <summary>Persons have namesakes: nothing less than the full name counts, and another country makes it doubtful.</summary>
    private static MatchResult? JudgePerson(in PairEvidence pair)
    {
        if (!pair.IsSameName || pair.IsOneWord) return null;
        if (pair.Strength == NameStrength.Weak) return pair.Country == CountryVerdict.Agrees ? MatchResult.Possible : null;
        return pair.Country == CountryVerdict.Contradicts ? MatchResult.Possible : MatchResult.Hit;
    }
}
