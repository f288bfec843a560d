using System.Collections.Immutable;

namespace Risk.Connectors.EuFsf;

/// <param name="NameLanguage">ISO 639-1, or "".</param>
internal sealed record EuFsfName(string WholeName, bool Strong, string NameLanguage);

/// <summary>One sanctionEntity. Some are there twice, for two regulations.</summary>
internal sealed record EuFsfRecord(
    string EuReferenceNumber, string LogicalId, string SubjectType, string DesignationDate, ImmutableArray<string> Programmes, ImmutableArray<EuFsfName> Names, ImmutableArray<string> Countries,
    string Remark)
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
    };
}
