namespace Risk.Rules.Matching;

/// <summary>What is decided beside the likeness of names: identifiers first, weak aliases and lone words held back, countries weighed.</summary>
internal static class ScorePolicy
{
    /// <summary>The same registration number decides alone.</summary>
    public const float SameIdentifier = 1;

    /// <summary>The same words in the same order, whatever is listed: persons, vessels and aircraft too.</summary>
    public const float SameName = 0.9999f;

    /// <summary>A weak alias never gets over the review threshold by itself: OFAC does not expect it to be screened (FAQ 124).</summary>
    public const float WeakAlias = 0.5f;

    /// <summary>One word, however rare, is some other company's name too: it is never "strong" without a second field.</summary>
    public const float LoneWord = 0.9f;

    /// <summary>The same one word still comes before every other name.</summary>
    public const float LoneSameName = 0.96f;

    /// <summary>Words that every second company has are no evidence, in whatever number; nor is less than one word in 16 of any kind.</summary>
    private const float GenericBits = 4;
    private const float Generic = 0.25f;
    public const float CountryAgrees = 0.05f;
    public const float CountryDiffers = 0.10f;

    /// <summary>Factors keep the order that the likeness gave; a country moves the score but never hides a name.</summary>
    public static float Apply(float likeness, float matchedBits, float specificBits, float matchedWords, NameStrength strength, bool? countryAgrees)
    {
        if (matchedWords <= 1 && countryAgrees is not true && likeness > Knee && likeness < SameName) likeness = Knee + ((likeness - Knee) * (LoneTop - Knee) / (1 - Knee));
        float score = likeness * Factor(likeness, matchedBits, specificBits, matchedWords, strength, countryAgrees);
        return countryAgrees switch
        {
            true => score + (CountryAgrees * (1 - score)),
            false => score * (1 - CountryDiffers),
            null => score,
        };
    }

    private static readonly float Knee = float.Parse(Environment.GetEnvironmentVariable("KNEE") ?? "0.7"), LoneTop = float.Parse(Environment.GetEnvironmentVariable("LONETOP") ?? "0.9");
    public static bool IsGeneric(float matchedBits, float specificBits) => matchedBits < 2.5f || (specificBits <= 0 && matchedBits < 8);

    private static float Factor(float likeness, float matchedBits, float specificBits, float matchedWords, NameStrength strength, bool? countryAgrees)
    {
        float factor = 1;
        if (IsGeneric(matchedBits, specificBits)) factor *= Generic;
        else if (matchedWords <= 1 && countryAgrees is not true && likeness >= SameName) factor *= LoneSameName;
        if (strength == NameStrength.WeakAlias && countryAgrees is not true) factor *= WeakAlias;
        return factor;
    }
}
