using Xunit;

namespace Risk.Testing;

/// <summary>A test on shared data, which is not part of the repository: skipped unless RISK_SHARED names the folder that holds it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (Root.Length == 0) Skip = "RISK_SHARED does not name a folder";
    }

    private static string Root { get; } = Environment.GetEnvironmentVariable("RISK_SHARED") is { } folder && Directory.Exists(folder) ? folder : "";

    /// <summary>A path inside the shared folder.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);
}
