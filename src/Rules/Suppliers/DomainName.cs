using System.Globalization;
using System.Text;

namespace Risk.Rules.Suppliers;

/// <summary>A registered internet domain (RFC 1035, RFC 5890): lower case, ASCII, without a leading <c>www</c>; names in other scripts are stored in their <c>xn--</c> form.</summary>
public static class DomainName
{
    private const string Web = "www.";

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    public static IdentifierCheck Check(string text)
    {
        string name = text.Trim().TrimEnd('.').ToLowerInvariant();
        if (name.Contains("://", StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal) || name.Contains('@', StringComparison.Ordinal))
        {
            string host = name[(name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..];
            host = host[(host.LastIndexOf('@') + 1)..].Split('/', '?', '#', ':')[0];
            string meant = TryAscii(host, out string inner) ? $"write '{WithoutWeb(inner)}'" : "write the domain only, as in example.com";
            return IdentifierCheck.Wrong($"domain '{text}' is an address, not a domain; {meant}");
        }

        return TryAscii(name, out string ascii)
            ? IdentifierCheck.Valid(WithoutWeb(ascii))
            : IdentifierCheck.Wrong($"domain '{text}' is not a domain name; write it as in example.com: labels of letters, digits and inner hyphens, with points between");
    }

    /// <summary>Registers, mail and lists of breaches know the domain; its <c>www</c> is one host of it.</summary>
    private static string WithoutWeb(string ascii) => ascii.StartsWith(Web, StringComparison.Ordinal) && ascii.AsSpan(Web.Length).Contains('.') ? ascii[Web.Length..] : ascii;

    private static bool TryAscii(string name, out string ascii)
    {
        ascii = "";
        try
        {
            ascii = Ascii.IsValid(name) ? name : Idn.GetAscii(name);
        }
        catch (ArgumentException)
        {
            return false;
        }

        string[] labels = ascii.Split('.');
        return ascii.Length <= 253 && labels.Length >= 2 && !IdentifierChecks.IsDigits(labels[^1]) && labels[^1].Length >= 2 && labels.All(IsLabel);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
