using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.Gleif;

/// <summary>A JSON:API answer with one LEI record, named as upstream names it, in camel case.</summary>
internal sealed record LeiAnswer(LeiData? Data);

internal sealed record LeiData(string? Id, LeiAttributes? Attributes, Dictionary<string, LeiRelationship>? Relationships);

internal sealed record LeiAttributes(string? Lei, LeiEntity? Entity, LeiRegistration? Registration);

/// <param name="Status">About the company: ACTIVE, INACTIVE or null.</param>
internal sealed record LeiEntity(LeiName? LegalName, string? Status);

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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 32)]
[JsonSerializable(typeof(LeiAnswer))]
[JsonSerializable(typeof(ExceptionAnswer))]
internal sealed partial class GleifJson : JsonSerializerContext;
