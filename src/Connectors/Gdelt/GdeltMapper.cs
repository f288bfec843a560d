using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Risk.Connectors.Sdk.News;

namespace Risk.Connectors.Gdelt;

/// <summary>Makes an article of a record, or says why not.</summary>
internal static class GdeltMapper
{
    private static readonly FrozenDictionary<string, string> Languages = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["English"] = "en", ["German"] = "de", ["French"] = "fr", ["Spanish"] = "es", ["Italian"] = "it", ["Portuguese"] = "pt", ["Dutch"] = "nl", ["Swedish"] = "sv", ["Polish"] = "pl",
        ["Russian"] = "ru", ["Chinese"] = "zh", ["ChineseT"] = "zh", ["Japanese"] = "ja", ["Vietnamese"] = "vi",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static bool TryMap(GdeltRecord record, [NotNullWhen(true)] out NewsArticle? article, out string problem)
    {
        article = null;
        problem = "url: is no http address";
        if (StoryEvents.HostOf(record.Url) is not { Length: > 0 } host) return false;
        problem = "title: is empty";
        string title = Plain(record.Title);
        if (title.Length == 0) return false;
        problem = "seendate: is no time, as in 20260131T061500Z";
        if (!DateTimeOffset.TryParseExact(record.SeenDate, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset seen)) return false;
        // Languages that are not in the table are known not to be English: a code of their own keeps English words from being looked for in them.
        string language = record.Language.Length == 0 ? "" : Languages.GetValueOrDefault(record.Language, "other");
        article = new NewsArticle(record.Url, title, "", record.Url, record.Domain.Length > 0 ? record.Domain.ToLowerInvariant() : host, seen, language);
        return true;
    }

    /// <summary>Titles are tokens with spaces between; they may hold entities.</summary>
    private static string Plain(string title) => string.Join(' ', WebUtility.HtmlDecode(title).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
