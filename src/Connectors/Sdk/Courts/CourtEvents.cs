using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk.Courts;

/// <summary>Makes the event of one case for one supplier. Pure.</summary>
internal static class CourtEvents
{
    private const int LongestExcerpt = 1000;

    /// <summary>
    /// Older cases are no news when they are first heard of. Nearly every plan of a company is confirmed, or its case converted or dismissed, within two years: a debtor alone may propose plans for 18 months
    /// at most (11 U.S.C. 1121(d)). Dockets stay open for years after that, over claims and suits.
    /// </summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(730);

    /// <summary>A sure bankruptcy is an insolvency; everything else a case that a person may want to look at.</summary>
    /// <param name="open">What is known by now: a case that was once told while it was news stays so, however old it becomes.</param>
    public static EventSignal Of(CourtMatch match, SourceId source, DateTimeOffset observedAt, OpenProceedings open)
    {
        CourtCase found = match.Case.Kind == CourtCaseKind.Bankruptcy && IsOpen(match.Case.Stage) && Midnight(match.Case.FiledBy) < observedAt - News
            && !open.Has(match.Supplier.Id, UsBankruptcy.Story(match.Case.Year)) ? match.Case with { Stage = CourtStages.LongOpen } : match.Case;
        bool isBankruptcy = found.Kind == CourtCaseKind.Bankruptcy;
        string excerpt = $"{found.Court} {found.Number}: {found.Caption}; {(found.Chapter.Length > 0 ? $"chapter {found.Chapter}; " : "")}{found.Excerpt}; supplier \"{match.Supplier.Name}\", party \"{match.Party}\": {match.Reasons}";
        if (excerpt.Length > LongestExcerpt) excerpt = excerpt[..LongestExcerpt];
        return new EventSignal
        {
            Supplier = match.Supplier.Id,
            Source = source,
            Name = isBankruptcy && match.IsSure ? SharedFeeds.Insolvency.Name : SharedFeeds.CourtCase.Name,
            Id = found.Id,
            Type = found.Kind switch
            {
                CourtCaseKind.Bankruptcy => match.IsSure ? UsBankruptcy.EventType : "possible-bankruptcy",
                CourtCaseKind.AdversarySuit => match.IsSure ? "sued-by-estate" : "possible-sued-by-estate",
                _ => match.IsSure ? "civil-suit" : "possible-civil-suit",
            },
            Title = Title(match, found),
            Stage = found.Stage,
            Story = isBankruptcy && match.IsSure ? UsBankruptcy.Story(found.Year) : found.Id,
            Severity = (found.Kind, match.IsSure) switch
            {
                (CourtCaseKind.Bankruptcy, true) => IsOpen(found.Stage) ? 5 : 3,
                (CourtCaseKind.Bankruptcy, false) => 2,
                _ => 1,
            },
            // Never later than the petition can have been, so that what the company itself reports of its course counts as the newer word.
            OccurredAt = Midnight(found.FiledOn ?? new DateOnly(found.Year, 1, 1)),
            ObservedAt = observedAt,
            Evidence = new Evidence(found.Url, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(excerpt))), observedAt),
        };
    }

    private static bool IsOpen(string stage) => stage is CourtStages.Filed or CourtStages.PlanConfirmed;

    private static string Title(CourtMatch match, CourtCase found)
    {
        string when = found.FiledOn is { } day ? "filed " + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"filed in {found.Year} (the day is not known, {found.Year}-01-01 stands for it)");
        string number = $"{found.Number} ({found.Court})";
        string possibly = match.IsSure ? "" : $", if it is {match.Party}: a person has to compare";
        return found.Kind switch
        {
            CourtCaseKind.Bankruptcy => $"Bankruptcy{(found.Chapter.Length > 0 ? ", chapter " + found.Chapter : "")}, case {number}, {when}{found.Stage switch { CourtStages.Filed => "", CourtStages.LongOpen => ", still on the docket", _ => ", " + found.Stage.Replace('-', ' ') }}{possibly}",
            CourtCaseKind.AdversarySuit => $"Sued in a bankruptcy court by {Clip(Caption.Suing(found.Caption))}, case {number}, {when}{possibly}",
            _ => $"Sued by {Clip(Caption.Suing(found.Caption))}, case {number}, {when}{possibly}",
        };
    }

    private static string Clip(string text) => text.Length == 0 ? "a party that the docket does not name" : text.Length <= 80 ? text : text[..80];

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
