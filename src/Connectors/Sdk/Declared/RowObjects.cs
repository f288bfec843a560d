using System.Collections.Immutable;
using Risk.Rules.Language;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>The supplier that is asked for, as <c>supplier.x</c> in addresses and expressions.</summary>
internal sealed class AskedSupplier(Supplier supplier) : ICelObject
{
    public static readonly ImmutableArray<string> Schemes =
        [IdentifierScheme.Domain, IdentifierScheme.Lei, IdentifierScheme.Cik, IdentifierScheme.Duns, IdentifierScheme.Vat, IdentifierScheme.CompaniesHouse, IdentifierScheme.Ticker, IdentifierScheme.Uei];

    public static readonly CelObjectType Type = new("Supplier", [.. new[] { "id", "name", "country" }.Concat(Schemes).Select(name => new CelField(name, CelType.Text))]);

    public CelValue Get(int slot)
    {
        string text = slot switch { 0 => supplier.Id.Value, 1 => supplier.Name, 2 => supplier.Country, _ => supplier.Identifier(Schemes[slot - 3]) };
        return text.Length > 0 ? CelValue.Text(text) : CelValue.Missing($"supplier.{Type.Fields[slot].Name}: absent");
    }

    public bool? Has(int slot) => !Get(slot).IsMissing;
}

/// <summary>The fields of one record, as <c>row.x</c>.</summary>
internal sealed class RowObject(CelValue[] values) : ICelObject
{
    public CelValue Get(int slot) => values[slot];

    public bool? Has(int slot) => !values[slot].IsMissing;
}
