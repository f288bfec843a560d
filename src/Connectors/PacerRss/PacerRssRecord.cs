using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.PacerRss;

/// <summary>One docket entry.</summary>
/// <param name="CaseType"><c>bk</c> a bankruptcy, <c>ap</c> an adversary suit; others (<c>mp</c>) are no case of a debtor.</param>
/// <param name="Number">Without office and judge: <c>16-10992</c>.</param>
/// <param name="Caption">Who it is about; courts cut it at a fixed width.</param>
/// <param name="Chapter">"" where the feed does not say.</param>
/// <param name="Entry">What was entered: <c>Voluntary Petition (Chapter 11)</c>.</param>
internal sealed partial record PacerRssRecord(string CaseType, string Number, int Year, string Caption, bool IsCut, string Chapter, string Entry, DateTimeOffset At, string Url)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        title any
        link any
        description any
        guid any optional
        guid.@isPermaLink any optional
        pubDate any
        """);

    /// <summary>Courts cut each party's name at fifty characters, spaces at the end left out.</summary>
    private const int CutAt = 48;

    /// <summary>Reads an item; the problem says what is wrong with it.</summary>
    public static bool TryRead(XElement item, out string key, [NotNullWhen(true)] out PacerRssRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string raw = (string?)item.Element("title") ?? "", described = (string?)item.Element("description") ?? "", link = ((string?)item.Element("link") ?? "").Trim();
        key = ((string?)item.Element("guid") ?? link).Trim();
        Match title = Title().Match(raw.Trim()), words = Description().Match(described);
        if (!title.Success) problem = "the title has no case number";
        else if (!words.Success) problem = "the description names no type of case";
        else if (!DateTimeOffset.TryParse((string?)item.Element("pubDate"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)) problem = "pubDate is no date";
        else if (!Uri.TryCreate(link, UriKind.Absolute, out Uri? url) || url.Scheme is not ("https" or "http")) problem = "the link is no web address";
        else
        {
            string caption = Spaces().Replace(title.Groups["caption"].Value, " ").Trim();
            // Two digits; PACER's cases begin in the eighties.
            int digits = int.Parse(title.Groups["year"].ValueSpan, CultureInfo.InvariantCulture), year = digits + (digits > (at.Year % 100) + 1 ? 1900 : 2000);
            record = new PacerRssRecord(
                words.Groups["type"].Value, $"{title.Groups["year"].Value}-{title.Groups["serial"].Value}", year, caption, IsCutOff(caption), words.Groups["chapter"].Value,
                Spaces().Replace(words.Groups["entry"].Value, " ").Trim(), at, url.AbsoluteUri);
        }

        return record is not null;
    }

    private static bool IsCutOff(string caption)
    {
        string last = Joints().Split(caption)[^1];
        return last.Length >= CutAt && !Sdk.Courts.Caption.IsCompany(last);
    }

    [GeneratedRegex(@"\s+(?:vs?\.?|and)\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Joints();

    /// <summary><c>16-10992-smb SunEdison, Inc.</c>; <c>26-10911- Nerra Inc.</c> before a judge is named; some courts write <c>1:16-bk-10992-SMB</c>.</summary>
    [GeneratedRegex(@"\A(?:\d+:)?(?<year>\d{2})-(?:[a-z]{2}-)?(?<serial>\d{3,6})(?:-[A-Za-z0-9]{0,5})*(?:\s+(?<caption>.*))?\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Title();

    [GeneratedRegex(@"Type:\s*(?<type>[A-Za-z]{2})\b.*?(?:Chapter:\s*(?<chapter>\d{0,2})[^\[]*)?(?:\[(?<entry>[^\]]*)\]|\z)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Description();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
