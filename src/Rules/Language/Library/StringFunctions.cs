using System.Collections.Immutable;
using System.Text;

namespace Risk.Rules.Language.Library;

/// <summary>The strings extension. Positions count code points.</summary>
internal static class StringFunctions
{
    private static readonly CelType T = CelType.Text;
    private static readonly CelType Texts = CelType.List(CelType.Text);

    public static readonly ImmutableArray<CelFunction> All =
    [
        CelFunction.Member("charAt", [T, CelType.Int], T, (a, _) => CharAt(a[0].AsText, a[1].AsInt)),
        CelFunction.Member("indexOf", [T, T], CelType.Int, (a, _) => IndexOf(a[0].AsText, a[1].AsText, 0)),
        CelFunction.Member("indexOf", [T, T, CelType.Int], CelType.Int, (a, _) => IndexOf(a[0].AsText, a[1].AsText, a[2].AsInt)),
        CelFunction.Member("lastIndexOf", [T, T], CelType.Int, (a, _) => LastIndexOf(a[0].AsText, a[1].AsText, null)),
        CelFunction.Member("lastIndexOf", [T, T, CelType.Int], CelType.Int, (a, _) => LastIndexOf(a[0].AsText, a[1].AsText, a[2].AsInt)),
        CelFunction.Member("lowerAscii", [T], T, (a, _) => CelValue.Text(string.Create(a[0].AsText.Length, a[0].AsText, (to, from) => Ascii(from, to, 'A', 32)))),
        CelFunction.Member("upperAscii", [T], T, (a, _) => CelValue.Text(string.Create(a[0].AsText.Length, a[0].AsText, (to, from) => Ascii(from, to, 'a', -32)))),
        CelFunction.Member("replace", [T, T, T], T, (a, _) => Replace(a[0].AsText, a[1].AsText, a[2].AsText, -1)),
        CelFunction.Member("replace", [T, T, T, CelType.Int], T, (a, _) => Replace(a[0].AsText, a[1].AsText, a[2].AsText, a[3].AsInt)),
        CelFunction.Member("split", [T, T], Texts, (a, _) => Split(a[0].AsText, a[1].AsText, -1)),
        CelFunction.Member("split", [T, T, CelType.Int], Texts, (a, _) => Split(a[0].AsText, a[1].AsText, a[2].AsInt)),
        CelFunction.Member("substring", [T, CelType.Int], T, (a, _) => Substring(a[0].AsText, a[1].AsInt, null)),
        CelFunction.Member("substring", [T, CelType.Int, CelType.Int], T, (a, _) => Substring(a[0].AsText, a[1].AsInt, a[2].AsInt)),
        CelFunction.Member("trim", [T], T, (a, _) => CelValue.Text(a[0].AsText.Trim(White))),
        CelFunction.Member("reverse", [T], T, (a, _) => CelValue.Text(CodePoints.Reverse(a[0].AsText))),
        CelFunction.Member("join", [Texts], T, (a, _) => Join(a[0].AsList, "")),
        CelFunction.Member("join", [Texts, T], T, (a, _) => Join(a[0].AsList, a[1].AsText)),
        CelFunction.Member("format", [T, CelType.List(CelType.Dyn)], T, (a, _) => TextFormat.Format(a[0].AsText, a[1].AsList)),
        CelFunction.Global("strings.quote", [T], T, (a, _) => CelValue.Text(Printing.Quote(a[0].AsText))),
    ];

    /// <summary>Unicode's White_Space.</summary>
    private static readonly char[] White = [.. Enumerable.Range(0, 0x3001).Select(c => (char)c).Where(c => c is (>= '\t' and <= '\r') or ' ' or '\u0085' or '\u00a0' or '\u1680' or (>= '\u2000' and <= '\u200a') or '\u2028' or '\u2029' or '\u202f' or '\u205f' or '\u3000')];

