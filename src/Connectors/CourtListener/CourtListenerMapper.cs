using System.Globalization;
using Risk.Connectors.Sdk.Courts;

namespace Risk.Connectors.CourtListener;

/// <summary>Makes a case of a docket. Pure.</summary>
internal static class CourtListenerMapper
{
    /// <summary>Null: nobody is sued and nobody bankrupt, as in an appeal of a person in re.</summary>
    public static CourtCase? Map(CourtListenerRecord record)
    {
        bool isSuit = !Caption.Sued(record.CaseName).IsEmpty;
        if (!isSuit && !record.IsBankruptcyCourt) return null;
        CourtCaseKind kind = !isSuit ? CourtCaseKind.Bankruptcy : record.IsBankruptcyCourt ? CourtCaseKind.AdversarySuit : CourtCaseKind.CivilSuit;
        // Bankruptcy courts' own feeds write the bare number: both are then one case.
        string number = record.IsBankruptcyCourt ? record.Number.Replace("-bk-", "-", StringComparison.OrdinalIgnoreCase).Replace("-ap-", "-", StringComparison.OrdinalIgnoreCase) : record.Number;
        string nature = record.SuitNature.Length > 0 ? $"; {record.SuitNature}" : "";
        string filed = record.FiledOn is { } day ? string.Create(CultureInfo.InvariantCulture, $", filed {day:yyyy-MM-dd}") : "";
        string ended = record.TerminatedOn is { } end ? string.Create(CultureInfo.InvariantCulture, $"; terminated {end:yyyy-MM-dd}") : "";
        return new CourtCase(kind, record.CourtId, number, record.Year, record.Chapter, record.CaseName, kind == CourtCaseKind.Bankruptcy ? Caption.Debtors(InRe(record.CaseName)) : Caption.Sued(record.CaseName), IsCut: false)
        {
            FiledOn = record.FiledOn,
            Stage = record.TerminatedOn is null ? CourtStages.Filed : CourtStages.Concluded,
            Url = record.Url,
            Excerpt = string.Create(CultureInfo.InvariantCulture, $"{record.Court}{filed}{nature}{ended}"),
        };
    }

    private static string InRe(string name) => name.StartsWith("In re", StringComparison.OrdinalIgnoreCase) && name.Length > 5 && name[5] is ' ' or ':' ? name[5..].TrimStart(' ', ':') : name;
}
