using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Risk.Worker.Tests.Alerting.Differential;

internal enum StepKind { Fire, Resolve, Silence, Expire }

/// <summary>Something that happens in a scenario.</summary>
/// <param name="At">Seconds from the scenario's start.</param>
/// <param name="Subject">Which alert of the scenario, or which silence.</param>
/// <param name="Labels">Of the alert, or what the silence wants to be equal.</param>
/// <param name="StartsBefore">Seconds by which the alert began before it was sent.</param>
/// <param name="TimesOut">The alert is sent without an end: it is over when it is not sent again in time.</param>
/// <param name="Until">End of a silence, in seconds from the scenario's start.</param>
internal sealed record Step(double At, StepKind Kind, int Subject, ImmutableSortedDictionary<string, string> Labels, double StartsBefore = 0, bool TimesOut = false, double Until = 0, string Note = "");

/// <summary>A routing configuration in Alertmanager's words (without its receivers), and what happens.</summary>
/// <param name="Receivers">Name, and whether it wants to hear of what is over.</param>
internal sealed record Scenario(int Number, JsonObject Route, JsonArray InhibitRules, JsonArray TimeIntervals, ImmutableSortedDictionary<string, bool> Receivers, ImmutableArray<Step> Steps)
{
    /// <summary>Seconds. Shorter than Alertmanager's sweep of empty groups, which would come at a moment of its own.</summary>
    public const double Length = 26;

    /// <summary>Seconds after which an alert sent without an end is over.</summary>
    public const double ResolveTimeout = 7;

    /// <summary>The same with some steps a little later.</summary>
    /// <param name="isLate">By index.</param>
    public Scenario Shifted(double seconds, Func<int, bool> isLate) => this with { Steps = [.. Steps.Select((s, i) => isLate(i) ? s with { At = s.At + seconds } : s).OrderBy(s => s.At)] };
}

/// <summary>One notification as a receiver saw it.</summary>
/// <param name="At">Seconds from the scenario's start.</param>
internal sealed record Told(double At, string Receiver, string Status, string GroupLabels, string Firing, string Resolved)
{
    /// <summary>Real time is not exact, and a message takes its way.</summary>
    private const double Tolerance = 1;

    public string Content => $"{Receiver} {Status} {{{GroupLabels}}} firing [{Firing}] resolved [{Resolved}]";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:0.0}: {Content}");

    public static string Text(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(',', labels.Where(l => l.Key != "scenario").OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    /// <summary>What one side told and the other did not: the same content within a second is the same. The last moments are left out, where a second decides.</summary>
    /// <param name="until">Seconds.</param>
    public static IReadOnlyList<string> Differences(IEnumerable<Told> wanted, IEnumerable<Told> given, double until = Scenario.Length)
    {
        List<Told> rest = [.. given.OrderBy(t => t.At)];
        var missing = new List<Told>();
        foreach (Told told in wanted.OrderBy(t => t.At))
        {
            int found = rest.FindIndex(t => t.Content == told.Content && Math.Abs(t.At - told.At) <= Tolerance);
            if (found >= 0) rest.RemoveAt(found);
            else missing.Add(told);
        }

        return [.. missing.Where(Counts).Select(t => $"only Alertmanager {t}"), .. rest.Where(Counts).Select(t => $"only here         {t}")];

        bool Counts(Told told) => told.At < until - Tolerance - 0.5;
    }
}
