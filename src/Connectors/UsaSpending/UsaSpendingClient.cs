using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.UsaSpending;

/// <summary>Asks upstream: obligations by recipient for many at once, and the profile of one.</summary>
internal sealed class UsaSpendingClient(FetchContext context)
{
    private const long MaximumBytes = 4L << 20;

    /// <summary>The most that upstream gives of a search.</summary>
    private const int RowsPerPage = 100;

    /// <summary>More rows than this are asked for in two halves; of one name they are namesakes without end.</summary>
    private const int MostPages = 3;

    private const int MostRecipients = 50;

    /// <summary>Upstream does not take so many texts, or one of them.</summary>
    private static readonly int[] Refused = [400, 413, 422];

    /// <summary>An id that nobody has is a request that is wrong, to upstream.</summary>
    private static readonly int[] NotThere = [400, 404];

    private static readonly Uri Search = new("https://api.usaspending.gov/api/v2/search/spending_by_category/recipient/");

    /// <summary>Obligations of the period to all recipients that any of the texts fits, one row a recipient.</summary>
    /// <param name="gaps">Gets the texts that were not looked for.</param>
    public async Task<List<(Recipient Recipient, double Amount)>> ObligationsAsync(IReadOnlyList<string> texts, SpendingPeriod period, SearchGaps gaps, CancellationToken cancellationToken)
    {
        bool isRefused = false;
        var found = new List<(Recipient, double)>();
        for (int page = 1; page <= MostPages; page++)
        {
            SpendingRecord? answer = await PageAsync(texts, period, page, cancellationToken).ConfigureAwait(false);
            isRefused = answer is null;
            if (answer is null) break;
            foreach (SpendingRowRecord row in answer.Results!.OfType<SpendingRowRecord>())
            {
                context.Audit.CountRead();
                if (row.Amount is not { } amount || !double.IsFinite(amount)) context.Audit.Reject(row.RecipientId ?? row.Name ?? "", "recipient without an amount");
                else if (Recipient.Read(row.RecipientId, null, row.Name, row.Uei, row.Code) is { } recipient) found.Add((recipient, amount));
            }

            if (answer.PageMetadata?.HasNext is not true) return found;
        }

        if (texts.Count == 1)
        {
            (isRefused ? gaps.Refused : gaps.TooCommon).Add(texts[0]);
            return [];
        }

        found.Clear();
        foreach (string[] half in texts.Chunk((texts.Count + 1) / 2)) found.AddRange(await ObligationsAsync(half, period, gaps, cancellationToken).ConfigureAwait(false));
        return found;
    }

    /// <summary>Those of the texts that fit a recipient within the period, or a company above one.</summary>
    public async Task<IReadOnlyList<string>> FittingAsync(IReadOnlyList<string> texts, SpendingPeriod period, CancellationToken cancellationToken)
    {
        if (await PageAsync(texts, period, 1, cancellationToken).ConfigureAwait(false) is null or { Results.Count: 0 }) return [];
        if (texts.Count == 1) return texts;
        var fitting = new List<string>();
        foreach (string[] half in texts.Chunk((texts.Count + 1) / 2)) fitting.AddRange(await FittingAsync(half, period, cancellationToken).ConfigureAwait(false));
        return fitting;
    }

    /// <summary>Recipients with the keyword in their name or as their number.</summary>
    public async Task<List<Recipient>> RecipientsAsync(string keyword, CancellationToken cancellationToken)
    {
        var question = new RecipientQuestion(keyword, "all", "amount", "desc", MostRecipients, 1);
        SourceResponse answer = await PostAsync(new Uri("https://api.usaspending.gov/api/v2/recipient/"), question, UsaSpendingJson.Default.RecipientQuestion, [], cancellationToken).ConfigureAwait(false);
        RecipientListRecord list = Read(answer, UsaSpendingJson.Default.RecipientListRecord, RecipientListRecord.Format);
        if (list.Results is null) throw Malformed("has no results");
        return [.. list.Results.OfType<RecipientRecord>().Select(r => Recipient.Read(r.Id, r.RecipientLevel, r.Name, r.Uei, r.Duns)).OfType<Recipient>()];
    }

    /// <summary>Obligations to the recipient and all below it; null when there is no recipient of that id.</summary>
    /// <param name="year">A fiscal year, or <c>latest</c> for the last twelve months.</param>
    public async Task<double?> TotalAsync(Recipient recipient, string year, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri($"https://api.usaspending.gov/api/v2/recipient/{recipient.Id}/?year={year}"), MaximumBytes, cancellationToken, NotThere).ConfigureAwait(false);
        if (answer.Status != 200) return null;
        RecipientProfileRecord profile = Read(answer, UsaSpendingJson.Default.RecipientProfileRecord, RecipientProfileRecord.Format);
        if (profile.RecipientId is { } told && !told.StartsWith(recipient.Hash, StringComparison.Ordinal)) throw Malformed("is about another recipient");
        return profile.TotalTransactionAmount is { } amount && double.IsFinite(amount) ? amount : throw Malformed("states no total_transaction_amount");
    }

    /// <summary>Null when upstream does not take the texts.</summary>
    private async Task<SpendingRecord?> PageAsync(IReadOnlyList<string> texts, SpendingPeriod period, int page, CancellationToken cancellationToken)
    {
        var question = new SpendingQuestion(new SpendingFilters(texts, [period]), "recipient", "transactions", RowsPerPage, page);
        SourceResponse answer = await PostAsync(Search, question, UsaSpendingJson.Default.SpendingQuestion, Refused, cancellationToken).ConfigureAwait(false);
        if (answer.Status != 200) return null;
        SpendingRecord rows = Read(answer, UsaSpendingJson.Default.SpendingRecord, SpendingRecord.Format);
        if (rows.Results is null) throw Malformed("has no results");
        // Sums over whole awards would look like income of the period.
        if (rows.SpendingLevel is { } level && level != question.SpendingLevel) throw Malformed($"sums up {level}, not transactions");
        return rows;
    }

    private Task<SourceResponse> PostAsync<T>(Uri url, T question, JsonTypeInfo<T> type, IReadOnlyCollection<int> expected, CancellationToken cancellationToken) =>
        context.Http.PostAsync(url, (JsonSerializer.SerializeToUtf8Bytes(question, type), "application/json"), MaximumBytes, cancellationToken, expected);

    private T Read<T>(SourceResponse answer, JsonTypeInfo<T> type, RecordFormat format)
        where T : class
    {
        format.Check(answer.Body, context.Audit);
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw Malformed("is empty");
        }
        catch (JsonException error)
        {
            throw Malformed("is not the expected JSON", error);
        }
    }

    private static SourceFailureException Malformed(string what, Exception? inner = null) =>
        new(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"The USAspending answer {what}; nothing of it was kept, the next run tries again."), inner);
}

/// <summary>Texts that nothing is known of after a search.</summary>
internal sealed class SearchGaps
{
    /// <summary>They fit more recipients than are read.</summary>
    public HashSet<string> TooCommon { get; } = new(StringComparer.Ordinal);

    /// <summary>Upstream does not search for them.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    public bool Has(string text) => TooCommon.Contains(text) || Refused.Contains(text);
}
