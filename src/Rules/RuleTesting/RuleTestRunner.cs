using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.Alerts;
using Risk.Rules.RulePacks;

namespace Risk.Rules.RuleTesting;

/// <summary>Runs tests/1 files against a rule set (RULES.md 4.8).</summary>
public sealed class RuleTestRunner
{
    private readonly RuleSet rules;
    private readonly Func<Alert, IReadOnlyList<string>>? route;
    private readonly List<RuleTestResult> results = [];
    private readonly HashSet<string> fired = new(StringComparer.Ordinal);
    private readonly HashSet<string> silent = new(StringComparer.Ordinal);
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);

    private RuleTestRunner(RuleSet rules, Func<Alert, IReadOnlyList<string>>? route)
    {
        this.rules = rules;
        this.route = route;
    }

    /// <summary>Runs all tests of the files. What is wrong with the files themselves goes to <paramref name="diagnostics"/>.</summary>
    /// <param name="route">The receivers of an alert, for <c>expect: route</c>; null: that expectation is an error.</param>
    public static RuleTestReport Run(RuleSet rules, IEnumerable<Document> tests, DiagnosticBag diagnostics, Func<Alert, IReadOnlyList<string>>? route = null)
    {
        var runner = new RuleTestRunner(rules, route);
        foreach (Document file in tests)
        {
            if (file.Root is not null) runner.RunFile(new MappingReader(file, file.Root, diagnostics, 'R'));
        }

        return new RuleTestReport(
            [.. runner.results],
            [.. rules.Rules.Where(r => r.IsEnabled && !r.IsDormant).Select(r => new RuleTestCoverage(r.Id, runner.fired.Contains(r.Id), runner.silent.Contains(r.Id), runner.unknown.Contains(r.Id)))]);
    }

    private void RunFile(MappingReader file)
    {
        _ = (file.Text("schema"), file.Text("$schema"), file.Sequence("packs"), file.Text("scoring"), file.Text("routing"));
        DateTimeOffset now = (file.Require("now") ? file.Instant("now") : null) ?? DateTimeOffset.UnixEpoch;
        var fixtures = new Dictionary<string, MappingNode>(StringComparer.Ordinal);
        foreach (MappingEntry entry in file.Entries("fixtures"))
        {
            if (entry.Value is MappingNode mapping) fixtures[entry.Key.Text] = mapping;
        }

        foreach (MappingReader test in file.Children("tests")) RunTest(test, fixtures, now);
        file.RejectUnknownKeys("a test file");
    }

    private void RunTest(MappingReader test, Dictionary<string, MappingNode> fixtures, DateTimeOffset now)
    {
        string name = test.RequiredText("name") ?? "";
        DateTimeOffset start = test.Instant("now") ?? now;
        var fixture = new TestFixture(rules.Catalog);
        var failures = new List<RuleTestFailure>();
        if (test.Child("given") is { } given) Give(given, fixture, fixtures, start);
        SupplierState state = SupplierState.Initial;
        for (int i = fixture.EarlierReadings; i > 0; i--) state = rules.Evaluate(fixture.At(start.AddDays(-i)), state).State;

        ImmutableArray<MappingReader> steps = test.Children("steps");
        if (steps.IsEmpty)
        {
            EvaluationResult result = Evaluate(fixture, start, ref state);
            Expect(test, result, failures);
        }

        foreach (MappingReader step in steps)
        {
            DateTimeOffset at = start + (step.Require("at") ? step.Duration("at") ?? TimeSpan.Zero : TimeSpan.Zero);
            fixture.Apply(step, at);
            EvaluationResult result = Evaluate(fixture, at, ref state);
            Expect(step, result, failures);
            step.RejectUnknownKeys("a step");
        }

        test.RejectUnknownKeys("a test");
        results.Add(new RuleTestResult(name, test.Mapping.Position, [.. failures]));
    }

    private void Give(MappingReader given, TestFixture fixture, Dictionary<string, MappingNode> fixtures, DateTimeOffset at)
    {
        if (given.Scalar("use") is { } use)
        {
            if (fixtures.TryGetValue(use.Text, out MappingNode? mapping))
            {
                MappingReader reader = given.Of(mapping);
                fixture.Apply(reader, at);
                reader.RejectUnknownKeys("a fixture");
            }
            else given.Error("012", $"no fixture '{use.Text}'{Suggestion.For(use.Text, fixtures.Keys)}", use);
        }

        fixture.Apply(given, at);
        given.RejectUnknownKeys("'given'");
    }

    private EvaluationResult Evaluate(TestFixture fixture, DateTimeOffset at, ref SupplierState state)
    {
        EvaluationResult result = rules.Evaluate(fixture.At(at), state);
        state = result.State;
        foreach (Rule rule in rules.Rules)
        {
            FindingState? worst = null;
            foreach (Finding finding in result.Assessment.Findings)
            {
                if (finding.Rule != rule.Id) continue;
                worst = finding.State;
                if (finding.State == FindingState.Firing) fired.Add(rule.Id);
                if (!finding.Missing.IsEmpty) unknown.Add(rule.Id);
            }

            if (worst is null) silent.Add(rule.Id);
        }

        return result;
    }

    private void Expect(MappingReader test, EvaluationResult result, List<RuleTestFailure> failures)
    {
        if (test.Child("expect") is not { } expect) return;
        new Expectations(expect, rules, result, failures, route).Check();
        expect.RejectUnknownKeys("'expect'");
    }
}
