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

    /// <summary>What is of use to nobody but the bank's own clerks may go.</summary>
    private static readonly RecordFormat Format = RecordFormat.Of("""
        MANDT text optional
        SUPP_ID number|text
        SUPP_NAME text
        SUPP_TYPE_CODE text
        SUPP_PRE_ACRN text optional
        SUPP_POST_ACRN text optional
        LAND1 text
        COUNTRY_NAME text
        SUPP_STATE_CODE text
        SUPP_CITY text
        SUPP_ADDR text
        SUPP_ZIP_CODE text
        SUPP_POST_CODE text optional
        SUPP_PROV_NAME text optional
        LEGACY_FLG text optional
        UN_SUPP_FLG text optional
        INELIG_FLG text optional
        DEBAR_TYPE text optional
        DEBAR_FROM_DATE text
        DEBAR_TO_DATE text
        DEBAR_REASON text
        AML_ENTR_IND text optional
        ADD_SUPP_INFO text
        DNB_ID number|text optional
        DNB_PAR_ID number|text optional
        DNB_ULTM_ID number|text optional
        CRIS_SUPP_ID number|text optional
        SUPP_ELIG_STAT text
        CRPD_MATCH text optional
        CRPD_STAT text optional
        ELIG_STAT text optional
        CREATE_USER text optional
        CREATE_DATE text optional
        CREATE_TIME text optional
        UPD_USER text optional
        UPD_DATE text optional
        UPD_TIME text optional
        REGISTER text optional
        REGISTER_ID text optional
        PARENT text optional
        CREATE_USER_NAME text optional
        UPD_USER_NAME text optional
        RECHK_IND text optional
        INELIGIBLY_STATUS text optional
        LAST_REFRESH_DATE text
        """);

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
        Format.Check(element, audit);
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
