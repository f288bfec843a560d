using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.WorldBankDebarred;

/// <summary>The document: <c>response.ZPROCSUPP[]</c>. About a megabyte, so it is read at once.</summary>
internal sealed class WorldBankDebarredList(FetchAudit audit)
{
    public const long MaximumBytes = 32 * 1024 * 1024;

    private readonly Dictionary<string, WorldBankDebarredRecord> records = new(StringComparer.Ordinal);

    /// <summary>The latest LAST_REFRESH_DATE: it changes with every refresh, and never goes back.</summary>
    public DateTimeOffset? RefreshedAt { get; private set; }

    public IReadOnlyCollection<WorldBankDebarredRecord> Records => records.Values;

    /// <summary>Reads the document; gives the number of records.</summary>
    /// <exception cref="SourceFailureException">Not the documented format.</exception>
    public long Read(Snapshot part)
    {
        using JsonDocument document = BoundedJson.Parse(File.ReadAllBytes(part.File), part.Part);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("response", out JsonElement response)
            || response.ValueKind != JsonValueKind.Object || !response.TryGetProperty("ZPROCSUPP", out JsonElement all) || all.ValueKind != JsonValueKind.Array)
            throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} has no array 'response.ZPROCSUPP'.");

        var rows = new ListRows(audit, "records");
        foreach (JsonElement element in all.EnumerateArray()) rows.Add(string.Create(CultureInfo.InvariantCulture, $"record {rows.Count + 1}"), Take(element));
        return rows.Whole();
    }

    private string? Take(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return "no object";
        var record = new WorldBankDebarredRecord(
            Text("SUPP_ID"), Text("SUPP_NAME"), Text("ADD_SUPP_INFO"), Text("SUPP_TYPE_CODE"), Text("LAND1"), Text("DEBAR_FROM_DATE"), Text("DEBAR_TO_DATE"), Text("DEBAR_REASON"), Text("SUPP_ELIG_STAT"),
            Text("DNB_ID"));
        if (record.SuppId.Length == 0) return "no SUPP_ID";
        if (record.SuppName.Length == 0) return "no SUPP_NAME";
        if (WorldBankDebarredMapper.Date(record.DebarToDate) is null) return "DEBAR_TO_DATE is no date";
        if (DateTimeOffset.TryParse(Text("LAST_REFRESH_DATE"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at) && !(at <= RefreshedAt))
            RefreshedAt = at;
        return records.TryAdd(record.SuppId, record) ? null : "SUPP_ID is there twice";

        string Text(string name) => element.TryGetProperty(name, out JsonElement value) ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        } : "";
    }
}
