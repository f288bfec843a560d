using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Cli;

/// <summary>An assessment as <c>risk explain</c> prints it.</summary>
internal sealed class AssessmentText(CommandOutput output, Supplier supplier, Assessment assessment, Outlook? outlook)
{
    private const int LabelWidth = 38;

    public void Print()
    {
        Head();
        Sum();
        Categories();
        Findings();
        NotKnown();
    }

    private void Head()
    {
        output.Line($"{supplier.Id}  {supplier.Name}{(supplier.Country.Length > 0 ? ", " + supplier.Country : "")}");
        output.Line(Text($"Score {assessment.Score:0.00} of 100: {BandNames.Of(assessment.Band)}, as of {CommandOutput.Instant(assessment.AsOf)}, rules {assessment.RuleSetHash[..12]}"));
        if (assessment.RuleChange is { } change)
            output.Line(Text($"Moved by rule change, not by news: {change.ScoreBefore:0.00} ({BandNames.Of(change.BandBefore)}) with rules {change.FromRuleSet[..12]} until {CommandOutput.Instant(change.At)}"));
        if (assessment.Priority > 0) output.Line(Text($"Priority {assessment.Priority} of 5: band {BandNames.Of(assessment.Band)}, criticality {supplier.Criticality}, tier {supplier.Tier}"));
        output.Line(Text($"{assessment.Coverage:P0} of what is at stake is known; confidence {assessment.Confidence:P0}{(assessment.Degraded ? "; some of the data it needs is out of date" : "")}"));
        if (outlook is null) return;
        if (!outlook.CanForesee)
        {
            TextLayout.Paragraph(output, "Next: ", "cannot be told; today's rules and sources give another score for that instant than the assessment has");
            return;
        }

        if (outlook.Next is { } next) TextLayout.Paragraph(output, "Next: ", Crossing(next) + " if nothing new is learned");
        else output.Line("Next: stays in its band for the next 400 days if nothing new is learned");
        if (outlook.NextUnchecked is { } stale) TextLayout.Paragraph(output, "      ", Crossing(stale) + " if its sources are not checked either");
    }

    private static string Crossing(BandCrossing crossing)
    {
        string verb = crossing.To == Band.InsufficientData || crossing.From == Band.InsufficientData ? "becomes" : crossing.To > crossing.From ? "rises to" : "falls to";
        return Text($"{verb} {BandNames.Of(crossing.To)} on {crossing.At.UtcDateTime:yyyy-MM-dd HH:mm'Z'} (score {crossing.Score:0.00}; {crossing.Because})");
    }

    /// <summary>The contributions; undecided rules, which add little each, are one line for each category.</summary>
    private void Sum()
    {
        if (assessment.Contributions.IsEmpty) return;
        output.Line();
        bool hasWhatIf = outlook is { WhatIfs.IsEmpty: false };
        output.Line($"{"What makes up the score",-LabelWidth}  {"points",7}  {"share",7}  {(hasWhatIf ? "without it" : "")}".TrimEnd());
        foreach (IGrouping<string, Contribution> lines in assessment.Contributions.GroupBy(c => UndecidedCategory(c) is { } category ? "?" + category : c.Category + c.Label + c.Kind))
        {
            Contribution first = lines.First();
            bool isUndecided = lines.Key[0] == '?';
            string label = isUndecided ? $"{CommandOutput.Count(lines.Count(), "undecided rule")}, {first.Category}" : Named(first);
            WhatIf? without = isUndecided ? null : outlook?.WhatIfs.FirstOrDefault(w => first.Kind == "finding" && first.Label == NameOf(w.Rule, w.Key));
            string points = first.Kind == "finding" ? lines.Sum(l => l.Points).ToString("0.00", CultureInfo.InvariantCulture) : "";
            string shares = lines.Sum(l => l.Share).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
            string[] parts = [.. TextLayout.Wrap(label, LabelWidth)];
            output.Line($"{parts[0],-LabelWidth}  {points,7}  {shares,7}  {(without is null ? "" : IsSame(without) ? "same" : Text($"{without.Score:0.00} {BandNames.Of(without.Band)}"))}".TrimEnd());
            foreach (string more in parts.Skip(1)) output.Line("  " + more);
        }

        output.Line($"{"total",-LabelWidth}  {"",7}  {assessment.Contributions.Sum(c => c.Share).ToString("0.00", CultureInfo.InvariantCulture),7}");
        if (outlook is { IsReproduced: false }) TextLayout.Paragraph(output, "", "The scoring file is another one today; what the score would be without each finding cannot be told.");
    }

