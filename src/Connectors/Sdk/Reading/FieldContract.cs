using System.Text.Json;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>The fields that a source's JSON records are known to have. Immutable.</summary>
internal sealed class FieldContract(params (string Name, JsonValueKind Kind)[] fields)
{
    private readonly Dictionary<string, JsonValueKind> kinds = fields.ToDictionary(f => f.Name, f => f.Kind, StringComparer.Ordinal);

    /// <summary>Counts what is unknown, missing or of another kind; null is no other kind. The record may still be of use.</summary>
    public void Check(JsonElement record, FetchAudit audit)
    {
        if (record.ValueKind != JsonValueKind.Object) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);

        // Names are walked, not looked up: looking up trips over a name that is no valid Unicode.
        foreach (JsonProperty property in record.EnumerateObject())
        {
            string name = BoundedJson.NameOf(property);
            seen.Add(name);
            if (!kinds.TryGetValue(name, out JsonValueKind kind)) audit.Drift(FieldDrift.Unknown, name);
            else if (property.Value.ValueKind != kind && property.Value.ValueKind != JsonValueKind.Null) audit.Drift(FieldDrift.Retyped, name);
        }

        foreach ((string name, _) in fields)
        {
            if (!seen.Contains(name)) audit.Drift(FieldDrift.Missing, name);
        }
    }
}
