using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Risk.Connectors.NewsRss;

/// <summary>Text and dates as feeds write them.</summary>
internal static partial class FeedText
{
    private const int LongestSummary = 2_000, LongestDate = 60;

    private static readonly (string Open, string Close)[] Hidden = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->")];

    private static readonly string[] Formats =
    [
        "ddd, d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss", "d MMM yyyy HH:mm:ss zzz", "d MMM yyyy HH:mm:ss", "ddd, d MMM yyyy HH:mm zzz", "ddd, d MMM yyyy HH:mm", "d MMM yyyy HH:mm", "d MMM yyyy HH:mm zzz", "ddd, d MMM yyyy",
        "d MMM yyyy", "ddd, d MMM yy HH:mm:ss zzz", "d MMM yy HH:mm:ss zzz", "d MMM yy HHmm zzz", "d MMM yyyy HHmm zzz", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
        "d.M.yyyy HH:mm:ss zzz", "d.M.yyyy HH:mm:ss", "d.M.yyyy HH:mm", "d.M.yyyy", "yyyy/M/d HH:mm:ss", "yyyy/M/d HH:mm", "yyyy/M/d",
    ];

    /// <summary>How months begin in the languages of feeds that write them out; English ones need no row.</summary>
    private static readonly (string Month, string[] Beginnings)[] Months =
    [
        ("Jan", ["jän", "ene", "gen", "янв"]), ("Feb", ["fév", "fev", "фев"]), ("Mar", ["mär", "mrz", "maa", "мар"]), ("Apr", ["avr", "abr", "апр"]),
        ("May", ["mai", "mag", "mei", "maj", "май", "мая"]),
        ("Jun", ["juin", "giu", "июн"]), ("Jul", ["juil", "lug", "июл"]),
        ("Aug", ["aoû", "aou", "ago", "авг"]), ("Sep", ["set", "сен"]), ("Oct", ["okt", "ott", "out", "окт"]), ("Nov", ["ноя"]), ("Dec", ["dez", "déc", "dic", "дек"]),
    ];

    /// <summary>Zones that RFC 822 names, and the ones that feeds use besides.</summary>
    private static readonly Dictionary<string, string> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["GMT"] = "+00:00", ["UT"] = "+00:00", ["UTC"] = "+00:00", ["Z"] = "+00:00", ["EST"] = "-05:00", ["EDT"] = "-04:00", ["CST"] = "-06:00", ["CDT"] = "-05:00", ["MST"] = "-07:00", ["MDT"] = "-06:00",
        ["PST"] = "-08:00", ["PDT"] = "-07:00", ["CET"] = "+01:00", ["CEST"] = "+02:00", ["BST"] = "+01:00", ["MEZ"] = "+01:00", ["MESZ"] = "+02:00", ["JST"] = "+09:00", ["AEST"] = "+10:00", ["AEDT"] = "+11:00", ["IST"] = "+05:30",
        ["Uhr"] = "+00:00",
    };

    /// <summary>Without markup, entities and needless space. Feeds escape once or twice.</summary>
    public static string Plain(string html)
    {
        string text = html.Length > 4 * LongestSummary ? html[..(4 * LongestSummary)] : html;
        for (int i = 0; i < 2; i++) text = WebUtility.HtmlDecode(Tags().Replace(Blocks().Replace(WithoutHidden(text), "\n"), " "));
        text = string.Join('\n', text.Split('\n').Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Where(line => line.Length > 0));
        return text.Length > LongestSummary ? text[..LongestSummary] : text;
    }

    /// <summary>Without scripts, styles and comments; what is never closed hides all that follows.</summary>
    private static string WithoutHidden(string html)
    {
        foreach ((string open, string close) in Hidden)
        {
            for (int start = html.IndexOf(open, StringComparison.OrdinalIgnoreCase); start >= 0; start = html.IndexOf(open, start, StringComparison.OrdinalIgnoreCase))
            {
                int end = html.IndexOf(close, start + open.Length, StringComparison.OrdinalIgnoreCase);
                html = end < 0 ? html[..start] : html.Remove(start, end + close.Length - start);
            }
        }

        return html;
    }

    /// <summary>RFC 822, ISO 8601, what lies between, and <c>3 hours ago</c>.</summary>
    /// <param name="now">What relative times count from.</param>
    public static bool TryDate(string text, DateTimeOffset now, out DateTimeOffset at)
    {
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        at = default;
        if (text.Length is 0 or > LongestDate) return false;
        if (Ago().Match(text) is { Success: true } ago) return TryAgo(ago, now, out at);
        string zoned = text;
        if (Zone().Match(text) is { Success: true } zone)
        {
            if (Zones.TryGetValue(zone.Groups[1].Value, out string? offset)) zoned = text[..zone.Index] + " " + offset;
            else if (zone.Groups[2].Success) zoned = $"{text[..zone.Index]} {zone.Groups[2].Value[..3]}:{zone.Groups[2].Value[3..]}";
        }

        // The day of the week is often wrong and always needless.
        string dated = DayAndMonth().Replace(WeekDay().Replace(zoned, ""), static m => $"{m.Groups[1].Value} {EnglishMonth(m.Groups[2].Value)} ", 1);
        return DateTimeOffset.TryParseExact(dated, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out at)
            || (char.IsDigit(text[0]) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at));
    }

    private static string EnglishMonth(string month) =>
        Months.FirstOrDefault(m => m.Beginnings.Any(b => month.StartsWith(b, StringComparison.OrdinalIgnoreCase))).Month ?? (month.Length > 3 ? month[..3] : month);

    private static bool TryAgo(Match ago, DateTimeOffset now, out DateTimeOffset at)
    {
        int count = int.TryParse(ago.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 1;
        TimeSpan unit = ago.Groups[2].Value.ToLowerInvariant()[0] switch { 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => TimeSpan.FromDays(7) };
        at = now - (count * unit);
        return true;
    }

    [GeneratedRegex(@"</?(p|br|div|li|tr|h\d)\b[^<>]*>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Blocks();

    [GeneratedRegex("</?[A-Za-z][^<>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\A(\d{1,3}|an?) (min(?:ute)?s?|hours?|days?|weeks?) ago\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ago();

    [GeneratedRegex(@"\s*(?:\b([A-Za-z]{1,4})|([+-]\d{4}))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Zone();

    /// <summary><c>30. Juli 2026</c>, <c>30 de julho de 2026</c>.</summary>
    [GeneratedRegex(@"\A(\d{1,2})\.? (?:de )?(\p{L}{3,})\.? (?:de )?", RegexOptions.CultureInvariant)]
    private static partial Regex DayAndMonth();

    [GeneratedRegex(@"\A\p{L}{2,13}\.?,?\s+(?=\d)", RegexOptions.CultureInvariant)]
    private static partial Regex WeekDay();
}
