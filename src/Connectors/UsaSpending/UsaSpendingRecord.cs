using System.Text.Json.Serialization;

namespace Risk.Connectors.UsaSpending;

/// <summary>What <c>POST /api/v2/recipient/</c> is asked; members are named as upstream names them, in snake case.</summary>
internal sealed record RecipientQuestion(string Keyword, string AwardType, string Sort, string Order, int Limit, int Page);

internal sealed record RecipientListRecord(List<RecipientRecord?>? Results);

/// <param name="Id">A hash, a hyphen, and the level; in some answers written <c>…-['C', 'R']</c>.</param>
/// <param name="Duns">Nine digits; retired in 2022, and still how old awards are found.</param>
/// <param name="RecipientLevel">P parent, C child, R without a known parent.</param>
internal sealed record RecipientRecord(string? Id, string? Duns, string? Uei, string? Name, string? RecipientLevel);

/// <summary>What <c>/api/v2/recipient/{id}/?year=…</c> says.</summary>
internal sealed record RecipientProfileRecord(string? Name, string? Duns, string? Uei, string? RecipientId, double? TotalTransactionAmount, double? TotalTransactions);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 32)]
[JsonSerializable(typeof(RecipientQuestion))]
[JsonSerializable(typeof(RecipientListRecord))]
[JsonSerializable(typeof(RecipientProfileRecord))]
internal sealed partial class UsaSpendingJson : JsonSerializerContext;
