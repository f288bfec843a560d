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

    /// <summary>A file that people make. Spreadsheets of half of Europe separate with semicolons: whichever of the two the first line has more of.</summary>
    /// <param name="stream">Seekable; left at its start.</param>
    public static CsvFormat ForPeople(Stream stream)
    {
        int commas = 0, semicolons = 0;
        for (int next = stream.ReadByte(); next is not (-1 or '\r' or '\n'); next = stream.ReadByte())
        {
            if (next == ',') commas++;
            if (next == ';') semicolons++;
        }

        stream.Position = 0;
        return new CsvFormat { Separator = semicolons > commas ? ';' : ',' };
    }
}
