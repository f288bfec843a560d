using System.Globalization;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.OfacSdn;

/// <param name="MinimumRows">Rows that sdn.csv must have to be believed. Default 5,000 (the list has had more since 2013); at least 1.</param>
internal sealed record OfacSdnOptions(int MinimumRows)
{
    public static OfacSdnOptions Read(IConfigurationSection options)
    {
        if (options[nameof(MinimumRows)] is not { Length: > 0 } text) return new OfacSdnOptions(5000);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows >= 1) return new OfacSdnOptions(rows);
        throw new SourceFailureException(FailureKind.Misconfigured, $"{options.Path}:{nameof(MinimumRows)} is '{text}'; write a whole number of at least 1.");
    }
}
