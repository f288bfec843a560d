using System.Globalization;

namespace Risk.Connectors.SecEdgar;

/// <summary>One row of a company's filing list.</summary>
/// <param name="Accession">As written, <c>0001193125-24-011295</c>.</param>
/// <param name="Form">With its <c>/A</c> when it amends.</param>
/// <param name="FiledOn">EDGAR's filing date: the next business day for acceptances after 17:30 Eastern.</param>
/// <param name="Period">Report date: period end of a report, date of the event of an 8-K; null when upstream states none.</param>
/// <param name="Items">Item numbers of an 8-K; empty for other forms.</param>
/// <param name="AcceptedAt">As upstream writes it: real UTC for some filers, New York's clock with a Z for others, so up to five hours early and never late.</param>
internal sealed record Filing(string Accession, string Form, DateOnly FiledOn, DateOnly? Period, IReadOnlyList<string> Items, string FileNumber, DateTimeOffset? AcceptedAt = null)
{
    /// <summary>EDGAR dates an acceptance on a Friday evening before a holiday four days later.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(5);

    public bool IsAmendment => Form.EndsWith("/A", StringComparison.Ordinal);

    public string BaseForm => IsAmendment ? Form[..^2] : Form;

    public bool IsCurrentReport => Form.StartsWith("8-K", StringComparison.Ordinal);

    /// <summary>Of at least one class of securities.</summary>
    public bool IsRemovalFromListing => BaseForm is "25" or "25-NSE";

    public bool IsPeriodicReport => IsPeriodic(BaseForm);

    /// <param name="baseForm">Without <c>/A</c>.</param>
    public static bool IsPeriodic(string baseForm) => baseForm is "10-K" or "10-Q" or "10-KT" or "10-QT" or "20-F" or "40-F";

    public DateTimeOffset FiledAt => Dates.Midnight(FiledOn);

    /// <summary>From when on anybody could read it. A filing of Friday evening is dated Monday and was there on Friday.</summary>
    public DateTimeOffset PublicFrom => AcceptedAt is { } accepted && accepted > FiledAt - LongestWait && accepted < FiledAt.AddDays(1) ? accepted : FiledAt;

    /// <summary>The page where a person can see the filing and its documents.</summary>
    public static string IndexPage(long cik, string accession) =>
        string.Create(CultureInfo.InvariantCulture, $"https://www.sec.gov/Archives/edgar/data/{cik}/{accession.Replace("-", "", StringComparison.Ordinal)}/{accession}-index.htm");

    /// <summary>Oldest first; filings of one day by accession, so that the order never depends on the upstream's.</summary>
    public static int Compare(Filing a, Filing b) =>
        a.FiledOn != b.FiledOn ? a.FiledOn.CompareTo(b.FiledOn) : string.CompareOrdinal(a.Accession, b.Accession);
}

/// <summary>Dates as EDGAR writes them.</summary>
internal static class Dates
{
    public static DateTimeOffset Midnight(DateOnly date) => new(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    public static DateOnly Of(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>An instant with an offset or a Z.</summary>
    public static DateTimeOffset? ParseInstant(string? text) => ParseWithOffset(text)?.ToUniversalTime();

    /// <summary>As <see cref="ParseInstant"/>, with the offset as written: its date is the day where it was written.</summary>
    public static DateTimeOffset? ParseWithOffset(string? text) =>
        text is { Length: >= 20 and <= 40 } && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;

    public static DateOnly? Parse(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;

    public static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
