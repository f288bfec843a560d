using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.Gleif;

/// <summary>A JSON:API answer with one LEI record, named as upstream names it, in camel case.</summary>
internal sealed record LeiAnswer(LeiData? Data);

internal sealed record LeiData(string? Id, LeiAttributes? Attributes, Dictionary<string, LeiRelationship>? Relationships);

internal sealed record LeiAttributes(string? Lei, LeiEntity? Entity, LeiRegistration? Registration);

/// <param name="Status">About the company: ACTIVE, INACTIVE or null.</param>
internal sealed record LeiEntity(LeiName? LegalName, string? Status)
{
    public List<LeiOtherName?>? OtherNames { get; init; }

    public List<LeiOtherName?>? TransliteratedOtherNames { get; init; }

    public LeiAddress? LegalAddress { get; init; }

    public LeiRegister? RegisteredAt { get; init; }

    /// <summary>The number in that register.</summary>
    public string? RegisteredAs { get; init; }

    /// <summary>ISO 3166 country, with a subdivision where law differs: <c>US-DE</c>.</summary>
    public string? Jurisdiction { get; init; }

    /// <summary>GENERAL, BRANCH, FUND, SOLE_PROPRIETOR ...</summary>
    public string? Category { get; init; }

    public LeiLegalForm? LegalForm { get; init; }

    /// <summary>The head office of a branch, the manager of a fund.</summary>
    public LeiOther? AssociatedEntity { get; init; }

    public LeiOther? SuccessorEntity { get; init; }

    /// <summary>The same since there can be several; some have a name and no LEI.</summary>
    public List<LeiOther?>? SuccessorEntities { get; init; }

    public List<LeiEventGroup?>? EventGroups { get; init; }
}

internal sealed record LeiEventGroup(List<LeiEvent?>? Events);

/// <param name="Type">LIQUIDATION, MERGERS_AND_ACQUISITIONS, CHANGE_LEGAL_NAME ...</param>
/// <param name="Status">IN_PROGRESS, COMPLETED, WITHDRAWN_CANCELLED.</param>
/// <param name="EffectiveDate">When it happened, or will; null where that is not known.</param>
internal sealed record LeiEvent(string? Type, string? Status, string? EffectiveDate, string? RecordedDate);

/// <param name="Type">PREVIOUS_LEGAL_NAME, TRADING_OR_OPERATING_NAME, ALTERNATIVE_LANGUAGE_LEGAL_NAME ...</param>
internal sealed record LeiOtherName(string? Name, string? Type);

internal sealed record LeiAddress(string? City, string? Country);

internal sealed record LeiRegister(string? Id);

internal sealed record LeiLegalForm(string? Id);

internal sealed record LeiOther(string? Lei, string? Name);

internal sealed record LeiName(string? Name);

/// <param name="Status">About paying for the LEI: ISSUED, LAPSED, RETIRED, MERGED ...</param>
internal sealed record LeiRegistration(string? InitialRegistrationDate, string? LastUpdateDate, string? Status, string? NextRenewalDate);

/// <param name="Links">For a parent either <c>lei-record</c> or <c>reporting-exception</c>, or neither.</param>
internal sealed record LeiRelationship(Dictionary<string, JsonElement>? Links);

/// <summary>An answer with the reason why a company names no parent.</summary>
internal sealed record ExceptionAnswer(ExceptionData? Data);

internal sealed record ExceptionData(ExceptionAttributes? Attributes);

/// <param name="Reason">NON_CONSOLIDATING, NO_KNOWN_PERSON, NATURAL_PERSONS ...</param>
internal sealed record ExceptionAttributes(string? Lei, string? Category, string? Reason);

/// <summary>What <c>fuzzycompletions</c> answers: names without scores, and where the record is.</summary>
internal sealed record CompletionsAnswer(List<CompletionData?>? Data);

internal sealed record CompletionData(CompletionAttributes? Attributes, CompletionRelationships? Relationships);

internal sealed record CompletionAttributes(string? Value);

internal sealed record CompletionRelationships([property: JsonPropertyName("lei-records")] CompletionTarget? LeiRecords);

internal sealed record CompletionTarget(CompletionId? Data);

internal sealed record CompletionId(string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 32)]
[JsonSerializable(typeof(LeiAnswer))]
[JsonSerializable(typeof(ExceptionAnswer))]
[JsonSerializable(typeof(CompletionsAnswer))]
internal sealed partial class GleifJson : JsonSerializerContext;
