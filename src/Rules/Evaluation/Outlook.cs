using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;

namespace Risk.Rules.Evaluation;

/// <summary>A band change that time alone brings.</summary>
/// <param name="At">The first instant, to the second, at which an assessment has the other band.</param>
/// <param name="Because">What changes then, in words.</param>
public sealed record BandCrossing(DateTimeOffset At, Band From, Band To, decimal Score, string Because);

/// <summary>What the assessment would be without one finding.</summary>
/// <param name="Score">Computed anew, never subtracted: caps, worst category and floors may hide a finding whole.</param>
/// <param name="Band">With the margin around the band in force, as if the finding ended now and did not fade.</param>
public sealed record WhatIf(string Rule, string Key, decimal Score, Band Band);

/// <summary>What comes of an assessment if nothing is learned, and what it would be without each of its findings.</summary>
/// <param name="WhatIfs">In the order of the findings, those that count; empty when the present scoring file does not give the assessment's score.</param>
/// <param name="IsReproduced">False when the scoring changed since the assessment was made.</param>
/// <param name="Next">The next band if sources are still checked and find nothing new; null when none comes within <see cref="OutlookFinder.Horizon"/>.</param>
/// <param name="NextUnchecked">The next band if sources are not checked either, so that what they say becomes stale; null when it is the same.</param>
/// <param name="CanForesee">False when today's rules and enabled sources do not give the assessment's score and band, so that their future is not its future.</param>
public sealed record Outlook(ImmutableArray<WhatIf> WhatIfs, bool IsReproduced, BandCrossing? Next, BandCrossing? NextUnchecked, bool CanForesee);

/// <summary>Runs one supplier's future with nothing new in it.</summary>
internal sealed class OutlookFinder(RuleSet set)
{
    /// <summary>How far it looks.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(400);

    /// <summary>More changes than this in the horizon are not followed.</summary>
    private const int MostSteps = 3_000;

    /// <summary>Whether evaluating anew gives the assessment; clocks taken from a stored one may be a hair off.</summary>
    public bool CanForesee(Dossier dossier, Assessment assessment, SupplierState state)
    {
        Assessment again = set.Evaluate(dossier, state).Assessment;
        return again.Band == assessment.Band && Math.Abs(again.Score - assessment.Score) <= 0.05m;
    }

    /// <summary>The first change of band.</summary>
    /// <param name="state">After the assessment.</param>
    public BandCrossing? Next(Dossier dossier, Assessment assessment, SupplierState state, bool areSourcesChecked)
    {
        foreach ((Assessment before, Assessment after) in Future(dossier, state, areSourcesChecked))
        {
            if (after.Band != assessment.Band) return new BandCrossing(after.AsOf, assessment.Band, after.Band, after.Score, Because(before, after, assessment));
        }

        return null;
    }

    /// <summary>The first turn of one rule, sources still being checked.</summary>
    public RuleTurn? NextTurn(string rule, Dossier dossier, SupplierState state)
    {
        foreach ((Assessment before, Assessment after) in Future(dossier, state, areSourcesChecked: true))
        {
            foreach (Finding finding in after.Findings)
            {
                if (finding.Rule != rule) continue;
                Finding? was = before.Findings.FirstOrDefault(f => f.Rule == rule && f.Key == finding.Key);
                if (was is not null && was.State == finding.State && was.Severity == finding.Severity && was.Missing.IsEmpty == finding.Missing.IsEmpty) continue;
                string what = finding switch
                {
                    { Missing.IsEmpty: false } => $"can no longer be decided ({string.Join(", ", finding.Missing)})",
                    { State: FindingState.Firing } when was is not null && IsActive(was) => $"becomes {finding.Severity.ToString().ToLowerInvariant()}",
                    { State: FindingState.Firing } => "fires",
                    { State: FindingState.Pending } => "begins to hold",
                    { State: FindingState.Recovering } => "begins to recover",
                    _ => "ends, and its points begin to fade",
                };
                return new RuleTurn(after.AsOf, finding.Key, what);
            }

            if (before.Findings.FirstOrDefault(f => f.Rule == rule && !after.Findings.Any(a => a.Rule == rule && a.Key == f.Key)) is { } gone)
                return new RuleTurn(after.AsOf, gone.Key, gone.State == FindingState.Fading ? "has faded" : "ends");
        }

        return null;
    }

    /// <summary>Assessments that follow each other with nothing new, each with the one before.</summary>
    private IEnumerable<(Assessment Before, Assessment After)> Future(Dossier dossier, SupplierState state, bool areSourcesChecked)
    {
        Assessment before = set.Evaluate(dossier, state).Assessment;
        for (int step = 0; step < MostSteps && before.NextDueAt is { } at && at - dossier.AsOf <= Horizon; step++)
        {
            EvaluationResult result = set.Evaluate(At(dossier, at, areSourcesChecked), state);
            yield return (before, result.Assessment);
            (before, state) = (result.Assessment, result.State);
        }
    }

