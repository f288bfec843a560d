using System.Globalization;

namespace Risk.Connectors.Sdk;

/// <summary>Files of a publisher that people, or a script of theirs, put into the workspace because no address gives them to a program: <c>sources/ID/*</c>.</summary>
internal static class SourceFiles
{
    public const string Folder = "sources";

    private const long MaximumBytes = 512L << 20;

    /// <summary>The files of the source, by name.</summary>
    /// <param name="workspace">Absolute path of the workspace folder.</param>
    /// <param name="pattern">With wildcards: <c>*.csv</c>.</param>
    public static IReadOnlyList<string> Find(string workspace, string source, string pattern)
    {
        string folder = Path.Combine(workspace, Folder, source);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>The file's path as people know it, for evidence and messages.</summary>
    public static string NameOf(string source, string file) => $"{Folder}/{source}/{Path.GetFileName(file)}";

    /// <exception cref="SourceFailureException">It cannot be opened, or is too large.</exception>
    public static FileStream Open(string source, string file)
    {
        try
        {
            FileStream stream = File.OpenRead(file);
            if (stream.Length <= MaximumBytes) return stream;
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceFailureException(FailureKind.Misconfigured, $"{NameOf(source, file)} cannot be opened ({e.Message.TrimEnd('.')}); check its permissions and whether another program holds it.", e);
        }

        throw new SourceFailureException(FailureKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{NameOf(source, file)} is larger than {MaximumBytes >> 20} MB; split it."));
    }
}
