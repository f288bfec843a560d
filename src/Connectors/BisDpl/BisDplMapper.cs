using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.BisDpl;

/// <summary>Makes an entry of an order.</summary>
internal static partial class BisDplMapper
{
    private static readonly string[] DateFormats = ["MM/dd/yyyy", "M/d/yyyy", "yyyy-MM-dd"];

    /// <summary>An order stays in the file after its last day. Of several rows the one that runs longest counts; without a last day it has none.</summary>
    public static bool IsInForce(BisDplRecord record, DateTimeOffset at) => record.Rows.Any(r => Date(r.ExpirationDate) is not { } end || at < end.AddDays(1));

    public static ListEntry Map(BisDplRecord record)
    {
        BisDplRow main = record.Rows[0];
        return new ListEntry
        {
            Id = DenialOrder.Id(record.Name, Date(record.EffectiveDate)!.Value),
            List = "the US denied persons list (no exports to them that US rules cover)",
            Kind = ListKind.Restricting,
            Type = DenialOrder.Type,
            Story = DenialOrder.Id(record.Name, Date(record.EffectiveDate)!.Value),
            Reference = $"denial order of {record.EffectiveDate}",
            Url = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl",
            PartyType = "party",
            IsPerson = false,
            Names = Names(record.Name),
            Programme = "",
            Countries = record.Rows.Select(Country).Where(c => c.Length > 0).ToImmutableSortedSet(StringComparer.Ordinal),
            ListedAt = Date(record.EffectiveDate),
            Remarks = string.Join("; ", new[]
            {
                main.FrCitation, main.ExpirationDate.Length == 0 ? "no expiration date" : "until " + main.ExpirationDate, main.StandardOrder == "N" ? "no standard order: read its terms" : "",
                Place(main), main.Action,
            }.Where(t => t.Length > 0)),
        };
    }

    public static DateTimeOffset? Date(string text) =>
        DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;

    /// <summary>Other names are written into the name: <c>FUYI SUN A/K/A FRANK SUN</c>, <c>ASMAT (APPLIED SYSTEMS METHODS)</c>. A single word of them may be half of one.</summary>
    private static ImmutableArray<ListedName> Names(string text)
    {
        string[] written = [.. AlsoKnownAs().Split(text).Select(n => n.Trim(' ', ',', ';')).Where(n => n.Length > 0)];
        IEnumerable<string> bracketed = written.Select(w => Bracket().Match(w)).Where(m => m.Success).SelectMany(m => new[] { m.Groups["before"].Value, m.Groups["inside"].Value });
        return
        [
            .. written.Take(1).Select(n => new ListedName(n, NameStrength.Primary)),
            .. written.Skip(1).Concat(bracketed).Except(written.Take(1), StringComparer.Ordinal)
                .Select(n => new ListedName(n, n.Contains(' ', StringComparison.Ordinal) ? NameStrength.Alias : NameStrength.Weak)),
        ];
    }

    /// <summary>Many addresses in the United States leave the country out.</summary>
    private static string Country(BisDplRow row) =>
        row.Country.Length == 2 && row.Country.All(char.IsAsciiLetter) ? row.Country.ToUpperInvariant() : row.Country.Length == 0 && row.State.Length == 2 && ZipCode().IsMatch(row.PostalCode) ? "US" : "";

    private static string Place(BisDplRow row) => string.Join(", ", new[] { row.Street, row.City, row.State, row.Country }.Where(p => p.Length > 0));

    [GeneratedRegex(@"\s+\(?A[./]?K[./]?A\.?\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AlsoKnownAs();

    [GeneratedRegex(@"^(?<before>[^()]{2,}?)\s*\((?<inside>[^()]{2,})\)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Bracket();

    [GeneratedRegex(@"^\d{5}(-\d{4})?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex ZipCode();
}
