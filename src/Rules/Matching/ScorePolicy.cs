namespace Risk.Rules.Matching;

/// <summary>What is decided beside the likeness of names: identifiers first, weak aliases, lone words and sister companies held back, countries weighed.</summary>
internal static class ScorePolicy
{
    /// <summary>The same registration number decides alone.</summary>
    public const float SameIdentifier = 1;

    /// <summary>The same words in the same order, whatever is listed: persons, vessels and aircraft too.</summary>
    public const float SameName = 0.9999f;

    /// <summary>The same words with a legal form on one side only come before any other words: a likeness that is sure already is raised to this.</summary>
    private const float SameWords = 0.9985f;
    private const float Sure = 0.85f;

    /// <summary>A weak alias never gets over the review threshold by itself: OFAC does not expect it to be screened (FAQ 124).</summary>
    public const float WeakAlias = 0.5f;

    /// <summary>The same one word still comes before every other name.</summary>
    public const float LoneSameName = 0.96f;
    public const float CountryAgrees = 0.05f;
    public const float CountryDiffers = 0.10f;

    /// <summary>One word, however rare, is some other company's name too: it is never "strong" without a second field. Below the knee nothing changes.</summary>
    private const float LoneMost = 0.9f;
    private const float LoneKnee = 0.5f;

    /// <summary>A legal form that one company in 64 has, or fewer, is such a second field; LTD and INC are not.</summary>
    private const float TellingFormBits = 6;

    /// <summary>Places that differ make sister companies: raised, but lower. A place that only the listed name has makes one less surely.</summary>
    private const float OtherPlace = 0.6f;
    private const float PlaceOnlyListed = 0.9f;

    /// <summary>Words that every second company has are little evidence, in whatever number.</summary>
    private const float LeastBits = 2.5f;
    private const float LeastGenericBits = 8;

    /// <summary>One word that one company name in 64 has is as good as none: BANK, PETROL, NORD.</summary>
    private const float LeastLoneBits = 6;
    private const float Generic = 0.25f;

    /// <summary>The most that generic words ever come to, unless they are the same to the last.</summary>
    public const float MostGeneric = Generic + (CountryAgrees * (1 - Generic));

    /// <summary>Nobody hides a party because its name is a common one: the same words to the last are for review.</summary>
    private const float GenericSameName = 0.6f;

    /// <summary>From likeness to score. Limits keep the order that the likeness gave among names of one kind; a country moves the score but never hides a name.</summary>
    /// <param name="features">As measured for the likeness.</param>
    public static float Apply(float likeness, ReadOnlySpan<float> features, NameStrength strength, bool? countryAgrees)
    {
        float score = Limited(likeness, features, countryAgrees is true);
        if (strength == NameStrength.WeakAlias && countryAgrees is not true) score *= WeakAlias;
        return countryAgrees switch
        {
            true => score + (CountryAgrees * (1 - score)),
            false => score * (1 - CountryDiffers),
            null => score,
        };
    }

    public static bool IsGeneric(ReadOnlySpan<float> features) =>
        features[(int)MatchFeature.MatchedBits] < (features[(int)MatchFeature.MatchedWords] <= 1 ? LeastLoneBits : LeastBits) || (features[(int)MatchFeature.SpecificBits] <= 0 && features[(int)MatchFeature.MatchedBits] < LeastGenericBits);

    /// <summary>One word, and no uncommon legal form that both have.</summary>
    public static bool IsLone(ReadOnlySpan<float> features) => features[(int)MatchFeature.MatchedWords] <= 1 && features[(int)MatchFeature.SharedFormBits] < TellingFormBits;

    private static float Limited(float likeness, ReadOnlySpan<float> features, bool countryAgrees)
    {
        bool isSame = likeness >= SameName;
        if (IsGeneric(features)) return isSame ? GenericSameName : likeness * Generic;
        if (isSame) return IsLone(features) && !countryAgrees ? LoneSameName : likeness;
        if (likeness >= Sure && features[(int)MatchFeature.SameWords] > 0 && features[(int)MatchFeature.LegalForm] > 0) likeness = Math.Max(likeness, SameWords);
        float score = features[(int)MatchFeature.Places] switch
        {
            0 => likeness * OtherPlace,
            1 => likeness * PlaceOnlyListed,
            _ => likeness,
        };
        return countryAgrees || score <= LoneKnee || !IsLone(features) ? score : LoneKnee + ((score - LoneKnee) * (LoneMost - LoneKnee) / (1 - LoneKnee));
    }
}
