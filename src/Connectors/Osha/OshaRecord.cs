namespace Risk.Connectors.Osha;

/// <summary>One inspection, in the department's column names, with what it found.</summary>
/// <param name="ActivityNr">As the tables have it: pages write a suffix behind it (<c>1458614.015</c>).</param>
internal sealed record OshaRecord(string ActivityNr, string EstabName, string SiteCity, string SiteState, string OpenDate, string CloseCaseDate, string InspType)
{
    public OshaViolations Found { get; init; } = OshaViolations.None;

    /// <summary>The inspection's columns that are read.</summary>
    public static readonly string[] Columns = ["activity_nr", "estab_name", "site_city", "site_state", "open_date", "close_case_date", "insp_type"];

    /// <param name="cell">The text of a column, "" where there is none.</param>
    public static OshaRecord Of(Func<string, string> cell) =>
        new(cell("activity_nr"), cell("estab_name"), cell("site_city"), cell("site_state"), cell("open_date"), cell("close_case_date"), cell("insp_type"));
}

/// <summary>Violations of one inspection that stand.</summary>
/// <param name="Penalty">Current, in US dollars, with that for failing to abate: it is lowered on settlement.</param>
internal sealed record OshaViolations(int Willful, int Repeat, int Serious, int Other, double Penalty)
{
    public static readonly OshaViolations None = new(0, 0, 0, 0, 0);

    /// <summary>The violation's columns that are read.</summary>
    public static readonly string[] Columns = ["activity_nr", "citation_id", "viol_type", "current_penalty", "fta_penalty", "delete_flag"];

    public int Count => Willful + Repeat + Serious + Other;

    /// <summary>With one more, unless it was deleted.</summary>
    /// <param name="type">S, W, R or O (U: unclassified).</param>
    public OshaViolations With(string type, double penalty, string deleteFlag) => deleteFlag == "D" ? this : type switch
    {
        "W" => this with { Willful = Willful + 1, Penalty = Penalty + penalty },
        "R" => this with { Repeat = Repeat + 1, Penalty = Penalty + penalty },
        "S" => this with { Serious = Serious + 1, Penalty = Penalty + penalty },
        _ => this with { Other = Other + 1, Penalty = Penalty + penalty },
    };
}
