using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Risk.Connectors.Sdk.Screening;

/// <param name="MinimumRows">Records that the list must have to be believed; at least 1.</param>
internal sealed record ListOptions(int MinimumRows)
{
    /// <param name="options">The section <c>Risk:Sources:ID</c>.</param>
    /// <param name="minimumRows">The default, below anything the list has been for years.</param>
    /// <exception cref="SourceFailureException">Misconfigured.</exception>
    public static ListOptions Read(IConfigurationSection options, int minimumRows)
    {
        if (options[nameof(MinimumRows)] is not { Length: > 0 } text) return new ListOptions(minimumRows);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows >= 1) return new ListOptions(rows);
        throw new SourceFailureException(FailureKind.Misconfigured, $"{options.Path}:{nameof(MinimumRows)} is '{text}'; write a whole number of at least 1.");
    }
}