    private static CelValue OutOfRange(long index) => CelValue.Error($"the position {index} is outside the text");

    private static void Ascii(string from, Span<char> to, char first, int shift)
    {
        for (int i = 0; i < from.Length; i++) to[i] = from[i] >= first && from[i] <= first + 25 ? (char)(from[i] + shift) : from[i];
    }

    private static CelValue CharAt(string text, long index)
    {
        int offset = CodePoints.Offset(text, index);
        if (offset < 0) return OutOfRange(index);
        return CelValue.Text(offset == text.Length ? "" : text.Substring(offset, CodePoints.Width(text, offset)));
    }

    private static CelValue IndexOf(string text, string part, long from)
    {
        int offset = CodePoints.Offset(text, from);
        if (offset < 0) return OutOfRange(from);
        int found = text.IndexOf(part, offset, StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1 : CodePoints.Number(text, found));
    }

    private static CelValue LastIndexOf(string text, string part, long? from)
    {
        int start = text.Length;
        if (from is { } number)
        {
            start = CodePoints.Offset(text, number);
            if (start < 0) return OutOfRange(number);
        }

        for (int i = Math.Min(start, text.Length - part.Length); i >= 0; i--)
        {
            if (string.CompareOrdinal(text, i, part, 0, part.Length) == 0) return CelValue.Of(CodePoints.Number(text, i));
        }

        return CelValue.Of(-1);
    }

    private static CelValue Replace(string text, string part, string by, long limit)
    {
        var result = new StringBuilder();
        int at = 0;
        while (limit != 0 && at <= text.Length)
        {
            int found = text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0) break;
            result.Append(text, at, found - at).Append(by);
            at = found + part.Length;
            if (part.Length == 0)
            {
                if (at == text.Length) return CelValue.Text(result.ToString());
                int width = CodePoints.Width(text, at);
                result.Append(text, at, width);
                at += width;
            }

            if (result.Length > Arithmetic.MaximumSize) return Arithmetic.TooLarge;
            limit--;
        }

        return at >= text.Length ? CelValue.Text(result.ToString()) : CelValue.Text(result.Append(text, at, text.Length - at).ToString());
    }

    private static CelValue Split(string text, string separator, long limit)
    {
        if (limit == 0) return CelValue.List(CelList.Empty);
        var parts = ImmutableArray.CreateBuilder<CelValue>();
        int at = 0;
        while (limit < 0 || parts.Count < limit - 1)
        {
            int end = separator.Length > 0 ? text.IndexOf(separator, at, StringComparison.Ordinal) : at < text.Length && at + CodePoints.Width(text, at) < text.Length ? at + CodePoints.Width(text, at) : -1;
            if (end < 0) break;
            parts.Add(CelValue.Text(text[at..end]));
            at = end + separator.Length;
        }

        if (separator.Length > 0 || text.Length > 0) parts.Add(CelValue.Text(text[at..]));
        return CelValue.List(new CelList(parts.ToImmutable()));
    }

    private static CelValue Substring(string text, long from, long? to)
    {
        int start = CodePoints.Offset(text, from);
        if (start < 0) return OutOfRange(from);
        int end = to is { } last ? CodePoints.Offset(text, last) : text.Length;
        return end < start ? OutOfRange(to!.Value) : CelValue.Text(text[start..end]);
    }

    private static CelValue Join(CelList list, string separator)
    {
        if (list.IsOpen) return CelValue.Missing(list.OpenInputs);
        var text = new StringBuilder();
        for (int i = 0; i < list.Items.Length; i++)
        {
            if (list.Items[i].Kind != CelValueKind.Text) return CelValue.Error("join() takes a list of strings");
            if (i > 0) text.Append(separator);
            text.Append(list.Items[i].AsText);
            if (text.Length > Arithmetic.MaximumSize) return Arithmetic.TooLarge;
        }

        return CelValue.Text(text.ToString());
    }
}
