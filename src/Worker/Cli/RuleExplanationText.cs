using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Worker.Cli;

/// <summary>Why a rule fires or not, as <c>risk explain --rule</c> prints it: the answer first, then the whole derivation.</summary>
internal sealed class RuleExplanationText(CommandOutput output, RuleExplanation explanation)
{
    public void Print()
    {
        if (explanation.Standing.Length > 0) TextLayout.Paragraph(output, "", explanation.Standing);
        Answer();
        foreach (string clock in explanation.Clocks) TextLayout.Paragraph(output, "  ", clock);
        if (explanation.Exception is { } exception)
        {
            TextLayout.Paragraph(
                output, "  ",
                FormattableString.Invariant($"exception {exception.Id} hides the alert until {exception.ExpiresAt.AddSeconds(-1).UtcDateTime:yyyy-MM-dd}, approved by {exception.ApprovedBy}: {exception.Reason}; its points {(exception.CountsInScore ? "count" : "are taken out")}"));
        }

        // A clock that runs has said it already.
        if (explanation.Next is { } next && !explanation.Clocks.Any(c => c.Contains(CommandOutput.Instant(next.At), StringComparison.Ordinal)))
            TextLayout.Paragraph(output, "  ", $"next, if nothing new is learned: {next.What} on {CommandOutput.Instant(next.At)}{(next.Key.Length > 0 ? $" [{next.Key}]" : "")}");
        output.Line();
        if (explanation.AppliesTo is { } appliesTo) Trace("applies_to", appliesTo);
        if (explanation.Items is { } items) TextLayout.Paragraph(output, "each        ", $"{items.Text} = {items.Value}");
        foreach (RuleSubjectTrace subject in explanation.Subjects)
        {
            Trace(subject.Key.Length > 0 ? $"when [{subject.Key}]" : "when", subject.When);
            if (subject.Clear is { } clear) Trace("clear", clear);
        }

        foreach (LimitInForce limit in explanation.Limits) TextLayout.Paragraph(output, "limit       ", $"{limit.Name} = {limit.Value}, from {limit.Origin}");
    }

    private void Answer()
    {
        if (explanation.AppliesTo is { Value.IsFalse: true })
        {
            output.Line("It does not apply to this supplier.");
            return;
        }

        if (explanation.AppliesTo is { Value.IsFailure: true } unknown)
        {
            TextLayout.Paragraph(output, "", $"Whether it applies cannot be decided; missing: {string.Join(", ", unknown.Value.MissingInputs)}");
            return;
        }

        if (explanation.Items is { } items && explanation.Subjects.IsEmpty)
            TextLayout.Paragraph(output, "", items.Value.IsFailure ? $"Its list cannot be had: {items.Value}" : items.Value.AsList.IsOpen ? "No item of its list is known, and there may be some." : "It does not fire: its list is empty.");
        foreach (RuleSubjectTrace subject in explanation.Subjects) Answer(subject);
        foreach (Finding finding in explanation.Findings.Where(f => !explanation.Subjects.Any(s => s.Key == f.Key))) TextLayout.Paragraph(output, "", (finding.Key.Length > 0 ? $"[{finding.Key}] " : "") + Said(finding));
    }

    private void Answer(RuleSubjectTrace subject)
    {
        string about = subject.Key.Length > 0 ? $"[{subject.Key}] " : "";
        string state = subject.Finding is { } finding ? Said(finding) : "It does not fire.";
        TextLayout.Paragraph(output, "", about + state);
        output.Line($"  The condition {subject.Verdict}{(subject.Deciding.IsEmpty ? "." : subject.Deciding.Length == 1 ? " because of one operand:" : subject.When.Value.IsFalse ? " because of these operands, nearest miss first:" : " because of:")}");
        foreach (DecidingOperand operand in subject.Deciding)
        {
            string missed = operand.Gap.Length == 0 ? "" : $"; missed by {operand.Gap}";
            TextLayout.Paragraph(output, "    ", operand.Missing.IsEmpty ? $"{operand.Text}   ({operand.Reading}{missed})" : $"{operand.Text}   (not known: {string.Join(", ", operand.Missing)})");
        }

    }

    private static string Said(Finding finding) => finding.State == FindingState.Unknown
        ? finding.Error.Length > 0 ? $"It is in error: {finding.Error}" : $"It is undecided; missing: {string.Join(", ", finding.Missing)}"
        : $"{State(finding)}: {finding.Message}";

    private static string State(Finding finding) => finding.State switch
    {
        FindingState.Firing when finding.Exception.Length > 0 => "It fires, hidden",
        FindingState.Firing => "It fires",
        FindingState.Pending => "It is pending",
        FindingState.Recovering => "It fires still, recovering",
        _ => "It has ended",
    };

    private void Trace(string label, CelTrace trace) => Trace(label.PadRight(11) + " ", trace, 0);

    private void Trace(string lead, CelTrace trace, int depth)
    {
        TextLayout.Paragraph(output, depth == 0 ? lead : new string(' ', 12 + (2 * depth)), string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', trace.Text.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))} = {trace.Value}"));
        foreach (CelTrace child in trace.Children) Trace(lead, child, depth + 1);
    }
}
