using System.Globalization;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;

namespace Risk.Connectors.SecEdgar;

/// <summary>How far the watch over all of EDGAR's filings has come.</summary>
/// <param name="SeenUntil">The newest entry of the feed at the last run, with New York's offset.</param>
/// <param name="MovedAt">Our clock when the feed last had something new, or an index was there.</param>
/// <param name="IndexedUntil">Last day whose daily index was read, or need not be.</param>
internal sealed record WatchState(DateTimeOffset SeenUntil, DateTimeOffset MovedAt, DateOnly IndexedUntil);

/// <summary>What was filed since the last run.</summary>
/// <param name="Filed">The newest filing that matters of each company, by CIK; null: it is not known who filed, every company's own list has to be read.</param>
/// <param name="State">To go on from; null when nothing is known.</param>
internal sealed record WatchResult(IReadOnlyDictionary<long, FiledBy>? Filed, WatchState? State);

/// <summary>Tells who filed since the last run, in a handful of requests: the feed of current filings, and the daily indexes of the days since.</summary>
/// <remarks>
/// The feed is quick and holds only the last hours; the index of a day is complete and comes the night after. Each finished day's index is read once, so a feed that
/// is stuck or has gaps costs a day, not a filing. Where neither reaches back to the last run, every list is read: silence is never taken for "nothing filed".
/// </remarks>
internal sealed class FilingWatch(FetchContext context)
{
    /// <summary>4,000 entries: more than EDGAR sends out in a working day without the reports of owners. Upstream ends with a 503 soon after.</summary>
    private const int MostPages = 40;

    /// <summary>Further back, reading every list is cheaper than the indexes.</summary>
    private const int MostIndexDays = 30;

    /// <summary>A working day still without an index after so long was a holiday.</summary>
    private const int DaysForAnIndex = 3;

    /// <summary>Longer than EDGAR is ever closed: the feed is stuck.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(5);

    private const long MaximumPageBytes = 4L << 20, MaximumIndexBytes = 64L << 20;

    /// <summary>New York is four or five hours behind; an hour late at midnight does no harm.</summary>
    private static readonly TimeSpan NewYork = TimeSpan.FromHours(-5);

    private static readonly int[] NoFeedHere = [404], NoIndexThatDay = [403, 404];

    private readonly Dictionary<long, FiledBy> filed = [];

    /// <param name="before">Where the last run came to; null at the first.</param>
    public async Task<WatchResult> LookAsync(WatchState? before, CancellationToken cancellationToken)
    {
        DateOnly yesterday = DateOnly.FromDateTime(context.ObservedAt.ToOffset(NewYork).DateTime).AddDays(-1);
        try
        {
            if (await PageAsync(0, cancellationToken).ConfigureAwait(false) is not { } first) return new WatchResult(null, null);
            if (first.Count == 0 && before is null) return new WatchResult(null, null);
            DateTimeOffset newest = first.Select(r => r.At).Append(before?.SeenUntil ?? DateTimeOffset.MinValue).Max();
            // A clock that was set back (looking at the past) has no use for what was filed since.
            if (newest > context.ObservedAt + FilingHistory.ClockSkew) return new WatchResult(null, before);
            var anew = new WatchState(newest, context.ObservedAt, yesterday);
            if (before is null) return new WatchResult(null, anew);
            if (yesterday.DayNumber - before.IndexedUntil.DayNumber > MostIndexDays) return Everything("the last run was too long ago for the daily indexes", anew);

            DateTimeOffset reach = await ReadBackAsync(first, before.SeenUntil, cancellationToken).ConfigureAwait(false);
            (DateOnly indexedUntil, bool foundIndex, DateOnly? open) = await ReadIndexesAsync(before.IndexedUntil, yesterday, cancellationToken).ConfigureAwait(false);
            bool moved = newest > before.SeenUntil || foundIndex;
            var state = new WatchState(newest, moved ? context.ObservedAt : before.MovedAt, indexedUntil);
            if (context.ObservedAt - state.MovedAt > LongestSilence) return Everything("the feed of current filings has not moved for days", state);
            // Days of which the feed shows a part only; the index has them, once it is there.
            DateOnly gapFrom = Later(DateOnly.FromDateTime(before.SeenUntil.DateTime), before.IndexedUntil.AddDays(1)), gapTo = DateOnly.FromDateTime(reach.DateTime.AddTicks(-1));
            bool isGap = reach > before.SeenUntil && Days(gapFrom, gapTo).Any(day => DailyIndex.IsExpected(day) && (day > yesterday || day == open || day > indexedUntil));
            return isGap ? Everything("the feed of current filings does not reach back to the last run", state) : new WatchResult(filed, state);
        }
        catch (SourceFailureException failure) when (!SupplierSweep.IsAboutTheSource(failure.Kind))
        {
            return Everything($"current filings could not be read ({failure.Kind})", before);
        }
    }

