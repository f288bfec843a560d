using System.Security.Cryptography;
using System.Text;
using Risk.Worker.Configuration;
using Risk.Worker.Portfolio;

namespace Risk.Worker.Hosting.Reloading;

/// <summary>The files of a workspace that a running service follows.</summary>
internal static class WorkspaceFiles
{
    public const string TestsSuffix = ".tests.yaml";

    private static readonly string[] Beside = ["scoring.yaml", "overlay.yaml", "catalog.yaml", "routing.yaml", "silences.yaml"];

    /// <summary>Rule packs and their tests, in ordinal order.</summary>
    /// <remarks>Hidden names are left out: editors keep locks and swap files there, and a mounted ConfigMap its older versions.</remarks>
    public static IEnumerable<string> Rules(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Where(path => !IsHidden(Path.GetRelativePath(folder, path))).Order(StringComparer.Ordinal)
        : [];

    /// <summary>
    /// Names the content of all files together. Read anew at every call: time stamps and change notices are not to be trusted on network drives and container mounts.
    /// Only of the portfolio, which may be large, size and time of the last change are taken. Of the other tables, which their sources read, it counts that they are
    /// there: some switch a source on.
    /// </summary>
    public static string Fingerprint(RiskOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Rules(options.RulesFolder).Concat(Files(options.SourcesFolder, "*.yaml")).Concat(Beside.Select(name => Path.Combine(options.Workspace, name))))
        {
            if (Content(path) is not { } content) continue;
            hash.AppendData(Encoding.UTF8.GetBytes(path + "\0"));
            hash.AppendData(SHA256.HashData(content));
        }

        foreach (string name in PortfolioFile.Names)
        {
            var file = new FileInfo(Path.Combine(options.Workspace, name));
            if (file.Exists) hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name}\0{file.Length} {file.LastWriteTimeUtc.Ticks}")));
        }

        foreach (string table in Tables(options)) hash.AppendData(Encoding.UTF8.GetBytes(table + "\0"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Tables beside the portfolio, and folders that hold any.</summary>
    private static IEnumerable<string> Tables(RiskOptions options)
    {
        string[] folders = [.. Folders(options.Workspace).Concat(Folders(options.SourcesFolder)).Where(f => Files(f, "*.csv").Any() || Files(f, "*.htm*").Any())];
        return Files(options.Workspace, "*.csv").Concat(folders).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Folders(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(path => !IsHidden(Path.GetFileName(path))) : [];

    private static IEnumerable<string> Files(string folder, string pattern) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Where(path => !IsHidden(Path.GetFileName(path))).Order(StringComparer.Ordinal) : [];

    private static bool IsHidden(string relative) => relative.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.'));

    /// <summary>Null when there is no such file; what cannot be read now counts as content of its own, so that it is seen when it can.</summary>
    private static byte[]? Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Encoding.UTF8.GetBytes(e.GetType().Name);
        }
    }
}
