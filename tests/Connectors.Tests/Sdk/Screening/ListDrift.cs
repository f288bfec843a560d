using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.Screening;

/// <summary>What a run told of fields that are not as the format says.</summary>
internal static class ListDrift
{
    /// <returns><c>Missing name 3</c>, by kind and name.</returns>
    public static string[] Of(ConnectorRun run) => [.. run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal)];
}
