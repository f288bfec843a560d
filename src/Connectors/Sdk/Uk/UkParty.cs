using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Uk;

/// <summary>One row: one name, address and birth date of a party. The party's rows share <paramref name="Party"/>.</summary>
/// <param name="OtherNames">Name 1 to Name 5.</param>
/// <param name="Measures">What is imposed; "" where the list does not say.</param>
internal sealed record UkRow(
    string Party, string Name6, string OtherNames, string NameType, string AliasStrength, string NonLatinName, string Regime, string PartyType, string Measures, string OtherInformation,
    string Address, string Nationalities, string ListedOn, string RegistrationNumbers, string ImoNumber, string Flag, string Website);

/// <summary>One party of a list of the United Kingdom: all its rows, in the file's order.</summary>
internal sealed partial record UkParty(string Key, IReadOnlyList<UkRow> Rows)
{
    /// <summary>The row with the name to show.</summary>
    public UkRow Main { get; } = Rows.FirstOrDefault(r => r.NameType.ToLowerInvariant() is "primary name" or "prime alias") ?? Rows[0];

    public bool IsPerson => Has(Main.PartyType, "Individual");

    public string Regimes => string.Join(", ", Rows.Select(r => r.Regime).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal));

    /// <summary>A party has a row for each address and birth date as well, with the same names again.</summary>
    public ImmutableArray<ListedName> Names()
    {
        var names = new List<ListedName>();
        foreach (UkRow row in Rows.Prepend(Main))
        {
            NameStrength strength = ReferenceEquals(row, Main) ? NameStrength.Primary : Has(row.AliasStrength, "low") || Has(row.AliasStrength, "weak") ? NameStrength.Weak : NameStrength.Alias;
            Add(FullName(row), strength);
            Add(row.NonLatinName, strength == NameStrength.Weak ? strength : NameStrength.Alias);
        }

        return [.. names];

        void Add(string text, NameStrength strength)
        {
            if (text.Length > 0 && !names.Exists(n => n.Text == text && n.Strength <= strength)) names.Add(new ListedName(text, strength));
        }
    }

    /// <summary>Of addresses, nationalities and a ship's flag.</summary>
    public ImmutableSortedSet<string> Countries() =>
        Rows.SelectMany(r => new[] { r.Address, r.Nationalities, r.Flag }).SelectMany(c => Several().Split(c))
            .Select(CountryNames.CodeOf).Where(c => c.Length > 0).ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>Those of the list's own columns, and those among the other information.</summary>
    public ImmutableArray<ListedIdentifier> Identifiers()
    {
        string country = Countries() is [string only] ? only : "";
        return
        [
            .. Texts(r => r.RegistrationNumbers).SelectMany(t => ListedIdentifiers.Cell(ListedIdentifiers.Registration, t, country))
                .Concat(Texts(r => r.ImoNumber).SelectMany(t => ListedIdentifiers.Cell(ListedIdentifiers.Imo, t.Replace("IMO", "", StringComparison.OrdinalIgnoreCase))))
                .Concat(Texts(r => r.Website).Select(t => ListedIdentifiers.Of(IdentifierScheme.Domain, t, "")).OfType<ListedIdentifier>())
                .Concat(Texts(r => r.OtherInformation).SelectMany(t => ListedIdentifiers.In(t, country)))
                .Distinct(),
        ];
    }

    /// <summary>A party's rows repeat most of their cells.</summary>
    private IEnumerable<string> Texts(Func<UkRow, string> cell) => Rows.Select(cell).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>Name 6 is the surname, or the whole name of what is no person.</summary>
    private string FullName(UkRow row) =>
        row.OtherNames.Length == 0 ? row.Name6 : row.Name6.Length == 0 ? row.OtherNames : IsPerson ? $"{row.Name6}, {row.OtherNames}" : $"{row.OtherNames} {row.Name6}";

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Several values in a cell: <c>A|B</c>, <c>(1) A (2) B</c>, <c>1) A 2) B</c>.</summary>
    [GeneratedRegex(@"\||\(?\b\d{1,2}\)\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Several();
}
