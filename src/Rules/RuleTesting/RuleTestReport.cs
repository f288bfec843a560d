using System.Collections.Immutable;
using Risk.Rules.Diagnostics;

namespace Risk.Rules.RuleTesting;

/// <summary>One expectation that did not hold.</summary>
/// <param name="Rule">The rule it is about, or "".</param>
public sealed record RuleTestFailure(SourcePosition Position, string Rule, string Expected, string Actual)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Position.File}:{Position.Line}:{Position.Column}: {(Rule.Length == 0 ? "" : Rule + ": ")}expected {Expected}, got {Actual}");
}

public sealed record RuleTestResult(string Name, SourcePosition Position, ImmutableArray<RuleTestFailure> Failures)
{
    public bool Passed => Failures.IsEmpty;
}

/// <summary>Which outcomes of a rule some test has seen.</summary>
public sealed record RuleTestCoverage(string Rule, bool Fired, bool StayedSilent, bool WasUnknown)
{
    public bool IsComplete => Fired && StayedSilent && WasUnknown;
}

/// <param name="Coverage">Every enabled rule, by id.</param>
public sealed record RuleTestReport(ImmutableArray<RuleTestResult> Results, ImmutableArray<RuleTestCoverage> Coverage)
{
    public bool Passed => Results.All(r => r.Passed);
}
