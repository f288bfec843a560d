using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Claims;

/// <summary>Whom a heading of a leak site names, once the gang's own words are taken off.</summary>
/// <param name="Names">Several where the heading names several.</param>
/// <param name="Domain">The domain in it, or "".</param>
/// <param name="Problem">Why nobody can be found in it, or "".</param>
internal sealed partial record ClaimTitle(ImmutableArray<string> Names, string Domain, string Problem)
{
    /// <summary>A file drop is whoever used it.</summary>
    private static readonly string[] FileDrops = ["gofile.io", "mega.nz", "mega.io", "mediafire.com", "sendspace.com", "transfer.sh", "anonfiles.com", "pixeldrain.com"];

    /// <summary>Frames that gangs put around a name, tried in turn until none fits.</summary>
    private static readonly Func<Regex>[] Frames = [Leaks, Breach, Appeal, Files, Wall, Announcement, LeakBehind];

    public static ClaimTitle Read(string heading)
    {
        string text = Blanks().Replace(WebUtility.HtmlDecode(heading), " ").Trim();
        if (text.Length == 0) return None("no title");
        if (text.EndsWith("..", StringComparison.Ordinal) || text.EndsWith('…')) return None("the site cuts the name off");
        if (Masked().IsMatch(text)) return None("the name is masked");
        string domain = Domains().Matches(text).Select(m => DomainOf(m.Value)).FirstOrDefault(d => d.Length > 0) ?? "";
        string rest = domain.Length == 0 ? text : Blanks().Replace(BracketedDomain().Replace(text, m => DomainOf(m.Groups["domain"].Value).Length > 0 ? " " : m.Value), " ").Trim(' ', '-', ',', '|');
        if (rest.Length == 0) return new ClaimTitle([text], domain, "");
        bool isFramed = true;
        while (isFramed)
        {
            isFramed = false;
            foreach (Func<Regex> frame in Frames)
            {
                if (frame().Match(rest) is not { Success: true } match || match.Groups["name"].Value.Trim().Length == 0) continue;
                rest = match.Groups["name"].Value.Trim();
                isFramed = true;
            }
        }

        string[] names = [.. rest.Split([";", " / "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => n.TrimEnd(' ', '!')).Where(n => n.Length > 0)];
        return names.Length == 0 ? None("no name in the title") : new ClaimTitle([.. names], domain, "");
    }

    /// <summary>The domain of a website, as portfolios write it; "" where it is none, has a path, or is where files are dropped.</summary>
    public static string DomainOf(string website) =>
        ListedIdentifiers.Of(IdentifierScheme.Domain, website, "") is { } domain && !FileDrops.Contains(domain.Value) ? domain.Value : "";

    private static ClaimTitle None(string problem) => new([], "", problem);

    [GeneratedRegex(@"[\s\p{Cc}\p{Cf}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\*{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Masked();

    [GeneratedRegex(@"(?:https?://)?(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}/?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Domains();

    [GeneratedRegex(@"[(\[]?\s*(?<domain>(?:https?://)?(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}/?)\s*[)\]]?", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BracketedDomain();

    [GeneratedRegex(@"^(new )?(leak(s|age|ed)?|data leak)( post)?( from)?( (the )?company)?:? (?<name>.+)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Leaks();

    [GeneratedRegex(@"^(security|data) breach (of|at) (?<name>.+?)( network)?$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Breach();

    [GeneratedRegex(@"^official appeal to (?<name>.+)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Appeal();

    [GeneratedRegex(@"^new files for leak (?<name>.+?)( post)?$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Files();

    [GeneratedRegex(@"^new ""?wallofshamer""? ?- ?(?<name>.+)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wall();

    [GeneratedRegex(@"^(?<name>.+?) announce( |$|\p{Pd}).*$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Announcement();

    [GeneratedRegex(@"^(?<name>.+?) leak( post)?$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LeakBehind();
}