    public ImmutableArray<WhatIf> WhatIfs(Assessment assessment, ImmutableArray<decimal> weights)
    {
        var found = ImmutableArray.CreateBuilder<WhatIf>();
        foreach (Finding finding in assessment.Findings)
        {
            if (finding.Points == 0 && finding.Floor is null) continue;
            ScoreResult without = Scorer.Score(set.Scoring, weights, [.. assessment.Findings.Where(f => f != finding)], assessment.Coverage, assessment.Supplier, assessment.AsOf, assessment.Band);
            found.Add(new WhatIf(finding.Rule, finding.Key, without.Score, without.Band));
        }

        return found.ToImmutable();
    }

    /// <summary>The same knowledge later; freshness of facts and feeds is as the checks would have it.</summary>
    private Dossier At(Dossier dossier, DateTimeOffset at, bool areSourcesChecked)
    {
        if (areSourcesChecked)
        {
            return dossier with
            {
                AsOf = at,
                Facts = [.. dossier.Facts.Select(f => f.Freshness == Freshness.Fresh ? f with { CheckedAt = at } : f)],
                Feeds = [.. dossier.Feeds.Select(f => f.Freshness == Freshness.Fresh ? f with { CheckedAt = at } : f)],
            };
        }

        return dossier with
        {
            AsOf = at,
            Facts = [.. dossier.Facts.Select((f, i) => f with { Freshness = Aged(f.Freshness, f.CheckedAt, set.Catalog.Facts[i].MaximumAge, at) })],
            Feeds = [.. dossier.Feeds.Select((f, i) => f with { Freshness = Aged(f.Freshness, f.CheckedAt, set.Catalog.Feeds[i].MaximumAge, at) })],
        };
    }

    private static Freshness Aged(Freshness freshness, DateTimeOffset? checkedAt, TimeSpan maximumAge, DateTimeOffset at) =>
        freshness == Freshness.Fresh && at - checkedAt > maximumAge ? Freshness.Stale : freshness;

    /// <summary>What differs at the crossing: what turned in its last step, else what faded on the way.</summary>
    private string Because(Assessment before, Assessment after, Assessment first)
    {
        var reasons = new List<string>();
        foreach (ScoreOverride item in set.Scoring.Overrides)
        {
            if (item.Supplier == first.Supplier && item.ExpiresAt > before.AsOf && item.ExpiresAt <= after.AsOf) reasons.Add($"the override of {item.Category} ends");
        }

        string[] stale = [.. after.Missing.Except(before.Missing, StringComparer.Ordinal)];
        foreach (Finding finding in after.Findings)
        {
            Finding? was = before.Findings.FirstOrDefault(f => f.Rule == finding.Rule && f.Key == finding.Key);
            string name = NameOf(finding);
            if (was is not null && was.Exception.Length > 0 && finding.Exception.Length == 0 && IsActive(finding)) reasons.Add($"exception {was.Exception} of {name} ends");
            if (was?.State == finding.State || !finding.Missing.IsEmpty) continue;
            if (IsActive(finding) && (was is null || !IsActive(was))) reasons.Add($"{name} fires");
            else if (finding.State == FindingState.Fading && was is not null && IsActive(was)) reasons.Add($"{name} ends");
        }

        foreach (Finding finding in before.Findings)
        {
            if (!after.Findings.Any(f => f.Rule == finding.Rule && f.Key == finding.Key)) reasons.Add(finding.State == FindingState.Fading ? $"{NameOf(finding)} is forgotten" : $"{NameOf(finding)} ends");
        }

        if (stale.Length > 0) reasons.Add(stale.Length == 1 ? $"no longer known: {stale[0]}" : string.Create(CultureInfo.InvariantCulture, $"{stale.Length} inputs are no longer known, {stale[0]} among them"));
        if (reasons.Count == 0)
        {
            foreach (Finding finding in first.Findings.OrderByDescending(f => f.Points - (after.Findings.FirstOrDefault(a => a.Rule == f.Rule && a.Key == f.Key)?.Points ?? 0)))
            {
                decimal left = after.Findings.FirstOrDefault(a => a.Rule == finding.Rule && a.Key == finding.Key)?.Points ?? 0;
                if (left < finding.Points && reasons.Count < 2) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{NameOf(finding)} fades from {finding.Points:0.##} to {left:0.##} points"));
            }
        }

        return reasons.Count == 0 ? "coverage changes" : string.Join("; ", reasons.Take(3)) + (reasons.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $"; and {reasons.Count - 3} more") : "");
    }

    private static bool IsActive(Finding finding) => finding.State is FindingState.Firing or FindingState.Recovering;

    private static string NameOf(Finding finding) => finding.Key.Length == 0 ? finding.Rule : $"{finding.Rule} {finding.Key}";
}
