using System.Collections.Immutable;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Courts;

/// <param name="IsSure">The names are the same as far as names can tell; else a person has to look.</param>
/// <param name="Reasons">In words.</param>
internal sealed record CourtMatch(Supplier Supplier, CourtCase Case, string Party, bool IsSure, string Reasons);

/// <summary>Finds suppliers among the parties of cases. Dockets name no country but sit in the United States: a supplier of another country is never surely meant.</summary>
internal static class CourtScreener
{
    private static readonly IReadOnlySet<string> Country = new HashSet<string>(StringComparer.Ordinal) { "US" };

    public static ImmutableArray<CourtMatch> Match(IReadOnlyList<CourtCase> cases, IReadOnlyList<Supplier> suppliers, CancellationToken cancellationToken)
    {
        Dictionary<string, CourtCase> byId = cases.Where(c => !c.Parties.IsEmpty).GroupBy(c => c.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        Dictionary<SupplierId, Supplier> bySupplier = suppliers.ToDictionary(s => s.Id);
        if (byId.Count == 0) return [];
        return
        [
            .. new ListScreener(byId.Values.Select(Entry)).Screen(suppliers, cancellationToken).Select(m => Judge(m, byId[m.Entry.Id], bySupplier[m.Supplier])).OfType<CourtMatch>(),
        ];
    }

    private static CourtMatch? Judge(ListMatch match, CourtCase found, Supplier supplier)
    {
        bool isCut = found.IsCut && match.Listed.Text == found.Parties[^1];
        bool sure = match.Result == MatchResult.Hit && match.Country == CountryVerdict.Agrees && Caption.IsCompany(match.Listed.Text) && !isCut;
        // Likeness to something that may be a person's name is no trace of a company.
        if (!sure && !Caption.IsCompany(match.Listed.Text)) return null;
        string doubt = isCut ? "; the docket cuts the name" : match.Country == CountryVerdict.Contradicts ? $"; the supplier is in {supplier.Country}, the court in US" : "";
        return new CourtMatch(supplier, found, match.Listed.Text, sure, match.Reasons + doubt);
    }

    // The list's kind plays no part in comparing.
    private static ListEntry Entry(CourtCase found) => new()
    {
        Id = found.Id, List = found.Court, Kind = ListKind.Cautioning, Type = "", Reference = found.Number, Url = found.Url, PartyType = "entity", IsPerson = false, Programme = "", Countries = Country,
        Names = [.. found.Parties.Select(name => new ListedName(name, NameStrength.Primary))],
    };
}
