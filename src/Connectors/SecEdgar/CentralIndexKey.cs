using System.Globalization;

namespace Risk.Connectors.SecEdgar;

/// <summary>The SEC's number of a filer; written with or without leading zeros, at most ten digits.</summary>
internal static class CentralIndexKey
{
    public static long? Parse(string? text) =>
        text is { Length: > 0 and <= 10 } && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 ? number : null;

    /// <summary>Ten digits, as URLs need it.</summary>
    public static string Pad(long cik) => cik.ToString("D10", CultureInfo.InvariantCulture);
}
