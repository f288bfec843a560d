namespace Risk.Rules.Matching;

/// <summary>Identifiers without punctuation and in upper case, so that writings of one number are equal.</summary>
internal static class IdentifierKey
{
    /// <summary>Shorter numbers are shared by chance.</summary>
    private const int Shortest = 6;

    /// <summary>"" when it is too short to decide anything.</summary>
    public static string Of(string identifier)
    {
        string key = string.Concat(identifier.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return key.Length >= Shortest && key.Any(char.IsAsciiDigit) ? key : "";
    }
}
