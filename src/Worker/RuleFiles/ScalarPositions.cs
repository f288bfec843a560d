using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Risk.Worker.RuleFiles;

/// <summary>
/// Finds where each character of a scalar's value stands in its file, by decoding the scalar a second time with positions: YAML's parser keeps only the ends.
/// </summary>
/// <remarks>Where the two decodings differ the map falls back to the scalar's start, so that a message is never wrong by more than the place within the value.</remarks>
internal sealed class ScalarPositions
{
    private readonly string source;
    private readonly StringBuilder text = new();
    private readonly List<int> offsets = [];

    private ScalarPositions(string source) => this.source = source;

    public static TextMap Map(string source, Scalar scalar, SourcePosition position)
    {
        int start = (int)scalar.Start.Index, end = Math.Min((int)scalar.End.Index, source.Length);
        if (scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && scalar.Value.Length == end - start) return TextMap.Straight(position);

        ScalarPositions? decoded = scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded
            ? Block(source, start, scalar)
            : Flow(source, start, end, scalar.Style);
        return decoded is not null && decoded.text.ToString().StartsWith(scalar.Value, StringComparison.Ordinal)
            ? new TextMap(position, decoded.Places(position.Line, start, scalar.Value.Length))
            : new TextMap(position, [(position.Line, position.Column)]);
    }

    /// <summary>Plain and quoted scalars: escapes, and folding of line breaks with the white space around them.</summary>
    private static ScalarPositions Flow(string source, int start, int end, ScalarStyle style)
    {
        var result = new ScalarPositions(source);
        bool quoted = style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
        int at = quoted ? start + 1 : start;
        int stop = quoted ? end - 1 : end;
        while (at < stop)
        {
            char c = source[at];
            if (c is ' ' or '\t' or '\n') at = result.Fold(at, stop, keepBlanks: quoted);
            else if (style == ScalarStyle.SingleQuoted && c == '\'')
            {
                result.Add('\'', at);
                at += 2;
            }
            else if (style == ScalarStyle.DoubleQuoted && c == '\\') at = result.Escape(at, stop);
            else result.Add(c, at++);
        }

        result.offsets.Add(stop);
        return result;
    }

    /// <summary>White space that may hold line breaks: blanks alone stay; one break is a space; more are one fewer.</summary>
    private int Fold(int at, int stop, bool keepBlanks)
    {
        int first = at, breaks = 0, lastBreak = at;
        while (at < stop && source[at] is ' ' or '\t' or '\n')
        {
            if (source[at] == '\n')
            {
                breaks++;
                lastBreak = at;
            }

            at++;
        }

        if (breaks == 0)
        {
            if (at < stop || keepBlanks)
                for (int i = first; i < at; i++) Add(source[i], i);
        }
        else if (breaks == 1) Add(' ', lastBreak);
        else
            for (int i = 1; i < breaks; i++) Add('\n', lastBreak);
        return at;
    }

