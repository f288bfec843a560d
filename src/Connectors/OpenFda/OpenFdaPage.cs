using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.OpenFda;

/// <summary>One answer: records, and where they stand among all that fit the query.</summary>
internal sealed record OpenFdaPage(ImmutableArray<OpenFdaRecord> Records, int Skip, int Total)
{
    /// <exception cref="SourceFailureException">Malformed.</exception>
    public static OpenFdaPage Read(ReadOnlyMemory<byte> body, OpenFdaEndpoint endpoint, FetchAudit audit)
    {
        string name = endpoint.Path;
        using JsonDocument document = BoundedJson.Parse(body, name);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw Malformed(name, "is no object");

        // FDA publishes its samples as one bare result, or as a whole answer called its anatomy.
        if (!root.TryGetProperty("results", out JsonElement results) && root.TryGetProperty("result", out JsonElement sample)) return new OpenFdaPage([Record(sample)], 0, 1);
        if (results.ValueKind == JsonValueKind.Undefined && BoundedJson.Member(root, "anatomy") is { ValueKind: JsonValueKind.Object } whole) (root, results) = (whole, BoundedJson.Member(whole, "results"));
        if (results.ValueKind != JsonValueKind.Array) throw Malformed(name, "has no results");
        ImmutableArray<OpenFdaRecord> records = [.. results.EnumerateArray().Select(Record)];
        return new OpenFdaPage(records, Number(root, "skip"), Number(root, "total"));

        OpenFdaRecord Record(JsonElement record)
        {
            endpoint.Format.Check(record, audit);
            return OpenFdaRecord.Read(record);
        }
    }

    /// <summary>Whether a 404 says that nothing fits the query, and not that the address is gone.</summary>
    public static bool SaysNoMatch(ReadOnlyMemory<byte> body, string name)
    {
        try
        {
            using JsonDocument document = BoundedJson.Parse(body, name);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out JsonElement error) && BoundedJson.Text(error, "code") == "NOT_FOUND";
        }
        catch (SourceFailureException)
        {
            return false;
        }
    }

    private static int Number(JsonElement root, string property) =>
        root.TryGetProperty("meta", out JsonElement meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("results", out JsonElement results) && results.ValueKind == JsonValueKind.Object
        && results.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : 0;

    private static SourceFailureException Malformed(string name, string what) => new(FailureKind.Malformed, $"The answer of {name} {what}; nothing of this run was kept, the next one tries again.");
}
