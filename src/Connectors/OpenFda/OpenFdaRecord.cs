using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.OpenFda;

/// <summary>One product line, in the field names of the enforcement endpoints; device/recall.json has other names for the same. Text as it came, "" where there is none.</summary>
internal sealed record OpenFdaRecord(
    string EventId, string RecallNumber, string Classification, string Status, string ProductType, string ProductDescription, string ReasonForRecall, string RecallingFirm, string City, string State, string Country,
    string RecallInitiationDate, string ReportDate, string RootCause)
{
    public static OpenFdaRecord Read(JsonElement line) => new(
        Text(line, "event_id", "res_event_number"), Text(line, "recall_number", "product_res_number"), Text(line, "classification"), Text(line, "status", "recall_status"), Text(line, "product_type"),
        Text(line, "product_description"), Text(line, "reason_for_recall"), Text(line, "recalling_firm"), Text(line, "city"), Text(line, "state"), Text(line, "country"),
        Text(line, "recall_initiation_date", "event_date_initiated"), Text(line, "report_date", "event_date_posted"), Text(line, "root_cause_description"));

    private static string Text(JsonElement line, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (BoundedJson.Text(line, name).Trim() is { Length: > 0 } text) return text;
        }

        return "";
    }
}
