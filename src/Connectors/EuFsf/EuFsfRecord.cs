using System.Collections.Immutable;

namespace Risk.Connectors.EuFsf;

/// <param name="NameLanguage">ISO 639-1, or "".</param>
internal sealed record EuFsfName(string WholeName, bool Strong, string NameLanguage);

/// <param name="TypeCode">regnumber, swiftbic, fiscalcode, imo; passport and others, which are not the party's own.</param>
internal sealed record EuFsfNumber(string TypeCode, string Number, string CountryIso2Code);

/// <summary>One sanctionEntity. Some are there twice, for two regulations.</summary>
internal sealed record EuFsfRecord(
    string EuReferenceNumber, string LogicalId, string SubjectType, string DesignationDate, ImmutableArray<string> Programmes, ImmutableArray<EuFsfName> Names, ImmutableArray<string> Countries,
    ImmutableArray<EuFsfNumber> Numbers, string Remark)
{
    /// <summary>The reference number, or the internal number of one that has none.</summary>
    public string Key => EuReferenceNumber.Length > 0 ? EuReferenceNumber : LogicalId;

    /// <summary>Both entries of one party.</summary>
    public EuFsfRecord With(EuFsfRecord other) => this with
    {
        DesignationDate = DesignationDate.Length == 0 ? other.DesignationDate : DesignationDate,
        Programmes = [.. Programmes.Union(other.Programmes)],
        Names = [.. Names.Union(other.Names)],
        Countries = [.. Countries.Union(other.Countries)],
        Numbers = [.. Numbers.Union(other.Numbers)],
    };
}
