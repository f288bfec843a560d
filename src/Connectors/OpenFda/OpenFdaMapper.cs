using System.Diagnostics.CodeAnalysis;
using Risk.Connectors.Sdk.Fda;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.OpenFda;

/// <summary>Makes the line of a recall from a record.</summary>
internal static class OpenFdaMapper
{
    public static bool TryMap(OpenFdaRecord record, DateTimeOffset observedAt, [NotNullWhen(true)] out FdaRecall? line, out string problem)
    {
        line = null;
        DateTimeOffset? reported = RecordDates.Of(record.ReportDate, observedAt.AddDays(30));
        DateTimeOffset? initiated = RecordDates.Of(record.RecallInitiationDate, reported ?? observedAt);
        problem = record switch
        {
            { EventId: "" } => "no event_id",
            { RecallingFirm: "" } => "no recalling_firm",
            _ when initiated is null && reported is null => FdaRecallEvents.NoDate,
            _ => "",
        };
        if (problem.Length > 0) return false;
        line = new FdaRecall(
            record.EventId, record.RecallNumber, ClassOf(record.Classification), record.Status, record.ProductType, record.ProductDescription, record.ReasonForRecall, record.RecallingFirm,
            string.Join(", ", new[] { record.City, record.State, record.Country }.Where(p => p.Length > 0)), CountryOf(record.Country), initiated, reported)
        {
            RootCause = record.RootCause,
        };
        return true;
    }

    private static int ClassOf(string classification) => classification switch { "Class I" => 1, "Class II" => 2, "Class III" => 3, _ => 0 };

    private static string CountryOf(string country) => country.Length == 2 ? country.ToUpperInvariant() : CountryNames.CodeOf(country);
}