    private int Escape(int at, int stop)
    {
        char kind = at + 1 < stop ? source[at + 1] : '\\';
        if (kind == '\n')
        {
            // An escaped break joins the lines; leading blanks of the next line go, further breaks stay.
            int next = at + 2, breaks = 0;
            while (next < stop && source[next] is ' ' or '\t' or '\n')
            {
                if (source[next] == '\n') breaks++;
                next++;
            }

            for (int i = 0; i < breaks; i++) Add('\n', at);
            return next;
        }

        int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (at + 2 + digits <= stop && int.TryParse(source.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            {
                foreach (char c in code is < 0x10000 and >= 0 ? ((char)code).ToString() : Rune.IsValid(code) ? new Rune(code).ToString() : "") Add(c, at);
            }

            return at + 2 + digits;
        }

        Add(kind switch
        {
            '0' => '\0', 'a' => '\a', 'b' => '\b', 't' => '\t', 'n' => '\n', 'v' => '\v', 'f' => '\f', 'r' => '\r', 'e' => '\u001b',
            'N' => '\u0085', '_' => '\u00a0', 'L' => '\u2028', 'P' => '\u2029', _ => kind,
        }, at);
        return at + 2;
    }

    /// <summary>Literal and folded block scalars. The indentation is that of the first line with text, or, when it is given by a digit, the one that gives the parser's value.</summary>
    private static ScalarPositions? Block(string source, int start, Scalar scalar)
    {
        int headerEnd = source.IndexOf('\n', start);
        if (headerEnd < 0) headerEnd = source.Length;
        string header = source[start..headerEnd];
        int comment = header.IndexOf('#', StringComparison.Ordinal);
        bool isGiven = (comment < 0 ? header : header[..comment]).Any(char.IsAsciiDigit);
        int body = Math.Min(headerEnd + 1, source.Length);
        if (!isGiven) return BlockLines(source, body, DetectIndent(source, body), scalar.Style == ScalarStyle.Folded);
        for (int indent = 1; indent <= DetectIndent(source, body); indent++)
        {
            ScalarPositions candidate = BlockLines(source, body, indent, scalar.Style == ScalarStyle.Folded);
            if (candidate.text.ToString().StartsWith(scalar.Value, StringComparison.Ordinal)) return candidate;
        }

        return null;
    }

    private static int DetectIndent(string source, int at)
    {
        int indent = 0;
        for (; at < source.Length; at++)
        {
            if (source[at] == ' ') indent++;
            else if (source[at] == '\n') indent = 0;
            else return indent;
        }

        return indent;
    }

    private static ScalarPositions BlockLines(string source, int at, int indent, bool folded)
    {
        var result = new ScalarPositions(source);
        int pendingBreak = -1;
        var emptyBreaks = new List<int>();
        bool wasIndentedMore = false;
        while (at < source.Length)
        {
            int spaces = 0;
            while (spaces < indent && at + spaces < source.Length && source[at + spaces] == ' ') spaces++;
            int content = at + spaces;
            if (content >= source.Length) break;
            if (source[content] == '\n')
            {
                emptyBreaks.Add(content);
                at = content + 1;
                continue;
            }

            if (spaces < indent) break;
            bool isIndentedMore = source[content] is ' ' or '\t';
            if (folded && pendingBreak >= 0 && !wasIndentedMore && !isIndentedMore)
            {
                if (emptyBreaks.Count == 0) result.Add(' ', pendingBreak);
            }
            else if (pendingBreak >= 0) result.Add('\n', pendingBreak);
            foreach (int empty in emptyBreaks) result.Add('\n', empty);
            emptyBreaks.Clear();
            wasIndentedMore = isIndentedMore;
            int lineEnd = source.IndexOf('\n', content);
            if (lineEnd < 0) lineEnd = source.Length;
            for (int i = content; i < lineEnd; i++) result.Add(source[i], i);
            pendingBreak = lineEnd;
            at = lineEnd + 1;
        }

        // Kept or clipped by the header: the caller takes as many as the parser's value has.
        if (pendingBreak >= 0) result.Add('\n', pendingBreak);
        foreach (int empty in emptyBreaks) result.Add('\n', empty);
        result.offsets.Add(Math.Min(at, source.Length));
        return result;
    }

    private void Add(char c, int offset)
    {
        text.Append(c);
        offsets.Add(offset);
    }

    /// <summary>Offsets to lines and columns, by one walk from the scalar's start.</summary>
    private ImmutableArray<(int Line, int Column)> Places(int startLine, int start, int length)
    {
        int lineStart = start == 0 ? 0 : source.LastIndexOf('\n', start - 1) + 1;
        var places = ImmutableArray.CreateBuilder<(int, int)>(length + 1);
        int line = startLine, at = lineStart;
        for (int i = 0; i <= length; i++)
        {
            int offset = offsets[Math.Min(i, offsets.Count - 1)];
            for (; at < offset; at++)
            {
                if (source[at] != '\n') continue;
                line++;
                lineStart = at + 1;
            }

            places.Add((line, offset - lineStart + 1));
        }

        return places.MoveToImmutable();
    }
}
