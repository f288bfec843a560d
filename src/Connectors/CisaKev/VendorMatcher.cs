using System.Collections.Frozen;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CisaKev;

internal enum ProductMatch
{
    /// <summary>The supplier's products are known, and this is none of them.</summary>
    None,
    /// <summary>The portfolio names no products, or the catalogue names none ("Multiple Products").</summary>
    Unconfirmed,
    Confirmed,
}

/// <summary>Finds the suppliers that an entry's vendor and product stand for.</summary>
internal sealed class VendorMatcher
{
    /// <summary>Words that say what kind of company it is, so that "Cisco Systems, Inc." is "Cisco".</summary>
    private static readonly FrozenSet<string> GenericWords = FrozenSet.ToFrozenSet(
        [
            "systems", "system", "software", "technologies", "technology", "technologie", "networks", "network", "solutions", "group", "holdings", "holding", "international", "global",
            "worldwide", "platforms", "foundation", "enterprises", "enterprise", "communications", "electronics", "labs", "services", "industries", "project",
        ],
        StringComparer.Ordinal);

    /// <summary>Words that name no product by themselves.</summary>
    private static readonly FrozenSet<string> GenericProducts =
        FrozenSet.ToFrozenSet(["server", "software", "suite", "platform", "client", "system", "kernel", "firmware", "devices", "products", "cloud", "enterprise"], StringComparer.Ordinal);

    private readonly ILookup<string, Supplier> byVendor;

    /// <param name="vendors">The catalogue's vendors; of the suppliers only those that are one of them are kept.</param>
    public VendorMatcher(IEnumerable<Supplier> suppliers, IEnumerable<string> vendors)
    {
        HashSet<string> keys = vendors.Distinct(StringComparer.Ordinal).Select(VendorKey).Where(key => key.Length > 0).ToHashSet(StringComparer.Ordinal);
        byVendor = suppliers
            .SelectMany(s => s.Aliases.Prepend(s.Name).Select(VendorKey).Where(keys.Contains).Distinct(StringComparer.Ordinal).Select(key => (key, s)))
            .ToLookup(p => p.key, p => p.s, StringComparer.Ordinal);
    }

    public IEnumerable<(Supplier Supplier, ProductMatch Product)> Match(CisaKevRecord record) => byVendor[VendorKey(record.VendorProject)]
        .Select(supplier => (supplier, MatchProduct(supplier, record.Product)))
        .Where(match => match.Item2 != ProductMatch.None);

    /// <summary>The normalised name without generic words at its end; at least its first word stays.</summary>
    internal static string VendorKey(string name)
    {
        string[] words = NameNormalizer.Normalize(name).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int length = words.Length;
        while (length > 1 && GenericWords.Contains(words[length - 1])) length--;
        return string.Join(' ', words.Take(length));
    }

    private static ProductMatch MatchProduct(Supplier supplier, string product)
    {
        if (supplier.Products.IsEmpty || product.Length == 0 || product.StartsWith("Multiple ", StringComparison.OrdinalIgnoreCase)) return ProductMatch.Unconfirmed;
        string[] parts = [product, .. product.Split([",", " and ", "/", "&"], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        return supplier.Products.Any(own => parts.Any(part => IsSameProduct(own, part))) ? ProductMatch.Confirmed : ProductMatch.None;
    }

    /// <summary>One name holds the other as whole words in a row: "Windows" and "Windows Server 2019", either way round.</summary>
    private static bool IsSameProduct(string own, string listed)
    {
        string a = string.Join(' ', NameNormalizer.Words(own)), b = string.Join(' ', NameNormalizer.Words(listed));
        if (a == b) return a.Length > 0;
        (string shorter, string longer) = a.Length < b.Length ? (a, b) : (b, a);
        return shorter.Length > 0 && !GenericProducts.Contains(shorter) && $" {longer} ".Contains($" {shorter} ", StringComparison.Ordinal);
    }
}
