using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>A value before its type is known: JSON, or the texts that were found.</summary>
internal readonly record struct RawValue(JsonElement? Json, IReadOnlyList<string>? Found)
{
    public bool IsNothing => Json is { } element
        ? element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined || (element.ValueKind == JsonValueKind.String && element.ValueEquals(""))
        : Found is null or [] || Found.All(string.IsNullOrWhiteSpace);

    /// <summary>As one text; null when it is no scalar.</summary>
    public string? Text() => Json is { } element ? TextOf(element) : Found is [var first, ..] ? first.Trim() : null;

    /// <summary>As texts: the scalars of a list, or the one value.</summary>
    public IEnumerable<string> Texts() => Json is { } element
        ? element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().Select(TextOf).OfType<string>() : TextOf(element) is { } one ? [one] : []
        : Found!.Select(text => text.Trim()).Where(text => text.Length > 0);

    private static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString()!.Trim(),
                JsonValueKind.Number => element.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that half a surrogate pair stands alone.
            return null;
        }
    }
}

/// <summary>One record of an answer, whatever it was written in.</summary>
internal abstract class RawRow
{
    /// <summary>Names of the fields at its top.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>The record as it was written, for evidence.</summary>
    public abstract string Raw { get; }

    public abstract RawValue Find(string path);
}

internal sealed class JsonRow(JsonElement element) : RawRow
{
    public override IEnumerable<string> Names => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(BoundedJson.NameOf) : [];

    public override string Raw => element.GetRawText();

    public override RawValue Find(string path) => new(Walk(element, path), null);

    /// <summary>The value at the path: members with dots between, items of lists by number; undefined where there is none.</summary>
    public static JsonElement Walk(JsonElement from, string path)
    {
        foreach (string part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (from.ValueKind == JsonValueKind.Array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < from.GetArrayLength()) from = from[index];
            else if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(part, out from)) return default;
        }

        return from;
    }
}

/// <param name="columns">Column names of the table, as many as there are cells.</param>
internal sealed class CsvRow(IReadOnlyList<string> columns, string[] cells) : RawRow
{
    public override IEnumerable<string> Names => columns.Where(name => name.Length > 0);

    public override string Raw => string.Join(", ", columns.Zip(cells).Where(p => p.Second.Length > 0).Select(p => $"{p.First}: {p.Second}"));

    public override RawValue Find(string path)
    {
        for (int i = 0; i < columns.Count && i < cells.Length; i++)
        {
            if (columns[i].Equals(path, StringComparison.OrdinalIgnoreCase)) return new RawValue(null, [cells[i]]);
        }

        return new RawValue(null, null);
    }
}

internal sealed class XmlRow(XElement element) : RawRow
{
    public override IEnumerable<string> Names => element.Elements().Select(e => e.Name.LocalName).Concat(element.Attributes().Select(a => "@" + a.Name.LocalName)).Distinct(StringComparer.Ordinal);

    public override string Raw => element.ToString(SaveOptions.DisableFormatting);

    public override RawValue Find(string path)
    {
        IEnumerable<XElement> found = [element];
        string[] parts = path.Split('.');
        foreach (string part in parts)
        {
            if (part.StartsWith('@')) return new RawValue(null, [.. found.Select(e => e.Attribute(part[1..])?.Value).OfType<string>()]);
            found = found.SelectMany(e => e.Elements(part));
        }

        return new RawValue(null, [.. found.Select(e => e.Value)]);
    }
}

/// <summary>An item of an RSS or Atom feed, under the names that both have: id, title, link, summary, published, categories.</summary>
internal sealed class FeedRow(XElement item) : RawRow
{
    private static readonly Dictionary<string, string[]> Elements = new(StringComparer.Ordinal)
    {
        ["id"] = ["guid", "id", "link"], ["title"] = ["title"], ["link"] = ["link"], ["summary"] = ["description", "summary", "content", "encoded"],
        ["published"] = ["pubDate", "published", "updated", "date"], ["categories"] = ["category", "subject"],
    };

    public static IEnumerable<string> KnownNames => Elements.Keys;

    public override IEnumerable<string> Names => Elements.Keys;

    public override string Raw => item.ToString(SaveOptions.DisableFormatting);

    public override RawValue Find(string path)
    {
        if (!Elements.TryGetValue(path, out string[]? names)) return new RawValue(null, null);
        foreach (string name in names)
        {
            string[] texts = [.. item.Elements(name).OrderBy(e => e.Attribute("rel")?.Value is null or "alternate" ? 0 : 1).Select(Text).Where(t => t.Length > 0)];
            if (texts.Length > 0) return new RawValue(null, texts);
        }

        return new RawValue(null, null);
    }

    /// <summary>Atom keeps links and terms in attributes.</summary>
    private static string Text(XElement element) => element.Value.Length > 0 ? element.Value : element.Attribute("href")?.Value ?? element.Attribute("term")?.Value ?? "";
}
