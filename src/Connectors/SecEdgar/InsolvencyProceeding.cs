namespace Risk.Connectors.SecEdgar;

/// <summary>One bankruptcy or receivership, as far as a company's filing list tells its course.</summary>
/// <param name="Reports">The 8-K filings with item 1.03, oldest first; amendments are left out.</param>
/// <param name="Steps">What happened, oldest first: stage, date, accession of the filing that says so, and its words.</param>
internal sealed record InsolvencyProceeding(IReadOnlyList<Filing> Reports, IReadOnlyList<InsolvencyStep> Steps)
{
    /// <summary>Rule 2002(b) of the Federal Rules of Bankruptcy Procedure gives creditors 28 days' notice of a hearing on a plan.</summary>
    private const int DaysBeforeConfirmation = 28;

    /// <summary>Form 15 right after a petition only stops reporting; after this long it is read as the end of the estate's public life.</summary>
    private const int DaysBeforeDeregistrationConcludes = 180;

    /// <summary>Reports of item 1.03 further apart belong to different proceedings.</summary>
    private const int DaysBetweenProceedings = 3 * 365;

    /// <summary>A report this soon after emergence still belongs to the proceeding; a later one is a new petition.</summary>
    private const int DaysOfAfterglow = 180;

    /// <summary>Form 8-K is due after four business days; companies in court are late.</summary>
    private const int DaysToReport = 30;

    private const int DaysOfLaterLife = 365;
    private const int DaysOfSilence = 3 * 365;

    /// <summary>New shares issued, holders' rights modified, change of control, charter amended: what happens together on a plan's effective date.</summary>
    private static readonly string[] EmergenceItems = ["3.02", "3.03", "5.01", "5.03"];

    public Filing First => Reports[0];

    /// <summary>The day that the first report is about, which is the petition's or the day before; the day of filing where it is missing or not credible.</summary>
    public DateOnly Since => First.Period is { } day && day <= First.FiledOn && First.FiledOn.DayNumber - day.DayNumber <= DaysToReport ? day : First.FiledOn;

    public string Stage => Steps[^1].Stage;

    public bool IsOpen => Stage is InsolvencyStage.Filed or InsolvencyStage.PlanConfirmed;

    /// <summary>EDGAR has no more to say, and never said that the company came out of it.</summary>
    public bool HasUnknownEnd => Stage is InsolvencyStage.Deregistered or InsolvencyStage.Silent;

    /// <summary>All proceedings of a company, oldest first.</summary>
    /// <param name="at">Today; silence since the last filing is counted up to it.</param>
    public static IReadOnlyList<InsolvencyProceeding> Find(FilingHistory history, DateOnly at)
    {
        List<Filing> reports = [.. history.Filings.Where(f => f.IsCurrentReport && !f.IsAmendment && f.Items.Contains("1.03", StringComparer.Ordinal))];
        var groups = new List<List<Filing>>();
        foreach (Filing report in reports)
        {
            if (groups.Count > 0 && Days(groups[^1][^1], report) <= LongestGap(groups[^1])) groups[^1].Add(report);
            else groups.Add([report]);
        }

        return [.. groups.Select((group, i) => Tell(group, history, i + 1 < groups.Count ? groups[i + 1][0].FiledOn : DateOnly.MaxValue, at))];
    }

    private static int LongestGap(List<Filing> group) => group.Exists(f => IsEmergence(group[0], f, 2)) ? DaysOfAfterglow : DaysBetweenProceedings;

    private static InsolvencyProceeding Tell(List<Filing> reports, FilingHistory history, DateOnly until, DateOnly at)
    {
        var steps = new List<InsolvencyStep> { new(InsolvencyStage.Filed, reports[0].FiledOn, reports[0].Accession, "filed") };
        foreach (Filing report in reports.Skip(1))
        {
            (string stage, string words) = Judge(reports[0], report, steps[^1].Stage);
            steps.Add(new InsolvencyStep(stage, report.FiledOn, report.Accession, words));
        }

        if (steps[^1].Stage != InsolvencyStage.Emerged)
        {
            List<Filing> later = [.. history.Filings.Where(f => f.FiledOn > reports[0].FiledOn && f.FiledOn < until)];
            AddEnding(steps, reports, later, history.IsListed && until == DateOnly.MaxValue, at);
        }

        return new InsolvencyProceeding(reports, steps);
    }

    private static (string Stage, string Words) Judge(Filing first, Filing report, string stageBefore)
    {
        if (IsEmergence(first, report, 2)) return (InsolvencyStage.Emerged, "emerged");
        // Item 2.03 beside it means that the report is about a loan for the time in court.
        bool isConfirmation = stageBefore != InsolvencyStage.Emerged && Days(first, report) >= DaysBeforeConfirmation && !report.Items.Contains("2.03", StringComparer.Ordinal);
        return isConfirmation ? (InsolvencyStage.PlanConfirmed, "plan confirmed") : (stageBefore, "further report");
    }

    private static void AddEnding(List<InsolvencyStep> steps, List<Filing> reports, List<Filing> later, bool isListed, DateOnly at)
    {
        Filing first = reports[0];
        if (later.Find(f => f.IsCurrentReport && !f.IsAmendment && !f.Items.Contains("1.03", StringComparer.Ordinal) && IsEmergence(first, f, 3)) is { } effective)
            steps.Add(new(InsolvencyStage.Emerged, effective.FiledOn, effective.Accession, "emerged"));
        else if (isListed && later.Find(f => f.IsPeriodicReport && Days(reports[^1], f) >= DaysOfLaterLife) is { } periodic)
            steps.Add(new(InsolvencyStage.Emerged, periodic.FiledOn, periodic.Accession, "listed and reporting again"));
        else if (!isListed && later.Find(f => f.BaseForm is "15-12B" or "15-12G" or "15-15D" or "15F-12B" or "15F-12G" or "15F-15D" && Days(first, f) >= DaysBeforeDeregistrationConcludes) is { } deregistration)
            steps.Add(new(InsolvencyStage.Deregistered, deregistration.FiledOn, deregistration.Accession, "deregistered"));
        else if (!isListed && (later.Count > 0 ? later[^1] : first) is { } last && at.DayNumber - last.FiledOn.DayNumber >= DaysOfSilence)
            steps.Add(new(InsolvencyStage.Silent, last.FiledOn, last.Accession, "no filing since"));
    }

    private static bool IsEmergence(Filing first, Filing report, int signs) =>
        Days(first, report) >= DaysBeforeConfirmation && EmergenceItems.Count(item => report.Items.Contains(item, StringComparer.Ordinal)) >= signs;

    private static int Days(Filing from, Filing to) => to.FiledOn.DayNumber - from.FiledOn.DayNumber;
}

/// <param name="Words">For people, after the date: "plan confirmed".</param>
internal sealed record InsolvencyStep(string Stage, DateOnly On, string Accession, string Words);

/// <summary>Values of <see cref="Rules.Signals.EventSignal.Stage"/> in the feed <c>insolvency</c>.</summary>
internal static class InsolvencyStage
{
    public const string Filed = "filed";
    public const string PlanConfirmed = "plan-confirmed";
    public const string Emerged = "emerged";

    /// <summary>The company left EDGAR without a report that it emerged: wound up, sold or taken private, EDGAR does not say.</summary>
    public const string Deregistered = "deregistered";

    /// <summary>Nothing was filed for years, and no emergence was reported.</summary>
    public const string Silent = "silent";
}
