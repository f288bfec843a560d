using System.Collections.Frozen;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Products;

internal enum ProductMatch
{
    /// <summary>The supplier's products are known, and this is none of them.</summary>
    None,
    /// <summary>The portfolio names no products, or the catalogue names none ("Multiple Products").</summary>
    Unconfirmed,
    Confirmed,
}

/// <summary>A supplier that sells what a catalogue names.</summary>
/// <param name="Own">The portfolio's product that is meant, in the portfolio's words; "" where it is not known.</param>
internal sealed record VendorMatch(Supplier Supplier, ProductMatch Product, string Own);

/// <summary>Finds the suppliers that a catalogue's vendor and product stand for.</summary>
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

    /// <param name="vendors">The catalogue's vendors, where they are known before: of the suppliers only those that are one of them are kept.</param>
    public VendorMatcher(IEnumerable<Supplier> suppliers, IEnumerable<string>? vendors = null)
    {
        HashSet<string>? keys = vendors?.Distinct(StringComparer.Ordinal).SelectMany(VendorKeys).ToHashSet(StringComparer.Ordinal);
        byVendor = suppliers
            .SelectMany(s => s.Aliases.Prepend(s.Name).SelectMany(VendorKeys).Where(key => keys?.Contains(key) != false).Distinct(StringComparer.Ordinal).Select(key => (key, s)))
            .ToLookup(p => p.key, p => p.s, StringComparer.Ordinal);
    }

    /// <summary>Each supplier once for each of its products that is meant, or once unconfirmed.</summary>
    public IEnumerable<VendorMatch> Match(string vendor, string product) =>
        VendorKeys(vendor).SelectMany(key => byVendor[key]).Distinct().SelectMany(supplier => MatchProducts(supplier, product));

    /// <summary>The normalised name without spaces, whole and without generic words at its end (at least its first word stays): catalogues write <c>paloaltonetworks</c>.</summary>
    private static IEnumerable<string> VendorKeys(string name)
    {
        string[] words = NameNormalizer.Normalize(name).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int length = words.Length;
        while (length > 1 && GenericWords.Contains(words[length - 1])) length--;
        if (length > 0) yield return string.Concat(words.Take(length));
        if (length < words.Length) yield return string.Concat(words);
    }

    private static IEnumerable<VendorMatch> MatchProducts(Supplier supplier, string product)
    {
        if (supplier.Products.IsEmpty || product.Length == 0 || product.StartsWith("Multiple ", StringComparison.OrdinalIgnoreCase)) return [new VendorMatch(supplier, ProductMatch.Unconfirmed, "")];
        string[] parts = [product, .. product.Split([",", " and ", "/", "&"], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        return supplier.Products.Where(own => parts.Any(part => IsSameProduct(own, part))).Select(own => new VendorMatch(supplier, ProductMatch.Confirmed, own));
    }

    /// <summary>One name holds the other as whole words in a row: "Windows" and "Windows Server 2019", either way round.</summary>
    private static bool IsSameProduct(string own, string listed)
    {
        string a = string.Join(' ', NameNormalizer.Words(own)), b = string.Join(' ', NameNormalizer.Words(listed));
        if (a.Replace(" ", "", StringComparison.Ordinal) == b.Replace(" ", "", StringComparison.Ordinal)) return a.Length > 0;
        (string shorter, string longer) = a.Length < b.Length ? (a, b) : (b, a);
        return shorter.Length > 0 && !GenericProducts.Contains(shorter) && $" {longer} ".Contains($" {shorter} ", StringComparison.Ordinal);
    }
}
