namespace Risk.Connectors.Sdk.Reading;

/// <summary>How a CSV file is written, and what is too much.</summary>
public sealed record CsvFormat
{
    public char Separator { get; init; } = ',';

    /// <summary>True when the first row names the columns.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Passes over rows that are one Ctrl-Z (0x1A), which old exporters write at the end.</summary>
    public bool IgnoreCtrlZ { get; init; }

    /// <summary>True when the publisher promises UTF-8 (or ASCII), so that anything else is damage and not Windows-1252.</summary>
    public bool RequireUtf8 { get; init; }

    /// <summary>In UTF-16 units, unquoted. An opening quote that is never closed ends here.</summary>
    public int MaximumField { get; init; } = 64 * 1024;

    public int MaximumRow { get; init; } = 1024 * 1024;
}
