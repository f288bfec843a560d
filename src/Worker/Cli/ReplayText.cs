using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Worker.Replay;

namespace Risk.Worker.Cli;

/// <summary>A replay as a person reads it, or puts it into a change request. JSON has every line of every table.</summary>
internal static class ReplayText
{
    /// <summary>Rows of a table.</summary>
    private const int MostRows = 10;

    /// <summary>Of a value in a rule file, and of a message.</summary>
    private const int LongestValue = 60, LongestMessage = 90;

    public static void Print(CommandOutput output, ReplayReport report)
    {
        ReplayPeriod period = report.Period;
        output.Line(Text($"Replayed {Day(period.From)} to {Day(period.To)} ({period.Weeks:0.0} weeks): {CommandOutput.Count(report.History.Suppliers, "supplier")}, {report.History.Signals:N0} signals, {report.Present.Evaluations:N0} assessments. Nothing was sent or stored."));
        output.Line($"Rules {report.RuleSetHash[..12]}{(report.ProposedHash is { } hash ? $" now, {hash[..12]} new" : "")}{(report.Rule is { } rule ? $"; only alerts of {rule}" : "")}");
        if (report.Comparison is { } comparison) PrintComparison(output, report, comparison);
        else PrintSummary(output, report.Present);
        PrintBudget(output, report);
    }

    private static void PrintSummary(CommandOutput output, ReplaySummary summary)
    {
        AlertCount alerts = summary.Alerts;
        output.Line();
        output.Line(Text($"{CommandOutput.Count(alerts.Opened, "alert")} opened, {summary.PerWeek:0.00} a week{(alerts.FromBefore > 0 ? Text($"; {alerts.FromBefore:N0} were open when the period began") : "")}; {summary.OpenAtEnd:N0} open at the end."));
        if (summary.Worsened > 0) output.Line(Text($"Open alerts got worse, and were told again, {CommandOutput.Count(summary.Worsened, "time")}."));
        if (summary.Hidden > 0) output.Line(Text($"{CommandOutput.Count(summary.Hidden, "alert")} would have reached nobody as it opened: inhibit rules hid it."));
        if (summary.KnownShare is { } known) output.Line(Text($"{1 - known:P1} of what the rules ask could not be answered: data was missing or out of date."));
        Weeks(output, summary.Period, [.. summary.Period.Mondays().Select(m => (m, summary.Alerts.Days.Where(d => ReplayPeriod.MondayOf(d.Key) == m).Sum(d => d.Value).ToString(CultureInfo.InvariantCulture)))]);
        Counts(output, "owner", summary.Owners, summary.Period);
        if (summary.Teams.Length > 1) Counts(output, "team", summary.Teams, summary.Period);
        Counts(output, "receiver", summary.Receivers, summary.Period);
        Table(
            output, "", ["rule", ">opened", ">a week", ">most on a day", ">longest open", ">came back", ">unknown"],
            [
                .. summary.Rules.Select(r => (IReadOnlyList<string>)
                [
                    r.Alerts.Name, Number(r.Alerts.Opened), Rate(r.Alerts.Opened, summary.Period), r.Alerts.Days.IsEmpty ? "" : Number(r.Alerts.Days.Values.Max()),
                    r.LongestDays > 0 ? Text($"{r.LongestDays:0.0} d") : "", r.Reopened > 0 ? Number(r.Reopened) : "", r.UnknownShare > 0 ? Text($"{r.UnknownShare:P1}") : "",
                ]),
            ], most: int.MaxValue);
        Table(
            output, Text($"Came back within {ReplaySummary.SoonAfter.TotalDays:0} days of being resolved"), ["supplier", "rule", ">times", "about"],
            [.. summary.Flapping.Select(f => (IReadOnlyList<string>)[f.Supplier.Value, f.Rule, Number(f.Reopened), f.Key])]);
        Table(
            output, "Longest open", ["supplier", "rule", ">days", "about"],
            [.. summary.LongestOpen.Select(a => (IReadOnlyList<string>)[a.Supplier.Value, a.Rule, Text($"{ReplaySummary.Days(ReplaySummary.OpenFor(a, summary.Period)):0.0}"), Cut(a.Message, LongestMessage)])]);
        Table(
            output, "Noisiest suppliers", ["supplier", ">alerts", "name", "owner"],
            [.. summary.Suppliers.Select(s => (IReadOnlyList<string>)[s.Id.Value, Number(s.Opened), s.Name, s.Owner])]);
    }

