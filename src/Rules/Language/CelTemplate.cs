using System.Collections.Immutable;
using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language.Library;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language;

/// <summary>A message with expressions in braces: <c>{supplier.name}: {fixed(x, 0)}</c>; <c>{{</c> and <c>}}</c> are braces. Immutable.</summary>
public sealed class CelTemplate
{
    private readonly ImmutableArray<Part> parts;

    private CelTemplate(string text, ImmutableArray<Part> parts)
    {
        Text = text;
        this.parts = parts;
        References = [.. parts.Where(p => p.Hole is not null).SelectMany(p => p.Hole!.References)];
    }

    public string Text { get; }

    /// <summary>What stands before the first hole.</summary>
    public string Beginning => parts[0].Literal;

    /// <summary>Dotted paths that the holes read.</summary>
    public ImmutableSortedSet<string> References { get; }

    /// <summary>Null when there was an error; every error found is in the bag.</summary>
    public static CelTemplate? Compile(string text, CelEnvironment environment, DiagnosticBag diagnostics, CelSource source)
    {
        var errors = new SyntaxErrors(source, text, diagnostics);
        var parts = ImmutableArray.CreateBuilder<Part>();
        var literal = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isDouble = i + 1 < text.Length && text[i + 1] == c;
            if (c is not ('{' or '}') || isDouble)
            {
                literal.Append(c);
                if (c is '{' or '}') i++;
            }
            else if (c == '}')
            {
                errors.Error("C050", "this '}' closes nothing; for a brace in the text write '}}'", new Span(i, i + 1));
            }
            else if (End(text, i) is var end && end < 0)
            {
                errors.Error("C050", "this '{' is not closed; for a brace in the text write '{{'", new Span(i, i + 1));
                break;
            }
            else
            {
                parts.Add(new Part(literal.ToString(), Hole(text[(i + 1)..end], i + 1, environment, diagnostics, source, errors)));
                literal.Clear();
                i = end;
            }
        }

        parts.Add(new Part(literal.ToString(), null));
        return errors.Count > 0 || parts.Take(parts.Count - 1).Any(p => p.Hole is null) ? null : new CelTemplate(text, parts.ToImmutable());
    }

    private static CelExpression? Hole(string text, int at, CelEnvironment environment, DiagnosticBag diagnostics, CelSource source, SyntaxErrors errors)
    {
        CelExpression? hole = CelCompiler.Compile(text, environment, null, diagnostics, source.From(at));
        if (hole is null || hole.Type.Kind is CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Text or CelKind.Timestamp or CelKind.Duration or CelKind.Dyn) return hole;
        errors.Error("C051", $"{hole.Type} cannot be printed; print one of its parts, or join() a list", new Span(at, at + text.Length));
        return null;
    }

    /// <summary>Offset of the brace that closes the hole, past inner braces and texts; -1 when there is none.</summary>
    private static int End(string text, int open)
    {
        int depth = 0;
        char quote = '\0';
        for (int i = open; i < text.Length; i++)
        {
            char c = text[i];
            if (quote != '\0')
            {
                if (c == '\\') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == '{')
            {
                depth++;
            }
            else if (c == '}' && --depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Never throws. Missing inputs print as <c>‹metrics.otd: stale›</c>, errors as <c>‹error: text›</c>; values are plain text, on one line.</summary>
    public string Render(CelFrame frame)
    {
        var text = new StringBuilder();
        foreach (Part part in parts)
        {
            text.Append(part.Literal);
            if (part.Hole is null) continue;
            foreach (char c in Printing.Plain(part.Hole.Evaluate(frame))) text.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c);
        }

        return text.ToString();
    }

    /// <summary>For texts that mean something to a program: what the holes give is escaped, and a hole without a value gives the failure instead of a text. Never throws.</summary>
    public CelValue Render(CelFrame frame, Func<string, string> escape)
    {
        var text = new StringBuilder();
        foreach (Part part in parts)
        {
            text.Append(part.Literal);
            if (part.Hole is null) continue;
            CelValue value = part.Hole.Evaluate(frame);
            if (value.IsFailure) return value;
            text.Append(escape(Printing.Plain(value)));
        }

        return CelValue.Text(text.ToString());
    }

    /// <param name="Hole">The expression after the literal; null only at the end.</param>
    private sealed record Part(string Literal, CelExpression? Hole);
}
