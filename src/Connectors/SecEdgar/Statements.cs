using System.Globalization;

namespace Risk.Connectors.SecEdgar;

/// <summary>An amount that is one figure or made of several, with the words for it.</summary>
internal sealed record Amount(double Value, string Words, IReadOnlyList<CompanyFact> Inputs)
{
    public static Amount Of(CompanyFact fact) => new(fact.Value, $"{fact.Concept} {Number(fact.Value)}{Restated(fact)}{(fact.Start is { } start ? $" (from {Dates.Text(start)})" : "")}", [fact]);

    public static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    /// <summary>The value and its period alone, where many amounts stand side by side; the filings follow.</summary>
    public string Brief => Inputs is [{ Start: null } only]
        ? $"{only.Concept} {Number(Value)}{Restated(only)} at {Dates.Text(only.End)}"
        : $"{string.Join(" - ", Inputs.Select(f => f.Concept).Distinct(StringComparer.Ordinal))} {Number(Value)}{(Inputs.Count == 1 ? Restated(Inputs[0]) : "")} (12 months to {Dates.Text(Inputs.Max(f => f.End))})";

    /// <summary>A figure that a later filing told otherwise; the first one stood in the accounts people acted on.</summary>
    public static string Restated(CompanyFact fact) => fact.FirstReported is { } first ? $" [first reported {Number(first)}]" : "";
}

/// <summary>A company's figures in one taxonomy and currency, by line and day. Pure.</summary>
internal sealed class Statements
{
    // A fiscal year of 52 or 53 weeks, and a calendar year in a leap year.
    private const int ShortestYearDays = 350, LongestYearDays = 380;

    // A quarter of 12 to 14 weeks; a part of a year is one to three of them.
    private const int ShortestPartDays = 80, LongestQuarterDays = 100, LongestPartDays = 290;

    /// <summary>Two periods of the same part of two years differ by a week at most.</summary>
    private const int DaysOfShift = 10;

    /// <summary>Covers count their shares at most so long after the period.</summary>
    private const int DaysToCover = 150;

    /// <summary>Smaller differences are corrections and rounding.</summary>
    private const double MaterialShare = 0.01;

    private readonly Concepts concepts;
    private readonly ILookup<(string Concept, DateOnly End), CompanyFact> facts;
    private readonly ILookup<string, CompanyFact> flows;
    private readonly List<CompanyFact> covers;
    private readonly List<DateOnly> sheetDays;
    private readonly DateOnly partYearsSince;

    private Statements(Concepts concepts, string currency, List<CompanyFact> own, List<CompanyFact> covers)
    {
        this.concepts = concepts;
        this.covers = covers;
        Currency = currency;
        facts = own.ToLookup(f => (f.Concept, f.End));
        flows = own.Where(f => f.Start is not null).ToLookup(f => f.Concept, StringComparer.Ordinal);
        Ends = [.. own.Where(f => f.Unit == currency).Select(f => f.End).Distinct().Order()];
        sheetDays = [.. own.Where(f => f.Start is null && f.Unit == currency).Select(f => f.End).Distinct().Order()];
        partYearsSince = Ends[^1].AddYears(-YearsOfPartYears);
    }

    /// <summary>So far before the newest figure are years put together of quarters; before that fiscal years are enough.</summary>
    private const int YearsOfPartYears = 2;

    public string Currency { get; }

    /// <summary>Days on which a period ends, oldest first; at least one.</summary>
    public IReadOnlyList<DateOnly> Ends { get; }

