using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.CountryRisk;

/// <summary>The page on which FATF names the countries of its two lists.</summary>
/// <param name="Status">ISO 3166-1 alpha-2 to call-for-action or increased-monitoring.</param>
/// <param name="PublishedAt">Of the newer of the two lists, or null where the page does not say.</param>
internal sealed partial record FatfPage(ImmutableSortedDictionary<string, string> Status, DateTimeOffset? PublishedAt)
{
    public const string BlackList = "call-for-action", GreyList = "increased-monitoring", NoList = "none";

    /// <summary>On the black list since there is one; and there have always been far more grey countries than these.</summary>
    private const string Sentinel = "KP";
    private const int FewestGrey = 5;

    /// <summary>Reads the countries below the two headings; the page's navigation names countries too.</summary>
    /// <exception cref="SourceFailureException">Malformed or SentinelMissing, with the message completing a sentence that begins with the page's name.</exception>
    public static FatfPage Read(byte[] html, ListRows rows)
    {
        string page = HtmlText.Decode(html);
        var status = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        DateTimeOffset? published = null;
        string list = "";
        foreach (Match match in Part().Matches(page))
        {
            string text = HtmlText.Plain(match.Groups["text"].Value);
            if (match.Groups["heading"].Success)
            {
                list = text.Contains("Call for Action", StringComparison.OrdinalIgnoreCase) ? BlackList : text.Contains("Increased Monitoring", StringComparison.OrdinalIgnoreCase) ? GreyList : "";
                continue;
            }

            if (list.Length == 0) continue;
            if (!match.Groups["href"].Value.Contains("/countries/", StringComparison.Ordinal))
            {
                // Between heading and countries stands the publication: "... - 13 February 2026".
                if (DateTimeOffset.TryParseExact(text.Split(" - ")[^1], "d MMMM yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) && !(at <= published)) published = at;
                continue;
            }

            string code = CountryRiskNames.CodeOf(text);
            rows.Add(text, code.Length == 0 ? "no country's name" : null);
            if (code.Length > 0) status[code] = list;
        }

        if (status.Count == 0) throw new SourceFailureException(FailureKind.Malformed, "names no country under \"Call for Action\" and \"Increased Monitoring\"");
        if (status.GetValueOrDefault(Sentinel) != BlackList || status.Count(s => s.Value == GreyList) < FewestGrey)
            throw new SourceFailureException(FailureKind.SentinelMissing, $"lacks North Korea on the black list or has fewer than {FewestGrey} grey countries, so that it cannot be whole");
        return new FatfPage(status.ToImmutable(), published);
    }

    [GeneratedRegex("<h(?<heading>[12])[^>]*>(?<text>[^<]*)<|<a(?=[^>]*cmp-list__item-link)[^>]*href=\"(?<href>[^\"]*)\"[^>]*>\\s*<span[^>]*cmp-list__item-title[^>]*>(?<text>[^<]*)<", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Part();
}
