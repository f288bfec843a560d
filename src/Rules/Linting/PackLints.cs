using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Language;
using Risk.Rules.Language.Syntax;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Linting;

/// <summary>Lints of one pack: its rules, and the names they share.</summary>
internal sealed class PackLints(Document file, MappingReader pack, PackScope scope, RuleSet rules, DiagnosticBag diagnostics)
{
    private readonly HashSet<string> reported = new(StringComparer.Ordinal);

    public void Lint()
    {
        foreach (MappingReader reader in pack.Children("rules"))
        {
            if (reader.Text("id") is { } id && rules.Find(id) is { } rule && rule.Pack == scope.Pack) Lint(reader, rule);
        }

        Overrides();
        Unused();
    }

    private void Lint(MappingReader reader, Rule rule)
    {
        CelEnvironment environment = scope.Environment;
        ConditionLogic? appliesTo = Logic(reader.Scalar("applies_to"), environment);
        if (rule.Logic.Each is { } each) environment = environment.With(each.Name, each.In.Type.Arguments[0]);
        if (reader.Scalar("when") is not { } when || Logic(when, environment) is not { } condition) return;
        Habits(when, condition);
        if (Ranges(when, condition)) return;

        Box? applicable = appliesTo is null ? Box.Anything : appliesTo.WhenTrue(Box.Anything);
        if (applicable is null)
        {
            Warn("L003", "applies_to can never hold, so the rule is never asked; take the rule out, or mend the condition", reader.Scalar("applies_to")!);
            return;
        }

        Box? firing = condition.WhenTrue(applicable);
        bool isConstant = rule.Logic.When.IsConstant;
        if (firing is null && !isConstant)
        {
            bool alone = condition.WhenTrue(Box.Anything) is null;
            Warn("L001", alone ? "the condition can never hold: its comparisons contradict each other, or the range of a metric or limit" : "the condition can never hold where applies_to does: the two contradict each other", when);
            return;
        }

        if (!isConstant && rule.Logic.Each is null && condition.WhenFalse(applicable) is null)
            Warn("L002", "the condition always holds when its data is there: every supplier it applies to gets the alert", when);
        if (firing is null) return;
        Clear(reader, environment, condition, applicable);
        Severities(reader, rule, environment, firing);
    }

    private void Clear(MappingReader reader, CelEnvironment environment, ConditionLogic condition, Box applicable)
    {
        if (reader.Scalar("clear") is not { } clear || Logic(clear, environment) is not { } over) return;
        Habits(clear, over);
        if (over.WhenTrue(applicable) is null)
        {
            Warn("L004", "'clear' can never hold, so the alert never ends by itself; mend it, or take it out: then it ends when 'when' no longer holds", clear);
            return;
        }

        if (condition.Simple() is not var (name, holds) || over.Simple() is not var (other, ends) || name != other || holds.And(ends).IsEmpty) return;
        Warn("L005", $"'clear' and 'when' can both hold; 'when' then wins, so the alert goes on: let 'clear' begin beyond where 'when' ends ('{condition.Text(condition.Root)}' against '{over.Text(over.Root)}')", clear);
    }

    private void Severities(MappingReader reader, Rule rule, CelEnvironment environment, Box firing)
    {
        Box? left = firing;
        ImmutableArray<MappingReader> cases = reader.Children("severity_when");
        for (int i = 0; i < cases.Length; i++)
        {
            if (cases[i].Scalar("when") is not { } when || Logic(when, environment) is not { } condition) return;
            Habits(when, condition);
            if (left is null || condition.WhenTrue(left) is null)
            {
                Warn("L006", left is null ? "never reached: the cases before it take every alert" : "this case never decides: its condition cannot hold while the rule fires and no case before it does", when);
                continue;
            }

            if (i == cases.Length - 1 && cases[i].Text("severity") is { } severity && severity == Name(rule))
                Warn("L006", $"this case changes nothing: the rule's own severity is {severity} already", when);
            left = condition.WhenFalse(left);
        }
    }

    private static string Name(Rule rule) => rule.Severity.ToString().ToLowerInvariant();

    /// <summary>A metric compared with a limit one of whose values lies outside the metric's range.</summary>
    /// <returns>True when there was one: what else could be said of the condition follows from it.</returns>
    private bool Ranges(ScalarNode when, ConditionLogic condition)
    {
        bool found = false;
        var open = new Stack<SyntaxNode>([condition.Root]);
        while (open.TryPop(out SyntaxNode? node))
        {
            foreach (SyntaxNode child in node.Children) open.Push(child);
            if (node is not CallSyntax { Function: "_<_" or "_<=_" or "_>_" or "_>=_", Arguments: [var left, var right] }) continue;
            bool isMirrored = ConditionLogic.LimitOf(left, condition.Tree, scope) is not null;
            (SyntaxNode metric, SyntaxNode bound) = isMirrored ? (right, left) : (left, right);
            if (ConditionLogic.LimitOf(bound, condition.Tree, scope) is not { } limit || ConditionLogic.FieldOf(metric, condition.Tree) is not { Minimum: { } low, Maximum: { } high } field) continue;
            foreach ((double value, DocumentNode place) in ValuesOf(limit))
            {
                if (value >= low && value <= high) continue;
                found = true;
                string path = condition.Text(metric);
                if (!reported.Add($"{limit.Name} {path} {value}")) continue;
                string unit = field.Unit is "ratio" ? "is a ratio" : "lies";
                string hint = field.Unit is "ratio" && value / 100 >= low && value / 100 <= high ? string.Create(CultureInfo.InvariantCulture, $"; did you mean {value / 100}?") : "";
                diagnostics.Add(file.Error(
                    "L012", string.Create(CultureInfo.InvariantCulture, $"{path} {unit} in [{low}, {high}]; with {value} '{condition.Text(node)}' (line {when.Position.Line}) is always the same{hint}"), place, Length(place)));
            }
        }

        return found;
    }