    /// <summary>Of companies that tag in several currencies or taxonomies the one of their newest balance sheet, and of those the one with most.</summary>
    /// <returns>Null when there is no balance sheet by that day.</returns>
    public static Statements? Of(CompanyFacts facts, DateOnly until)
    {
        var best = facts.Facts.Where(f => f.Unit != "shares" && f.Start is null && f.End <= until && Concepts.Find(f.Taxonomy) is { } named && (named.Of(Line.Assets).Contains(f.Concept) || named.Of(Line.LiabilitiesAndEquity).Contains(f.Concept)))
            .GroupBy(f => (f.Taxonomy, f.Unit)).OrderByDescending(g => g.Max(f => f.End)).ThenByDescending(g => g.Count())
            .ThenBy(g => g.Key.Unit, StringComparer.Ordinal).ThenByDescending(g => g.Key.Taxonomy, StringComparer.Ordinal).FirstOrDefault();
        if (best is null) return null;
        List<CompanyFact> known = [.. facts.Facts.Where(f => f.End <= until)];
        return new Statements(
            Concepts.Find(best.Key.Taxonomy)!, best.Key.Unit, [.. known.Where(f => f.Taxonomy == best.Key.Taxonomy && (f.Unit == best.Key.Unit || f.Unit == "shares"))],
            [.. known.Where(f => f.Concept == CompanyFacts.CoverShares).OrderBy(f => f.End)]);
    }

    /// <summary>The balance sheet a year before, if there is one.</summary>
    public DateOnly? YearBefore(DateOnly end) => Nearest(sheetDays, end);

    public static DateOnly? Nearest(IReadOnlyList<DateOnly> days, DateOnly yearAfter)
    {
        DateOnly target = yearAfter.AddYears(-1);
        DateOnly[] near = [.. days.Where(d => Math.Abs(d.DayNumber - target.DayNumber) <= DaysOfShift)];
        return near.Length == 0 ? null : near.MinBy(d => Math.Abs(d.DayNumber - target.DayNumber));
    }

    /// <summary>A line of the balance sheet of that day.</summary>
    public Amount? At(Line line, DateOnly day) => First(line, concept => facts[(concept, day)].FirstOrDefault(f => f.Start is null));

    /// <summary>A line over the twelve months to that day: the fiscal year, else the last fiscal year with this year's part for last year's, else four quarters.</summary>
    public Amount? Year(Line line, DateOnly end)
    {
        IEnumerable<Amount> told = concepts.Of(line).Select(c => Year(c, end)).OfType<Amount>();
        return line == Line.Revenue ? told.MaxBy(a => a.Value) : told.FirstOrDefault();
    }

    /// <summary>Shares outstanding: the balance sheet's, else those on the report's cover.</summary>
    public (Amount Amount, bool IsCover)? Shares(DateOnly end)
    {
        if (At(Line.Shares, end) is { } stated) return (stated, false);
        return covers.Find(f => f.End >= end && f.End.DayNumber - end.DayNumber <= DaysToCover) is { } cover ? (Amount.Of(cover), true) : null;
    }

    public Amount? TotalEquity(DateOnly day)
    {
        if (At(Line.EquityWithMinority, day) is { } whole) return whole;
        if (At(Line.Equity, day) is not { } equity) return null;
        return At(Line.MinorityInterest, day) is { } minority ? new Amount(equity.Value + minority.Value, $"({equity.Words} + {minority.Words})", [.. equity.Inputs, .. minority.Inputs]) : equity;
    }

    public Amount? TotalLiabilities(DateOnly day)
    {
        if (At(Line.Liabilities, day) is { } stated) return stated;
        return At(Line.LiabilitiesAndEquity, day) is { } total && TotalEquity(day) is { } equity
            ? new Amount(total.Value - equity.Value, $"(Liabilities not reported, derived: {total.Words} - {equity.Words})", [.. total.Inputs, .. equity.Inputs])
            : null;
    }

    /// <summary>EBIT over twelve months.</summary>
    public Amount? OperatingProfit(DateOnly end)
    {
        if (Year(Line.OperatingProfit, end) is { } operating) return operating;
        return Year(Line.PretaxProfit, end) is { } pretax && Year(Line.Interest, end) is { } interest
            ? new Amount(pretax.Value + interest.Value, $"(pre-tax {pretax.Words} + {interest.Words})", [.. pretax.Inputs, .. interest.Inputs])
            : null;
    }

