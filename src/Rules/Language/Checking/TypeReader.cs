using System.Collections.Immutable;

namespace Risk.Rules.Language.Checking;

/// <summary>Reads types as <see cref="CelType.ToString"/> and cel-go print them: <c>map(string, list(int))</c>. A single capital letter is a type parameter.</summary>
internal sealed class TypeReader
{
    private const int MaximumDepth = 50;

    private readonly string text;
    private int at;
    private int depth;

    private TypeReader(string text) => this.text = text;

    /// <summary>Null when the text is no type.</summary>
    public static CelType? Read(string text)
    {
        var reader = new TypeReader(text);
        CelType? type = reader.Type();
        return reader.at == text.Length ? type : null;
    }

    private CelType? Type()
    {
        int start = at;
        while (at < text.Length && text[at] is not ('(' or ')' or ',')) at++;
        string name = text[start..at].Trim();
        var arguments = ImmutableArray.CreateBuilder<CelType>();
        if (at < text.Length && text[at] == '(')
        {
            if (++depth > MaximumDepth) return null;
            do
            {
                at++;
                if (Type() is not { } argument) return null;
                arguments.Add(argument);
            }
            while (at < text.Length && text[at] == ',');
            if (at++ >= text.Length || text[at - 1] != ')') return null;
            depth--;
        }

        return Make(name, arguments.ToImmutable());
    }

    private static CelType? Make(string name, ImmutableArray<CelType> arguments) => (name, arguments.Length) switch
    {
        ("null" or "null_type", 0) => CelType.Null,
        ("bool", 0) => CelType.Bool,
        ("int", 0) => CelType.Int,
        ("uint", 0) => CelType.Uint,
        ("double", 0) => CelType.Double,
        ("string", 0) => CelType.Text,
        ("bytes", 0) => CelType.Bytes,
        ("timestamp" or "google.protobuf.Timestamp", 0) => CelType.Timestamp,
        ("duration" or "google.protobuf.Duration", 0) => CelType.Duration,
        ("dyn" or "any" or "google.protobuf.Any" or "google.protobuf.Value", 0) => CelType.Dyn,
        ("list", 1) => CelType.List(arguments[0]),
        ("map", 2) => CelType.Map(arguments[0], arguments[1]),
        ("optional_type", 1) => CelType.Optional(arguments[0]),
        ("type", 0 or 1) => new CelType(CelKind.Type, "", arguments),
        ([>= 'A' and <= 'Z'], 0) => CelType.Parameter(name),
        ("null" or "bool" or "int" or "uint" or "double" or "string" or "bytes" or "timestamp" or "duration" or "dyn" or "list" or "map" or "optional_type" or "type", _) => null,
        _ => IsName(name) ? new CelType(CelKind.Object, name, arguments) : null,
    };

    private static bool IsName(string name) => name.Length > 0 && name.Split('.').All(part => part.Length > 0 && !char.IsAsciiDigit(part[0]) && part.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)));
}
