using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Risk.Rules.Language.Syntax;

/// <summary>Decodes the body of a text or bytes literal.</summary>
internal static class StringEscapes
{
    public static bool TryDecode(string body, bool isRaw, bool isBytes, out CelValue value, out int wrongAt, out string problem)
    {
        value = isBytes ? CelValue.Bytes([]) : CelValue.Text("");
        wrongAt = 0;
        problem = "";
        var text = new StringBuilder(body.Length);
        var bytes = new List<byte>();
        for (int i = 0; i < body.Length;)
        {
            if (isRaw || body[i] != '\\')
            {
                Rune.DecodeFromUtf16(body.AsSpan(i), out Rune rune, out int length);
                Append(rune);
                i += length;
                continue;
            }

            wrongAt = i;
            if (!TryEscape(body, isBytes, ref i, out int code, out bool isByte, out problem)) return false;
            if (isByte) bytes.Add((byte)code);
            else Append(new Rune(code));
        }

        value = isBytes ? CelValue.Bytes([.. bytes]) : CelValue.Text(text.ToString());
        return true;

        void Append(Rune rune)
        {
            if (!isBytes)
            {
                text.Append(rune.ToString());
                return;
            }

            Span<byte> buffer = stackalloc byte[4];
            bytes.AddRange(buffer[..rune.EncodeToUtf8(buffer)]);
        }
    }

    private static bool TryEscape(string body, bool isBytes, ref int at, out int code, out bool isByte, out string problem)
    {
        code = 0;
        isByte = false;
        problem = "";
        char kind = at + 1 < body.Length ? body[at + 1] : '\0';
        int simple = "abfnrtv\\?\"'`".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0)
        {
            code = "\a\b\f\n\r\t\v\\?\"'`"[simple];
            at += 2;
            return true;
        }

        (int start, int digits, int radix) = kind switch
        {
            'x' or 'X' => (at + 2, 2, 16),
            'u' when !isBytes => (at + 2, 4, 16),
            'U' when !isBytes => (at + 2, 8, 16),
            >= '0' and <= '3' => (at + 1, 3, 8),
            _ => (0, 0, 0),
        };
        if (digits == 0)
        {
            problem = kind is 'u' or 'U' ? "bytes cannot hold \\u escapes; write \\x" : $"'\\{kind}' is no escape; for a backslash write '\\\\', or r'...' for a raw text";
            return false;
        }

        for (int i = start; i < start + digits; i++)
        {
            int digit = i < body.Length && char.IsAsciiHexDigit(body[i]) ? int.Parse(body.AsSpan(i, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : radix;
            if (digit >= radix || code > 0x0FFFFFF)
            {
                problem = $"the escape '\\{kind}' needs {(radix == 8 ? "three octal" : digits + " hexadecimal")} digits";
                return false;
            }

            code = (code * radix) + digit;
        }

        at = start + digits;
        isByte = isBytes;
        if (!isBytes && !Rune.IsValid(code))
        {
            problem = "the escape is no Unicode character";
            return false;
        }

        return true;
    }
}
