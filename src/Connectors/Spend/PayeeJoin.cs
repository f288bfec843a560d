using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Spend;

/// <summary>Which supplier a payee is: by the portfolio's own id, by the same name, else by a name that is as good as the same.</summary>
internal sealed partial class PayeeJoin
{
    private readonly Dictionary<string, Supplier> byId;
    private readonly ILookup<string, SupplierId> byName;
    private readonly Dictionary<string, (ImmutableArray<SupplierId> Sure, ImmutableArray<SupplierId> Possible)> alike;

    /// <param name="payees">All names of the ledger.</param>
    public PayeeJoin(IReadOnlyList<Supplier> suppliers, IEnumerable<string> payees, CancellationToken cancellationToken)
    {
        byId = suppliers.ToDictionary(s => s.Id.Value, StringComparer.Ordinal);
        byName = suppliers.SelectMany(s => s.Aliases.Prepend(s.Name).Select(name => (Key: NameNormalizer.Normalize(name), s.Id)).Distinct()).Where(n => n.Key.Length > 0).ToLookup(n => n.Key, n => n.Id, StringComparer.Ordinal);
        string[] others = [.. payees.Where(p => !byName.Contains(NameNormalizer.Normalize(p))).Distinct(StringComparer.Ordinal)];
        alike = new ListScreener(others.Select(Entry)).Screen(suppliers, cancellationToken).GroupBy(m => m.Listed.Text, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (Of(g, MatchResult.Hit), Of(g, MatchResult.Possible)), StringComparer.Ordinal);

        static ImmutableArray<SupplierId> Of(IEnumerable<ListMatch> matches, MatchResult result) => [.. matches.Where(m => m.Result == result).Select(m => m.Supplier).Distinct()];
    }

    /// <returns>The supplier; or null, with those that it may be and the reason why nobody counts as paid.</returns>
    public (SupplierId? Supplier, ImmutableArray<SupplierId> MayBe, string Problem) Find(SpendRecord payment)
    {
        if (byId.TryGetValue(payment.SupplierId, out Supplier? own)) return (own.Id, [], "");
        SupplierId[] same = [.. byName[NameNormalizer.Normalize(payment.Payee)]];
        if (same.Length == 1) return (same[0], [], "");
        if (same.Length > 1) return (null, [.. same], "more than one supplier has the payee's name; write its supplier_id");
        (ImmutableArray<SupplierId> sure, ImmutableArray<SupplierId> possible) = alike.TryGetValue(payment.Payee, out var found) ? found : ([], []);
        if (sure.Length == 1) return (sure[0], [], "");
        // A branch or a site in brackets: "NHS SUPPLY CHAIN (MAIDSTONE)".
        SupplierId[] mayBe = [.. sure.Concat(possible).Concat(byName[NameNormalizer.Normalize(Brackets().Replace(payment.Payee, " "))]).Distinct()];
        return (null, [.. mayBe], mayBe.Length > 0
            ? "the payee may be a supplier with a name like it; add the spelling to the supplier's aliases if it is" : "no supplier of the portfolio has the payee's name or id");
    }

    [GeneratedRegex(@"\([^)]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Brackets();

    // The list's kind plays no part in comparing.
    private static ListEntry Entry(string payee, int index) => new()
    {
        Id = index.ToString("D7", CultureInfo.InvariantCulture), List = "the ledger", Kind = ListKind.Cautioning, Type = "", Reference = "", Url = "", PartyType = "entity", IsPerson = false, Programme = "",
        Countries = new HashSet<string>(), Names = [new Sdk.Screening.ListedName(payee, Sdk.Screening.NameStrength.Primary)],
    };
}
