using System.Collections.Immutable;
using Risk.Rules.Documents;

namespace Risk.Worker.Replay;

/// <summary>One thing that two sets of rule files say differently.</summary>
/// <param name="Where">By name: <c>core limits.otd_min.default</c>, <c>core rules.OPS-OTD-001.when</c>, <c>scoring bands.margin</c>.</param>
/// <param name="Before">As the present files have it; null: they do not.</param>
/// <param name="After">As the new files have it; null: they do not.</param>
internal sealed record RuleFileChange(string Where, string? Before, string? After);

/// <summary>Compares rule files by what they name, not by lines: order, layout, comments and file names make no difference.</summary>
internal static class RuleFileChanges
{
    /// <summary>A file has sections (limits, rules), sections have items; what is new or gone is told item by item, and not each of its parts.</summary>
    private const int ItemDepth = 2;

    public static ImmutableArray<RuleFileChange> Between(IEnumerable<Document> before, IEnumerable<Document> after)
    {
        var changes = new List<RuleFileChange>();
        SortedDictionary<string, DocumentNode> old = ByName(before), @new = ByName(after);
        foreach (string name in Names(old, @new)) Compare(name, 0, old.GetValueOrDefault(name), @new.GetValueOrDefault(name), changes);
        return [.. changes];
    }

    /// <summary>Packs by name, their overlays, and the scoring; tests are no part of the rules.</summary>
    private static SortedDictionary<string, DocumentNode> ByName(IEnumerable<Document> files)
    {
        var found = new SortedDictionary<string, DocumentNode>(StringComparer.Ordinal);
        foreach (MappingNode root in files.Select(f => f.Root).OfType<MappingNode>())
        {
            string schema = TextOf(root["schema"]).Split('/')[0], pack = TextOf(root["pack"]);
            if (schema != "tests") found[schema switch { "rules" => pack, "overlay" => pack + " overlay", _ => schema }] = root;
        }

        return found;
    }

    private static void Compare(string where, int depth, DocumentNode? before, DocumentNode? after, List<RuleFileChange> changes)
    {
        bool bothThere = before is not null && after is not null;
        if ((bothThere || depth < ItemDepth) && Parts(before, depth) is { } old && Parts(after, depth) is { } @new)
        {
            foreach (string name in Names(old, @new))
                Compare(where + (depth == 0 ? " " : ".") + name, depth + 1, old.GetValueOrDefault(name), @new.GetValueOrDefault(name), changes);
            return;
        }

        string? left = before is null ? null : Written(before), right = after is null ? null : Written(after);
        if (left != right) changes.Add(new RuleFileChange(where, left, right));
    }

    private static IEnumerable<string> Names(SortedDictionary<string, DocumentNode> before, SortedDictionary<string, DocumentNode> after) =>
        before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>What a node has by name: a mapping's entries, a sequence's items when each has an id, a list's texts. Null when it is one value.</summary>
    private static SortedDictionary<string, DocumentNode>? Parts(DocumentNode? node, int depth)
    {
        var parts = new SortedDictionary<string, DocumentNode>(StringComparer.Ordinal);
        switch (node)
        {
            case null:
                return parts;
            case MappingNode mapping:
                foreach (MappingEntry entry in mapping.Entries) parts[entry.Key.Text] = entry.Value;
                return parts;
            case SequenceNode { Items.IsEmpty: false } sequence:
                foreach (DocumentNode item in sequence.Items)
                {
                    // Only the lists that rules name are sets; a range or an order of weights is one value.
                    ScalarNode? name = item is MappingNode named ? named["id"] as ScalarNode : depth == ItemDepth ? item as ScalarNode : null;
                    if (name is null || !parts.TryAdd(name.Text, item)) return null;
                }

                return parts;
            default:
                return null;
        }
    }

    private static string TextOf(DocumentNode? node) => node is ScalarNode scalar ? scalar.Text : "";

    private static string Written(DocumentNode node) => node switch
    {
        ScalarNode scalar => scalar.Text,
        SequenceNode sequence => "[" + string.Join(", ", sequence.Items.Select(Written)) + "]",
        MappingNode mapping => "{" + string.Join(", ", mapping.Entries.Select(e => $"{e.Key.Text}: {Written(e.Value)}")) + "}",
        _ => "",
    };
}
