using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;

namespace Risk.Rules.Linting;

/// <summary>Lints of the scoring file against the rules that give it points.</summary>
internal sealed class ScoringLints(MappingReader scoring, RuleSet rules, DiagnosticBag diagnostics)
{
    private readonly ScoringPolicy policy = rules.Scoring;

    public void Lint()
    {
        foreach (MappingEntry entry in scoring.Entries("categories")) Category(entry);
        foreach (MappingReader item in scoring.Children("weights_when")) Weights(item);
        Bands();
        Floors();
    }

    private void Category(MappingEntry entry)
    {
        if (policy.IndexOf(entry.Key.Text) is not (>= 0 and var index)) return;
        CategoryPolicy category = policy.Categories[index];
        Rule[] own = [.. rules.Rules.Where(r => r.Category == category.Name)];
        if (own.Length == 0)
        {
            if (category.Weight > 0) Warn("L020", $"no rule is in category '{category.Name}', so its weight only lowers every total; take the category out, or set its weight to 0", entry.Key);
            return;
        }

        if (!own.Any(IsAwake))
        {
            if (category.Weight > 0) Warn("L020", $"every rule of category '{category.Name}' is disabled or has no source, so its weight only lowers every total; enable a source, or set the weight to 0", entry.Key);
            return;
        }

        bool isWeighed = category.Weight > 0 || rules.WeightsWhen.Any(w => w.Weights[index] > 0);
        if (!isWeighed && policy.WorstCategoryShare == 0 && own.Any(r => MostPoints(r) > 0))
            Warn("L021", $"the points of category '{category.Name}' never reach the total: its weight is 0, and so is worst_category_share", entry.Key);

        // 100 is no cap of anyone's choosing. Rules that sleep count: their source may be switched on tomorrow.
        if (category.Cap < 100 && MostPoints(own.Where(r => r.IsEnabled)) is { } most && most < category.Cap && entry.Value is MappingNode mapping && mapping["cap"] is ScalarNode cap)
            diagnostics.Add(new Diagnostic(
                DiagnosticSeverity.Note, "L024", string.Create(CultureInfo.InvariantCulture, $"the cap of {category.Cap} is never reached: all rules of '{category.Name}' together give at most {most} points"),
                cap.Position, scoring.Document.Line(cap.Position.Line), cap.Text.Length));
    }

    private void Weights(MappingReader item)
    {
        ImmutableArray<MappingEntry> named = item.Entries("weights");
        decimal sum = 0;
        foreach (MappingEntry entry in named) sum += entry.Value is ScalarNode scalar && DocumentReading.TryDecimal(scalar, out decimal weight) ? weight : 0;
        string[] left = [.. policy.Categories.Where(c => c.Weight > 0 && !named.Any(n => n.Key.Text == c.Name) && rules.Rules.Any(r => r.Category == c.Name)).Select(c => c.Name)];
        if (sum >= 1 && left.Length > 0) Warn("L022", $"the weights named add up to 1 and leave nothing for {string.Join(", ", left)}", named[0].Key);
        if (sum == 0 && left.Length == 0) Warn("L022", "no category has a weight here, so only the worst category and floors count", item.PlaceOf("weights"));
    }

    /// <summary>The highest total that all rules together can give.</summary>
    private void Bands()
    {
        decimal mean = 0, worst = 0, floor = 0;
        for (int i = 0; i < policy.Categories.Length; i++)
        {
            CategoryPolicy category = policy.Categories[i];
            decimal best = Math.Min(MostPoints(rules.Rules.Where(r => r.Category == category.Name && IsAwake(r))) ?? decimal.MaxValue, Math.Min(category.Cap, 100));
            decimal weight = rules.WeightsWhen.Select(w => w.Weights[i]).Append(rules.Weights[i]).Max();
            mean += weight * best;
            worst = Math.Max(worst, best);
        }

        foreach (Rule rule in rules.Rules.Where(IsAwake)) floor = Math.Max(floor, rule.Floor ?? 0);
        if (policy.Overrides.Any()) return;
        decimal highest = Math.Min(100, Math.Max(Math.Max(mean, policy.WorstCategoryShare * worst), floor));
        BandEdge[] beyond = [.. policy.Edges.Where(e => e.From > highest)];
        if (beyond.Length == 0 || !rules.Rules.Any(IsAwake)) return;
        string names = string.Join(", ", beyond.Select(e => e.Band.ToString().ToLowerInvariant()));
        Warn(
            "L023", string.Create(CultureInfo.InvariantCulture, $"no supplier ever gets into {(beyond.Length == 1 ? "band" : "bands")} {names}: with all rules firing the total is {decimal.Round(highest, 2)}; raise points, weights or worst_category_share, or lower the edges"),
            scoring.PlaceOf("bands"));
    }

    private void Floors()
    {
        if (policy.Edges.Length < 2) return;
        decimal second = policy.Edges[1].From;
        foreach (Rule rule in rules.Rules.Where(r => IsAwake(r) && r.Floor is { } floor && floor < second))
            Warn("L025", string.Create(CultureInfo.InvariantCulture, $"the floor {rule.Floor} of {rule.Id} lies below the edge of band {policy.Edges[1].Band.ToString().ToLowerInvariant()} ({second}): as a gate it moves nobody out of band low"), scoring.PlaceOf("bands"));
    }

    private static bool IsAwake(Rule rule) => rule is { IsEnabled: true, IsDormant: false };

    /// <summary>The most points of the rules together, or null when nothing bounds them.</summary>
    private static decimal? MostPoints(IEnumerable<Rule> of)
    {
        decimal sum = 0;
        foreach (Rule rule in of)
        {
            if (MostPoints(rule) is not { } most) return null;
            sum += most;
        }

        return sum;
    }

    private static decimal? MostPoints(Rule rule)
    {
        bool isBounded = rule.Logic.Points.Expression is null && (rule.Logic.Each is null || rule.Logic.Points.Fixed == 0);
        return isBounded ? Math.Min(rule.Logic.Points.Fixed, rule.MaximumPoints ?? decimal.MaxValue) : rule.MaximumPoints;
    }

    private void Warn(string code, string message, DocumentNode at) =>
        diagnostics.Add(scoring.Document.Warning(code, message, at, at is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text.Length : 1));
}
