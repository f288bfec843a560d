using System.Collections.Immutable;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gleif;

/// <summary>Turns an LEI record into an entry to compare suppliers with. Pure.</summary>
internal static class GleifEntityMapper
{
    /// <summary>Companies House as a registration authority; its number stands in <c>registeredAs</c>.</summary>
    private const string CompaniesHouseAuthority = "RA000585";

    private const int MostNames = 20;

    public static RegisteredEntity Map(string lei, LeiAttributes record, LeiEntity entity, Dictionary<string, LeiRelationship>? relationships)
    {
        var identifiers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        identifiers[IdentifierScheme.Lei] = lei;
        if (entity.RegisteredAt?.Id == CompaniesHouseAuthority && IdentifierChecks.Check(IdentifierScheme.CompaniesHouse, entity.RegisteredAs ?? "") is { IsValid: true } number)
            identifiers[IdentifierScheme.CompaniesHouse] = number.Value;
        string registration = record.Registration?.Status ?? "";
        bool hasParent = relationships?.GetValueOrDefault("direct-parent")?.Links?.ContainsKey("lei-record") == true;
        return new RegisteredEntity
        {
            Identifiers = identifiers.ToImmutable(),
            Names =
            [
                new RegisteredName(entity.LegalName!.Name!, RegisteredNameKind.Legal),
                .. (entity.OtherNames ?? []).Concat(entity.TransliteratedOtherNames ?? []).OfType<LeiOtherName>().Where(n => !string.IsNullOrWhiteSpace(n.Name)).Take(MostNames).Select(n => new RegisteredName(n.Name!, KindOf(n.Type))),
            ],
            Country = Country(entity),
            Jurisdiction = entity.Jurisdiction ?? "",
            City = entity.LegalAddress?.City ?? "",
            LegalForm = entity.LegalForm?.Id ?? "",
            State = StateOf(entity.Status ?? "", registration),
            StateText = $"entity {(entity.Status ?? "not stated").ToLowerInvariant()}, LEI {(registration.Length > 0 ? registration.ToLowerInvariant() : "not stated")}{Successor(entity)}",
            Dependence = Dependence(entity),
            Remark = string.Join("; ", new[] { hasParent ? "reports a parent company" : "", entity.RegisteredAs is { Length: > 0 } registered ? $"registered as {registered}" : "" }.Where(r => r.Length > 0)),
            Url = $"https://search.gleif.org/#/record/{lei}",
        };
    }

    /// <summary>The law it is under decides; an address may be a service provider's.</summary>
    private static string Country(LeiEntity entity) => entity.Jurisdiction is { Length: >= 2 } jurisdiction ? jurisdiction[..2] : entity.LegalAddress?.Country ?? "";

    private static RegisteredNameKind KindOf(string? type) => type switch
    {
        "PREVIOUS_LEGAL_NAME" => RegisteredNameKind.Former,
        "TRADING_OR_OPERATING_NAME" => RegisteredNameKind.Trading,
        _ => RegisteredNameKind.Translation,
    };

    /// <summary>LAPSED is about a fee that was not paid, not about the company.</summary>
    private static RegisteredState StateOf(string entity, string registration) => (entity, registration) switch
    {
        (_, "ANNULLED" or "DUPLICATE") => RegisteredState.Void,
        ("INACTIVE", _) or (_, "RETIRED" or "MERGED") => RegisteredState.Ended,
        ("ACTIVE", _) => RegisteredState.Active,
        _ => RegisteredState.Unknown,
    };

    private static string Successor(LeiEntity entity) => entity.SuccessorEntity is { Name: { Length: > 0 } name } next ? $", succeeded by {name}{(next.Lei is { Length: > 0 } lei ? $" ({lei})" : "")}" : "";

    private static string Dependence(LeiEntity entity)
    {
        string of = entity.AssociatedEntity is { } other && (other.Name ?? other.Lei) is { Length: > 0 } name ? $" of {name}" : "";
        return entity.Category switch
        {
            "BRANCH" => $"a branch{of}, no company of its own",
            "FUND" => $"a fund{of}",
            "SOLE_PROPRIETOR" => "a person who trades in their own name",
            _ => "",
        };
    }
}
