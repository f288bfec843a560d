using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Language;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>Finds the suppliers of a list's rows: by id, by identifier, and by name through the matcher.</summary>
internal sealed class RowSuppliers(RowJoin join, IReadOnlyList<Supplier> suppliers, DeclaredMapper mapper)
{
    private readonly Dictionary<string, Supplier> byId = suppliers.ToDictionary(s => s.Id.Value, StringComparer.Ordinal);
    private readonly ILookup<(string Scheme, string Value), Supplier> byIdentifier = suppliers.SelectMany(s => s.Identifiers.Select(i => (Key: (i.Key, i.Value), s))).ToLookup(p => p.Key, p => p.s);

    /// <summary>For each row, whose it is; with why that is in doubt, or "".</summary>
    public IReadOnlyList<(Supplier Supplier, string Doubt)>[] Find(IReadOnlyList<CelValue[]> rows, CancellationToken cancellationToken)
    {
        var found = new IReadOnlyList<(Supplier, string)>[rows.Count];
        var named = new List<ListEntry>();
        for (int i = 0; i < rows.Count; i++)
        {
            CelValue[] row = rows[i];
            found[i] = [.. Sure(row).Distinct().Select(s => (s, ""))];
            string name = mapper.Text(join.Name, row).Trim();
            if (found[i].Count == 0 && name.Length > 0) named.Add(Entry(i, name, mapper.Text(join.Country, row).Trim()));
        }

        if (named.Count == 0) return found;
        foreach (var matches in new ListScreener(named).Screen(suppliers, cancellationToken).GroupBy(m => m.Entry.Id, StringComparer.Ordinal))
            found[int.Parse(matches.Key, CultureInfo.InvariantCulture)] = [.. matches.Select(m => (byId[m.Supplier.Value], m.Result == MatchResult.Hit ? "" : $"of {m.Listed.Text}, which may be another company"))];
        return found;
    }

    private IEnumerable<Supplier> Sure(CelValue[] row)
    {
        if (byId.TryGetValue(mapper.Text(join.Id, row).Trim(), out Supplier? supplier)) yield return supplier;
        foreach ((string scheme, CelExpression expression) in join.Identifiers)
        {
            string value = Normal(scheme, mapper.Text(expression, row));
            if (value.Length == 0) continue;
            foreach (Supplier one in byIdentifier[(scheme, value)]) yield return one;
        }
    }

    /// <summary>As the portfolio keeps it.</summary>
    private static string Normal(string scheme, string text)
    {
        text = text.Trim();
        if (scheme == IdentifierScheme.Domain)
        {
            text = text.ToLowerInvariant().TrimEnd('.');
            return text.StartsWith("www.", StringComparison.Ordinal) ? text[4..] : text;
        }

        text = string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return scheme == IdentifierScheme.Cik && text.Length > 0 ? text.PadLeft(10, '0') : text;
    }

    /// <summary>What the matcher compares; nothing else of it is used.</summary>
    private static ListEntry Entry(int row, string name, string country) => new()
    {
        Id = row.ToString(CultureInfo.InvariantCulture),
        List = "",
        Kind = ListKind.Cautioning,
        Type = "",
        Reference = "",
        Url = "",
        PartyType = "",
        IsPerson = false,
        Names = [new ListedName(name, NameStrength.Primary)],
        Programme = "",
        Countries = CodeOf(country) is { Length: > 0 } code ? new HashSet<string> { code } : new HashSet<string>(),
    };

    private static string CodeOf(string country) => country.Length switch { 2 => country.ToUpperInvariant(), 3 => CountryNames.CodeOfAlpha3(country), _ => CountryNames.CodeOf(country) };
}
