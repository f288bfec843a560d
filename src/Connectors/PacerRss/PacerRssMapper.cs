using Risk.Connectors.Sdk.Courts;

namespace Risk.Connectors.PacerRss;

/// <summary>Makes cases of docket entries. Pure.</summary>
internal static class PacerRssMapper
{
    /// <summary>Only natural persons have regular income to adjust debts by.</summary>
    private const string Individuals = "13";

    /// <summary>Null: the entry says nothing of a company's insolvency or of a suit.</summary>
    public static CourtCase? Map(PacerRssRecord record, string court) => record switch
    {
        { CaseType: "bk", Chapter: not Individuals } => new CourtCase(CourtCaseKind.Bankruptcy, court, record.Number, record.Year, record.Chapter, record.Caption, Caption.Debtors(record.Caption), record.IsCut)
        {
            FiledOn = IsPetition(record) ? DateOnly.FromDateTime(record.At.UtcDateTime) : null, Stage = StageOf(record.Entry), Url = record.Url, Excerpt = Words(record),
        },
        { CaseType: "ap" } => new CourtCase(CourtCaseKind.AdversarySuit, court, record.Number, record.Year, "", record.Caption, Caption.Sued(record.Caption), record.IsCut)
        {
            FiledOn = Has(record.Entry, "complaint") && !Has(record.Entry, "amended") && record.Year == record.At.Year ? DateOnly.FromDateTime(record.At.UtcDateTime) : null,
            Stage = Has(record.Entry, "close adversary") || Has(record.Entry, "dismiss") ? CourtStages.Concluded : CourtStages.Filed,
            Url = record.Url,
            Excerpt = Words(record),
        },
        _ => null,
    };

    /// <summary>What is known of the case after a further entry: a stage is left only for a later one, and the first report stays the evidence until the stage moves.</summary>
    public static CourtCase Advance(CourtCase known, CourtCase further)
    {
        CourtCase moved = Rank(further.Stage) > Rank(known.Stage) ? known with { Stage = further.Stage, Excerpt = further.Excerpt } : known;
        return moved with { FiledOn = known.FiledOn ?? further.FiledOn, Chapter = known.Chapter.Length > 0 ? known.Chapter : further.Chapter };
    }

    private static bool IsPetition(PacerRssRecord record) => (Has(record.Entry, "voluntary petition") || Has(record.Entry, "chapter 15 petition")) && !Has(record.Entry, "amended") && record.Year == record.At.Year;

    /// <summary>Of entries by which a case moves; motions and notices about the same thing move nothing.</summary>
    private static string StageOf(string entry) =>
        Has(entry, "motion") || Has(entry, "notice") || Has(entry, "objection") || Has(entry, "hearing") ? CourtStages.Filed
        : Has(entry, "final decree") || Has(entry, "case closed") || Has(entry, "close bankruptcy case") || Has(entry, "closing case") ? CourtStages.Concluded
        : Has(entry, "order dismissing") || Has(entry, "order on dismissal") || Has(entry, "case dismissed") ? CourtStages.Dismissed
        : Has(entry, "order confirming") || Has(entry, "confirmation order") ? CourtStages.PlanConfirmed
        : CourtStages.Filed;

    private static int Rank(string stage) => stage switch { CourtStages.Filed => 0, CourtStages.PlanConfirmed => 1, _ => 2 };

    private static bool Has(string entry, string words) => entry.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string Words(PacerRssRecord record) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"entered {record.At:yyyy-MM-dd}: {record.Entry}");
}
