using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UsCsl;

/// <summary>Makes an entry of a row.</summary>
internal static partial class UsCslMapper
{
    public static bool IsInForce(UsCslRecord record, DateTimeOffset at) => Date(record.EndDate) is not { } end || at < end.AddDays(1);

    public static ListEntry Map(UsCslRecord record)
    {
        string list = Code(record.Source);
        DateTimeOffset? listedAt = Date(record.StartDate);
        bool isDenialOrder = list == "dpl" && listedAt is not null;
        return new ListEntry
        {
            Id = $"csl-{list}-{Key(record)}",
            List = $"the US {ListName(record.Source)} (not blocked, some dealings need a licence)",

            // Unverified: no licence is needed for being listed, but more care.
            Kind = list == "uvl" ? ListKind.Cautioning : ListKind.Restricting,
            Type = isDenialOrder ? DenialOrder.Type : "csl-" + list,
            Story = isDenialOrder ? DenialOrder.Id(record.Name, listedAt!.Value) : "",
            Reference = ListName(record.Source),
            Url = record.SourceListUrl.Length == 0 ? "https://www.trade.gov/consolidated-screening-list" : record.SourceListUrl,
            PartyType = record.Type.Length == 0 ? "party" : record.Type.ToLowerInvariant(),
            IsPerson = record.Type == "Individual",
            Names = Names(record),
            Programme = record.Programs,
            Countries = Parts(record.Addresses).Select(a => a[(a.LastIndexOf(',') + 1)..].Trim()).Concat(Parts(record.Nationalities)).Concat(Parts(record.Citizenships))
                .Where(c => c.Length == 2 && c.All(char.IsAsciiLetterUpper)).ToImmutableSortedSet(StringComparer.Ordinal),
            ListedAt = listedAt,
            Remarks = string.Join("; ", new[] { record.LicenseRequirement, record.FederalRegisterNotice }.Where(t => t.Length > 0)),
        };
    }

    private static ImmutableArray<ListedName> Names(UsCslRecord record)
    {
        var names = new List<ListedName> { new(Successors().Replace(record.Name, ""), NameStrength.Primary) };
        foreach (string part in Parts(record.AltNames))
        {
            string name = LeadingAnd().Replace(part, "");

            // The separator also stands inside names ("SURNAME; Given"), so a single word may be half of one.
            if (name.Length > 0) names.Add(new ListedName(name, name.Contains(' ', StringComparison.Ordinal) ? NameStrength.Alias : NameStrength.Weak));
        }

        return [.. names.DistinctBy(n => n.Text, StringComparer.Ordinal)];
    }

    /// <summary>The file's own <c>_id</c> has changed its scheme; list, name and first address have not.</summary>
    private static string Key(UsCslRecord record) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{record.Source}|{record.Name}|{Parts(record.Addresses).FirstOrDefault("")}")))[..16];

    /// <summary><c>el</c> of "Entity List (EL) - Bureau of Industry and Security".</summary>
    private static string Code(string source) => Abbreviation().Match(source) is { Success: true } match ? match.Groups["code"].Value.ToLowerInvariant() : "other";

    private static string ListName(string source) => source.IndexOf(" - ", StringComparison.Ordinal) is > 0 and var end ? source[..end] : source;

    private static string[] Parts(string cell) => cell.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static DateTimeOffset? Date(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;

    [GeneratedRegex(@"\((?<code>[A-Z-]{2,8})( List)?\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Abbreviation();

    [GeneratedRegex(@"[;,]\s+and any successor.*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Successors();

    [GeneratedRegex(@"^and\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LeadingAnd();
}
