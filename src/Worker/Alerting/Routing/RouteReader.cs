using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Reads the route tree, with inheritance and the checks that only the whole tree allows.</summary>
internal sealed class RouteReader(MatcherReader matchers, RoutingVocabulary vocabulary, IEnumerable<string> receivers, IEnumerable<string> intervals)
{
    private static readonly string[] Keys =
    [
        "receiver", "matchers", "continue", "group_by", "group_wait", "group_interval", "repeat_interval", "mute_time_intervals", "active_time_intervals", "routes",
    ];

    private readonly MatcherReader matchers = matchers;
    private readonly Reachability reachability = new(vocabulary);
    private readonly ImmutableSortedSet<string> receivers = [.. receivers];
    private readonly ImmutableSortedSet<string> intervals = [.. intervals];

    public HashSet<string> UsedReceivers { get; } = new(StringComparer.Ordinal);

    public HashSet<string> UsedIntervals { get; } = new(StringComparer.Ordinal);

    public RouteNode ReadRoot(ConfigSection route)
    {
        foreach (string wrong in new[] { "matchers", "continue", "mute_time_intervals", "active_time_intervals" })
            if (route.Has(wrong)) route.Error("T020", $"the root route takes every alert at any time and cannot have '{wrong}'; put it on a child route", route.At(wrong));
        if (!route.Has("receiver")) route.Error("T003", "the root route needs a receiver: it takes what no other route takes", route.Node);
        return Read(route, new RouteNode { Path = "{}", Receiver = "" }, "{}", []);
    }

    private RouteNode Read(ConfigSection section, RouteNode parent, string path, ImmutableArray<Matcher> above)
    {
        section.RefuseUnknownKeys("a route", Keys);
        ImmutableArray<Matcher> own = path == "{}" ? [] : matchers.Read(section, "matchers");
        (ImmutableArray<string> groupBy, bool all) = GroupBy(section, parent);
        var node = new RouteNode
        {
            Path = path,
            Receiver = Receiver(section) ?? parent.Receiver,
            Matchers = own,
            Continue = section.Bool("continue", otherwise: false),
            GroupBy = groupBy,
            GroupByAll = all,
            GroupWait = section.Duration("group_wait") ?? parent.GroupWait,
            GroupInterval = Positive(section, "group_interval") ?? parent.GroupInterval,
            RepeatInterval = Positive(section, "repeat_interval") ?? parent.RepeatInterval,
            MuteTimeIntervals = Intervals(section, "mute_time_intervals"),
            ActiveTimeIntervals = Intervals(section, "active_time_intervals"),
        };
        NoteRepeat(section, node);
        return node with { Children = Children(section, node, [.. above, .. own]) };
    }

    private ImmutableArray<RouteNode> Children(ConfigSection section, RouteNode node, ImmutableArray<Matcher> above)
    {
        var children = ImmutableArray.CreateBuilder<RouteNode>();
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ConfigSection child in section.Sections("routes"))
        {
            RouteNode read = Read(child, node, PathOf(child, node, taken), above);
            ImmutableArray<Matcher> all = [.. above, .. read.Matchers];
            if (reachability.Contradiction(all) is { } label)
                child.Error("T018", $"never reached: no alert meets all its conditions on '{label}' (its own and those of the routes above it)", child.At("matchers"));
            else if (children.FirstOrDefault(earlier => !earlier.Continue && reachability.Covers(earlier.Matchers, all)) is { } thief)
                child.Error("T010", $"never reached: taken by the earlier route {thief.Path[(node.Path.Length + 1)..]}; move this one above it, or add continue: true there", child.Has("matchers") ? child.At("matchers") : child.Node);
            children.Add(read);
        }

