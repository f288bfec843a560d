using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.UsaSpending;

/// <summary>Finds each supplier among the recipients, and asks for three years' totals of those it finds.</summary>
internal sealed class UsaSpendingConnector : IConnector
{
    private const long MaximumBytes = 4L << 20;
    private const int MostRecipients = 50;

    /// <summary>The portfolio's own column, where it has one: the number that replaced the D-U-N-S number.</summary>
    private const string UeiColumn = "uei";

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) =>
        SupplierSweep.RunAsync(context, (supplier, token) => CheckAsync(context, supplier, token), cancellationToken);

    private static async Task<SourceUpdate> CheckAsync(FetchContext context, Supplier supplier, CancellationToken cancellationToken)
    {
        string uei = supplier.Attributes.GetValueOrDefault(UeiColumn, "").Trim().ToUpperInvariant(), duns = supplier.Identifier(IdentifierScheme.Duns);
        // Names of companies elsewhere would mostly find namesakes; nothing is asked for them.
        string asked = uei.Length > 0 ? uei : duns.Length > 0 ? duns : supplier.Country == "US" ? supplier.Name : "";
        if (asked.Length == 0) return Nothing(supplier);
        var question = new RecipientQuestion(asked, "all", "amount", "desc", MostRecipients, 1);
        SourceResponse answer = await context.Http.PostAsync(
            new Uri("https://api.usaspending.gov/api/v2/recipient/"), (JsonSerializer.SerializeToUtf8Bytes(question, UsaSpendingJson.Default.RecipientQuestion), "application/json"), MaximumBytes, cancellationToken).ConfigureAwait(false);
        RecipientListRecord list = Read(answer, UsaSpendingJson.Default.RecipientListRecord, supplier);
        if (list.Results is null) throw Malformed(supplier, "has no results");
        context.Audit.CountRead(list.Results.Count);
        if (RecipientChoice.Of(supplier, uei, list.Results.OfType<RecipientRecord>(), out string by) is not { } id) return Nothing(supplier);

        // The year that is over: it begins in October.
        int year = context.ObservedAt.AddMonths(3).Year - 1;
        RecipientProfileRecord latest = await ProfileAsync(context, supplier, id, "latest", cancellationToken).ConfigureAwait(false);
        double last = await TotalAsync(context, supplier, id, year, cancellationToken).ConfigureAwait(false), before = await TotalAsync(context, supplier, id, year - 1, cancellationToken).ConfigureAwait(false);
        return new SupplierUpdate(supplier.Id) { Signals = [.. UsaSpendingMapper.Map(supplier.Id, latest, id, by, year, last, before, context.ObservedAt)] };
    }

    private static SupplierUpdate Nothing(Supplier supplier) => new(supplier.Id) { Signals = [] };

    private static async Task<double> TotalAsync(FetchContext context, Supplier supplier, string id, int year, CancellationToken cancellationToken) =>
        (await ProfileAsync(context, supplier, id, year.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false)).TotalTransactionAmount!.Value;

    private static async Task<RecipientProfileRecord> ProfileAsync(FetchContext context, Supplier supplier, string id, string year, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri($"https://api.usaspending.gov/api/v2/recipient/{id}/?year={year}"), MaximumBytes, cancellationToken).ConfigureAwait(false);
        RecipientProfileRecord profile = Read(answer, UsaSpendingJson.Default.RecipientProfileRecord, supplier);
        if (profile.RecipientId is { } told && !told.StartsWith(id[..^2], StringComparison.Ordinal)) throw Malformed(supplier, "is about another recipient");
        if (profile.TotalTransactionAmount is not { } amount || !double.IsFinite(amount)) throw Malformed(supplier, "states no total_transaction_amount");
        return profile;
    }

    private static T Read<T>(SourceResponse answer, JsonTypeInfo<T> type, Supplier supplier)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw Malformed(supplier, "is empty");
        }
        catch (JsonException error)
        {
            throw Malformed(supplier, "is not the expected JSON", error);
        }
    }

    private static SourceFailureException Malformed(Supplier supplier, string what, Exception? inner = null) =>
        new(FailureKind.Malformed, $"The USAspending answer for supplier '{supplier.Id}' {what}; nothing of it was kept, the next run tries again.", inner);
}
