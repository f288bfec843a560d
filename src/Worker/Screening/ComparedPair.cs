using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>What was compared of a pair, and what is different about it now.</summary>
internal static class ComparedPair
{
    private const int MostNamed = 3;

    public static ComparedFields Of(Supplier supplier, ListEntry entry) => new(
        Sorted(supplier.Aliases.Prepend(supplier.Name)), supplier.Country, Sorted(supplier.Identifiers.Select(i => $"{i.Key} {i.Value}")),
        Sorted(entry.Names.Select(n => n.Text)), Sorted(entry.Countries), Sorted(entry.Identifiers.Select(i => i.Country.Length == 0 ? $"{i.Scheme} {i.Value}" : $"{i.Scheme} {i.Value} ({i.Country})")));

    /// <summary>Lower-case hex sha256: equal for pairs that are equal in everything that is compared.</summary>
    public static string Hash(ComparedFields fields) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(fields, ComparedJson.Default.ComparedFields)));

    public static bool IsSame(ComparedFields a, ComparedFields b) => Hash(a) == Hash(b);

    /// <summary>In a person's words: "the list added the alias "X"; the supplier's country was changed from DE to RU". "" when nothing is.</summary>
    public static string Changes(ComparedFields before, ComparedFields now)
    {
        var changes = new List<string>();
        Set("the supplier got the name", "the supplier no longer has the name", before.SupplierNames, now.SupplierNames);
        if (before.SupplierCountry != now.SupplierCountry) changes.Add($"the supplier's country was changed from {Known(before.SupplierCountry)} to {Known(now.SupplierCountry)}");
        Set("the supplier got the identifier", "the supplier no longer has the identifier", before.SupplierIdentifiers, now.SupplierIdentifiers);
        Set("the list added the name", "the list no longer has the name", before.ListedNames, now.ListedNames);
        Set("the list added the country", "the list no longer has the country", before.ListedCountries, now.ListedCountries);
        Set("the list added the identifier", "the list no longer has the identifier", before.ListedIdentifiers, now.ListedIdentifiers);
        return string.Join("; ", changes);

        void Set(string added, string removed, ImmutableArray<string> old, ImmutableArray<string> @new)
        {
            Say(added, [.. @new.Except(old, StringComparer.Ordinal)]);
            Say(removed, [.. old.Except(@new, StringComparer.Ordinal)]);
        }

        void Say(string what, string[] values)
        {
            if (values.Length == 0) return;
            string more = values.Length > MostNamed ? $" and {values.Length - MostNamed} more" : "";
            changes.Add($"{what} {string.Join(", ", values.Take(MostNamed).Select(v => $"\"{v}\""))}{more}");
        }
    }

    private static string Known(string country) => country.Length == 0 ? "none" : country;

    private static ImmutableArray<string> Sorted(IEnumerable<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

[JsonSerializable(typeof(ComparedFields))]
internal sealed partial class ComparedJson : JsonSerializerContext;
