namespace Risk.Rules.Matching;

/// <summary>Numbers that names write as words, ordinals or Roman numerals.</summary>
internal static class NumberWords
{
    private static readonly string[] Ones = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"];
    private static readonly string[] Tens = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    private static readonly string[] Romans = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx"];

    /// <summary>one to ninety, in English; 0 for anything else.</summary>
    public static int Cardinal(ReadOnlySpan<char> word)
    {
        if (word.Length is < 3 or > 9) return 0;
        for (int i = 0; i < Ones.Length; i++)
        {
            if (word.SequenceEqual(Ones[i])) return i + 1;
        }

        for (int i = 0; i < Tens.Length; i++)
        {
            if (word.SequenceEqual(Tens[i])) return 30 + (10 * i);
        }

        return 0;
    }

    /// <summary>1st, 22nd, 224th.</summary>
    public static int Ordinal(ReadOnlySpan<char> word)
    {
        if (word.Length is < 3 or > 8 || !char.IsAsciiDigit(word[0])) return 0;
        bool suffixed = word.EndsWith("st") || word.EndsWith("nd") || word.EndsWith("rd") || word.EndsWith("th");
        return suffixed && int.TryParse(word[..^2], out int value) ? value : 0;
    }

    /// <summary>i to xx; 0 for anything else.</summary>
    public static int Roman(ReadOnlySpan<char> word)
    {
        for (int i = 0; word.Length <= 5 && i < Romans.Length; i++)
        {
            if (word.SequenceEqual(Romans[i])) return i + 1;
        }

        return 0;
    }
}
