using System.Text.Json.Serialization;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>What <c>/company/{number}</c> says; members are named as upstream names them, in snake case. Old profiles lack several.</summary>
internal sealed record ProfileRecord(
    string? CompanyNumber, string? CompanyName, string? Type, string? CompanyStatus, string? CompanyStatusDetail, string? DateOfCreation, string? DateOfCessation,
    AccountsRecord? Accounts, StatementRecord? ConfirmationStatement, StatementRecord? AnnualReturn);

internal sealed record AccountsRecord(bool? Overdue, string? NextDue, NextAccountsRecord? NextAccounts);

internal sealed record NextAccountsRecord(bool? Overdue, string? DueOn);

/// <summary>A confirmation statement, or the annual return that it replaced in 2016.</summary>
internal sealed record StatementRecord(bool? Overdue, string? NextDue, string? LastMadeUpTo);

/// <summary>What <c>/company/{number}/insolvency</c> says.</summary>
internal sealed record InsolvencyRecord(List<CaseRecord?>? Cases);

internal sealed record CaseRecord(string? Type, string? Number, List<CaseDateRecord?>? Dates);

internal sealed record CaseDateRecord(string? Type, string? Date);

/// <summary>One page of <c>/company/{number}/charges</c>; the counts are over all pages.</summary>
internal sealed record ChargesRecord(int? TotalCount, int? SatisfiedCount, List<ChargeRecord?>? Items);

internal sealed record ChargeRecord(
    string? ChargeCode, int? ChargeNumber, string? Status, string? CreatedOn, string? DeliveredOn, string? AcquiredOn, string? CoveringInstrumentDate, string? SatisfiedOn,
    ClassificationRecord? Classification, List<PersonEntitledRecord?>? PersonsEntitled, ChargeLinksRecord? Links);

internal sealed record ClassificationRecord(string? Description);

internal sealed record PersonEntitledRecord(string? Name);

internal sealed record ChargeLinksRecord(string? Self);

/// <summary>The newest page of <c>/company/{number}/filing-history</c>. Of the values that descriptions are filled with, names of officers among them, nothing is read.</summary>
/// <param name="FilingHistoryStatus">Begins with <c>filing-history-not-available</c> where the register has none of such companies, which says nothing about what they filed.</param>
internal sealed record FilingHistoryRecord(int? TotalCount, string? FilingHistoryStatus, List<FilingRecord?>? Items)
{
    public bool IsAvailable => FilingHistoryStatus?.StartsWith("filing-history-not-available", StringComparison.Ordinal) is not true;
}

/// <param name="Description">A key of the register's own enumeration: <c>gazette-notice-compulsory</c>.</param>
internal sealed record FilingRecord(string? TransactionId, string? Date, string? Type, string? Category, string? Description);

/// <summary>One page of <c>/company/{number}/officers</c>. Names, addresses and dates of birth of officers are not read.</summary>
/// <param name="TotalResults">Over all pages; those whose details are protected are counted and not listed.</param>
internal sealed record OfficersRecord(int? TotalResults, List<OfficerRecord?>? Items);

/// <param name="OfficerRole">A key of the register's own enumeration: <c>corporate-director</c>.</param>
/// <param name="ResignedOn">Null: in office.</param>
internal sealed record OfficerRecord(string? OfficerRole, string? AppointedOn, string? ResignedOn);

/// <summary>What <c>/search/companies</c> says.</summary>
internal sealed record SearchRecord(List<SearchItemRecord?>? Items);

/// <param name="Snippet">A former name, where that was found instead of the title.</param>
internal sealed record SearchItemRecord(
    string? Title, string? CompanyNumber, string? CompanyStatus, string? CompanyType, string? DateOfCreation, string? DateOfCessation, string? Snippet, SearchAddressRecord? Address);

internal sealed record SearchAddressRecord(string? Locality);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 32)]
[JsonSerializable(typeof(ProfileRecord))]
[JsonSerializable(typeof(InsolvencyRecord))]
[JsonSerializable(typeof(ChargesRecord))]
[JsonSerializable(typeof(FilingHistoryRecord))]
[JsonSerializable(typeof(OfficersRecord))]
[JsonSerializable(typeof(SearchRecord))]
internal sealed partial class CompaniesHouseJson : JsonSerializerContext;
