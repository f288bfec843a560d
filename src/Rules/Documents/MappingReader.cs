using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;

namespace Risk.Rules.Documents;

/// <summary>
/// Typed access to the keys of one mapping of an edited file. What is missing or of the wrong form is reported with its place, and read as null, so that one
/// pass finds every problem.
/// </summary>
/// <remarks>
/// Codes, with the area's letter: <c>x001</c> unknown key, <c>x002</c> missing key, <c>x003</c> value of the wrong form. Call <see cref="RejectUnknownKeys"/> last: a key
/// that was never asked for is unknown.
/// </remarks>
public sealed class MappingReader(Document document, MappingNode node, DiagnosticBag diagnostics, char area)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public Document Document => document;

    public MappingNode Mapping => node;

    public DiagnosticBag Diagnostics => diagnostics;

    /// <summary>The value of any form, or null when the key is absent or its value empty.</summary>
    public DocumentNode? Node(string key)
    {
        asked.Add(key);
        return node[key] is { } value && value is not ScalarNode { IsNull: true } ? value : null;
    }

    /// <summary>The place of the key's value, or of the whole mapping when it is absent.</summary>
    public DocumentNode PlaceOf(string key) => node[key] ?? node;

    public bool Has(string key) => Node(key) is not null;

    public ScalarNode? Scalar(string key)
    {
        DocumentNode? value = Node(key);
        if (value is null or ScalarNode) return (ScalarNode?)value;
        Wrong(key, value, "one value, not a list or mapping");
        return null;
    }

    public ScalarNode? RequiredScalar(string key) => Require(key) ? Scalar(key) : null;

    public string? Text(string key) => Scalar(key)?.Text;

    /// <summary>Text that must be there and not blank.</summary>
    public string? RequiredText(string key)
    {
        if (RequiredScalar(key) is not { } scalar) return null;
        if (scalar.Text.Trim().Length > 0) return scalar.Text;
        Wrong(key, scalar, "text that is not blank");
        return null;
    }

    public bool? Bool(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (DocumentReading.TryBool(scalar, out bool value)) return value;
        Wrong(key, scalar, "true or false");
        return null;
    }

    public int? Int(string key, int minimum = int.MinValue, int maximum = int.MaxValue)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (DocumentReading.TryInt(scalar, out long value) && value >= minimum && value <= maximum) return (int)value;
        Wrong(key, scalar, minimum == int.MinValue && maximum == int.MaxValue ? "a whole number"
            : maximum == int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a whole number of at least {minimum}")
            : string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}"));
        return null;
    }

    public decimal? Decimal(string key, decimal minimum = decimal.MinValue, decimal maximum = decimal.MaxValue)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (DocumentReading.TryDecimal(scalar, out decimal value) && value >= minimum && value <= maximum) return value;
        Wrong(key, scalar, minimum == decimal.MinValue && maximum == decimal.MaxValue ? "a number"
            : maximum == decimal.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a number of at least {minimum}")
            : string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"));
        return null;
    }

    public TimeSpan? Duration(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (DocumentReading.TryDuration(scalar.Text, out TimeSpan value)) return value;
        Wrong(key, scalar, "a duration such as 90d, 12h, 30m or 1h30m");
        return null;
    }

    /// <summary>The first instant of a date, or the instant itself: <c>2026-03-31</c> or <c>2026-03-31T06:00:00Z</c>.</summary>
    public DateTimeOffset? Instant(string key) => Instant(key, static (from, _) => from);

    /// <summary>The first instant after a date (the day counts whole), or the instant itself.</summary>
    public DateTimeOffset? InstantAfter(string key) => Instant(key, static (_, after) => after);

    /// <summary>A list of scalars; one scalar alone is not a list. Absent: empty.</summary>
    public ImmutableArray<string> TextList(string key)
    {
        var items = ImmutableArray.CreateBuilder<string>();
        foreach (DocumentNode item in Sequence(key))
        {
            if (item is ScalarNode { IsNull: false } scalar) items.Add(scalar.Text);
            else Wrong(key, item, "a list of texts");
        }

        return items.ToImmutable();
    }

    /// <summary>The items of a list; absent: empty.</summary>
    public ImmutableArray<DocumentNode> Sequence(string key)
    {
        switch (Node(key))
        {
            case null: return [];
            case SequenceNode sequence: return sequence.Items;
            case var other:
                Wrong(key, other, "a list");
                return [];
        }
    }

    public MappingReader? Child(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case MappingNode mapping: return Of(mapping);
            case var other:
                Wrong(key, other, "a mapping (key: value)");
                return null;
        }
    }

    /// <summary>The entries of a mapping whose keys are names of the user's own; absent: empty.</summary>
    public ImmutableArray<MappingEntry> Entries(string key) => Child(key)?.Mapping.Entries ?? [];

    /// <summary>The mappings of a list; other items are reported.</summary>
    public ImmutableArray<MappingReader> Children(string key)
    {
        var children = ImmutableArray.CreateBuilder<MappingReader>();
        foreach (DocumentNode item in Sequence(key))
        {
            if (item is MappingNode mapping) children.Add(Of(mapping));
            else Wrong(key, item, "a list of mappings (key: value)");
        }

        return children.ToImmutable();
    }

    public MappingReader Of(MappingNode mapping) => new(document, mapping, diagnostics, area);

    /// <summary>Reads a value that must be one of the names.</summary>
    public T? Choice<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices) where T : struct
    {
        if (Scalar(key) is not { } scalar) return null;
        var names = new List<string>(choices.Length);
        foreach ((string name, T value) in choices)
        {
            if (name == scalar.Text) return value;
            names.Add(name);
        }

        Error("003", $"'{key}' must be one of {string.Join(", ", names)}, not '{scalar.Text}'{Suggestion.For(scalar.Text, names)}", scalar);
        return null;
    }

    /// <summary>Reports every key that was not asked for.</summary>
    /// <param name="where">What the mapping is, for example <c>a rule</c>.</param>
    public void RejectUnknownKeys(string where)
    {
        foreach (MappingEntry entry in node.Entries)
        {
            if (!asked.Contains(entry.Key.Text)) Error("001", $"unknown key '{entry.Key.Text}' in {where}{Suggestion.OrAll(entry.Key.Text, asked.Where(key => key != "$schema"))}", entry.Key);
        }
    }

    /// <summary>Reports the key when it is absent or empty.</summary>
    public bool Require(string key)
    {
        if (Has(key)) return true;
        Error("002", $"'{key}' is missing", PlaceOf(key));
        return false;
    }

    public void Wrong(string key, DocumentNode value, string wanted) =>
        Error("003", value is ScalarNode scalar ? $"'{key}' must be {wanted}, not '{scalar.Text}'" : $"'{key}' must be {wanted}", value);

    /// <summary>Reports an error under the area's letter.</summary>
    public void Error(string number, string message, DocumentNode at) =>
        diagnostics.Add(document.Error(area + number, message, at, at is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text.Length : 1));

    public void Warning(string number, string message, DocumentNode at) =>
        diagnostics.Add(document.Warning(area + number, message, at, at is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text.Length : 1));

    private DateTimeOffset? Instant(string key, Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> choose)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (DocumentReading.TryInstant(scalar.Text, out DateTimeOffset from, out DateTimeOffset after)) return choose(from, after);
        Wrong(key, scalar, "a date (2026-03-31) or an instant (2026-03-31T06:00:00Z)");
        return null;
    }
}
