using System.Collections.Immutable;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UkSanctions;

/// <summary>Makes one entry of the rows of a party.</summary>
internal static class UkSanctionsMapper
{
    public static ListEntry Map(UkSanctionsRecord record)
    {
        UkSanctionsRow main = record.Rows.FirstOrDefault(IsPrimary) ?? record.Rows[0];
        bool isPerson = Has(main.DesignationType, "Individual");
        return new ListEntry
        {
            Id = "uk-" + record.UniqueId,
            List = Kind(record) == ListKind.Blocking ? "the UK sanctions list" : "the UK sanctions list (not blocked, some dealings forbidden)",
            Kind = Kind(record),
            Type = "uk-sanctions",
            Reference = "Unique ID " + record.UniqueId,
            Url = "https://www.gov.uk/government/publications/the-uk-sanctions-list",
            PartyType = main.DesignationType.Length == 0 ? "party" : main.DesignationType.ToLowerInvariant(),
            IsPerson = isPerson,
            Names = Names(record, main, isPerson),
            Programme = string.Join(", ", record.Rows.Select(r => r.Regime).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal)),
            Countries = record.Rows.SelectMany(Countries).Select(CountryNames.CodeOf).Where(c => c.Length > 0).ToImmutableSortedSet(StringComparer.Ordinal),
            ListedAt = UkSanctionsList.Date(main.DateDesignated),
            Remarks = string.Join("; ", new[] { main.SanctionsImposed, main.ImoNumber, main.RegistrationNumbers, main.OtherInformation }.Where(t => t.Length > 0)),
        };
    }

    /// <summary>The list says what is imposed. Ships, and parties under trade or transport measures only, are not frozen; where it says nothing, the worst is assumed.</summary>
    private static ListKind Kind(UkSanctionsRecord record)
    {
        string[] imposed = [.. record.Rows.Select(r => r.SanctionsImposed).Where(s => s.Length > 0)];
        return imposed.Length == 0 || imposed.Any(s => Has(s, "Asset freeze")) ? ListKind.Blocking : ListKind.Restricting;
    }

    private static ImmutableArray<ListedName> Names(UkSanctionsRecord record, UkSanctionsRow main, bool isPerson)
    {
        var names = new List<ListedName>();
        foreach (UkSanctionsRow row in record.Rows.Prepend(main))
        {
            NameStrength strength = ReferenceEquals(row, main) ? NameStrength.Primary : Has(row.AliasStrength, "low") || Has(row.AliasStrength, "weak") ? NameStrength.Weak : NameStrength.Alias;
            Add(FullName(row, isPerson), strength);
            Add(row.NonLatinName, strength == NameStrength.Weak ? strength : NameStrength.Alias);
        }

        return [.. names];

        // A party has a row for each address and birth date as well, with the same names again.
        void Add(string text, NameStrength strength)
        {
            if (text.Length > 0 && !names.Exists(n => n.Text == text && n.Strength <= strength)) names.Add(new ListedName(text, strength));
        }
    }

    /// <summary>Name 6 is the surname, or the whole name of what is no person.</summary>
    private static string FullName(UkSanctionsRow row, bool isPerson) =>
        row.OtherNames.Length == 0 ? row.Name6 : row.Name6.Length == 0 ? row.OtherNames : isPerson ? $"{row.Name6}, {row.OtherNames}" : $"{row.OtherNames} {row.Name6}";

    private static IEnumerable<string> Countries(UkSanctionsRow row) =>
        new[] { row.AddressCountry, row.Nationalities, row.Flag }.SelectMany(c => c.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool IsPrimary(UkSanctionsRow row) => row.NameType.Equals("Primary Name", StringComparison.OrdinalIgnoreCase);

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
