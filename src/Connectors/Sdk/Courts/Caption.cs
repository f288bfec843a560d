using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Rules.Matching;

namespace Risk.Connectors.Sdk.Courts;

/// <summary>Reads who is meant in the caption of a case.</summary>
internal static partial class Caption
{
    private const int ShortestName = 3;

    /// <summary>The debtors of <c>SunEdison, Inc., et al., and ...</c>: names joined by "and" where each has a legal form, and names that it trades as.</summary>
    public static ImmutableArray<string> Debtors(string caption)
    {
        string named = EtAl().Split(caption, 2)[0];
        return Clean(TradingAs().Split(named).SelectMany(name => (string[])[name, .. Joint(name)]));
    }

    /// <summary>Who is sued in <c>Trustee v. Someone, Inc.</c>; empty where nobody is.</summary>
    public static ImmutableArray<string> Sued(string caption)
    {
        string[] sides = Versus().Split(caption, 2);
        return sides.Length < 2 ? [] : Clean(TradingAs().Split(EtAl().Split(sides[1], 2)[0]));
    }

    /// <summary>Who sues, for people to read; "" where nobody does.</summary>
    public static string Suing(string caption) => Versus().Split(caption, 2) is [var plaintiff, _] ? plaintiff.Trim(' ', ',') : "";

    /// <summary>Whether the name has a legal form: of natural persons nothing is kept.</summary>
    public static bool IsCompany(string name) => NameNormalizer.Normalize(name).Length < string.Join(' ', NameNormalizer.Words(name)).Length;

    private static IEnumerable<string> Joint(string names) => names.Split(" and ") is { Length: > 1 } parts && parts.All(IsCompany) ? parts : [];

    private static ImmutableArray<string> Clean(IEnumerable<string> names) =>
        [.. names.Select(Bare).Where(n => n.Count(char.IsLetterOrDigit) >= ShortestName).Distinct(StringComparer.Ordinal)];

    /// <summary>A bracket that another name was split off at is left open; one within the name stays.</summary>
    private static string Bare(string name)
    {
        string bare = name.Trim(' ', ',', ';');
        return bare.EndsWith(')') && !bare.Contains('(', StringComparison.Ordinal) ? bare.TrimEnd(')', ' ', ',') : bare;
    }

    /// <summary><c>Old Carco LLC, (f/k/a Chrysler LLC)</c>, <c>A, Inc. d/b/a B</c>.</summary>
    [GeneratedRegex(@"[\s,(]+(?:d/?b/?a|f/?k/?a|a/?k/?a|doing business as|formerly known as|also known as)[\s:]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex TradingAs();

    [GeneratedRegex(@",?\s+et\.?\s+al\b\.?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex EtAl();

    [GeneratedRegex(@"\s+vs?\.?\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Versus();
}