    private static void PrintComparison(CommandOutput output, ReplayReport report, ReplayComparison comparison)
    {
        ReplayPeriod period = report.Period;
        Table(
            output, report.Changes.IsEmpty ? "The rule files say the same." : "What the rule files say", ["changed", "now", "new"],
            [.. report.Changes.Select(c => (IReadOnlyList<string>)[c.Where, Value(c.Before), Value(c.After)])], most: 4 * MostRows);
        output.Line();
        output.Line(Text($"{CommandOutput.Count(comparison.Gained.Length, "alert")} gained ({comparison.GainedPerWeek:0.00} a week), {comparison.Lost.Length:N0} lost; opened in the period {comparison.Before.Alerts.Opened:N0} now ({comparison.Before.PerWeek:0.00} a week), {comparison.After.Alerts.Opened:N0} new ({comparison.After.PerWeek:0.00} a week)."));
        if (!comparison.Merged.IsEmpty) output.Line(Text($"Of the lost, {comparison.Merged.Length:N0} are part of an alert that is open longer under the new rules: told once instead of again."));
        if (comparison.Earlier.Alerts > 0) output.Line(Text($"{CommandOutput.Count(comparison.Earlier.Alerts, "alert")} that both raise would have opened earlier, by {comparison.Earlier.MedianDays:0.0} days in the median."));
        if (comparison.Later.Alerts > 0) output.Line(Text($"{CommandOutput.Count(comparison.Later.Alerts, "alert")} that both raise would have opened later, by {comparison.Later.MedianDays:0.0} days in the median."));
        output.Line(Text($"Switched at the end of the period, {CommandOutput.Count(comparison.OpenedBySwitching, "alert")} would open at once and {comparison.ClosedBySwitching:N0} close."));
        if (comparison.Gained.IsEmpty && comparison.Lost.IsEmpty)
        {
            output.Line();
            output.Line("No alert is gained or lost.");
        }
        else
        {
            Weeks(output, period, [.. comparison.Weeks.Select(w => (w.Monday, w is { Gained: 0, Lost: 0 } ? "." : (w.Gained > 0 ? Text($"+{w.Gained}") : "") + (w.Lost > 0 ? Text($"-{w.Lost}") : "")))], "gained and lost in the week they open in");
            Changes(output, "owner", comparison.Owners, period);
            Changes(output, "rule", comparison.Rules, period);
            Changes(output, "receiver", comparison.Receivers, period);
            if (comparison.Teams.Length > 1) Changes(output, "team", comparison.Teams, period);
            Examples(output, "Gained", comparison.Gained);
            Examples(output, "Lost", [.. comparison.Lost.Except(comparison.Merged)]);
        }

        Moves(output, comparison);
        Table(
            output, "Suppliers with the most change", ["supplier", ">gained", ">lost", "name", "owner"],
            [.. comparison.Suppliers.Select(s => (IReadOnlyList<string>)[s.Id.Value, Number(s.Gained), Number(s.Lost), s.Name, s.Owner])]);
    }

    private static void Moves(CommandOutput output, ReplayComparison comparison)
    {
        SupplierMove[] bands = [.. comparison.BandMoves];
        Table(output, "Suppliers that end in another band", ["supplier", "from", "to", ">score now", ">new", "name", "owner"], [.. bands.Select(m => Row(m, withBands: true))]);
        Table(
            output, "Biggest moves of the score within a band", ["supplier", "band", ">score now", ">new", "name", "owner"],
            [.. comparison.Moves.Where(m => m.BandBefore == m.BandAfter).Select(m => Row(m, withBands: false))]);
        if (comparison.Moves.IsEmpty)
        {
            output.Line();
            output.Line("No supplier ends with another score or band.");
        }

        static IReadOnlyList<string> Row(SupplierMove move, bool withBands) =>
        [
            move.Id.Value, .. withBands ? (string[])[Band(move.BandBefore), Band(move.BandAfter)] : [Band(move.BandAfter)], Score(move.ScoreBefore), Score(move.ScoreAfter), move.Name, move.Owner,
        ];
    }

