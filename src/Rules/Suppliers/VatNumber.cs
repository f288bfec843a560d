namespace Risk.Rules.Suppliers;

/// <summary>VAT numbers with their country prefix.</summary>
/// <remarks>
/// Formats: European Commission, VIES, "VAT number structures"; United Kingdom: HMRC. Check digits are verified where their rule is public (see
/// <see cref="VatCheckDigits"/>); elsewhere the format alone is, and a number of a country outside the EU and the UK is stored unchecked with a note.
/// </remarks>
public static class VatNumber
{
    /// <summary>By prefix: the shapes (9 digit, @ letter, * letter or digit, + any of these or a sign, anything else itself) and an example with right check digits where they are checked.</summary>
    private static readonly Dictionary<string, (string[] Shapes, string Example)> Formats = new(StringComparer.Ordinal)
    {
        ["AT"] = (["U99999999"], "ATU13585627"),
        ["BE"] = (["9999999999"], "BE0403170701"),
        ["BG"] = (["999999999", "9999999999"], "BG175074752"),
        ["CY"] = (["99999999@"], "CY10259033P"),
        ["CZ"] = (["99999999", "999999999", "9999999999"], "CZ25123891"),
        ["DE"] = (["999999999"], "DE136695976"),
        ["DK"] = (["99999999"], "DK13585628"),
        ["EE"] = (["999999999"], "EE100931558"),
        ["EL"] = (["999999999"], "EL094259216"),
        ["ES"] = (["*9999999*"], "ESB58378431"),
        ["FI"] = (["99999999"], "FI20774740"),
        ["FR"] = (["**999999999"], "FR40303265045"),
        ["GB"] = (["999999999", "999999999999", "GD999", "HA999"], "GB980780684"),
        ["HR"] = (["99999999999"], "HR33392005961"),
        ["HU"] = (["99999999"], "HU12892312"),
        ["IE"] = (["9999999@", "9999999@@", "9+99999@"], "IE6433435F"),
        ["IT"] = (["99999999999"], "IT00743110157"),
        ["LT"] = (["999999999", "999999999999"], "LT119511515"),
        ["LU"] = (["99999999"], "LU15027442"),
        ["LV"] = (["99999999999"], "LV40003521600"),
        ["MT"] = (["99999999"], "MT11679112"),
        ["NL"] = (["999999999B99"], "NL004495445B01"),
        ["PL"] = (["9999999999"], "PL8567346215"),
        ["PT"] = (["999999999"], "PT501964843"),
        ["RO"] = (["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"], "RO18547290"),
        ["SE"] = (["999999999901"], "SE123456789701"),
        ["SI"] = (["99999999"], "SI50223054"),
        ["SK"] = (["9999999999"], "SK2022749619"),
        ["XI"] = (["999999999", "999999999999", "GD999", "HA999"], "XI980780684"),
    };

    public static IdentifierCheck Check(string text)
    {
        string vat = IdentifierChecks.Compact(text);
        if (vat.Length < 4 || !char.IsAsciiLetter(vat[0]) || !char.IsAsciiLetter(vat[1]))
            return IdentifierCheck.Wrong($"VAT number '{text}' does not begin with its country's two letters; write it as in DE136695976");
        string prefix = vat[..2], note = "";
        if (prefix == "GR")
        {
            prefix = "EL";
            vat = "EL" + vat[2..];
            note = $"VAT number '{text}' was read as '{vat}': Greek numbers begin with EL";
        }

        string number = vat[2..];
        if (!Formats.TryGetValue(prefix, out (string[] Shapes, string Example) format))
        {
            if (CountryCode.IsAssigned(prefix) && vat.Length <= 17 && vat.AsSpan().IndexOfAnyExcept(LegalEntityIdentifier.Alphanumeric) < 0)
                return IdentifierCheck.Valid(vat, $"VAT number '{text}' was not checked: the rules of {prefix} are not known here");
            return IdentifierCheck.Wrong($"VAT number '{text}' begins with '{prefix}', which is no country's prefix; write it as in DE136695976");
        }

        if (!format.Shapes.Any(shape => Fits(number, shape))) return IdentifierCheck.Wrong($"VAT number '{text}' does not have the form of {prefix} numbers; write it as in {format.Example}");
        return VatCheckDigits.Fit(prefix, number)
            ? IdentifierCheck.Valid(vat, note)
            : IdentifierCheck.Wrong($"VAT number '{text}' does not fit its check digit, so a character is wrong or two are swapped; copy it from an invoice or check it at ec.europa.eu/taxation_customs/vies");
    }

    private static bool Fits(string number, string shape)
    {
        if (number.Length != shape.Length) return false;
        for (int i = 0; i < number.Length; i++)
        {
            char c = number[i];
            bool fits = shape[i] switch
            {
                '9' => char.IsAsciiDigit(c),
                '@' => char.IsAsciiLetterUpper(c),
                '*' => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c),
                '+' => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '+' or '*',
                char itself => c == itself,
            };
            if (!fits) return false;
        }

        return true;
    }
}
