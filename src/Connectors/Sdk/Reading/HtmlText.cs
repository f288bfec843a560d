using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Pages and pieces of HTML that a record has to be taken out of.</summary>
internal static partial class HtmlText
{
    /// <summary>A whole page.</summary>
    /// <exception cref="SourceFailureException">Malformed or Truncated: not UTF-8 throughout, or without its end. The message completes a sentence that begins with the page's name.</exception>
    public static string Decode(ReadOnlySpan<byte> page)
    {
        if (!Utf8.IsValid(page)) throw new SourceFailureException(FailureKind.Malformed, "is not UTF-8 throughout");
        string text = Encoding.UTF8.GetString(page);
        return text.Contains("</html>", StringComparison.OrdinalIgnoreCase) ? text : throw new SourceFailureException(FailureKind.Truncated, "is no page, or only the start of one");
    }

    /// <summary>Without tags, with entities resolved, runs of blanks as one.</summary>
    public static string Plain(string html) => Blanks().Replace(WebUtility.HtmlDecode(Tag().Replace(html, "")), " ").Trim();

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();
}