    /// <summary>The limit's values with their places; what an overlay changed stands elsewhere, and is shown at the limit.</summary>
    private IEnumerable<(double Value, DocumentNode Place)> ValuesOf(Limit limit)
    {
        if (pack.Child("limits")?.Child(limit.Name) is not { } reader) yield break;
        double normal = ConditionLogic.Number(limit.Default);
        yield return (normal, reader.PlaceOf("default"));
        ImmutableArray<MappingReader> overrides = reader.Children("overrides");
        for (int i = 0; i < Math.Min(limit.Overrides.Length, overrides.Length); i++) yield return (ConditionLogic.Number(limit.Overrides[i].Value), overrides[i].PlaceOf("value"));
    }

    /// <summary>Ways to make missing data look fine, which must be said out loud.</summary>
    private void Habits(ScalarNode at, ConditionLogic condition)
    {
        var open = new Stack<SyntaxNode>([condition.Root]);
        while (open.TryPop(out SyntaxNode? node))
        {
            foreach (SyntaxNode child in node.Children) open.Push(child);
            if (node is CallSyntax { Function: "_||_" } either && !HasComment(at)
                && either.Arguments.FirstOrDefault(a => a is CallSyntax { Function: "!_", Arguments: [SelectSyntax { Kind: SelectKind.Has, Operand: NameSyntax { Name: "metrics" } }] }) is { } absent)
                Warn("L007", $"'{condition.Text(absent)} || …' makes the rule fire on missing data, where it would be unknown and alertable by on_unknown; if that is meant, say so in a comment beside it", at);
            if (node is CallSyntax { Function: "orValue", Target: { } target } && condition.Text(target).StartsWith("metrics.?", StringComparison.Ordinal))
                Warn("L008", $"a default for {condition.Text(target).Replace(".?", ".", StringComparison.Ordinal)} makes missing data look like that value; write the metric plainly, so that the rule is unknown without it", at);
        }
    }

    /// <summary>A comment on the lines of the value, or on the line above.</summary>
    private bool HasComment(ScalarNode at)
    {
        int last = at.Map.At(at.Text.Length).Line;
        for (int line = at.Position.Line - 1; line <= last; line++)
        {
            if (file.Line(line) is { } text && (text.TrimStart().StartsWith('#') || text.Contains(" #", StringComparison.Ordinal) || (line >= at.Position.Line && text.Contains("// ", StringComparison.Ordinal)))) return true;
        }

        return false;
    }

    /// <summary>Overrides that those before them leave nothing to.</summary>
    private void Overrides()
    {
        foreach (MappingEntry entry in pack.Entries("limits"))
        {
            if (entry.Value is not MappingNode mapping || scope.Limits.FirstOrDefault(l => l.Name == entry.Key.Text) is not { } limit) continue;
            Box? left = Box.Anything;
            ImmutableArray<MappingReader> items = pack.Of(mapping).Children("overrides");
            for (int i = 0; i < Math.Min(limit.Overrides.Length, items.Length); i++)
            {
                if (items[i].Scalar("when") is not { } when || Logic(when, scope.Environment) is not { } condition) break;
                if (left is null || condition.WhenTrue(left) is null)
                    Warn("L009", left is null ? "never reached: the overrides before it match every supplier" : "never matches: the overrides before it take every supplier that could meet it", when);
                else if (limit.Overrides[i].ExpiresAt is null) left = condition.WhenFalse(left);
            }
        }
    }

    private void Unused()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (Rule rule in rules.Rules.Where(r => r.Pack == scope.Pack)) used.UnionWith(References(rule.Logic));
        foreach (CelExpression expression in scope.Vars.Select(v => v.Expression).Concat(scope.Limits.SelectMany(l => l.Overrides).Select(o => o.When))) used.UnionWith(expression.References);
        if (scope.Index == 0) foreach (ConditionalWeights item in rules.WeightsWhen) used.UnionWith(item.When.References);
        foreach (MappingEntry entry in pack.Entries("vars").Where(e => !used.Contains("vars." + e.Key.Text))) Warn("L010", $"nothing uses var '{entry.Key.Text}'; take it out", entry.Key);
        foreach (MappingEntry entry in pack.Entries("lists").Where(e => !used.Contains("lists." + e.Key.Text))) Warn("L011", $"nothing uses list '{entry.Key.Text}'; take it out", entry.Key);
    }

    private static IEnumerable<string> References(RuleLogic logic) =>
        new[] { logic.AppliesTo, logic.When, logic.Clear, logic.Each?.In, logic.Each?.Key, logic.Points.Expression }
            .Concat(logic.SeverityWhen.Select(s => s.When)).Concat(logic.Exceptions.Select(e => e.Match)).SelectMany(e => e?.References ?? []).Concat(logic.Message.References);

    private ConditionLogic? Logic(ScalarNode? scalar, CelEnvironment environment) => scalar is null ? null : ConditionLogic.Of(scalar.Text, environment, scope);

    private void Warn(string code, string message, ScalarNode at) => diagnostics.Add(file.Warning(code, message, at, Length(at)));

    private static int Length(DocumentNode at) => at is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text.Length : 1;
}
