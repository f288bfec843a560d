using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Risk.Worker.RuleFiles;

/// <summary>
/// Reads a file people edit into a tree of values with their places: YAML 1.2 core schema, one document, UTF-8 (with or without a byte order mark).
/// </summary>
/// <remarks>
/// Refused, each with a position: duplicate keys, keys that are not scalars, anchors, aliases, tags, several documents, more than 4 MB, nesting deeper than 64.
/// Codes: Y001 syntax, Y002 duplicate key, Y003 anchor, alias or tag, Y004 too large, too deep or not UTF-8, Y005 not one mapping; R004 text after a quoted value.
/// </remarks>
internal static class YamlReader
{
    public const int MaximumBytes = 4 * 1024 * 1024;
    public const int MaximumDepth = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file; what is wrong with it, being unreadable included, goes to <paramref name="diagnostics"/>, and the root is then null.</summary>
    /// <param name="displayName">How messages name the file; usually its path relative to the workspace.</param>
    public static Document ReadFile(string path, string displayName, DiagnosticBag diagnostics)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes } file)
            {
                diagnostics.Add(TooLarge(displayName, file.Length));
                return new Document(displayName, null, []);
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "Y004", $"the file cannot be read: {e.Message}", new SourcePosition(displayName, 0, 0)));
            return new Document(displayName, null, []);
        }

        return Read(bytes, displayName, diagnostics);
    }

    public static Document Read(ReadOnlySpan<byte> utf8, string displayName, DiagnosticBag diagnostics)
    {
        if (utf8.Length > MaximumBytes)
        {
            diagnostics.Add(TooLarge(displayName, utf8.Length));
            return new Document(displayName, null, []);
        }

        try
        {
            return Read(StrictUtf8.GetString(utf8), displayName, diagnostics);
        }
        catch (DecoderFallbackException e)
        {
            int line = 1 + utf8[..Math.Clamp(e.Index, 0, utf8.Length)].Count((byte)'\n');
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "Y004", "the file is not UTF-8; save it as UTF-8", new SourcePosition(displayName, line, 0)));
            return new Document(displayName, null, []);
        }
    }

    public static Document Read(string text, string displayName, DiagnosticBag diagnostics)
    {
        if (text.Length > MaximumBytes)
        {
            diagnostics.Add(TooLarge(displayName, text.Length));
            return new Document(displayName, null, []);
        }

        string source = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var empty = new Document(displayName, null, [.. source.Split('\n')]);
        return new TreeBuilder(source, empty, diagnostics).Build();
    }

    private static Diagnostic TooLarge(string file, long length) =>
        new(DiagnosticSeverity.Error, "Y004", string.Create(CultureInfo.InvariantCulture, $"the file has {length} bytes, more than the {MaximumBytes} allowed; split it"), new SourcePosition(file, 0, 0));

    /// <summary>Turns the parser's events into nodes. One instance per text.</summary>
    private sealed class TreeBuilder(string source, Document document, DiagnosticBag diagnostics)
    {
        private readonly Parser parser = new(new Scanner(new StringReader(source), skipComments: true));
        private Scalar? lastScalar;

        public Document Build()
        {
            try
            {
                Next();
                Next();
                if (parser.Current is StreamEnd)
                {
                    Report("Y005", "the file is empty; it needs a mapping (key: value)", 1, 1, 1);
                    return document;
                }

                Next();
                DocumentNode? root = Node(0);
                Next();
                if (root is not null and not MappingNode)
                {
                    diagnostics.Add(document.Error("Y005", "the file must be a mapping (key: value) at its top", root));
                    return document;
                }

                if (parser.Current is not StreamEnd)
                {
                    Report("Y005", "one document a file: take out the second '---'", parser.Current!.Start, 3);
                    return document;
                }

                return document with { Root = (MappingNode?)root };
            }
            catch (YamlException e)
            {
                ReportSyntax(e);
                return document;
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
            {
                // The parser library answers some broken texts (an unclosed '[' before 'key:') with these instead of a YamlException.
                Mark at = parser.Current?.End ?? Mark.Empty;
                Report("Y001", "not YAML from here on; is a quote or bracket not closed?", at, 1);
                return document;
            }
        }

        private void Next() => parser.MoveNext();

        /// <summary>The node at the current event; the event after it is current then. Null when it was refused (and reported).</summary>
        private DocumentNode? Node(int depth)
        {
            switch (parser.Current)
            {
                case NodeEvent node when !node.Anchor.IsEmpty:
                    Report("Y003", $"anchors (&{node.Anchor.Value}) are not supported; write the value out", node.Start, 1);
                    break;
                case NodeEvent node when !node.Tag.IsEmpty && !node.Tag.IsNonSpecific:
                    Report("Y003", $"tags ({node.Tag.Value}) are not supported; quote a value to make it text", node.Start, 1);
                    break;
                case AnchorAlias alias:
                    Report("Y003", $"aliases (*{alias.Value.Value}) are not supported; write the value out, or quote it if it is text", alias.Start, 1 + alias.Value.Value.Length);
                    Next();
                    return null;
            }

            if (depth > MaximumDepth)
                throw new SyntaxErrorException(parser.Current!.Start, parser.Current.End, string.Create(CultureInfo.InvariantCulture, $"nested deeper than {MaximumDepth} levels"));

            return parser.Current switch
            {
                Scalar scalar => Leaf(scalar),
                SequenceStart start => Sequence(start, depth),
                MappingStart start => Mapping(start, depth),
                { } other => throw new SyntaxErrorException(other.Start, other.End, "a value was expected"),
                null => throw new SyntaxErrorException("the file ends too early"),
            };
        }

        private ScalarNode Leaf(Scalar scalar)
        {
            lastScalar = scalar;
            SourcePosition position = Position(scalar.Start);
            bool quoted = scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any);
            var node = new ScalarNode(position, scalar.Value, quoted, ScalarPositions.Map(source, scalar, position));
            Next();
            return node;
        }

        private SequenceNode Sequence(SequenceStart start, int depth)
        {
            var items = ImmutableArray.CreateBuilder<DocumentNode>();
            Next();
            while (parser.Current is not SequenceEnd)
            {
                if (Node(depth + 1) is { } item) items.Add(item);
            }

            Next();
            return new SequenceNode(Position(start.Start), items.ToImmutable());
        }

        /// <summary>Null for a mapping that takes in another one: what it lacks then is no news.</summary>
        private MappingNode? Mapping(MappingStart start, int depth)
        {
            var entries = ImmutableArray.CreateBuilder<MappingEntry>();
            var seen = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
            bool isMerged = false;
            Next();
            while (parser.Current is not MappingEnd)
            {
                DocumentNode? key = Node(depth + 1);
                DocumentNode? value = Node(depth + 1);
                isMerged |= key is ScalarNode { Text: "<<" };
                if (key is null || value is null) continue;
                if (key is not ScalarNode name)
                    diagnostics.Add(document.Error("Y001", "a key must be plain text; quote a value that begins with '[' or '{'", key));
                else if (seen.TryGetValue(name.Text, out SourcePosition first))
                    diagnostics.Add(document.Error("Y002", string.Create(CultureInfo.InvariantCulture, $"key '{name.Text}' is there already, in line {first.Line}"), name, Math.Max(1, name.Text.Length)));
                else
                {
                    seen.Add(name.Text, name.Position);
                    entries.Add(new MappingEntry(name, value));
                }
            }

            Next();
            return isMerged ? null : new MappingNode(Position(start.Start), entries.ToImmutable());
        }

        private SourcePosition Position(Mark mark) => new(document.File, (int)mark.Line, (int)mark.Column);

        private void ReportSyntax(YamlException e)
        {
            // 'when: "a" in supplier.tags' ends, for YAML, at the second quote; its own message about it misleads.
            if (lastScalar is { Style: ScalarStyle.DoubleQuoted or ScalarStyle.SingleQuoted } quoted && TextFollows((int)quoted.End.Index))
            {
                ReportQuote((int)quoted.Start.Line, (int)quoted.Start.Column, (int)(quoted.End.Index - quoted.Start.Index));
                return;
            }

            // Within [...] and {...} the parser stops before it hands the quoted value out: just behind the closing quote.
            int end = Math.Min((int)e.Start.Index, source.Length) - 1;
            while (end > 0 && source[end] is ' ') end--;
            int open = end > 0 && source[end] is '"' or '\'' ? source.LastIndexOf(source[end], end - 1) : -1;
            if (open >= 0 && source.IndexOf('\n', open, end - open) < 0 && TextFollows(end + 1))
            {
                ReportQuote((int)e.Start.Line, open - source.LastIndexOf('\n', open), end - open + 1);
                return;
            }

            if (TabLine((int)e.Start.Line) is { } line)
            {
                Report("Y001", "a tab indents this line; YAML takes spaces only", line, 1, 1);
                return;
            }

            string message = e.InnerException?.Message ?? e.Message;
            int prefix = message.IndexOf("): ", StringComparison.Ordinal);
            if (message.StartsWith('(') && prefix > 0) message = message[(prefix + 3)..];
            message = message.TrimEnd('.');
            if (message.Contains("quoted scalar, found unexpected end", StringComparison.Ordinal)) message = "the quote that opens here is never closed";
            if (message.Contains("found invalid mapping", StringComparison.Ordinal) || message.Contains("could not find expected ':'", StringComparison.Ordinal))
                message = "this is no 'key: value'; is there no space behind the ':' of this line or the one before, or a value with ': ' in it that needs quotes?";
            Report("Y001", message.Length == 0 ? "not YAML" : char.ToLowerInvariant(message[0]) + message[1..], e.Start, 1);
        }

        private void ReportQuote(int line, int column, int length) =>
            Report("R004", "a YAML value that begins with a quote ends at the next one; put the condition into '…' or after '>-'", line, column, length);

        /// <summary>The line at the place or the one after it, when a tab indents it.</summary>
        private int? TabLine(int line)
        {
            for (int number = line; number <= line + 1; number++)
            {
                if (document.Line(number) is { } text && text.AsSpan()[..(text.Length - text.TrimStart().Length)].Contains('\t')) return number;
            }

            return null;
        }

        private bool TextFollows(int index)
        {
            while (index < source.Length && source[index] is ' ' or '\t') index++;
            return index < source.Length && source[index] is not ('\n' or '#' or ',' or ']' or '}' or ':');
        }

        private void Report(string code, string message, Mark at, int length) => Report(code, message, (int)at.Line, (int)at.Column, length);

        private void Report(string code, string message, int line, int column, int length) =>
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, code, message, new SourcePosition(document.File, line, column), document.Line(line), Math.Max(1, length)));
    }
}
