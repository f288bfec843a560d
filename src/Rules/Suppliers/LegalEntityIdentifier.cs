namespace Risk.Rules.Suppliers;

/// <summary>LEI, ISO 17442: 18 letters and digits, then two check digits by ISO 7064 MOD 97-10 (letters count 10 to 35; the whole modulo 97 is 1).</summary>
public static class LegalEntityIdentifier
{
    public const int Length = 20;

    public static IdentifierCheck Check(string text)
    {
        string lei = IdentifierChecks.Compact(text);
        if (lei.Length != Length) return IdentifierCheck.Wrong($"LEI '{text}' has {lei.Length} characters, an LEI has {Length}; copy it from search.gleif.org");
        int odd = lei.AsSpan().IndexOfAnyExcept(Alphanumeric);
        if (odd >= 0) return IdentifierCheck.Wrong($"LEI '{text}' has a '{lei[odd]}', an LEI has only letters A to Z and digits; copy it from search.gleif.org");
        if (!IdentifierChecks.IsDigits(lei.AsSpan(18)) || Mod97(lei) != 1)
            return IdentifierCheck.Wrong($"LEI '{text}' does not fit its two check digits, so a character is wrong or two are swapped; copy it from search.gleif.org");
        return IdentifierCheck.Valid(lei);
    }

    /// <summary>The number that the text spells, letters counting 10 to 35, modulo 97.</summary>
    internal static int Mod97(ReadOnlySpan<char> text)
    {
        int remainder = 0;
        foreach (char c in text) remainder = char.IsAsciiDigit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
        return remainder;
    }

    internal static readonly System.Buffers.SearchValues<char> Alphanumeric = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}
