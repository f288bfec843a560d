using System.Globalization;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;

namespace Risk.Worker.Cli;

/// <summary>The manual of a rule set, written from the set itself. Pure: the same set gives the same text.</summary>
internal static class RuleMarkdown
{
    public static string Render(RuleSet set)
    {
        var text = new StringBuilder();
        string[] packs = [.. set.Rules.Select(r => r.Pack).Distinct().Order(StringComparer.Ordinal)];
        Line(text, $"# {(packs.Length == 1 ? "Rule pack" : "Rule packs")} {string.Join(", ", packs)}: {CommandOutput.Count(set.Rules.Count(r => r.IsEnabled), "rule")}");
        Line(text);
        Line(text, "Written by `risk rules docs` from the rules in force; do not edit. What the parts of a rule mean, and how to tune them, is in `docs/rules.md`.");
        RuleSheet[] sheets = [.. set.Rules.Where(r => r.IsEnabled).Select(RuleSheet.Of)];
        decimal weights = set.Scoring.Categories.Sum(c => c.Weight);
        Line(text);
        Line(text, "| category | rules | weight in the score | cap |");
        Line(text, "|---|--:|--:|--:|");
        foreach (CategoryPolicy category in set.Scoring.Categories)
        {
            int count = sheets.Count(s => s.Rule.Category == category.Name);
            Line(text, $"| [{category.Name}](#{category.Name}) | {count} | {Percent(category.Weight / weights)} | {Number(category.Cap)} |");
        }

        foreach (CategoryPolicy category in set.Scoring.Categories) Category(text, set.Catalog, category.Name, [.. sheets.Where(s => s.Rule.Category == category.Name)]);
        string[] off = [.. set.Rules.Where(r => !r.IsEnabled).Select(r => r.Id)];
        if (off.Length > 0)
        {
            Line(text);
            Line(text, $"Switched off: {string.Join(", ", off)}.");
        }

        return text.ToString();
    }

    private static void Category(StringBuilder text, Catalog catalog, string name, RuleSheet[] sheets)
    {
        if (sheets.Length == 0) return;
        Line(text);
        Line(text, $"## {name}");
        Line(text);
        Line(text, "| rule | fires when | severity | points | rests on |");
        Line(text, "|---|---|---|--:|---|");
        foreach (RuleSheet sheet in sheets)
        {
            Rule rule = sheet.Rule;
            Line(text, $"| [{rule.Id}](#{Anchor(rule)}) | {Cell(rule.Title)} | {Severities(sheet)} | {MostPoints(sheet)} | {RestsOn(catalog, rule)} |");
        }

        foreach (RuleSheet sheet in sheets) Section(text, catalog, sheet);
    }

    private static void Section(StringBuilder text, Catalog catalog, RuleSheet sheet)
    {
        Rule rule = sheet.Rule;
        Line(text);
        Line(text, $"### {rule.Id}: {rule.Title}");
        Line(text);
        if (rule.Rationale.Length > 0) Line(text, $"{rule.Rationale.Trim()}{(rule.References.IsEmpty ? "" : $" *({string.Join("; ", rule.References)})*")}");
        if (rule.Next.Length > 0)
        {
            Line(text);
            Line(text, $"**What to do:** {rule.Next}");
        }

        Line(text);
        Fence(text, sheet);
        Line(text);
        Line(text, $"- {Sentence(sheet)}");
        foreach ((string when, Severity severity) in sheet.Severities) Line(text, $"- {Name(severity)} when `{when}`");
        foreach (string input in rule.Inputs) Line(text, $"- reads `{input}`{Source(catalog, input)}");
        foreach (LimitSheet limit in sheet.Limits)
        {
            string unit = limit.Unit.Length > 0 ? $" ({limit.Unit})" : "";
            string details = string.Join("; ", new[] { limit.Range.Length > 0 ? $"from {limit.Range}" : "", limit.About }.Concat(limit.Overrides.Select(o => $"`{o}`")).Where(t => t.Length > 0));
            Line(text, $"- limit `{limit.Name}` = {limit.Default}{unit}{(details.Length > 0 ? ": " + details : "")}");
        }

        foreach ((string name, string value) in sheet.Vars) Line(text, $"- `vars.{name}` is `{value}`");
        foreach ((string name, string value) in sheet.Lists) Line(text, $"- `lists.{name}` is `{value}`");
        foreach ((string id, string match, string reason, DateTimeOffset end) in sheet.Exceptions)
            Line(text, $"- exception {id} until {end.UtcDateTime.AddSeconds(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: {reason} (`{match}`)");
    }

