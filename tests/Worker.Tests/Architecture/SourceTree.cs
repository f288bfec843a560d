using System.Text.RegularExpressions;

namespace Risk.Worker.Tests.Architecture;

/// <summary>A source file of the repository.</summary>
/// <param name="Path">From the repository's root, with forward slashes.</param>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>Without comments; strings stay.</summary>
    public string Code { get; } = SourceTree.WithoutComments(Text);

    /// <summary>Without comments and without what is in strings.</summary>
    public string Names { get; } = SourceTree.WithoutStrings(Text);

    public override string ToString() => Path;
}

/// <summary>The repository that these tests were built from.</summary>
internal static partial class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static string[] Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(Relative).Where(p => !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/bin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    public static SourceFile[] Sources(string folder) => [.. Files(folder, "*.cs").Select(p => new SourceFile(p, Read(p)))];

    public static string Read(string path) => File.ReadAllText(System.IO.Path.Combine(Root, path));

    public static string[] Folders(string folder) =>
        [.. Directory.EnumerateDirectories(System.IO.Path.Combine(Root, folder)).Select(p => System.IO.Path.GetFileName(p)!).Where(n => n is not ("bin" or "obj")).Order(StringComparer.Ordinal)];

    public static string WithoutComments(string code) => StringOrComment().Replace(code, m => m.Value.StartsWith('/') ? "" : m.Value);

    public static string WithoutStrings(string code) => StringOrComment().Replace(code, m => m.Value.StartsWith('/') ? "" : "\"\"");

    private static string Relative(string path) => System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Risk.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Run these tests from their place below the repository: no folder above them holds Risk.sln.");
    }

    [GeneratedRegex("\"\"\"[\\s\\S]*?\"\"\"|@\"(?:[^\"]|\"\")*\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])'|//[^\\n]*|/\\*[\\s\\S]*?\\*/")]
    private static partial Regex StringOrComment();
}
