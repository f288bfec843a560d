using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;

namespace Risk.Rules.RuleTesting;

/// <summary>Compares one <c>expect</c> with an evaluation. It speaks only of what it names, except that empty lists mean none.</summary>
internal sealed class Expectations(
    MappingReader expect, RuleSet rules, EvaluationResult result, List<RuleTestFailure> failures, Func<Alert, IReadOnlyList<string>>? route)
{
    private readonly ImmutableArray<Finding> findings = result.Assessment.Findings;

    public void Check()
    {
        States("firing", IsActive, CheckFinding);
        States("pending", f => f.State == FindingState.Pending, CheckFinding);
        States("unknown", f => !f.Missing.IsEmpty || f.Error.Length > 0, CheckMissing);
        NotFiring();
        Suppressed();
        Messages();
        Score();
        Coverage();
        Alerts();
        Route();
    }

    private static bool IsActive(Finding finding) => finding.State is FindingState.Firing or FindingState.Recovering;

    private void States(string key, Func<Finding, bool> isMeant, Action<string, DocumentNode, List<Finding>> check)
    {
        DocumentNode? node = expect.Node(key);
        if (node is SequenceNode { Items.Length: 0 } or MappingNode { Entries.Length: 0 })
        {
            string got = string.Join(", ", findings.Where(isMeant).Select(f => f.Rule).Distinct());
            if (got.Length > 0) Fail(node, "", $"nothing {key}", got);
            return;
        }

        foreach ((string rule, DocumentNode at, DocumentNode? details) in Named(key, node))
        {
            List<Finding> found = [.. findings.Where(f => f.Rule == rule && isMeant(f))];
            if (found.Count == 0) Fail(at, rule, key, Describe(rule));
            else if (details is not null) check(rule, details, found);
        }
    }

    private void NotFiring()
    {
        foreach ((string rule, DocumentNode at, _) in Named("not_firing", expect.Node("not_firing")))
        {
            if (findings.FirstOrDefault(f => f.Rule == rule && IsActive(f)) is { } finding) Fail(at, rule, "not firing", $"{Describe(rule)}: {finding.Message}");
        }
    }

    private void CheckFinding(string rule, DocumentNode details, List<Finding> found)
    {
        if (details is not MappingNode mapping) return;
        MappingReader reader = expect.Of(mapping);
        Finding finding = found[0];
        if (reader.Scalar("key") is { } key)
        {
            if (found.Find(f => f.Key == key.Text) is not { } keyed)
            {
                Fail(key, rule, $"key {key.Text}", string.Join(", ", found.Select(f => f.Key)));
                return;
            }

            finding = keyed;
        }

        if (reader.Scalar("severity") is { } severity && severity.Text != Name(finding.Severity)) Fail(severity, rule, $"severity {severity.Text}", Name(finding.Severity));
        if (reader.Scalar("message") is { } message && message.Text != finding.Message) Fail(message, rule, $"\"{message.Text}\"", $"\"{finding.Message}\"");
        if (reader.Decimal("points") is { } points) Close(reader.PlaceOf("points"), rule, "points", points, finding.Points);
        reader.RejectUnknownKeys("a finding");
    }

    private void CheckMissing(string rule, DocumentNode details, List<Finding> found)
    {
        if (details is not SequenceNode sequence) return;
        string[] wanted = [.. sequence.Items.OfType<ScalarNode>().Select(s => s.Text).Order(StringComparer.Ordinal)];
        string[] got = [.. found.SelectMany(f => f.Missing).Select(PathOf).Distinct().Order(StringComparer.Ordinal)];
        if (!wanted.SequenceEqual(got)) Fail(details, rule, $"missing {string.Join(", ", wanted)}", string.Join(", ", got));
    }

    private void Suppressed()
    {
        foreach ((string rule, DocumentNode at, DocumentNode? exception) in Named("suppressed", expect.Node("suppressed")))
        {
            string got = findings.FirstOrDefault(f => f.Rule == rule && f.Exception.Length > 0)?.Exception ?? "";
            if (got.Length == 0) Fail(at, rule, "suppressed by an exception", Describe(rule));
            else if (exception is ScalarNode scalar && scalar.Text != got) Fail(scalar, rule, $"exception {scalar.Text}", got);
        }
    }

    private void Messages()
    {
        foreach (MappingEntry entry in expect.Entries("messages"))
        {
            if (!Exists(entry.Key) || entry.Value is not ScalarNode wanted) continue;
            if (!findings.Any(f => f.Rule == entry.Key.Text && f.Message == wanted.Text))
                Fail(wanted, entry.Key.Text, $"\"{wanted.Text}\"", string.Join(" / ", findings.Where(f => f.Rule == entry.Key.Text).Select(f => $"\"{f.Message}\"")) is { Length: > 0 } got ? got : "no finding");
        }
    }

    private void Score()
    {
        if (expect.Child("score") is not { } score) return;
        if (score.Decimal("total") is { } total) Close(score.PlaceOf("total"), "", "total", total, result.Assessment.Score);
        if (score.Decimal("at_least") is { } least && result.Assessment.Score < least) Fail(score.PlaceOf("at_least"), "", $"a total of at least {least}", $"{result.Assessment.Score}");
        if (score.Scalar("band") is { } band && Snake(result.Assessment.Band) is var got && band.Text != got) Fail(band, "", $"band {band.Text}", got);
        foreach (CategoryScore category in result.Assessment.Categories)
        {
            if (score.Decimal(category.Category) is { } wanted) Close(score.PlaceOf(category.Category), "", category.Category, wanted, category.Score);
        }

        score.RejectUnknownKeys("'score'");
    }

    private void Coverage()
    {
        if (expect.Decimal("coverage", 0, 1) is { } coverage && Math.Abs(coverage - result.Assessment.Coverage) > 0.005m)
            Fail(expect.PlaceOf("coverage"), "", $"coverage {coverage}", $"{result.Assessment.Coverage} (missing: {string.Join(", ", result.Assessment.Missing)})");
    }

    private void Alerts()
    {
        if (!expect.Has("alerts")) return;
        List<Alert> open = Open();
        ImmutableArray<MappingReader> wanted = expect.Children("alerts");
        if (wanted.IsEmpty && open.Count > 0) Fail(expect.PlaceOf("alerts"), "", "no alerts", string.Join(", ", open.Select(Describe)));
        foreach (MappingReader item in wanted)
        {
            string? rule = item.Text("rule"), kind = item.Text("kind"), severity = item.Text("severity"), key = item.Text("key");
            item.RejectUnknownKeys("an alert");
            if (item.Scalar("rule") is { } named && !Exists(named)) continue;
            if (!open.Exists(a => (rule is null || a.Rule == rule) && (kind is null || a.Kind == kind) && (severity is null || Name(a.Severity) == severity) && (key is null || a.Key == key)))
                Fail(item.Mapping, rule ?? "", $"an alert of kind {kind ?? "any"}, severity {severity ?? "any"}", open.Count == 0 ? "no alerts" : string.Join(", ", open.Select(Describe)));
        }
    }

    private void Route()
    {
        if (expect.Node("route") is not { } node) return;
        if (route is null)
        {
            expect.Error("011", "'route' needs a routing file to be loaded with the rules", node);
            return;
        }

        string[] wanted = [.. expect.TextList("route").Order(StringComparer.Ordinal)];
        string[] got = [.. Open().SelectMany(route).Distinct().Order(StringComparer.Ordinal)];
        if (!wanted.SequenceEqual(got)) Fail(node, "", string.Join(", ", wanted), got.Length == 0 ? "no receiver" : string.Join(", ", got));
    }

    private List<Alert> Open() => [.. result.State.Rules.SelectMany(r => new[] { r.Alert, r.NoDataAlert }).OfType<Alert>()];

    /// <summary>Rules named by a list, or by a mapping with details; a name that no rule has is an error.</summary>
    private IEnumerable<(string Rule, DocumentNode At, DocumentNode? Details)> Named(string key, DocumentNode? node)
    {
        switch (node)
        {
            case null:
                yield break;
            case SequenceNode sequence:
                foreach (DocumentNode item in sequence.Items)
                {
                    if (item is ScalarNode name && Exists(name)) yield return (name.Text, name, null);
                }

                break;
            case MappingNode mapping:
                foreach (MappingEntry entry in mapping.Entries)
                {
                    if (Exists(entry.Key)) yield return (entry.Key.Text, entry.Key, entry.Value);
                }

                break;
            default:
                expect.Wrong(key, node, "a list of rules, or a mapping by rule");
                break;
        }
    }

    private bool Exists(ScalarNode name)
    {
        if (rules.Find(name.Text) is not null) return true;
        expect.Error("012", $"no rule '{name.Text}'{Suggestion.For(name.Text, rules.Rules.Select(r => r.Id))}", name);
        return false;
    }

    private string Describe(string rule)
    {
        string states = string.Join(", ", findings.Where(f => f.Rule == rule)
            .Select(f => f.Missing.IsEmpty && f.Error.Length == 0 ? Name(f.State) : $"{Name(f.State)} ({(f.Error.Length > 0 ? f.Error : string.Join(", ", f.Missing))})"));
        return states.Length == 0 ? "not firing" : states;
    }

    private static string Describe(Alert alert) => $"{alert.Rule} {alert.Key} {alert.Kind} {Name(alert.Severity)}".Replace("  ", " ", StringComparison.Ordinal);

    private static string PathOf(string missing) => missing.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end ? missing[..end] : missing;

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Snake(Band band) => band == Band.InsufficientData ? "insufficient data" : Name(band);

    private void Close(DocumentNode at, string rule, string what, decimal wanted, decimal got)
    {
        if (Math.Abs(wanted - got) > 0.005m) Fail(at, rule, string.Create(CultureInfo.InvariantCulture, $"{what} {wanted}"), got.ToString(CultureInfo.InvariantCulture));
    }

    private void Fail(DocumentNode at, string rule, FormattableString expected, FormattableString got) => Fail(at, rule, FormattableString.Invariant(expected), FormattableString.Invariant(got));

    private void Fail(DocumentNode at, string rule, string expected, string got) => failures.Add(new RuleTestFailure(at.Position, rule, expected, got));
}
