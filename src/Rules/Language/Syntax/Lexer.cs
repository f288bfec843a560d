using System.Collections.Immutable;
using System.Globalization;

namespace Risk.Rules.Language.Syntax;

internal enum TokenKind { End, Name, QuotedName, Literal, Symbol }

/// <param name="Text">Of names and symbols; else "".</param>
/// <param name="Number">For numbers: the digits are kept as text until the parser knows the sign.</param>
internal readonly record struct Token(TokenKind Kind, string Text, CelValue Value, Span Span, NumberKind Number = NumberKind.None);

internal enum NumberKind { None, Int, Uint, Double }

/// <summary>Cuts a text into tokens. Reports every bad token, and goes on after it.</summary>
internal sealed class Lexer(string text, SyntaxErrors errors)
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", ".", ",", ":", "?", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%", "!", "<", ">"];

    private readonly ImmutableArray<Token>.Builder tokens = ImmutableArray.CreateBuilder<Token>();
    private int at;

    public ImmutableArray<Token> Read()
    {
        while (SkipBlank())
        {
            int start = at;
            char c = text[at];
            if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1)))) ReadNumber();
            else if (StringPrefix() is >= 0 and var prefix) ReadString(prefix);
            else if (c == '_' || char.IsAsciiLetter(c)) ReadName();
            else if (c == '`') ReadQuotedName();
            else if (Array.Find(Symbols, s => string.CompareOrdinal(text, at, s, 0, s.Length) == 0) is { } symbol)
            {
                at += symbol.Length;
                Add(TokenKind.Symbol, symbol, start);
            }
            else
            {
                at += char.IsSurrogatePair(text, at) ? 2 : 1;
                errors.Error("C001", $"'{text[start..at]}' is not part of the expression language{Advice(c)}", new Span(start, at));
            }
        }

        tokens.Add(new Token(TokenKind.End, "", default, new Span(text.Length, text.Length)));
        return tokens.ToImmutable();
    }

    private static string Advice(char c) => c switch
    {
        '=' => "; to compare, write '=='",
        '&' => "; for 'and', write '&&'",
        '|' => "; for 'or', write '||'",
        '\u201C' or '\u201D' or '\u201E' or '\u2018' or '\u2019' or '\u201A' => "; write plain quotes, \" or '",
        _ => "",
    };

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private void Add(TokenKind kind, string value, int start) => tokens.Add(new Token(kind, value, default, new Span(start, at)));

    private bool SkipBlank()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                at++;
            }
            else if (text[at] == '/' && Peek(1) == '/')
            {
                while (at < text.Length && text[at] != '\n') at++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void ReadName()
    {
        int start = at;
        while (at < text.Length && (text[at] == '_' || char.IsAsciiLetterOrDigit(text[at]))) at++;
        Add(TokenKind.Name, text[start..at], start);
    }

    private void ReadQuotedName()
    {
        int start = at++;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '-' or '/' or ' ')) at++;
        if (Peek(0) != '`' || at == start + 1)
        {
            errors.Error("C001", "a name in back quotes has letters, digits and '_.-/ ' only, and ends with a back quote", new Span(start, Math.Min(at + 1, text.Length)));
            if (at < text.Length) at++;
            return;
        }

        at++;
        tokens.Add(new Token(TokenKind.QuotedName, text[(start + 1)..(at - 1)], default, new Span(start, at)));
    }

    private void ReadNumber()
    {
        int start = at;
        if (text[at] == '0' && Peek(1) is 'x' or 'X' && char.IsAsciiHexDigit(Peek(2)))
        {
            at += 2;
            while (char.IsAsciiHexDigit(Peek(0))) at++;
            AddNumber(start, IsUnsigned() ? NumberKind.Uint : NumberKind.Int);
            return;
        }

        NumberKind kind = NumberKind.Int;
        while (char.IsAsciiDigit(Peek(0))) at++;
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            kind = NumberKind.Double;
            at++;
            while (char.IsAsciiDigit(Peek(0))) at++;
        }

        if (Peek(0) is 'e' or 'E')
        {
            int digits = Peek(1) is '+' or '-' ? 2 : 1;
            if (char.IsAsciiDigit(Peek(digits)))
            {
                kind = NumberKind.Double;
                at += digits;
                while (char.IsAsciiDigit(Peek(0))) at++;
            }
        }

        if (kind == NumberKind.Int && IsUnsigned()) kind = NumberKind.Uint;
        AddNumber(start, kind);
    }

    private bool IsUnsigned()
    {
        if (Peek(0) is not ('u' or 'U')) return false;
        at++;
        return true;
    }

    private void AddNumber(int start, NumberKind kind)
    {
        string digits = kind == NumberKind.Uint ? text[start..(at - 1)] : text[start..at];
        tokens.Add(new Token(TokenKind.Literal, digits, default, new Span(start, at), kind));
    }

    /// <summary>Value of a number's digits with its sign; false when it is out of range.</summary>
    public static bool TryNumber(string digits, NumberKind kind, bool negative, out CelValue value)
    {
        value = default;
        if (kind == NumberKind.Double)
        {
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number)) return false;
            value = CelValue.OfDouble(negative ? -number : number);
            return true;
        }

        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        ReadOnlySpan<char> plain = isHex ? digits.AsSpan(2) : digits;
        if (!ulong.TryParse(plain, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong magnitude)) return false;
        if (kind == NumberKind.Uint)
        {
            value = CelValue.OfUint(magnitude);
            return !negative;
        }

        if (magnitude > (negative ? 1UL << 63 : long.MaxValue)) return false;
        value = CelValue.Of(negative ? unchecked(-(long)magnitude) : (long)magnitude);
        return true;
    }

    /// <summary>Length of the prefix of the string that starts here (0 to 2), or -1 when none does.</summary>
    private int StringPrefix()
    {
        int length = 0;
        if (Peek(length) is 'b' or 'B') length++;
        if (Peek(length) is 'r' or 'R') length++;
        return Peek(length) is '"' or '\'' ? length : -1;
    }

    private void ReadString(int prefix)
    {
        int start = at;
        bool isBytes = text[at] is 'b' or 'B';
        bool isRaw = prefix > 0 && text[at + prefix - 1] is 'r' or 'R';
        at += prefix;
        char quote = text[at];
        bool isTriple = Peek(1) == quote && Peek(2) == quote;
        at += isTriple ? 3 : 1;
        int bodyStart = at;
        while (true)
        {
            if (at >= text.Length || (!isTriple && text[at] is '\n' or '\r'))
            {
                errors.Error("C002", $"the text that begins here has no closing {(isTriple ? new string(quote, 3) : quote.ToString())}", new Span(start, at));
                return;
            }

            if (text[at] == quote && (!isTriple || (Peek(1) == quote && Peek(2) == quote))) break;
            at += !isRaw && text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
        }

        string body = text[bodyStart..at];
        at += isTriple ? 3 : 1;
        if (isTriple) body = body.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (!StringEscapes.TryDecode(body, isRaw, isBytes, out CelValue value, out int wrongAt, out string problem))
        {
            errors.Error("C002", problem, new Span(bodyStart + wrongAt, Math.Min(bodyStart + wrongAt + 2, text.Length)));
        }

        tokens.Add(new Token(TokenKind.Literal, "", value, new Span(start, at)));
    }
}
