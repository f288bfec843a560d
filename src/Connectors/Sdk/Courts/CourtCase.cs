using System.Collections.Immutable;

namespace Risk.Connectors.Sdk.Courts;

/// <summary>What a docket says of one case in a court of the United States.</summary>
/// <param name="Court">The court's short name: <c>nysb</c>.</param>
/// <param name="Number">Case number without office and judge: <c>16-10992</c>.</param>
/// <param name="Year">In which the case was opened, by its number.</param>
/// <param name="Chapter">Of the Bankruptcy Code, or "" where the docket does not say.</param>
/// <param name="Caption">As the docket has it.</param>
/// <param name="Parties">The debtors, or in a suit the parties that are sued.</param>
/// <param name="IsCut">The caption was cut, so that the last name may be part of one.</param>
internal sealed record CourtCase(CourtCaseKind Kind, string Court, string Number, int Year, string Chapter, string Caption, ImmutableArray<string> Parties, bool IsCut)
{
    /// <summary>The day of the petition or complaint, where the docket says it.</summary>
    public DateOnly? FiledOn { get; init; }

    public string Stage { get; init; } = CourtStages.Filed;

    public required string Url { get; init; }

    /// <summary>The entry that the case was last judged by.</summary>
    public required string Excerpt { get; init; }

    public string Id => $"{Court}-{Number}";

    /// <summary>The latest day on which it can have been opened.</summary>
    public DateOnly FiledBy => FiledOn ?? new DateOnly(Year, 12, 31);
}

internal enum CourtCaseKind
{
    /// <summary>A case under the Bankruptcy Code; the parties are the debtors.</summary>
    Bankruptcy,

    /// <summary>A suit in a bankruptcy court, mostly of an estate that wants payments back; the parties are the sued.</summary>
    AdversarySuit,

    /// <summary>Another suit; the parties are the sued.</summary>
    CivilSuit,
}

internal static class CourtStages
{
    public const string Filed = "filed";

    /// <summary>Not over, but years old already when it was first heard of: no news, and mostly a company that has long come out of it.</summary>
    public const string LongOpen = "long-open";
    public const string PlanConfirmed = "plan-confirmed";
    public const string Dismissed = "dismissed";
    public const string Concluded = "concluded";
}

/// <summary>Bankruptcies in the United States, told by dockets and by the companies' own reports to the SEC, which know nothing of each other's numbers.</summary>
internal static class UsBankruptcy
{
    /// <summary>The event type that reports of one proceeding share.</summary>
    public const string EventType = "bankruptcy";

    /// <summary>
    /// One story for all reports of a company's petitions of one year: a group files dozens of cases on one day, and a docket entry tells of its petition only the year, by
    /// the case number. A second petition in the same year is told by the same story.
    /// </summary>
    /// <param name="year">Of the petition.</param>
    public static string Story(int year) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"us-bankruptcy-{year}");
}
