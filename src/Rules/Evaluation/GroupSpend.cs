using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>
/// What is spent with a supplier in a year, for rules over groups (docs/adr/0012): the metric <c>spend_12m</c> where some source has a reading of it, else the
/// portfolio's <c>annual_spend</c>.
/// </summary>
internal static class GroupSpend
{
    public const string Metric = "spend_12m";
    public const string Path = "metrics." + Metric;

    /// <summary>The slot of the metric, or -1 when the portfolio's column counts.</summary>
    public static int Slot(Catalog catalog) => catalog.SourcesFor(Path).IsEmpty ? -1 : catalog.MetricSlot(Metric);

    /// <param name="scratch">Holds the dossier.</param>
    /// <returns>Null when the supplier does not count in the rule's groups.</returns>
    public static GroupMember? MemberOf(Rule rule, GroupClause group, EvaluationScratch scratch, Catalog catalog, Dossier dossier)
    {
        CelFrame frame = scratch.FrameOf(rule.Logic.Scope);
        CelValue applies = rule.Logic.AppliesTo?.Evaluate(frame) ?? CelValue.True;
        if (applies.IsFalse) return null;
        CelValue key = group.By.Evaluate(frame);
        var member = new GroupMember(rule.Id, dossier.Supplier.Id, key.IsFailure ? "" : key.AsText, key.IsFailure ? Why(key) : "", dossier.Supplier.Tier, null, "", "", null);
        if (applies.IsFailure) return member with { Missing = Why(applies) };
        int slot = Slot(catalog);
        ImmutableArray<MetricSignal> readings = slot < 0 ? [] : dossier.Metrics[slot];
        if (readings.IsEmpty)
        {
            return dossier.Supplier.AnnualSpend is { } spend
                ? member with { Spend = (double)spend, Currency = dossier.Supplier.Currency } : member with { Missing = slot < 0 ? "supplier.annual_spend: absent" : $"{Path}: absent" };
        }

        MetricSignal last = readings[^1];
        return dossier.AsOf - last.OccurredAt <= catalog.Metrics[slot].MaximumAge
            ? member with { Spend = last.Value, ReadingAt = last.OccurredAt } : member with { Missing = $"{Path}: stale", ReadingAt = last.OccurredAt };
    }

    private static string Why(CelValue failure) => failure.IsError ? failure.ErrorText : string.Join(", ", failure.MissingInputs);
}