        return children.ToImmutable();
    }

    /// <summary>Matchers in canonical text; equal siblings are numbered, so that paths stay unique and inserting a route renames no other.</summary>
    private static string PathOf(ConfigSection child, RouteNode parent, Dictionary<string, int> taken)
    {
        IEnumerable<Matcher> own = child.Scalars("matchers").SelectMany(m => MatcherParser.Parse(m.Text).Matchers.Select(p => p.Matcher));
        string name = "{" + string.Join(",", own.Select(m => m.ToString())) + "}";
        taken[name] = taken.GetValueOrDefault(name) + 1;
        return parent.Path + "/" + name + (taken[name] == 1 ? "" : "#" + taken[name].ToString(CultureInfo.InvariantCulture));
    }

    private string? Receiver(ConfigSection section)
    {
        if (section.Text("receiver") is not { } name) return null;
        UsedReceivers.Add(name);
        if (!receivers.Contains(name))
        {
            string hint = Suggestion.For(name, receivers);
            section.Error("T008", $"there is no receiver '{name}'{(hint.Length > 0 ? hint : "; add it under 'receivers'")}", section.At("receiver"), name.Length);
        }

        return name;
    }

    private (ImmutableArray<string> Labels, bool All) GroupBy(ConfigSection section, RouteNode parent)
    {
        ImmutableArray<ScalarNode> labels = section.Scalars("group_by");

        // An empty list says nothing, as in Alertmanager: one group for everything is the root's default.
        if (labels.IsEmpty) return (parent.GroupBy, parent.GroupByAll);
        bool all = labels.Any(l => l.Text == "...");
        if (all && labels.Length > 1) section.Error("T001", "'...' groups by every label and stands alone in group_by", section.At("group_by"));
        foreach (ScalarNode label in labels.Where(l => l.Text != "...")) matchers.CheckLabel(section, label.Text, label, 0);
        foreach (IGrouping<string, ScalarNode> twice in labels.GroupBy(l => l.Text, StringComparer.Ordinal).Where(g => g.Count() > 1))
            section.Error("T009", $"'{twice.Key}' stands twice in group_by", twice.Last(), twice.Key.Length);
        return ([.. labels.Select(l => l.Text).Order(StringComparer.Ordinal)], all);
    }

    private ImmutableArray<string> Intervals(ConfigSection section, string key)
    {
        ImmutableArray<ScalarNode> names = section.Scalars(key);
        foreach (ScalarNode name in names)
        {
            UsedIntervals.Add(name.Text);
            if (intervals.Contains(name.Text)) continue;
            string hint = Suggestion.For(name.Text, intervals);
            section.Error("T013", $"there is no time interval '{name.Text}'{(hint.Length > 0 ? hint : "; add it under 'time_intervals'")}", name, name.Text.Length);
        }

        return [.. names.Select(n => n.Text)];
    }

    private static TimeSpan? Positive(ConfigSection section, string key)
    {
        if (section.Duration(key) is not { } span) return null;
        if (span > TimeSpan.Zero) return span;
        section.Error("T004", $"'{key}' must be longer than zero", section.At(key));
        return null;
    }

    /// <summary>A repeat is sent at a look of the group, and those are whole group intervals apart.</summary>
    private static void NoteRepeat(ConfigSection section, RouteNode node)
    {
        if (!(section.Has("repeat_interval") || section.Has("group_interval"))) return;
        long looks = Math.Max(1, (node.RepeatInterval.Ticks + node.GroupInterval.Ticks - 1) / node.GroupInterval.Ticks);
        TimeSpan real = node.GroupInterval * looks;
        if (real == node.RepeatInterval) return;
        section.Note(
            "T015",
            $"repeat_interval {PrometheusDuration.Format(node.RepeatInterval)} is {(node.RepeatInterval < node.GroupInterval ? "shorter than" : "no multiple of")} group_interval {PrometheusDuration.Format(node.GroupInterval)}, so it repeats every {PrometheusDuration.Format(real)}",
            section.At(section.Has("repeat_interval") ? "repeat_interval" : "group_interval"));
    }
}