    private WatchResult Everything(string why, WatchState? state)
    {
        context.Audit.Reject("every list of filings was read instead", why);
        return new WatchResult(null, state);
    }

    /// <summary>Null: this upstream (an in-house mirror) has no such feed.</summary>
    private async Task<IReadOnlyList<FiledBy>?> PageAsync(int number, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(CurrentFilings.Page(number), MaximumPageBytes, cancellationToken, NoFeedHere).ConfigureAwait(false);
        return answer.Status == 404 ? null : CurrentFilings.Read(answer.Body, context.Audit);
    }

    /// <summary>Pages back until the last run's newest entry.</summary>
    /// <returns>From when on the feed is complete.</returns>
    private async Task<DateTimeOffset> ReadBackAsync(IReadOnlyList<FiledBy> page, DateTimeOffset until, CancellationToken cancellationToken)
    {
        DateTimeOffset oldest = until;
        for (int number = 1; ; number++)
        {
            foreach (FiledBy row in page.Where(r => r.At >= until)) Note(row);
            if (page.Count > 0) oldest = page.Min(r => r.At);
            if (oldest <= until && page.Count > 0) return until;
            // A short page is the last one: the feed holds nothing older than today.
            if (page.Count < CurrentFilings.PageSize) return new DateTimeOffset(oldest.Date, oldest.Offset) is var morning && morning > until ? morning : until;
            if (number >= MostPages) return oldest;
            try
            {
                page = await PageAsync(number, cancellationToken).ConfigureAwait(false) ?? [];
            }
            catch (SourceFailureException failure) when (failure.Kind is FailureKind.ServerError)
            {
                return oldest;
            }
        }
    }

    /// <summary>Reads the index of each finished day.</summary>
    /// <returns>Until when; whether one was there; the first day whose index may still come.</returns>
    private async Task<(DateOnly Until, bool Found, DateOnly? Open)> ReadIndexesAsync(DateOnly after, DateOnly yesterday, CancellationToken cancellationToken)
    {
        bool found = false;
        DateOnly until = after;
        DateOnly? open = null;
        foreach (DateOnly day in Days(after.AddDays(1), yesterday))
        {
            bool isThere = DailyIndex.IsExpected(day) && await ReadIndexAsync(day, cancellationToken).ConfigureAwait(false);
            found |= isThere;
            if (!isThere && DailyIndex.IsExpected(day) && yesterday.DayNumber - day.DayNumber < DaysForAnIndex) open ??= day;
            if (open is null) until = day;
        }

        return (until, found, open);
    }

    private async Task<bool> ReadIndexAsync(DateOnly day, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(DailyIndex.Of(day), MaximumIndexBytes, cancellationToken, NoIndexThatDay).ConfigureAwait(false);
        if (answer.Status == 200)
        {
            try
            {
                foreach (FiledBy row in DailyIndex.Read(answer.Body.Span, day, context.Audit)) Note(row);
                return true;
            }
            catch (SourceFailureException failure)
            {
                context.Audit.Reject(failure.Message, "daily index that is not believed, asked for again");
                return false;
            }
        }

        // The archive answers 403 AccessDenied for a file that is not there, and the same status with a page of HTML to callers that are too fast.
        if (answer.Status == 403 && !Encoding.UTF8.GetString(answer.Body.Span).Contains("<Code>AccessDenied</Code>", StringComparison.Ordinal))
            throw new SourceFailureException(FailureKind.RateLimited, "www.sec.gov answered 403, which means too many requests; the next run goes on from here.", retryAfter: TimeSpan.FromMinutes(10));
        return false;
    }

    private void Note(FiledBy row)
    {
        if (!FilingEventMapper.Matters(row.Form)) return;
        if (!filed.TryGetValue(row.Cik, out FiledBy? known) || known.At < row.At) filed[row.Cik] = row;
    }

    private static IEnumerable<DateOnly> Days(DateOnly from, DateOnly to)
    {
        for (DateOnly day = from; day <= to; day = day.AddDays(1)) yield return day;
    }

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;
}
