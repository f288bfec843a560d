using System.Text.Json.Serialization;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.UsaSpending;

/// <summary>What <c>POST /api/v2/search/spending_by_category/recipient/</c> is asked; members are named as upstream names them, in snake case.</summary>
/// <param name="SpendingLevel"><c>transactions</c>: what was obligated within the period, not the whole of awards that were touched in it.</param>
internal sealed record SpendingQuestion(SpendingFilters Filters, string Category, string SpendingLevel, int Limit, int Page);

/// <param name="RecipientSearchText">Any of them: beginnings of names, UEIs, D-U-N-S numbers; of numbers also the companies below.</param>
internal sealed record SpendingFilters(IReadOnlyList<string> RecipientSearchText, IReadOnlyList<SpendingPeriod> TimePeriod);

/// <summary>Days as <c>2025-10-01</c>, both included.</summary>
internal sealed record SpendingPeriod(string StartDate, string EndDate);

internal sealed record SpendingRecord(string? SpendingLevel, PageRecord? PageMetadata, List<SpendingRowRecord?>? Results)
{
    public static RecordFormat Format { get; } = RecordFormat.Of("""
        category text
        spending_level text optional
        limit number
        page_metadata object
        page_metadata.page number
        page_metadata.hasNext boolean
        page_metadata.next number optional
        page_metadata.previous number optional
        page_metadata.hasPrevious boolean optional
        results array
        results[].amount number
        results[].recipient_id text
        results[].name text
        results[].code text
        results[].uei text optional
        results[].total_outlays number optional
        results[].id number|text optional
        messages array optional
        """);
}

internal sealed record PageRecord([property: JsonPropertyName("hasNext")] bool? HasNext);

/// <param name="RecipientId">A hash, a hyphen, and the levels: <c>…-['C', 'R']</c>, in older answers <c>…-C</c>; null for those who are not named.</param>
/// <param name="Code">The D-U-N-S number, retired in 2022; a sentence where there is none.</param>
internal sealed record SpendingRowRecord(string? RecipientId, string? Name, string? Code, string? Uei, double? Amount);

/// <summary>What <c>POST /api/v2/recipient/</c> is asked.</summary>
internal sealed record RecipientQuestion(string Keyword, string AwardType, string Sort, string Order, int Limit, int Page);

internal sealed record RecipientListRecord(List<RecipientRecord?>? Results)
{
    public static RecordFormat Format { get; } = RecordFormat.Of("""
        page_metadata object
        results array
        results[].id text
        results[].duns text optional
        results[].uei text optional
        results[].name text
        results[].recipient_level text
        results[].amount number
        """);
}

/// <param name="Id">As in <see cref="SpendingRowRecord.RecipientId"/>.</param>
/// <param name="RecipientLevel">P parent, C child, R without a known parent.</param>
internal sealed record RecipientRecord(string? Id, string? Duns, string? Uei, string? Name, string? RecipientLevel);

/// <summary>What <c>/api/v2/recipient/{id}/?year=…</c> says.</summary>
internal sealed record RecipientProfileRecord(string? Name, string? RecipientId, double? TotalTransactionAmount)
{
    public static RecordFormat Format { get; } = RecordFormat.Of("""
        name text
        alternate_names array optional
        duns text
        uei text
        recipient_id text
        recipient_level text
        parent_id text
        parent_name text
        parent_duns text
        parent_uei text
        parents array optional
        business_types array optional
        location object optional
        total_transaction_amount number
        total_transactions number
        total_face_value_loan_amount number optional
        total_face_value_loan_transactions number optional
        """);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 32)]
[JsonSerializable(typeof(SpendingQuestion))]
[JsonSerializable(typeof(SpendingRecord))]
[JsonSerializable(typeof(RecipientQuestion))]
[JsonSerializable(typeof(RecipientListRecord))]
[JsonSerializable(typeof(RecipientProfileRecord))]
internal sealed partial class UsaSpendingJson : JsonSerializerContext;
