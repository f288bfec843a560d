namespace Risk.Rules.Suppliers;

/// <summary>The portfolio's own key of a supplier. Compared ordinally; never empty.</summary>
public readonly record struct SupplierId(string Value) : IComparable<SupplierId>
{
    public int CompareTo(SupplierId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
