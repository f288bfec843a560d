using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;

namespace Risk.Worker.Alerting.Routing;

/// <summary>A mapping of routing.yaml under reading: typed access that reports what is wrong, where, and goes on.</summary>
internal sealed class ConfigSection(Document document, MappingNode node, DiagnosticBag diagnostics)
{
    private readonly MappingNode node = node;

    public Document Document { get; } = document;

    public DiagnosticBag Diagnostics { get; } = diagnostics;

    public bool Has(string key) => node[key] is { } value and not ScalarNode { IsNull: true };

    public DocumentNode At(string key) => node[key] ?? node;

    public MappingNode Node => node;

    public void RefuseUnknownKeys(string what, IReadOnlyCollection<string> known)
    {
        foreach (MappingEntry entry in node.Entries.Where(e => !known.Contains(e.Key.Text)))
            Error("T002", $"{what} has no setting '{entry.Key.Text}'{Suggestion.OrAll(entry.Key.Text, known)}", entry.Key, entry.Key.Text.Length);
    }

    /// <summary>The text, or null when the key is absent (or wrong, and reported).</summary>
    public string? Text(string key)
    {
        if (!Has(key)) return null;
        if (node[key] is ScalarNode scalar) return scalar.Text;
        Error("T001", $"'{key}' must be a text", At(key));
        return null;
    }

    public string? Required(string key, string why)
    {
        if (!Has(key)) Error("T003", $"'{key}' is missing: {why}", node);
        return Text(key);
    }

    public bool Bool(string key, bool otherwise)
    {
        switch (Text(key))
        {
            case null: return otherwise;
            case "true" or "True" or "TRUE": return true;
            case "false" or "False" or "FALSE": return false;
            default:
                Error("T001", $"'{key}' must be true or false", At(key));
                return otherwise;
        }
    }

    public TimeSpan? Duration(string key)
    {
        if (Text(key) is not { } text) return null;
        if (PrometheusDuration.TryParse(text, out TimeSpan span)) return span;
        Error("T004", $"'{text}' is no duration; write for example 30s, 5m, 4h, 7d or 1h30m", At(key), text.Length);
        return null;
    }

    public ImmutableArray<ScalarNode> Scalars(string key)
    {
        if (!Has(key)) return [];
        if (node[key] is not SequenceNode list)
        {
            Error("T001", $"'{key}' must be a list", At(key));
            return [];
        }

        foreach (DocumentNode wrong in list.Items.Where(i => i is not ScalarNode)) Error("T001", $"an entry of '{key}' must be a text", wrong);
        return [.. list.Items.OfType<ScalarNode>()];
    }

    public ConfigSection? Section(string key)
    {
        if (!Has(key)) return null;
        if (node[key] is MappingNode mapping) return new ConfigSection(Document, mapping, Diagnostics);
        Error("T001", $"'{key}' must hold settings (name: value)", At(key));
        return null;
    }

    public IEnumerable<ConfigSection> Sections(string key)
    {
        if (!Has(key)) yield break;
        if (node[key] is not SequenceNode list)
        {
            Error("T001", $"'{key}' must be a list", At(key));
            yield break;
        }

        foreach (DocumentNode item in list.Items)
        {
            if (item is MappingNode mapping) yield return new ConfigSection(Document, mapping, Diagnostics);
            else Error("T001", $"an entry of '{key}' must hold settings (name: value)", item);
        }
    }

    public void Error(string code, string message, DocumentNode at, int length = 1) => Diagnostics.Add(Document.Error(code, message, at, length));

    /// <summary>An error at a character of a scalar's text.</summary>
    public void Error(string code, string message, ScalarNode at, int offset, int length)
    {
        SourcePosition position = at.Map.At(offset);
        Diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, code, message, position, Document.Line(position.Line), length));
    }

    public void Warning(string code, string message, DocumentNode at, int length = 1) => Diagnostics.Add(Document.Warning(code, message, at, length));

    public void Note(string code, string message, DocumentNode at, int length = 1) =>
        Diagnostics.Add(new Diagnostic(DiagnosticSeverity.Note, code, message, at.Position, Document.Line(at.Position.Line), length));
}
