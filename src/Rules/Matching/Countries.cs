using System.Globalization;

namespace Risk.Rules.Matching;

/// <summary>Whether two spellings name one country: codes of ISO 3166 or English names in any order of words (<c>KP</c>, <c>Korea, North</c>).</summary>
internal static class Countries
{
    /// <summary>A key that is equal for equal countries; "" for none.</summary>
    public static string Key(string country) => string.IsNullOrWhiteSpace(country) ? "" : Spell(country.Trim());

    /// <summary>True or false when both are known, null when one is not.</summary>
    public static bool? Agree(string key, string other) => key.Length == 0 || other.Length == 0 ? null : key == other;

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
