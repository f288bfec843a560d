using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Rules.RulePacks;

/// <summary>A rule as its files have it, after overlays, with everything that it names: for people, not for evaluation. Texts are those of the files; what a rule lacks is "".</summary>
public sealed record RuleSheet
{
    public required Rule Rule { get; init; }

    public string AppliesTo { get; init; } = "";

    /// <summary>The list it goes through, as <c>e in events.insolvency, by e.id</c>.</summary>
    public string Each { get; init; } = "";

    /// <summary>What puts a supplier into a group; "" for rules over single suppliers.</summary>
    public string GroupBy { get; init; } = "";

    public string Clear { get; init; } = "";

    /// <summary>A number or an expression.</summary>
    public string Points { get; init; } = "";

    /// <summary>The most that it can put into its category for one supplier; null when only the category's cap limits it.</summary>
    public decimal? MostPoints { get; init; }

    public string Message { get; init; } = "";

    /// <summary>First match wins; else the rule's own severity.</summary>
    public ImmutableArray<(string When, Severity Severity)> Severities { get; init; } = [];

    /// <summary>The named expressions behind it, those that a named expression names included, by name.</summary>
    public ImmutableArray<(string Name, string Text)> Vars { get; init; } = [];

    /// <summary>By name, with their values.</summary>
    public ImmutableArray<(string Name, string Value)> Lists { get; init; } = [];

    public ImmutableArray<LimitSheet> Limits { get; init; } = [];

    /// <summary>Id, whom they match, reason and end.</summary>
    public ImmutableArray<(string Id, string Match, string Reason, DateTimeOffset ExpiresAt)> Exceptions { get; init; } = [];

    public static RuleSheet Of(Rule rule)
    {
        RuleLogic logic = rule.Logic;
        PackScope scope = logic.Scope;
        ImmutableSortedSet<string> names = NamesBehind(scope,
        [
            .. Paths(logic.When, logic.Clear, logic.AppliesTo, logic.Each?.In, logic.Each?.Key, logic.Group?.By, logic.Points.Expression),
            .. logic.SeverityWhen.SelectMany(s => s.When.References), .. logic.Message.References,
        ]);
        ImmutableArray<CelField> lists = scope.Environment.ObjectTypes.TryGetValue("Lists", out CelObjectType? type) ? type.Fields : [];
        return new RuleSheet
        {
            Rule = rule,
            AppliesTo = TextOf(logic.AppliesTo),
            Each = logic.Each is { } each ? $"{each.Name} in {TextOf(each.In)}, by {TextOf(each.Key)}" : "",
            GroupBy = TextOf(logic.Group?.By),
            Clear = TextOf(logic.Clear),
            Points = logic.Points.Expression is { } points ? TextOf(points) : logic.Points.Fixed.ToString("0.##", CultureInfo.InvariantCulture),
            MostPoints = rule.MaximumPoints ?? (logic.Points.Expression is null && logic.Each is null ? logic.Points.Fixed : null),
            Message = logic.Message.Text,
            Severities = [.. logic.SeverityWhen.Select(s => (TextOf(s.When), s.Severity))],
            Vars = [.. scope.Vars.Where(v => names.Contains("vars." + v.Name)).Select(v => (v.Name, TextOf(v.Expression)))],
            Lists = [.. lists.Select((f, i) => (f.Name, scope.Lists[i].ToString())).Where(l => names.Contains("lists." + l.Name))],
            Limits = [.. scope.Limits.Where(l => names.Contains("limit." + l.Name)).Select(LimitSheet.Of)],
            Exceptions = [.. logic.Exceptions.Select(e => (e.Id, TextOf(e.Match), e.Reason, e.ExpiresAt))],
        };
    }

    /// <summary>Vars name vars, limits name vars: followed until nothing is new.</summary>
    private static ImmutableSortedSet<string> NamesBehind(PackScope scope, IEnumerable<string> references)
    {
        var names = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var open = new Stack<string>(references);
        while (open.TryPop(out string? path))
        {
            if (path.Split('.') is not [("vars" or "limit" or "lists") and var kind, var name, ..] || !names.Add($"{kind}.{name}")) continue;
            IEnumerable<CelExpression> behind = kind switch
            {
                "vars" => scope.Vars.Where(v => v.Name == name).Select(v => v.Expression),
                "limit" => scope.Limits.Where(l => l.Name == name).SelectMany(l => l.Overrides).Select(o => o.When),
                _ => [],
            };
            foreach (string reference in behind.SelectMany(e => e.References)) open.Push(reference);
        }

        return names.ToImmutable();
    }

    private static IEnumerable<string> Paths(params CelExpression?[] expressions) => expressions.SelectMany(e => e is null ? [] : e.References);

    /// <summary>On one line: folded conditions keep their line breaks in the file, and mean nothing by them.</summary>
    private static string TextOf(CelExpression? expression) => expression is null ? "" : string.Join(' ', expression.Text.Split((char[])['\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>A number that ops tune.</summary>
/// <param name="Default">After the overlay.</param>
/// <param name="Range">As <c>0.5 to 1</c>, or "".</param>
/// <param name="Overrides">In order, as <c>0.95 when supplier.tier == 1</c>; the first that matches wins.</param>
public sealed record LimitSheet(string Name, string Default, string Unit, string Range, string About, ImmutableArray<string> Overrides)
{
    internal static LimitSheet Of(Limit limit) => new(
        limit.Name, limit.DefaultText, limit.Unit, limit.Range is var (low, high) ? string.Create(CultureInfo.InvariantCulture, $"{low} to {high}") : "", limit.About,
        [.. limit.Overrides.Select(o => $"{o.Value} when {o.When.Text.Trim()}{(o.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $", until {end.UtcDateTime.AddSeconds(-1):yyyy-MM-dd}") : "")}")]);
}
