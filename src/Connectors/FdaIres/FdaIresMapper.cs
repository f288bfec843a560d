using System.Diagnostics.CodeAnalysis;
using Risk.Connectors.Sdk.Fda;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.FdaIres;

/// <summary>Makes the line of a recall from a record.</summary>
internal static class FdaIresMapper
{
    public static bool TryMap(FdaIresRecord record, DateTimeOffset observedAt, [NotNullWhen(true)] out FdaRecall? line, out string problem)
    {
        line = null;
        // Reports are dated by the Wednesday to come.
        DateTimeOffset? reported = RecordDates.Of(record.EnforcementReportDt, observedAt.AddDays(30));
        DateTimeOffset? initiated = RecordDates.Of(record.RecallInitiationDt, reported ?? observedAt);
        problem = record switch
        {
            { RecallEventId: "" } => "no RECALLEVENTID",
            { FirmLegalNam: "" } => "no FIRMLEGALNAM",
            _ when initiated is null && reported is null => FdaRecallEvents.NoDate,
            _ => "",
        };
        if (problem.Length > 0) return false;
        string fei = record.FirmFeiNum.Length == 0 ? "" : "FEI " + record.FirmFeiNum;
        line = new FdaRecall(
            record.RecallEventId, record.RecallNum, record.CenterClassificationTypeTxt switch { "1" => 1, "2" => 2, "3" => 3, _ => 0 }, record.PhaseTxt, record.ProductTypeShort, record.ProductDescriptionTxt,
            record.ProductShortReasonTxt, record.FirmLegalNam, string.Join(", ", new[] { record.FirmCityNam, record.FirmStatePrvncNam, record.FirmCountryNam, fei }.Where(p => p.Length > 0)),
            CountryNames.CodeOf(record.FirmCountryNam), initiated, reported)
        {
            SurvivingFirm = record.FirmSurvivingNam,
        };
        return true;
    }
}
