using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Dossiers;
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
    private readonly CoverageRecorder coverage;

    private RuleTestRunner(RuleSet rules, Func<Alert, IReadOnlyList<string>>? route)
    {
        this.rules = rules;
        this.route = route;
        coverage = new CoverageRecorder(rules);
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

        return new RuleTestReport([.. runner.results], runner.coverage.Coverage());
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
        var portfolio = new TestPortfolio(rules);
        if (test.Child("given") is { } given) Give(given, fixture, portfolio, fixtures, start);
        SupplierState state = SupplierState.Initial;
        for (int i = fixture.EarlierReadings; i > 0; i--) state = rules.Evaluate(fixture.At(start.AddDays(-i)), state).State;

        ImmutableArray<MappingReader> steps = test.Children("steps");
        if (steps.IsEmpty)
        {
            state = Evaluate(test, fixture, portfolio, start, state, failures);
        }

        foreach (MappingReader step in steps)
        {
            DateTimeOffset at = start + (step.Require("at") ? step.Duration("at") ?? TimeSpan.Zero : TimeSpan.Zero);
            fixture.Apply(step, at);
            portfolio.Read(step, item => Fixture(item, fixtures, at));
            state = Evaluate(step, fixture, portfolio, at, state, failures);
            step.RejectUnknownKeys("a step");
        }

        test.RejectUnknownKeys("a test");
        results.Add(new RuleTestResult(name, test.Mapping.Position, [.. failures]));
    }

    private TestFixture Fixture(MappingReader item, Dictionary<string, MappingNode> fixtures, DateTimeOffset at)
    {
        var fixture = new TestFixture(rules.Catalog);
        Give(item, fixture, new TestPortfolio(rules), fixtures, at);
        return fixture;
    }

    private void Give(MappingReader given, TestFixture fixture, TestPortfolio portfolio, Dictionary<string, MappingNode> fixtures, DateTimeOffset at)
    {
        if (given.Scalar("use") is { } use)
        {
            if (fixtures.TryGetValue(use.Text, out MappingNode? mapping))
            {
                MappingReader reader = given.Of(mapping);
                fixture.Apply(reader, at);
                portfolio.Read(reader, item => Fixture(item, fixtures, at));
                reader.RejectUnknownKeys("a fixture");
            }
            else given.Error("012", $"no fixture '{use.Text}'{Suggestion.For(use.Text, fixtures.Keys)}", use);
        }

        fixture.Apply(given, at);
        portfolio.Read(given, item => Fixture(item, fixtures, at));
        given.RejectUnknownKeys("'given'");
    }

    /// <summary>Evaluates, and compares with the <c>expect</c> of the test or step.</summary>
    /// <returns>The state to go on from.</returns>
    private SupplierState Evaluate(MappingReader test, TestFixture fixture, TestPortfolio portfolio, DateTimeOffset at, SupplierState before, List<RuleTestFailure> failures)
    {
        Dossier dossier = fixture.At(at);
        EvaluationResult alone = rules.Evaluate(dossier, before);
        ImmutableArray<RuleState> groupsBefore = portfolio.Remembered;
        EvaluationResult result = portfolio.Evaluate(fixture, alone, at);
        coverage.Observe(before.Rules.AddRange(groupsBefore), result, portfolio.IsGiven);
        if (test.Child("expect") is not { } expect) return alone.State;
        int known = failures.Count;
        new Expectations(expect, rules, result, failures, route).Check();
        expect.RejectUnknownKeys("'expect'");
        for (int i = known; i < failures.Count; i++)
        {
            if (failures[i].Rule.Length > 0 && rules.ExplainRule(failures[i].Rule, dossier, before) is { } explanation) failures[i] = failures[i] with { Derivation = RuleDerivation.Lines(explanation) };
        }

        return alone.State;
    }
}
