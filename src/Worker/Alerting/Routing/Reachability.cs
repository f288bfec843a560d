using System.Collections.Immutable;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Proves that a route can never be reached. What cannot be proven is taken as reachable.</summary>
internal sealed class Reachability(RoutingVocabulary vocabulary)
{
    /// <summary>True when every alert that meets <paramref name="inner"/> meets <paramref name="outer"/>.</summary>
    public bool Covers(ImmutableArray<Matcher> outer, ImmutableArray<Matcher> inner) => outer.All(o => IsImplied(o, inner));

    /// <summary>A label on which no value meets all the matchers, or null.</summary>
    public string? Contradiction(ImmutableArray<Matcher> all) =>
        all.Select(m => m.Label).Distinct(StringComparer.Ordinal).FirstOrDefault(label => Possible(label, all) is { Count: 0 });

    private bool IsImplied(Matcher outer, ImmutableArray<Matcher> inner)
    {
        if (inner.Any(i => i.Label == outer.Label && i.Operator == outer.Operator && i.Value == outer.Value)) return true;
        return Possible(outer.Label, inner) is { } values ? values.All(outer.Matches) : outer is { Operator: MatchOperator.Regex, Value: ".*" };
    }

    /// <summary>The values that the label can have under the matchers, or null when they cannot be listed.</summary>
    private IReadOnlyList<string>? Possible(string label, ImmutableArray<Matcher> all)
    {
        Matcher[] own = [.. all.Where(m => m.Label == label)];
        IEnumerable<string>? candidates =
            own.FirstOrDefault(m => m.Operator == MatchOperator.Equal) is { } equal ? [equal.Value]
            : own.Where(m => m.Operator == MatchOperator.Regex).Select(m => LiteralAlternatives.Of(m.Value)).FirstOrDefault(v => v is not null) is { } listed ? listed
            : vocabulary.Values.TryGetValue(label, out ImmutableArray<string> known) ? [.. known, ""]
            : null;
        return candidates is null ? null : [.. candidates.Where(value => own.All(m => m.Matches(value)))];
    }
}
