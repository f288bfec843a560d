using System.Collections.Immutable;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Muting;

/// <summary>While an alert that matches the source fires, alerts that match the target and agree in the <c>equal</c> labels are not told.</summary>
internal sealed record InhibitRule(string Name, ImmutableArray<Matcher> Source, ImmutableArray<Matcher> Target, ImmutableArray<string> Equal)
{
    /// <summary>Whether an alert with the labels can inhibit others.</summary>
    public bool IsSource(IReadOnlyDictionary<string, string> labels) => Source.All(m => m.Matches(labels));

    /// <summary>As Alertmanager: labels that both lack count as equal, and an alert that matches both sides cannot be inhibited by one that does too (or by itself).</summary>
    public bool Inhibits(IReadOnlyDictionary<string, string> source, IReadOnlyDictionary<string, string> target)
    {
        if (!IsSource(source) || !Target.All(m => m.Matches(target))) return false;
        bool bothSides = Source.All(m => m.Matches(target)) && Target.All(m => m.Matches(source));
        return !bothSides && Equal.All(label => string.Equals(Value(source, label), Value(target, label), StringComparison.Ordinal));
    }

    private static string Value(IReadOnlyDictionary<string, string> labels, string name) => labels.TryGetValue(name, out string? value) ? value : "";
}
