using System.Globalization;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Claims;

/// <summary>What a ransomware group says on its own site. A claim by criminals: often true, at times old, bought or made up.</summary>
/// <param name="Group">In the source's spelling.</param>
/// <param name="Title">Whom it names.</param>
/// <param name="Domain">Of the victim, as the source or the heading says; or "".</param>
/// <param name="Country">ISO code, or "".</param>
/// <param name="PostedAt">When the group posted it, as far as known.</param>
/// <param name="Url">Where a person can read of the group; never the group's own site.</param>
internal sealed record RansomwareClaim(string Group, string Heading, ClaimTitle Title, string Domain, string Country, DateTimeOffset PostedAt, string Url)
{
    private const int LongestHeading = 120;

    /// <summary>The sources give none: group, heading and day make one.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Group.ToLowerInvariant()}:{Shown.ToLowerInvariant()}:{PostedAt:yyyy-MM-dd}");

    /// <summary>Both sources read the same sites, on days that differ: one group and one year are one story of a supplier.</summary>
    public string Story => string.Create(CultureInfo.InvariantCulture, $"ransomware:{string.Concat(Group.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit))}:{PostedAt:yyyy}");

    /// <summary>The heading on one line and not too long.</summary>
    public string Shown
    {
        get
        {
            string line = string.Join(' ', Heading.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return line.Length <= LongestHeading ? line : line[..(char.IsHighSurrogate(line[LongestHeading - 1]) ? LongestHeading - 1 : LongestHeading)];
        }
    }

    /// <summary>As the matcher takes it.</summary>
    public ListEntry ToEntry(ListKind kind, string id) => new()
    {
        Id = id, List = "", Kind = kind, Type = Group, Reference = "", Url = Url, PartyType = "entity", IsPerson = false, Programme = "",
        Names = [.. Title.Names.Select((name, i) => new ListedName(name, i == 0 ? NameStrength.Primary : NameStrength.Alias))],
        Countries = Country.Length == 2 ? new HashSet<string>(StringComparer.Ordinal) { Country } : [],
        Identifiers = Domain.Length > 0 ? [new ListedIdentifier(Risk.Rules.Suppliers.IdentifierScheme.Domain, Domain, "")] : [],
    };
}
