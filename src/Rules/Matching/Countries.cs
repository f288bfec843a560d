using System.Globalization;

namespace Risk.Rules.Matching;

/// <summary>Whether two spellings name one country: codes of ISO 3166 or English names in any order of words (<c>KP</c>, <c>Korea, North</c>).</summary>
internal static class Countries
{
    private const char Between = '|';

    /// <summary>A key that is equal for equal countries; "" for none. Several countries (with ';') give one key for all.</summary>
    public static string Key(string country) => string.Join(Between, country.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Spell));

    /// <summary>True or false when both are known, null when one is not.</summary>
    /// <param name="key">Of one country.</param>
    /// <param name="other">Of one or several; one that agrees is enough.</param>
    public static bool? Agree(string key, string other)
    {
        if (key.Length == 0 || other.Length == 0) return null;
        foreach (Range one in other.AsSpan().Split(Between))
        {
            if (other.AsSpan(one).SequenceEqual(key)) return true;
        }

        return false;
    }

    private static string Spell(string country)
    {
        string name = country;
        if (country.Length is 2 or 3 && country.All(char.IsAsciiLetter))
        {
            try
            {
                name = new RegionInfo(country.ToUpperInvariant()).EnglishName;
            }
            catch (ArgumentException)
            {
                // No such code: it is compared as it is written.
            }
        }

        var words = new TokenizedName();
        NameFolder.Fold(name, words);
        return string.Join(' ', Enumerable.Range(0, words.Count).Select(i => words.Word(i).ToString()).Where(w => w is not ("the" or "of" or "republic" or "islamic" or "federation" or "people" or "s" or "peoples")).Order(StringComparer.Ordinal));
    }
}
