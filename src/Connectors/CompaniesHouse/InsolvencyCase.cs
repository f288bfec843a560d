namespace Risk.Connectors.CompaniesHouse;

/// <summary>One insolvency case of a company, judged by its type and dates.</summary>
/// <param name="StartedOn">The earliest date that opens the case, else the earliest at all; null when the register states none.</param>
/// <param name="EndedOn">Null while the case is open.</param>
internal sealed record InsolvencyCase(string Type, string Number, DateOnly? StartedOn, DateOnly? EndedOn, IReadOnlyList<(string Type, DateOnly On)> Dates)
{
    /// <summary>Dates that end a case; <c>due-to-be-dissolved-on</c> only announces the end.</summary>
    private static readonly HashSet<string> Endings = new(StringComparer.Ordinal)
    {
        "concluded-winding-up-on", "dissolved-on", "administration-ended-on", "administration-discharged-on", "voluntary-arrangement-ended-on", "moratorium-ended-on", "case-end-on",
    };

    /// <summary>A company that is active again has outlived its case, also where nobody filed the end: receivers of the last century often did not.</summary>
    private const int DaysToBeOutlived = 366;

    private const string Announcement = "due-to-be-dissolved-on";

    /// <summary>A members' voluntary liquidation rests on a sworn declaration that all debts will be paid.</summary>
    public bool IsSolvent => Type == "members-voluntary-liquidation";

    public bool IsConcluded => EndedOn is not null || IsOutlived;

    /// <summary>No end is stated, but the register has called the company active for long.</summary>
    public bool IsOutlived { get; private init; }

    public int Severity => IsSolvent ? 2 : IsConcluded ? 3 : 5;

    /// <param name="companyStatus">The register's present word; it lags a new case by days.</param>
    public InsolvencyCase In(string? companyStatus, DateOnly today) =>
        this with { IsOutlived = EndedOn is null && companyStatus == "active" && StartedOn is { } started && today.DayNumber - started.DayNumber > DaysToBeOutlived };

    /// <param name="dissolvedOn">When the company itself was dissolved, which ends every case.</param>
    public static InsolvencyCase Read(CaseRecord record, DateOnly? dissolvedOn)
    {
        List<(string Type, DateOnly On)> dates =
        [
            .. (record.Dates ?? []).OfType<CaseDateRecord>().Where(d => d.Type is not null && RegisterDate.Parse(d.Date) is not null)
                .Select(d => (d.Type!, RegisterDate.Parse(d.Date)!.Value)).OrderBy(d => d.Item2).ThenBy(d => d.Item1, StringComparer.Ordinal),
        ];
        List<DateOnly> openings = [.. dates.Where(d => !Endings.Contains(d.Type) && d.Type != Announcement).Select(d => d.On)];
        List<DateOnly> endings = [.. dates.Where(d => Endings.Contains(d.Type)).Select(d => d.On)];
        DateOnly? startedOn = openings.Count > 0 ? openings[0] : dates.Count > 0 ? dates[0].On : null;
        return new InsolvencyCase(record.Type is { Length: > 0 } type ? type : "case", record.Number ?? "", startedOn, endings.Count > 0 ? endings[^1] : dissolvedOn, dates);
    }
}
