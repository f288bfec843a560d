using System.Collections.Immutable;
using Risk.Rules.Diagnostics;

namespace Risk.Rules.Documents;

/// <summary>A value of an edited file (YAML) with the place it stands at. Read outside, understood here.</summary>
/// <param name="Position">Of the first character of the value.</param>
public abstract record DocumentNode(SourcePosition Position);

/// <param name="Text">The value after unquoting, unescaping and folding.</param>
/// <param name="IsQuoted">True for quoted and block scalars, which are always text; plain ones follow the YAML 1.2 core schema.</param>
/// <param name="Map">Where each character of <paramref name="Text"/> stands in the file: through quotes, escapes, folding and block indentation.</param>
public sealed record ScalarNode(SourcePosition Position, string Text, bool IsQuoted, TextMap Map) : DocumentNode(Position)
{
    /// <summary>Plain and empty, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => !IsQuoted && (Text is "" or "~" or "null" or "Null" or "NULL");
}

public sealed record SequenceNode(SourcePosition Position, ImmutableArray<DocumentNode> Items) : DocumentNode(Position);

/// <summary>Entries in file order; keys are unique (duplicates are reported by the reader).</summary>
public sealed record MappingNode(SourcePosition Position, ImmutableArray<MappingEntry> Entries) : DocumentNode(Position)
{
    public DocumentNode? this[string key] => Entries.FirstOrDefault(e => e.Key.Text == key)?.Value;
}

public sealed record MappingEntry(ScalarNode Key, DocumentNode Value);

/// <summary>Positions of a text's characters in its file.</summary>
public sealed class TextMap
{
    private readonly SourcePosition start;
    private readonly ImmutableArray<(int Line, int Column)> characters;

    /// <param name="characters">One for each character of the text, and one for its end; empty: the text stands on one line from <paramref name="start"/> on.</param>
    public TextMap(SourcePosition start, ImmutableArray<(int Line, int Column)> characters)
    {
        this.start = start;
        this.characters = characters;
    }

    public static TextMap Straight(SourcePosition start) => new(start, []);

    public SourcePosition At(int offset)
    {
        if (characters.IsEmpty) return start with { Column = start.Column + offset };
        (int line, int column) = characters[Math.Clamp(offset, 0, characters.Length - 1)];
        return start with { Line = line, Column = column };
    }
}

/// <summary>A file that was read: its tree (null when it could not be read at all) and its lines, for caret messages.</summary>
public sealed record Document(string File, MappingNode? Root, ImmutableArray<string> Lines)
{
    /// <summary>The text of a line, counted from 1, or null.</summary>
    public string? Line(int number) => number >= 1 && number <= Lines.Length ? Lines[number - 1] : null;

    public Diagnostic Error(string code, string message, DocumentNode at, int length = 1) =>
        new(DiagnosticSeverity.Error, code, message, at.Position, Line(at.Position.Line), length);

    public Diagnostic Warning(string code, string message, DocumentNode at, int length = 1) =>
        new(DiagnosticSeverity.Warning, code, message, at.Position, Line(at.Position.Line), length);
}
