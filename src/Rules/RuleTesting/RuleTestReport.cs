using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;

namespace Risk.Rules.RuleTesting;

/// <summary>One expectation that did not hold.</summary>
/// <param name="Rule">The rule it is about, or "".</param>
public sealed record RuleTestFailure(SourcePosition Position, string Rule, string Expected, string Actual)
{
    /// <summary>How the rule came to its outcome, in indented lines; empty when the expectation is about no one rule.</summary>
    public ImmutableArray<string> Derivation { get; init; } = [];

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Position.File}:{Position.Line}:{Position.Column}: {(Rule.Length == 0 ? "" : Rule + ": ")}expected {Expected}, got {Actual}");
}

public sealed record RuleTestResult(string Name, SourcePosition Position, ImmutableArray<RuleTestFailure> Failures)
{
    public bool Passed => Failures.IsEmpty;
}

/// <summary>Which outcomes of a rule some test has seen.</summary>
/// <param name="CanBeUnknown">It rests on data that may be missing.</param>
/// <param name="UnseenSeverities">Of a rule with several: those that no alert of a test had.</param>
/// <param name="IsClearUnseen">It has a <c>clear</c>, and no test saw it end.</param>
public sealed record RuleTestCoverage(string Rule, bool Fired, bool StayedSilent, bool WasUnknown, bool CanBeUnknown, ImmutableArray<Severity> UnseenSeverities, bool IsClearUnseen)
{
    /// <summary>Seen firing, silent, and (where that can be) unknown: what every rule needs.</summary>
    public bool IsComplete => Needs.IsEmpty;

    /// <summary>What every rule needs and no test shows: <c>firing</c>, <c>not firing</c>, <c>unknown</c>.</summary>
    public ImmutableArray<string> Needs => [.. new[] { Fired ? "" : "firing", StayedSilent ? "" : "not firing", WasUnknown || !CanBeUnknown ? "" : "unknown" }.Where(t => t.Length > 0)];

    /// <summary>The same, and branches: <c>severity critical</c>, <c>clear</c>.</summary>
    public ImmutableArray<string> Lacks =>
        [.. Needs, .. UnseenSeverities.Select(s => $"severity {s.ToString().ToLowerInvariant()}"), .. IsClearUnseen ? ["clear"] : ImmutableArray<string>.Empty];
}

/// <param name="Coverage">Every enabled rule, by id.</param>
public sealed record RuleTestReport(ImmutableArray<RuleTestResult> Results, ImmutableArray<RuleTestCoverage> Coverage)
{
    public bool Passed => Results.All(r => r.Passed);
}
