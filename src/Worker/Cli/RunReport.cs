using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Worker.Evaluation;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli;

/// <summary>What a one-shot run prints.</summary>
internal static class RunReport
{
    /// <summary>Suppliers shown in the table of changes.</summary>
    private const int ShownChanges = 20;

    /// <summary>Examples shown for failed suppliers and rejected records.</summary>
    private const int ShownProblems = 5;

    public static void Sources(CommandOutput output, IReadOnlyCollection<SourceRunResult> results)
    {
        output.Table(
            ["source", "result", ">read", ">rejected", ">new", ">changed", ">gone", ">checked", ">seconds", "note"],
            [
                .. results.Select(r => (IReadOnlyList<string>)
                [
                    r.Source.Value, r.Succeeded ? "ok" : "FAILED", Number(r.Read), Number(r.RejectedCount), Number(r.Added), Number(r.Revised), Number(r.Withdrawn), Number(r.Checked),
                    Number((int)(r.EndedAt - r.StartedAt).TotalSeconds), r.Failure?.Message ?? (r.SupplierFailures.IsEmpty ? "" : $"{CommandOutput.Count(r.SupplierFailures.Length, "supplier")} could not be checked"),
                ]),
            ]);
        foreach (SourceRunResult result in results)
        {
            SupplierFailures(output, result);
            foreach ((string reason, int count, string example) in result.Rejected.Take(ShownProblems)) output.Line($"  {result.Source}: {Number(count)} rejected: {reason} (first: {example})");
            foreach (var drift in result.Drift.GroupBy(d => d.Kind)) output.Line($"  {result.Source}: {DriftOf(drift.Key)}: {string.Join(", ", drift.Select(d => $"{d.Field} ({Number(d.Records)})"))}");
        }
    }

    /// <summary>One line for each reason: what befell many suppliers alike is told once.</summary>
    private static void SupplierFailures(CommandOutput output, SourceRunResult result)
    {
        string[][] alike = [.. result.SupplierFailures.GroupBy(f => f.Reason, f => f.Supplier.Value, StringComparer.Ordinal).Select(g => g.Prepend(g.Key).ToArray())];
        foreach (string[] group in alike.Take(ShownProblems))
        {
            string others = group.Length - 1 > ShownProblems ? $" and {Number(group.Length - 1 - ShownProblems)} more" : "";
            output.Line($"  {result.Source} {string.Join(", ", group.Skip(1).Take(ShownProblems))}{others}: {group[0]}");
        }

        if (alike.Length > ShownProblems) output.Line($"  {result.Source}: and {Number(alike.Skip(ShownProblems).Sum(g => g.Length - 1))} more");
    }

    /// <summary>What is not as the source's format says, in words.</summary>
    public static string DriftOf(Connectors.Sdk.FieldDrift kind) => kind switch
    {
        Connectors.Sdk.FieldDrift.Unknown => "fields that are not known (records)",
        Connectors.Sdk.FieldDrift.Missing => "fields that are missing (records)",
        _ => "fields of another type than expected (records)",
    };

    public static void Evaluation(CommandOutput output, EvaluationSummary summary)
    {
        if (!summary.Worst.IsEmpty)
        {
            output.Table(
                ["supplier", ">tier", ">before", ">score", "band", ">coverage", "name", "worst finding"],
                [
                    .. summary.Worst.Take(ShownChanges).Select(c => (IReadOnlyList<string>)
                    [
                        c.Supplier.Id.Value, Number(c.Supplier.Tier), c.ScoreBefore?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-", c.After.Score.ToString("0.00", CultureInfo.InvariantCulture),
                        BandNames.Of(c.After.Band) + (IsByRules(c) ? " *" : ""), c.After.Coverage.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal), c.Supplier.Name, Worst(c.After),
                    ]),
                ]);
            if (summary.Worst.Any(IsByRules)) output.Line("  * moved by rule change, not by news");
            if (summary.Changed > ShownChanges) output.Line($"  and {Number(summary.Changed - ShownChanges)} more whose score changed");
        }

        output.Line(string.Create(CultureInfo.InvariantCulture, $"{CommandOutput.Count(summary.Assessed, "supplier")} assessed; {CommandOutput.Count(summary.Opened, "alert")} opened, {summary.Worsened:N0} worsened, {summary.Resolved:N0} resolved"));
    }

    /// <summary>The rules moved it, in this very assessment.</summary>
    public static bool IsByRules(ScoreChange change) => change.After.RuleChange?.At == change.After.AsOf;

    public static void Deliveries(CommandOutput output, int enqueued, IReadOnlyDictionary<DeliveryState, int> before, IReadOnlyDictionary<DeliveryState, int> after, IReadOnlyList<Delivery> troubled)
    {
        int sent = after.GetValueOrDefault(DeliveryState.Delivered) - before.GetValueOrDefault(DeliveryState.Delivered);
        int dead = after.GetValueOrDefault(DeliveryState.Dead) - before.GetValueOrDefault(DeliveryState.Dead);
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{CommandOutput.Count(enqueued, "message")} to send; {sent:N0} delivered, {after.GetValueOrDefault(DeliveryState.Pending):N0} waiting for another try, {dead:N0} given up"));
        foreach (Delivery delivery in troubled.Take(ShownProblems)) output.Line($"  {delivery.Channel} to {delivery.Recipient}: {delivery.LastError}{(delivery.NextAttemptAt is { } next ? $"; next try {CommandOutput.Instant(next)}" : "")}");
    }

    private static string Worst(Assessment assessment)
    {
        Finding? worst = assessment.Findings.Where(f => f.State is FindingState.Firing or FindingState.Recovering).OrderByDescending(f => f.Severity).ThenByDescending(f => f.Points).FirstOrDefault();
        return worst?.Message ?? (assessment.Band == Band.InsufficientData ? $"too little is known: {CommandOutput.Count(assessment.Missing.Length, "input")} missing" : "-");
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
