namespace Risk.Rules.Matching;

/// <summary>The tables that come with the program.</summary>
internal static class DataLines
{
    /// <summary>The lines of an embedded table, without comments and empty lines.</summary>
    public static IEnumerable<string> Read(string name)
    {
        using Stream stream = typeof(DataLines).Assembly.GetManifestResourceStream("matching/" + name) ?? throw new InvalidOperationException($"the table '{name}' is not in this program");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') yield return line;
        }
    }
}
