namespace Risk.Connectors.Sdk.News;

/// <summary>The tables that come with the program.</summary>
internal static class NewsData
{
    /// <summary>The lines of an embedded table, without comments and empty lines, parted at the first colon.</summary>
    public static IEnumerable<(string Head, string Items)> Read(string name)
    {
        using Stream stream = typeof(NewsData).Assembly.GetManifestResourceStream("news/" + name) ?? throw new InvalidOperationException($"the table '{name}' is not in this program");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#' && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) yield return (line[..colon], line[(colon + 1)..].Trim());
        }
    }
}
