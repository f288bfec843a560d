using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk;

/// <summary>What a run told of, as text.</summary>
internal static class Told
{
    /// <summary>How records differed from their format: <c>Unknown colour 2, Missing name 2, Retyped score 2</c>.</summary>
    public static string Drift(ConnectorRun run) => string.Join(", ", run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
}