    public Amount? GrossProfit(DateOnly end)
    {
        if (Year(Line.GrossProfit, end) is { } gross) return gross;
        return Year(Line.Revenue, end) is { } revenue && Year(Line.CostOfSales, end) is { } cost
            ? new Amount(revenue.Value - cost.Value, $"({revenue.Words} - {cost.Words})", [.. revenue.Inputs, .. cost.Inputs])
            : null;
    }

    private Amount? First(Line line, Func<string, CompanyFact?> find) => concepts.Of(line).Select(find).FirstOrDefault(f => f is not null) is { } fact ? Amount.Of(fact) : null;

    private Amount? Year(string concept, DateOnly end)
    {
        // Of several lengths the newest filed, then the longest.
        CompanyFact? whole = facts[(concept, end)].Where(f => f.Days is >= ShortestYearDays and <= LongestYearDays).OrderByDescending(f => f.Filed).ThenBy(f => f.Start).FirstOrDefault();
        if (whole is not null) return Amount.Of(whole);
        return end < partYearsSince ? null : YearOfParts(concept, end) ?? YearOfQuarters(concept, end);
    }

    /// <summary>Fiscal year + this year to date - last year to the same date, each of the same concept, one beginning where the other ended.</summary>
    private Amount? YearOfParts(string concept, DateOnly end)
    {
        if (facts[(concept, end)].Where(f => f.Days is >= ShortestPartDays and <= LongestPartDays).MaxBy(f => f.Days) is not { Start: { } start } part) return null;
        if (facts[(concept, start.AddDays(-1))].FirstOrDefault(f => f.Days is >= ShortestYearDays and <= LongestYearDays) is not { } year) return null;
        CompanyFact? before = flows[concept].Where(f => f.Start == year.Start && f.Days < ShortestYearDays && Math.Abs(f.Days - part.Days) <= DaysOfShift).MinBy(f => Math.Abs(f.Days - part.Days));
        if (before is null || !AreOfOneBasis(year, part, before)) return null;
        return new Amount(
            year.Value + part.Value - before.Value,
            $"{concept} {Amount.Number(year.Value + part.Value - before.Value)} (12 months: {Span(year)} + {Span(part)} - {Span(before)})",
            [year, part, before]);
    }

    /// <summary>A business that was sold is taken out of some earlier periods and not of others; parts told with and without it cannot be added up.</summary>
    private static bool AreOfOneBasis(CompanyFact year, CompanyFact part, CompanyFact before) =>
        IsRecast(year) == IsRecast(before) && (!IsRecast(part) || IsRecast(year)) && (!IsRecast(year) || IsRecast(part) || part.Filed >= year.Filed);

    private static bool IsRecast(CompanyFact fact) => fact.FirstReported is { } first && Math.Abs(fact.Value - first) > MaterialShare * Math.Max(Math.Abs(first), Math.Abs(fact.Value));

    private Amount? YearOfQuarters(string concept, DateOnly end)
    {
        var quarters = new List<CompanyFact>(4);
        for (DateOnly to = end; quarters.Count < 4; to = quarters[^1].Start!.Value.AddDays(-1))
        {
            if (facts[(concept, to)].FirstOrDefault(f => f.Days is >= ShortestPartDays and <= LongestQuarterDays) is not { } quarter) return null;
            quarters.Add(quarter);
        }

        return new Amount(quarters.Sum(q => q.Value), $"{concept} {Amount.Number(quarters.Sum(q => q.Value))} (12 months: {string.Join(" + ", quarters.Select(Span))})", quarters);
    }

    private static string Span(CompanyFact fact) => $"{Amount.Number(fact.Value)}{Amount.Restated(fact)} from {Dates.Text(fact.Start!.Value)} to {Dates.Text(fact.End)}";
}
