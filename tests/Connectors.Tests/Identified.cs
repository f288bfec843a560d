using System.Collections.Immutable;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests;

internal static class Identified
{
    /// <summary>A supplier of which only its domain is known.</summary>
    public static Supplier WithDomain(string id, string domain) =>
        new() { Id = new SupplierId(id), Name = id, Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Domain, domain) };
}
