using System.Collections.Immutable;
using System.Text;

namespace Risk.Worker.Hosting;

/// <summary>A file that comes inside the executable.</summary>
/// <param name="Path">Where it goes, relative, with forward slashes.</param>
internal sealed record BundledFile(string Path, string Resource)
{
    public Stream Open()
    {
        Stream content = typeof(Bundle).Assembly.GetManifestResourceStream(Resource)!;
        if (!Path.EndsWith(".yaml", StringComparison.Ordinal) || Path.Contains('/', StringComparison.Ordinal)) return content;

        // In the repository these files stand in a folder, in a workspace beside the schemas' folder.
        using var reader = new StreamReader(content);
        return new MemoryStream(Encoding.UTF8.GetBytes(reader.ReadToEnd().Replace("$schema=../schemas/", "$schema=schemas/", StringComparison.Ordinal)));
    }
}

/// <summary>The default rule pack, the samples and the demo's recordings, embedded at build time from <c>rules/</c> and <c>samples/</c>.</summary>
internal static class Bundle
{
    private const string WorkspacePrefix = "workspace/";

    /// <summary>What a new workspace starts with.</summary>
    public static ImmutableArray<BundledFile> Workspace { get; } = Under(WorkspacePrefix);

    /// <summary>Recordings of a day of the demo, by <c>HOST/PATH</c>.</summary>
    public static ImmutableArray<BundledFile> DemoDay(int day) => Under(FormattableString.Invariant($"demo/day-{day}/"));

    private static ImmutableArray<BundledFile> Under(string prefix) =>
    [
        .. typeof(Bundle).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => new BundledFile(name[prefix.Length..], name)),
    ];
}