    private static void PrintBudget(CommandOutput output, ReplayReport report)
    {
        if (report.Budget is not { } budget) return;
        string what = report.Comparison is null ? "the rules raise" : "the change adds";
        output.Line();
        if (!report.IsOverBudget)
        {
            output.Line(Text($"Within the budget: {what} {report.Spent:0.00} alerts a week, allowed are {budget:0.##}."));
            return;
        }

        output.Line(Text($"OVER THE BUDGET: {what} {report.Spent:0.00} alerts a week, allowed are {budget:0.##}: {report.Spent - budget:0.00} too many. They go to:"));
        (string Owner, int Alerts)[] spenders = [.. report.Spenders];
        foreach ((string owner, int alerts) in spenders.Take(MostRows)) output.Line($"  {owner}: {CommandOutput.Count(alerts, "alert")}, {Rate(alerts, report.Period)} a week");
        if (spenders.Length > MostRows) output.Line(Text($"  and {spenders.Length - MostRows:N0} others"));
    }

    /// <summary>One row for each month, one cell for each week that begins in it.</summary>
    private static void Weeks(CommandOutput output, ReplayPeriod period, (DateOnly Monday, string Cell)[] weeks, string what = "alerts opened")
    {
        output.Line();
        output.Line($"By week ({what}; a week begins on Monday and stands in the month of that Monday)");
        int width = weeks.Max(w => w.Cell.Length) + 2;
        foreach (var month in weeks.GroupBy(w => (w.Monday.Year, w.Monday.Month)))
            output.Line(Text($"{month.Key.Year:0000}-{month.Key.Month:00} ") + string.Concat(month.Select(w => w.Cell.PadLeft(width))));
    }

    private static void Counts(CommandOutput output, string what, ImmutableArray<AlertCount> counts, ReplayPeriod period)
    {
        // A period that begins with the history has nothing from before.
        bool hasStock = counts.Any(c => c.FromBefore > 0);
        Table(
            output, "", [what, ">opened", ">a week", .. hasStock ? [">open before"] : Array.Empty<string>(), ">worst week", "beginning"],
            [
                .. counts.Select(c => (IReadOnlyList<string>)
                [
                    c.Name, Number(c.Opened), Rate(c.Opened, period), .. hasStock ? [Number(c.FromBefore)] : Array.Empty<string>(),
                    c.WorstWeek is { } worst ? Number(worst.Opened) : "", c.WorstWeek is { } week ? week.Monday.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "",
                ]),
            ], most: 2 * MostRows);
    }

    private static void Changes(CommandOutput output, string what, ImmutableArray<CountChange> changes, ReplayPeriod period) => Table(
        output, "", [what, ">now", ">new", ">gained", ">lost", ">gained a week"],
        [.. changes.Where(c => c.Gained + c.Lost > 0).Select(c => (IReadOnlyList<string>)[c.Name, Number(c.Before), Number(c.After), Number(c.Gained), Number(c.Lost), Rate(c.Gained, period)])],
        most: 2 * MostRows);

    private static void Examples(CommandOutput output, string what, ImmutableArray<ReplayedAlert> alerts) => Table(
        output, alerts.Length > MostRows ? Text($"{what}: the {MostRows} newest of {alerts.Length:N0}") : what, ["opened", "severity", "rule", "goes to", "message"],
        [
            .. alerts.Reverse().Take(MostRows).Select(a => (IReadOnlyList<string>)
                [Day(a.OpenedAt), a.Severity.ToString().ToLowerInvariant(), a.Rule, a.Receivers.IsEmpty ? "nobody (inhibited)" : string.Join(", ", a.Receivers), Cut(a.Message, LongestMessage)]),
        ]);

    /// <summary>A table with its title; nothing when it has no rows.</summary>
    private static void Table(CommandOutput output, string title, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, int most = MostRows)
    {
        if (title.Length > 0 && rows.Count == 0 && !title.EndsWith('.')) return;
        if (title.Length == 0 && rows.Count == 0) return;
        output.Line();
        if (title.Length > 0) output.Line(title);
        if (rows.Count == 0) return;
        output.Table(headers, [.. rows.Take(most)]);
        if (rows.Count > most) output.Line(Text($"... and {rows.Count - most:N0} more"));
    }

    private static string Value(string? text) => text is null ? "-" : Cut(text.ReplaceLineEndings(" "), LongestValue);

    private static string Cut(string text, int longest) => text.Length > longest ? text[..longest] + "..." : text;

    private static string Band(Band? band) => band is { } known ? BandNames.Of(known) : "-";

    private static string Score(decimal? score) => score is { } known ? Text($"{known:0.00}") : "-";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(int alerts, ReplayPeriod period) => Text($"{alerts / period.Weeks:0.00}");

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
