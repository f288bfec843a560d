using System.Collections.Immutable;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>Turns an item of the register's search into an entry to compare suppliers with. Pure.</summary>
internal static class CompaniesHouseEntityMapper
{
    /// <summary>Null when the item has no title or no usable number.</summary>
    public static RegisteredEntity? Map(SearchItemRecord item)
    {
        if (string.IsNullOrWhiteSpace(item.Title) || IdentifierChecks.Check(IdentifierScheme.CompaniesHouse, item.CompanyNumber ?? "") is not { IsValid: true } number) return null;
        bool isOverseas = item.CompanyType is "oversea-company" or "registered-overseas-entity";
        return new RegisteredEntity
        {
            Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.CompaniesHouse, number.Value),
            Names = Names(item),
            Country = isOverseas ? "" : "GB",
            Jurisdiction = number.Value switch { ['S', 'C', ..] => "Scotland", ['N', 'I', ..] => "Northern Ireland", [>= '0' and <= '9', ..] => "England and Wales", _ => "" },
            City = item.Address?.Locality ?? "",
            LegalForm = item.CompanyType ?? "",
            State = StateOf(item.CompanyStatus),
            StateText = (item.CompanyStatus ?? "status not stated").Replace('-', ' ')
                + (RegisterDate.Parse(item.DateOfCessation) is { } ended ? " " + RegisterDate.Text(ended) : "") + (RegisterDate.Parse(item.DateOfCreation) is { } created ? $", incorporated {RegisterDate.Text(created)}" : ""),
            Dependence = isOverseas ? "an overseas company that registered in the United Kingdom" : "",
            Url = "https://find-and-update.company-information.service.gov.uk/company/" + number.Value,
        };
    }

    /// <summary>The snippet is a former name that the search found instead of the present one.</summary>
    private static ImmutableArray<RegisteredName> Names(SearchItemRecord item)
    {
        var legal = new RegisteredName(item.Title!.Trim(), RegisteredNameKind.Legal);
        return string.IsNullOrWhiteSpace(item.Snippet) ? [legal] : [legal, new RegisteredName(item.Snippet.Trim(), RegisteredNameKind.Former)];
    }

    /// <summary>A company in liquidation is still there, and who buys from it wants to know.</summary>
    private static RegisteredState StateOf(string? status) => status switch
    {
        "dissolved" or "converted-closed" or "closed" or "removed" => RegisteredState.Ended,
        null or "" => RegisteredState.Unknown,
        _ => RegisteredState.Active,
    };
}