    private static void Fence(StringBuilder text, RuleSheet sheet)
    {
        Line(text, "```text");
        foreach ((string key, string value) in Parts(sheet)) Line(text, $"{key}: {value}");
        Line(text, "```");
    }

    /// <summary>The expressions of the rule under the keys that they have in the file, in the order in which they are asked.</summary>
    public static IEnumerable<(string Key, string Value)> Parts(RuleSheet sheet)
    {
        (string Key, string Value)[] parts =
        [
            ("applies_to", sheet.AppliesTo), ("group_by", sheet.GroupBy), ("each", sheet.Each), ("when", string.Join(' ', sheet.Rule.Condition.Split((char[])['\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries))), ("clear", sheet.Clear),
            ("for", Span(sheet.Rule.HoldFor)), ("readings", sheet.Rule.Readings > 1 ? sheet.Rule.Readings.ToString(CultureInfo.InvariantCulture) : ""), ("keep_firing_for", Span(sheet.Rule.KeepFiringFor)),
            ("points", sheet.Points), ("message", sheet.Message),
        ];
        return parts.Where(p => p.Value.Length > 0);
    }

    /// <summary>Severity, points, floor, what silence of the sources does, and who answers for it.</summary>
    public static string Sentence(RuleSheet sheet)
    {
        Rule rule = sheet.Rule;
        string floor = rule.Floor is { } least ? $", and the score is at least {Number(least)} (gate)" : "";
        string unknown = rule.OnUnknown switch
        {
            { Ignored: true } => "; undecided it does not count",
            { AlertAfter: { } after } => $"; undecided for {Span(after)} it alerts as {Name(rule.OnUnknown.Severity)}",
            _ => "",
        };
        string points = rule.IsForGroups ? "over groups of suppliers, no points" : $"{MostPoints(sheet)} points";
        return $"{Name(rule.Severity)}, {points}{floor}{unknown}; owner {(rule.Owner.Length > 0 ? rule.Owner : "nobody")}{(rule.IsDormant ? "; dormant: no enabled source feeds it" : "")}";
    }

    public static string MostPoints(RuleSheet sheet) =>
        sheet.MostPoints is { } most ? (most == 0 || sheet.Points == Number(most) ? Number(most) : "up to " + Number(most)) : "up to the cap";

    public static string Severities(RuleSheet sheet) => string.Join(", ", sheet.Severities.Select(s => s.Severity).Append(sheet.Rule.Severity).Distinct().OrderBy(s => s).Select(Name));

    /// <summary>The enabled sources behind the rule's inputs; the portfolio where it has none.</summary>
    private static string RestsOn(Catalog catalog, Rule rule)
    {
        string[] sources = [.. rule.Inputs.SelectMany(i => catalog.SourcesFor(i)).Select(s => s.Source.Value).Distinct().Order(StringComparer.Ordinal)];
        return sources.Length > 0 ? string.Join(", ", sources) : rule.Inputs.IsEmpty ? "the portfolio" : "nothing that runs";
    }

    /// <summary>Where an input comes from and how long it counts.</summary>
    public static string Source(Catalog catalog, string input)
    {
        string[] sources = [.. catalog.SourcesFor(input).Select(s => s.Source.Value)];
        string from = sources.Length > 0 ? "from " + string.Join(" and ", sources) : "no source supplies it";
        (TimeSpan? age, string about) = input.Split('.') switch
        {
            ["metrics", var name] when catalog.MetricSlot(name) is >= 0 and var slot => (catalog.Metrics[slot].MaximumAge, catalog.Metrics[slot].About),
            ["facts", var name] when catalog.FactSlot(name) is >= 0 and var slot => (catalog.Facts[slot].MaximumAge, catalog.Facts[slot].About),
            ["events", var name] when catalog.FeedSlot(name) is >= 0 and var slot => (catalog.Feeds[slot].MaximumAge, catalog.Feeds[slot].About),
            _ => ((TimeSpan?)null, ""),
        };
        string counts = age is { } most ? $", counts for {Span(most)}" : "";
        return $" ({from}{counts}){(about.Length > 0 ? ": " + about : "")}";
    }

    public static string Name(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string Span(TimeSpan span) =>
        span == TimeSpan.Zero ? "" : span.TotalDays >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.##}d") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.##}h");

    private static string Anchor(Rule rule)
    {
        var anchor = new StringBuilder();
        foreach (char c in $"{rule.Id}: {rule.Title}".ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_') anchor.Append(c);
            else if (c == ' ') anchor.Append('-');
        }

        return anchor.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Number(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Percent(decimal share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');
}
