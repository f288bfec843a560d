using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Tests.Sdk;

public sealed class FieldContractTests
{
    private static readonly FieldContract Contract = new(("id", JsonValueKind.String), ("score", JsonValueKind.Number), ("note", JsonValueKind.String));

    [Fact]
    public void Check_RecordsThatDiffer_AreCountedByField()
    {
        var audit = new FetchAudit();
        foreach (string record in (string[])["""{"id": "1", "score": 1, "note": null}""", """{"id": "2", "score": "1"}""", """{"id": "3", "score": "2", "note": "n", "colour": "red"}""", "[]", """{"id": "4", "score": 1, "note": "n", "\ud800": 1}"""])
            Contract.Check(JsonElement.Parse(record), audit);
        Assert.Equal(
            [(FieldDrift.Unknown, "(no valid Unicode)", 1), (FieldDrift.Unknown, "colour", 1), (FieldDrift.Missing, "note", 1), (FieldDrift.Retyped, "score", 2)],
            audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value)));
    }

    [Fact]
    public void Drift_OfAHostileRecord_HasAnEnd()
    {
        var audit = new FetchAudit();
        for (int i = 0; i < 1000; i++) audit.Drift(FieldDrift.Unknown, new string('x', 1000) + i);
        for (int i = 0; i < 1000; i++) audit.Drift(FieldDrift.Unknown, $"f{i}");
        Assert.Equal(50, audit.Drifted.Count);
        Assert.All(audit.Drifted.Keys, k => Assert.True(k.Field.Length <= 100));
    }
}
