using System.Reflection;

namespace Risk.Connectors.Sdk;

/// <summary>The README.md files of the connectors' folders, which travel in the assembly.</summary>
internal static class SourceReadme
{
    /// <summary>The text beside the module, or "".</summary>
    public static string Of(Type module)
    {
        Assembly assembly = module.Assembly;
        string folder = module.Namespace!.Split('.')[^1];
        string? name = assembly.GetManifestResourceNames().FirstOrDefault(n => n.Replace('\\', '/') == $"readme/{folder}/README.md");
        if (name is null) return "";
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
