namespace Risk.Rules.Language.Library;

/// <summary>A value of a type that only functions look into, such as <c>net.IP</c>. Its text is what <c>string()</c> gives.</summary>
internal abstract record OpaqueObject : ICelObject
{
    private static readonly CelValue NoFields = CelValue.Error("this type has no fields");

    public abstract CelType Type { get; }

    public CelValue Get(int slot) => NoFields;

    public bool? Has(int slot) => false;
}
