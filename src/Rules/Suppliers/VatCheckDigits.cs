namespace Risk.Rules.Suppliers;

/// <summary>The public check digit rules of VAT numbers, by country prefix.</summary>
/// <remarks>
/// Sources: the tax offices' own descriptions as collected by the European Commission (VIES VAT number algorithms) and HMRC; BE, DE (ISO 7064 MOD 11,10), NL (also
/// ISO 7064 MOD 97-10 since 2020) and HR as published by the national authorities. Countries that are not named are not checked.
/// </remarks>
internal static class VatCheckDigits
{
    private const string SpanishLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
    private const string SpanishCompanyLetters = "JABCDEFGHI";
    private const string IrishLetters = "WABCDEFGHIJKLMNOPQRSTUV";

    /// <param name="number">Of the country's form, without the prefix.</param>
    public static bool Fit(string prefix, string number) => prefix switch
    {
        "AT" => Austria(number[1..]),
        "BE" => number[0] is '0' or '1' && 97 - Number(number[..8]) % 97 == Number(number[8..]),
        "DE" or "HR" => Iso11With10(number),
        "DK" => number[0] != '0' && Weighted(number, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0,
        "EL" => Weighted(number[..8], 256, 128, 64, 32, 16, 8, 4, 2) % 11 % 10 == Digit(number[8]),
        "ES" => Spain(number),
        "FI" => Finland(number),
        "FR" => !IdentifierChecks.IsDigits(number.AsSpan(0, 2)) || (12 + 3 * (Number(number[2..]) % 97)) % 97 == Number(number[..2]),
        "GB" or "XI" => UnitedKingdom(number),
        "IE" => Ireland(number),
        "IT" => Luhn(number),
        "LU" => Number(number[..6]) % 89 == Number(number[6..]),
        "NL" => Weighted(number[..8], 9, 8, 7, 6, 5, 4, 3, 2) % 11 == Digit(number[8]) || LegalEntityIdentifier.Mod97("NL" + number) == 1,
        "PL" => Weighted(number[..9], 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11 == Digit(number[9]),
        "PT" => number[0] != '0' && Portugal(number),
        "SE" => Luhn(number[..10]),
        "SK" => Number(number) % 11 == 0,
        _ => true,
    };

    private static bool Austria(string number)
    {
        int sum = 4;
        for (int i = 0; i < 7; i++) sum += i % 2 == 0 ? Digit(number[i]) : CrossSum(Digit(number[i]) * 2);
        return (10 - sum % 10) % 10 == Digit(number[7]);
    }

    private static bool Finland(string number)
    {
        int remainder = Weighted(number[..7], 7, 9, 10, 5, 8, 4, 2) % 11;
        return remainder != 1 && (remainder == 0 ? 0 : 11 - remainder) == Digit(number[7]);
    }

    private static bool Portugal(string number)
    {
        int check = 11 - Weighted(number[..8], 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        return (check > 9 ? 0 : check) == Digit(number[8]);
    }

    /// <summary>Weighted sum and two check digits modulo 97; numbers given since 2009 are shifted by 55. Government and health numbers have none.</summary>
    private static bool UnitedKingdom(string number)
    {
        if (number[0] == 'G') return Number(number[2..]) < 500;
        if (number[0] == 'H') return Number(number[2..]) >= 500;
        long total = Weighted(number[..7], 8, 7, 6, 5, 4, 3, 2) + Number(number[7..9]);
        return total % 97 == 0 || (total + 55) % 97 == 0;
    }

    /// <summary>Persons (DNI, NIE) by a letter modulo 23; companies by a digit or its letter.</summary>
    private static bool Spain(string number)
    {
        char first = number[0], last = number[8];
        if (char.IsAsciiDigit(first)) return SpanishLetters[(int)(Number(number[..8]) % 23)] == last;
        if (first is 'X' or 'Y' or 'Z') return SpanishLetters[(int)(Number((char)('0' + (first - 'X')) + number[1..8]) % 23)] == last;
        if (first is 'K' or 'L' or 'M') return SpanishLetters[(int)(Number(number[1..8]) % 23)] == last || SpanishCompanyLetters[SpanishCompany(number)] == last;
        int check = SpanishCompany(number);
        return last == '0' + check || last == SpanishCompanyLetters[check];
    }

    private static int SpanishCompany(string number)
    {
        int sum = 0;
        for (int i = 1; i <= 7; i++) sum += i % 2 == 1 ? CrossSum(Digit(number[i]) * 2) : Digit(number[i]);
        return (10 - sum % 10) % 10;
    }

    /// <summary>A letter modulo 23; numbers of the old form (a letter or sign in second place) are turned round first, and a second letter counts nine times.</summary>
    private static bool Ireland(string number)
    {
        string digits = char.IsAsciiDigit(number[1]) ? number[..7] : "0" + number[2..7] + number[0];
        int sum = Weighted(digits, 8, 7, 6, 5, 4, 3, 2);
        if (number.Length == 9 && number[8] != 'W') sum += 9 * (number[8] - 'A' + 1);
        return IrishLetters[sum % 23] == number[7];
    }

    private static bool Iso11With10(string number)
    {
        int product = 10;
        foreach (char c in number[..^1])
        {
            int sum = (Digit(c) + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == Digit(number[^1]);
    }

    private static bool Luhn(string number)
    {
        int sum = 0;
        for (int i = 0; i < number.Length; i++)
        {
            int digit = Digit(number[number.Length - 1 - i]);
            sum += i % 2 == 0 ? digit : CrossSum(digit * 2);
        }

        return sum % 10 == 0;
    }

    private static int Weighted(string number, params ReadOnlySpan<int> weights)
    {
        int sum = 0;
        for (int i = 0; i < weights.Length; i++) sum += Digit(number[i]) * weights[i];
        return sum;
    }

    private static int CrossSum(int number) => number / 10 + number % 10;

    private static int Digit(char c) => c - '0';

    private static long Number(string digits) => long.Parse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
}
