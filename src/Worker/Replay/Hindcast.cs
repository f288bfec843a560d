using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Replay;

/// <summary>A look at which the band changed or a serious finding came, and the findings that were new since the step before.</summary>
/// <param name="Reasons">At most three, the most serious first.</param>
internal sealed record HindcastStep(DateTimeOffset At, Band Before, Band After, decimal Score, ImmutableArray<string> Reasons);

/// <summary>How a supplier's risk would have been told over a period.</summary>
/// <param name="Bankruptcy">First insolvency that occurred within the period, or null.</param>
/// <param name="KnownAt">First look at which that was known.</param>
/// <param name="ElevatedFirst">First look with band elevated or worse.</param>
/// <param name="ElevatedSince">Since when the band was elevated or worse at every look, up to the bankruptcy (or the end); null: it was not.</param>
/// <param name="HighSince">The same for high or worse.</param>
/// <param name="AlertedSince">The same for an open alert of severity high or worse that rests on the sources gone through.</param>
internal sealed record HindcastCourse(
    Supplier Supplier, ImmutableArray<HindcastStep> Steps, DateTimeOffset? Bankruptcy, DateTimeOffset? KnownAt, DateTimeOffset? ElevatedFirst, DateTimeOffset? ElevatedSince, DateTimeOffset? HighSince,
    DateTimeOffset? AlertedSince)
{
    private const int MostReasons = 3;

    /// <summary>Days of unbroken warning before the bankruptcy, 0 when there was none; null without a bankruptcy.</summary>
    public int? LeadDays(DateTimeOffset? since) => Bankruptcy is { } end ? since is { } start && start < end ? (int)(end - start).TotalDays : 0 : null;

    /// <summary>Reads the course from a store that a hindcast has filled.</summary>
    /// <param name="sources">Those gone through.</param>
    public static async Task<HindcastCourse> ReadAsync(IStoreSession session, Supplier supplier, ImmutableArray<SourceId> sources, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        IReadOnlyList<SupplierHistory> histories = await session.History.LoadAsync([supplier.Id], from, to, cancellationToken);
        EventSignal[] reports = [.. histories.SelectMany(h => h.Signals).OfType<EventSignal>().Where(e => e.Name == "insolvency" && e.OccurredAt >= from)];
        DateTimeOffset? bankruptcy = reports.Length > 0 ? reports.Min(e => e.OccurredAt) : null;
        var steps = ImmutableArray.CreateBuilder<HindcastStep>();
        DateTimeOffset? first = null, elevated = null, high = null, alerted = null;
        Band? band = null;
        HashSet<string> told = [], serious = [];
        foreach ((DateTimeOffset at, decimal score, Band now) in await session.Assessments.HistoryAsync(supplier.Id, from, cancellationToken))
        {
            Assessment assessment = (await session.Assessments.FindAsync(supplier.Id, at, cancellationToken))!;
            Finding[] firing = [.. assessment.Findings.Where(f => f.State is FindingState.Firing or FindingState.Recovering)];
            HashSet<string> seriousNow = [.. firing.Where(f => f.Severity >= Severity.High && f.Evidence.Any(e => sources.Contains(e.Source))).Select(f => f.Rule)];
            bool isHigh = now is Band.High or Band.Critical, isElevated = isHigh || now == Band.Elevated;
            if (isElevated) first ??= at;
            if (bankruptcy is null || at <= bankruptcy)
            {
                elevated = isElevated ? elevated ?? at : null;
                high = isHigh ? high ?? at : null;
                alerted = seriousNow.Count > 0 ? alerted ?? at : null;
            }

            if (band != now || !seriousNow.IsSubsetOf(serious))
            {
                steps.Add(new HindcastStep(
                    at, band ?? now, now, score,
                    [.. firing.Where(f => !told.Contains(f.Rule + f.Key)).OrderByDescending(f => f.Severity).ThenByDescending(f => f.Points).Take(MostReasons).Select(f => f.Message)]));
                told = [.. firing.Select(f => f.Rule + f.Key)];
            }

            serious = seriousNow;
            band = now;
        }

        return new HindcastCourse(supplier, steps.ToImmutable(), bankruptcy, reports.Length > 0 ? reports.Min(e => e.ObservedAt) : null, first, elevated, high, alerted);
    }
}
