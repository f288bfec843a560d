namespace Risk.Worker.Configuration;

/// <summary>How messages name files.</summary>
internal static class DisplayPath
{
    /// <summary>Relative to where the command runs, unless it lies outside.</summary>
    public static string Of(string path)
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
