namespace Risk.Rules.Suppliers;

/// <summary>What a check of one value found.</summary>
/// <param name="Value">The normalised value; "" when it is not valid.</param>
/// <param name="Problem">The value, why it is wrong and how to mend it, in one sentence without a full stop; "" when it is valid.</param>
/// <param name="Note">What was changed or could not be checked, worth telling; or "".</param>
public readonly record struct IdentifierCheck(string Value, string Problem, string Note)
{
    public bool IsValid => Problem.Length == 0;

    internal static IdentifierCheck Valid(string value, string note = "") => new(value, "", note);

    internal static IdentifierCheck Wrong(string problem) => new("", problem, "");
}

/// <summary>Checks of identifiers by scheme. Pure; every check takes the text as a person wrote it.</summary>
public static class IdentifierChecks
{
    /// <summary>Checks a value of one of the <see cref="IdentifierScheme"/> schemes.</summary>
    public static IdentifierCheck Check(string scheme, string text) => scheme switch
    {
        IdentifierScheme.Lei => LegalEntityIdentifier.Check(text),
        IdentifierScheme.Cik => RegistryNumbers.CheckCik(text),
        IdentifierScheme.Ticker => RegistryNumbers.CheckTicker(text),
        IdentifierScheme.Duns => RegistryNumbers.CheckDuns(text),
        IdentifierScheme.Uei => RegistryNumbers.CheckUei(text),
        IdentifierScheme.Vat => VatNumber.Check(text),
        IdentifierScheme.CompaniesHouse => RegistryNumbers.CheckCompaniesHouse(text),
        IdentifierScheme.Domain => DomainName.Check(text),
        _ => throw new ArgumentException($"No check is defined for the identifier scheme '{scheme}'.", nameof(scheme)),
    };

    /// <summary>Upper case, without the separators that people put in for reading.</summary>
    internal static string Compact(string text)
    {
        Span<char> kept = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        int length = 0;
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c) && c is not ('.' or '-' or '/')) kept[length++] = char.ToUpperInvariant(c);
        }

        return kept[..length].SequenceEqual(text) ? text : kept[..length].ToString();
    }

    internal static bool IsDigits(ReadOnlySpan<char> text) => text.Length > 0 && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
