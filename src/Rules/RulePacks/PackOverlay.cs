using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;

namespace Risk.Rules.RulePacks;

/// <summary>What an overlay/1 file changes in one pack: only named values, never parts of conditions.</summary>
internal sealed class PackOverlay
{
    private readonly Dictionary<string, (MappingReader Change, ScalarNode Name)> limits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (MappingReader Change, ScalarNode Name)> rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (MappingReader Change, ScalarNode Name)> lists = new(StringComparer.Ordinal);

    public static readonly ImmutableArray<(string, Severity)> Severities =
        [("info", Severity.Info), ("warning", Severity.Warning), ("high", Severity.High), ("critical", Severity.Critical)];

    public string Pack { get; private init; } = "";

    public int? ForVersion { get; private init; }

    public required MappingReader Reader { get; init; }

    public static PackOverlay Read(MappingReader reader)
    {
        _ = reader.Text("schema");
        _ = reader.Text("$schema");
        var overlay = new PackOverlay { Reader = reader, Pack = reader.RequiredText("pack") ?? "", ForVersion = reader.Int("for_version", 1) };
        overlay.Collect(reader, "limits", overlay.limits);
        overlay.Collect(reader, "rules", overlay.rules);
        overlay.Collect(reader, "lists", overlay.lists);
        reader.RejectUnknownKeys("an overlay");
        return overlay;
    }

    public MappingReader? Limit(string name) => limits.TryGetValue(name, out var found) ? found.Change : null;

    public MappingReader? Rule(string id) => rules.TryGetValue(id, out var found) ? found.Change : null;

    public MappingReader? List(string name) => lists.TryGetValue(name, out var found) ? found.Change : null;

    /// <summary>Reports changes of things the pack does not have, and a pack of another version.</summary>
    public void Check(int packVersion, IReadOnlyCollection<string> limitNames, IReadOnlyCollection<string> ruleIds, IReadOnlyCollection<string> listNames)
    {
        if (ForVersion is { } version && version != packVersion)
        {
            string keys = string.Join(", ", limits.Keys.Concat(rules.Keys).Concat(lists.Keys).Order(StringComparer.Ordinal));
            Reader.Warning("015", $"the overlay was written for version {Text(version)} of pack '{Pack}', which is now {Text(packVersion)}; look at {keys} and then raise for_version", Reader.PlaceOf("for_version"));
        }

        Unknown(limits, limitNames, "limit");
        Unknown(rules, ruleIds, "rule");
        Unknown(lists, listNames, "list");
    }

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Unknown(Dictionary<string, (MappingReader Change, ScalarNode Name)> changes, IReadOnlyCollection<string> known, string what)
    {
        foreach ((string name, (MappingReader _, ScalarNode place)) in changes)
        {
            if (!known.Contains(name)) Reader.Error("014", $"pack '{Pack}' has no {what} '{name}'{Suggestion.For(name, known)}", place);
        }
    }

    private void Collect(MappingReader reader, string key, Dictionary<string, (MappingReader, ScalarNode)> into)
    {
        foreach (MappingEntry entry in reader.Entries(key))
        {
            if (entry.Value is MappingNode mapping) into[entry.Key.Text] = (reader.Of(mapping), entry.Key);
            else reader.Wrong(entry.Key.Text, entry.Value, "a mapping of what changes");
        }
    }
}
