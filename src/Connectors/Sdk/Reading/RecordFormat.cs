using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>
/// The fields that a source's records are known to have. Counts what is unknown, missing or of another kind, so that a change of the format is told before it does
/// harm; the record may still be of use. Immutable.
/// </summary>
internal sealed class RecordFormat
{
    private const string AnyName = "*";
    private const string Optional = " optional";

    private readonly Field root;

    private RecordFormat(Field root) => this.root = root;

    /// <summary>What JSON values a field may have. Null is always one of them.</summary>
    [Flags]
    private enum Kinds { None = 0, Text = 1, Number = 2, Boolean = 4, Array = 8, Object = 16, Any = 31 }

    /// <param name="text">
    /// One field a line: its path, its kinds (<c>text</c>, <c>number</c>, <c>boolean</c>, <c>array</c>, <c>object</c>, <c>any</c>, with | between), and <c>optional</c> where
    /// records without it are as they should be. Paths: <c>accounts.next_due</c>, <c>items[].date</c>, <c>facts.*</c> for members of any name, <c>@id</c> for attributes. Members
    /// of a field are looked at only where one of them is named.
    /// </param>
    /// <exception cref="ArgumentException">A line that says none of this, or a path that is there twice.</exception>
    public static RecordFormat Of(string text)
    {
        var root = new Field("", Kinds.Object, isOptional: false);
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is < 2 or > 3 || (words.Length == 3 && words[2] != "optional") || !TryKinds(words[1], out Kinds kinds))
                throw new ArgumentException($"'{line}' is no field; write: path kind [optional]", nameof(text));
            root.Place(words[0], kinds, words.Length == 3);
        }

        return new RecordFormat(root);
    }

    /// <summary>The format of a file with named columns; unlike a path, a title may hold spaces and points.</summary>
    /// <param name="text">One title a line, with <c>optional</c> behind it where files without the column are as they should be.</param>
    public static RecordFormat OfColumns(string text)
    {
        var root = new Field("", Kinds.Object, isOptional: false);
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bool isOptional = line.EndsWith(Optional, StringComparison.Ordinal);
            string title = isOptional ? line[..^Optional.Length] : line;
            root.Members.Add(new Field(title, Kinds.Any, isOptional, title));
        }

        return new RecordFormat(root);
    }

    /// <summary>Counts how one JSON record differs. A record is an object; what else stands in its place is its reader's to refuse.</summary>
    public void Check(JsonElement record, FetchAudit audit)
    {
        if (record.ValueKind == JsonValueKind.Object) CheckMembers(root, record, audit);
    }

    /// <summary>Counts how an answer that is one JSON record differs; nothing where it is no JSON, which its reader says.</summary>
    public void Check(ReadOnlyMemory<byte> json, FetchAudit audit)
    {
        try
        {
            using JsonDocument document = BoundedJson.Parse(json, "");
            Check(document.RootElement, audit);
        }
        catch (SourceFailureException)
        {
            // Refused by whoever reads it.
        }
    }

    /// <summary>Counts how one XML record differs: child elements by their local names, attributes as <c>@name</c>. Kinds are not looked at.</summary>
    public void Check(XElement record, FetchAudit audit) => CheckMembers(root, record, audit);

    /// <summary>Counts how the columns of a file differ.</summary>
    /// <param name="header">Names of the columns; in any case, and those without a name are passed over.</param>
    /// <param name="rows">Rows of the file: as many records differ.</param>
    public void Check(IEnumerable<string> header, long rows, FetchAudit audit)
    {
        int records = (int)Math.Clamp(rows, 1, int.MaxValue);
        HashSet<string> there = new(header.Where(h => h.Length > 0), StringComparer.OrdinalIgnoreCase), known = new(root.Members.Select(m => m.Name), StringComparer.OrdinalIgnoreCase);
        foreach (string column in there.Where(c => !known.Contains(c))) audit.Drift(FieldDrift.Unknown, column, records);
        foreach (Field column in root.Members.Where(m => !m.IsOptional && !there.Contains(m.Name))) audit.Drift(FieldDrift.Missing, column.Name, records);
    }

    private static void CheckValue(Field field, JsonElement value, FetchAudit audit)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        if ((field.Kinds & KindOf(value)) == 0) audit.Drift(FieldDrift.Retyped, field.Path);
        else if (value.ValueKind == JsonValueKind.Object && field.IsOpen) CheckMembers(field, value, audit);
        else if (value.ValueKind == JsonValueKind.Array && field.Element is { } element)
        {
            foreach (JsonElement item in value.EnumerateArray()) CheckValue(element, item, audit);
        }
    }

    private static void CheckMembers(Field owner, JsonElement record, FetchAudit audit)
    {
        List<Field> members = owner.Members;
        Span<bool> seen = members.Count <= 256 ? stackalloc bool[members.Count] : new bool[members.Count];
        int next = 0;
        foreach (JsonProperty property in record.EnumerateObject())
        {
            // Records name their fields in the same order, so that the next one needs no search.
            int at = next < members.Count && JsonMarshal.GetRawUtf8PropertyName(property).SequenceEqual(members[next].Utf8Name) ? next : owner.IndexOf(BoundedJson.NameOf(property));
            if (at < 0)
            {
                audit.Drift(FieldDrift.Unknown, owner.PathOf(BoundedJson.NameOf(property)));
                continue;
            }

            seen[at] = true;
            next = at + 1;
            CheckValue(members[at], property.Value, audit);
        }

        TellMissing(members, seen, audit);
    }

    private static void CheckMembers(Field owner, XElement record, FetchAudit audit)
    {
        List<Field> members = owner.Members;
        Span<bool> seen = members.Count <= 256 ? stackalloc bool[members.Count] : new bool[members.Count];
        foreach (XAttribute attribute in record.Attributes()) See(owner, "@" + attribute.Name.LocalName, seen, audit);
        foreach (XElement child in record.Elements())
        {
            int at = See(owner, child.Name.LocalName, seen, audit);
            if (at >= 0 && members[at].IsOpen) CheckMembers(members[at], child, audit);
        }

        TellMissing(members, seen, audit);
    }

    private static int See(Field owner, string name, Span<bool> seen, FetchAudit audit)
    {
        int at = owner.IndexOf(name);
        if (at >= 0) seen[at] = true;
        else audit.Drift(FieldDrift.Unknown, owner.PathOf(name));
        return at;
    }

    private static void TellMissing(List<Field> members, ReadOnlySpan<bool> seen, FetchAudit audit)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (!seen[i] && !members[i].IsOptional && members[i].Name != AnyName) audit.Drift(FieldDrift.Missing, members[i].Path);
        }
    }

    private static Kinds KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Kinds.Text,
        JsonValueKind.Number => Kinds.Number,
        JsonValueKind.True or JsonValueKind.False => Kinds.Boolean,
        JsonValueKind.Array => Kinds.Array,
        _ => Kinds.Object,
    };

    private static bool TryKinds(string text, out Kinds kinds)
    {
        kinds = Kinds.None;
        foreach (string word in text.Split('|'))
        {
            if (word.Length == 0 || !char.IsAsciiLetterLower(word[0]) || !Enum.TryParse(word, ignoreCase: true, out Kinds kind)) return false;
            kinds |= kind;
        }

        return kinds != Kinds.None;
    }

    private sealed class Field(string path, Kinds kinds, bool isOptional, string? name = null)
    {
        private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);

        public string Path { get; } = path;

        public Kinds Kinds { get; private set; } = kinds;

        public bool IsOptional { get; private set; } = isOptional;

        public bool IsDeclared { get; private set; }

        public string Name { get; } = name ?? path[(path.LastIndexOf('.') + 1)..];

        public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(path[(path.LastIndexOf('.') + 1)..]);

        public List<Field> Members { get; } = [];

        /// <summary>What an array holds; null where that is not looked at.</summary>
        public Field? Element { get; private set; }

        /// <summary>Whether its members are looked at.</summary>
        public bool IsOpen => Members.Count > 0;

        public string PathOf(string member) => Path.Length == 0 ? member : $"{Path}.{member}";

        /// <summary>Index of the member, or of the one that stands for members of any name; -1: unknown.</summary>
        public int IndexOf(string name) => indexes.TryGetValue(name, out int at) ? at : indexes.GetValueOrDefault(AnyName, -1);

        /// <summary>Puts a field under this one; owners that were not named are optional.</summary>
        public void Place(string relative, Kinds kinds, bool optional)
        {
            if (relative.StartsWith("[]", StringComparison.Ordinal))
            {
                Element ??= new Field(Path + "[]", Kinds.Any, isOptional: true);
                Element.PlaceOrDeclare(relative[2..].TrimStart('.'), kinds, optional);
                return;
            }

            int end = relative.AsSpan().IndexOfAny('.', '[');
            string name = end < 0 ? relative : relative[..end];
            if (!indexes.TryGetValue(name, out int at))
            {
                at = indexes[name] = Members.Count;
                Members.Add(new Field(PathOf(name), Kinds.Any, isOptional: true));
            }

            Members[at].PlaceOrDeclare(end < 0 ? "" : relative[end..].TrimStart('.'), kinds, optional);
        }

        private void PlaceOrDeclare(string relative, Kinds kinds, bool optional)
        {
            if (relative.Length > 0)
            {
                Place(relative, kinds, optional);
                return;
            }

            if (IsDeclared) throw new ArgumentException($"the field '{Path}' is there twice");
            (IsDeclared, Kinds, IsOptional) = (true, kinds, optional);
        }
    }
}