    private void Categories()
    {
        if (assessment.Categories.All(c => c.Coverage is null)) return;
        output.Line();
        output.Line($"{"category",-14}  {"weight",6}  {"score",6}  known");
        foreach (CategoryScore category in assessment.Categories)
            output.Line(Text($"{category.Category,-14}  {category.Weight,6:P0}  {category.Score,6:0.00}  {(category.Coverage is { } share ? share.ToString("P0", CultureInfo.InvariantCulture) : "no rule applies")}"));
    }

    private void Findings()
    {
        foreach (Finding finding in assessment.Findings.Where(f => f.State != FindingState.Unknown))
        {
            output.Line();
            string name = NameOf(finding.Rule, finding.Key);
            TextLayout.Paragraph(output, $"{finding.State.ToString().ToLowerInvariant(),-10} ", Text($"{name}  {finding.Title} ({finding.Severity.ToString().ToLowerInvariant()}, since {finding.Since.UtcDateTime:yyyy-MM-dd})"));
            Part(finding.Message);
            if (finding.Flapping > 0) Part(Text($"Flapping: opened {finding.Flapping} times lately; it counts once"));
            if (finding.Exception.Length > 0) Part(Acceptance.IsId(finding.Exception)
                ? $"Hidden by {finding.Exception}: no alert; 'risk waivers list' says why"
                : $"Hidden by exception {finding.Exception}: no alert; 'risk explain {supplier.Id} --rule {finding.Rule}' says why");
            if (!finding.Missing.IsEmpty && finding.State != FindingState.Unknown) Part($"Held, for data is missing: {string.Join(", ", finding.Missing)}");
            if (finding.Error.Length > 0) Part($"Error: {finding.Error}");
            if (finding.Next.Length > 0) Part($"Next: {finding.Next}");
            foreach (FindingEvidence evidence in finding.Evidence)
            {
                TextLayout.Paragraph(output, "           - ", Text($"{evidence.Source} {evidence.OccurredAt.UtcDateTime:yyyy-MM-dd}: {evidence.Excerpt}"));
                if (evidence.Url.Length > 0) output.Line($"             {evidence.Url}");
            }
        }
    }

    /// <summary>By what is missing: one feed often keeps several rules from deciding.</summary>
    private void NotKnown()
    {
        Finding[] unknown = [.. assessment.Findings.Where(f => f.State == FindingState.Unknown)];
        if (unknown.Length == 0) return;
        output.Line();
        output.Line(Text($"Not known: {CommandOutput.Count(unknown.Select(f => f.Rule).Distinct().Count(), "rule")} could not be decided"));
        foreach (IGrouping<string, Finding> group in unknown.SelectMany(f => f.Missing, (finding, missing) => (finding, missing)).GroupBy(p => p.missing, p => p.finding).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            TextLayout.Paragraph(output, "  ", group.Key);
            foreach (Finding finding in group) TextLayout.Paragraph(output, "      ", $"{NameOf(finding.Rule, finding.Key)}  {finding.Title}");
        }

        foreach (Finding finding in unknown.Where(f => f.Error.Length > 0)) TextLayout.Paragraph(output, "  ", $"{NameOf(finding.Rule, finding.Key)}  {finding.Title}: error: {finding.Error}");
    }

    private bool IsSame(WhatIf without) => without.Score == assessment.Score && without.Band == assessment.Band;

    private string Named(Contribution line)
    {
        if (line.Kind != "finding" || assessment.Findings.FirstOrDefault(f => NameOf(f.Rule, f.Key) == line.Label) is not { } finding) return line.Label;
        return finding.State == FindingState.Firing ? $"{line.Label} {finding.Title}" : $"{line.Label} {finding.Title} ({finding.State.ToString().ToLowerInvariant()})";
    }

    private string? UndecidedCategory(Contribution line) =>
        line.Kind == "finding" && assessment.Findings.Any(f => f.State == FindingState.Unknown && NameOf(f.Rule, f.Key) == line.Label) ? line.Category : null;

    private void Part(string text) => TextLayout.Paragraph(output, "           ", text);

    private static string NameOf(string rule, string key) => key.Length == 0 ? rule : $"{rule} {key}";

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
