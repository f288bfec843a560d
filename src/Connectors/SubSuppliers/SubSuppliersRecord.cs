using Risk.Rules.Suppliers;

namespace Risk.Connectors.SubSuppliers;

/// <summary>One row as the file has it: who delivers what to which supplier.</summary>
/// <param name="Line">Of the file, counted from 1.</param>
/// <param name="Tier">Steps from us: 2 delivers to our supplier. 0 when not given.</param>
/// <param name="Share">Of what the supplier needs of it, 0 to 1; null when not given.</param>
internal sealed record SubSuppliersRecord(int Line, string SupplierId, string Name, string Id, string Lei, string Domain, string Country, string Delivers, int Tier, double? Share);

/// <summary>A company on which suppliers depend.</summary>
/// <param name="Key">The same for all rows that mean the same company.</param>
/// <param name="Known">The supplier of ours that it is, or null.</param>
/// <param name="IsByName">That it is this supplier was told by its name alone.</param>
internal sealed record FourthParty(string Key, Supplier? Known, bool IsByName);
