namespace Risk.Connectors.Gleif;

/// <summary>ISO 17442: 18 capitals or digits and two check digits, so that the whole leaves 1 modulo 97 (ISO/IEC 7064, MOD 97-10).</summary>
internal static class LegalEntityIdentifier
{
    public static bool IsValid(string text)
    {
        if (text.Length != 20) return false;
        int remainder = 0;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c)) remainder = ((remainder * 10) + (c - '0')) % 97;
            else if (char.IsAsciiLetterUpper(c)) remainder = ((remainder * 100) + (c - 'A' + 10)) % 97;
            else return false;
        }

        return remainder == 1;
    }
}
