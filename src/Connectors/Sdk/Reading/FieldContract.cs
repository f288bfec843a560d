using System.Text.Json;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>The fields that a source's JSON records are known to have. Immutable.</summary>
internal sealed class FieldContract(params (string Name, JsonValueKind Kind)[] fields)
{
    private readonly HashSet<string> known = [.. fields.Select(f => f.Name)];

    /// <summary>Counts what is unknown, missing or of another kind; null is no other kind. The record may still be of use.</summary>
    public void Check(JsonElement record, FetchAudit audit)
    {
        if (record.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty property in record.EnumerateObject())
        {
            string name = BoundedJson.NameOf(property);
            if (!known.Contains(name)) audit.Drift(FieldDrift.Unknown, name);
        }

        foreach ((string name, JsonValueKind kind) in fields)
        {
            if (!record.TryGetProperty(name, out JsonElement value)) audit.Drift(FieldDrift.Missing, name);
            else if (value.ValueKind != kind && value.ValueKind != JsonValueKind.Null) audit.Drift(FieldDrift.Retyped, name);
        }
    }
}
