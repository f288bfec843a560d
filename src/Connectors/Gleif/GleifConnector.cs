using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gleif;

/// <summary>Reads a supplier's LEI record and its parents, or the reasons why there are none.</summary>
internal sealed class GleifConnector : IConnector
{
    private const long MaximumBytes = 4L << 20;

    private static readonly int[] Expected = [404];

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) =>
        SupplierSweep.RunRoundAsync(context, (supplier, token) => CheckAsync(context, supplier, token), cancellationToken);

    private static async Task<SourceUpdate> CheckAsync(FetchContext context, Supplier supplier, CancellationToken cancellationToken)
    {
        string lei = supplier.Identifier(IdentifierScheme.Lei);
        if (!LegalEntityIdentifier.Check(lei).IsValid)
            throw NotFound($"The lei of supplier '{supplier.Id}' is no LEI: it has 20 capitals and digits, and its check digits must fit. Correct it in the portfolio.");

        LeiAnswer? answer = await GetAsync(context, lei, "", GleifJson.Default.LeiAnswer, cancellationToken).ConfigureAwait(false);
        if (answer is null) throw NotFound($"GLEIF knows no LEI {lei} (supplier '{supplier.Id}'); look the company up at https://search.gleif.org and correct lei in the portfolio.");
        if (answer.Data is not { Attributes: { } record } data || record.Lei != lei) throw Malformed(lei, "is about another entity");

        context.Audit.CountRead();
        Parent direct = await ReadParentAsync(context, lei, "direct-parent", data, cancellationToken).ConfigureAwait(false);
        Parent ultimate = await ReadParentAsync(context, lei, "ultimate-parent", data, cancellationToken).ConfigureAwait(false);
        return GleifMapper.TryMap(supplier.Id, lei, record, direct, ultimate, context.ObservedAt, out ImmutableArray<Signal> signals, out string problem)
            ? new SupplierUpdate(supplier.Id) { Signals = [.. signals, .. record.Entity is { } entity ? GleifEvents.Map(supplier.Id, lei, entity, context.ObservedAt, context.Audit) : []], Complete = true }
            : throw Malformed(lei, problem);
    }

    /// <summary>The parent; without one the reason; 404 for both where the company reports nothing.</summary>
    private static async Task<Parent> ReadParentAsync(FetchContext context, string lei, string which, LeiData data, CancellationToken cancellationToken)
    {
        // The record's links say which of the two exists, which saves a request; without links both are asked.
        bool onlyException = data.Relationships?.GetValueOrDefault(which)?.Links is { } links && links.ContainsKey("reporting-exception") && !links.ContainsKey("lei-record");
        if (!onlyException && (await GetAsync(context, lei, "/" + which, GleifJson.Default.LeiAnswer, cancellationToken).ConfigureAwait(false))?.Data is { } parent)
            return parent.Attributes?.Lei is { } found && LegalEntityIdentifier.Check(found).IsValid ? new Parent(found, "") : throw Malformed(lei, $"has a {which} without an LEI");

        ExceptionAnswer? exception = await GetAsync(context, lei, $"/{which}-reporting-exception", GleifJson.Default.ExceptionAnswer, cancellationToken).ConfigureAwait(false);
        if (exception is null) return Parent.Unreported;
        return exception.Data?.Attributes?.Reason is { Length: > 0 and <= 100 } reason ? new Parent("", reason) : throw Malformed(lei, $"has a {which}-reporting-exception without a reason");
    }

    /// <summary>Null when the upstream says 404.</summary>
    private static async Task<T?> GetAsync<T>(FetchContext context, string lei, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri($"https://api.gleif.org/api/v1/lei-records/{lei}{path}"), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        if (answer.Status == 404) return null;
        // Of a parent only its LEI is of use here.
        if (path.Length == 0) GleifFormats.Record.Check(answer.Body, context.Audit);
        else if (typeof(T) == typeof(ExceptionAnswer)) GleifFormats.Exception.Check(answer.Body, context.Audit);
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw Malformed(lei, "is empty");
        }
        catch (JsonException error)
        {
            throw Malformed(lei, "is not the expected JSON", error);
        }
    }

    private static SourceFailureException NotFound(string message) => new(FailureKind.NotFound, message);

    private static SourceFailureException Malformed(string lei, string what, Exception? inner = null) =>
        new(FailureKind.Malformed, $"The GLEIF answer for {lei} {what}; nothing of it was kept, the next run tries again.", inner);
}
