using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SslLabs;

/// <summary>
/// Reads finished assessments and lets SSL Labs begin those that are missing, never more than it allows. It waits for none: what is not ready is left for the next run,
/// an hour later.
/// </summary>
/// <param name="email">Registered with Qualys: version 4 of the service. "": version 3.</param>
internal sealed class SslLabsConnector(string email) : IConnector
{
    private const long MaximumBytes = 4L << 20;

    /// <summary>An assessment may be a week old.</summary>
    private const string Question = "fromCache=on&maxAge=168&all=done";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(15);

    /// <summary>Statuses that ask for a longer pause than a retry makes, and how long.</summary>
    private static readonly ImmutableDictionary<int, TimeSpan> Pauses =
        new Dictionary<int, TimeSpan> { [429] = TimeSpan.FromMinutes(30), [503] = TimeSpan.FromMinutes(15), [529] = TimeSpan.FromMinutes(30) }.ToImmutableDictionary();

    private readonly string root = $"https://api.ssllabs.com/api/{(email.Length > 0 ? "v4" : "v3")}/";
    private readonly Dictionary<string, string>? headers = email.Length > 0 ? new(StringComparer.Ordinal) { ["email"] = email } : null;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ILookup<string, Supplier> suppliers = context.Suppliers.OrderBy(s => s.Id)
            .Where(s => DomainName.Check(s.Identifier(IdentifierScheme.Domain)).IsValid).ToLookup(s => s.Identifier(IdentifierScheme.Domain), StringComparer.Ordinal);
        SslLabsCheckpoint left = SslLabsCheckpoint.Of(context.Checkpoint, context.ObservedAt, suppliers.Select(s => s.Key));
        if (left.Pending.IsEmpty) yield break;
        SslLabsCapacity capacity = await CapacityAsync(context, cancellationToken).ConfigureAwait(false);
        long free = capacity.MaxAssessments - capacity.CurrentAssessments;
        int done = 0;
        foreach (string domain in left.Pending)
        {
            context.Progress(done++, left.Pending.Count, domain);
            if (free <= 0) break;
            (SslLabsRecord? record, SourceFailureException? failure) = await ReadAsync(context, domain, cancellationToken).ConfigureAwait(false);
            if (record is { State: SslLabsState.Running }) free--;
            else left = left with { Pending = left.Pending.Remove(domain) };
            SourceFailureException? gap = failure ?? Gap(domain, record!);
            foreach (Supplier supplier in suppliers[domain])
            {
                yield return new SupplierUpdate(supplier.Id)
                {
                    // Not complete: what could not be assessed now is not undone, and the readings of earlier weeks are what the next ones are compared with.
                    Signals = gap is null ? SslLabsMapper.Map(supplier.Id, domain, record!, context.ObservedAt) : [],
                    Gap = gap,
                    Checkpoint = left.ToString(),
                };
            }
        }

        context.Progress(done, done, "");
    }

    /// <summary>Why the assessment says nothing about the supplier yet, or null when it does.</summary>
    private static SourceFailureException? Gap(string domain, SslLabsRecord record) => record.State switch
    {
        SslLabsState.Running => new SourceFailureException(FailureKind.Timeout, $"SSL Labs is still assessing {domain}; it is read at the next run.", retryAfter: LookAgainAfter),
        SslLabsState.Error => new SourceFailureException(FailureKind.NotFound, $"SSL Labs cannot assess {domain} ({record.StatusMessage}); check the domain in the portfolio."),
        _ when !SslLabsMapper.Graded(record).Any() =>
            new SourceFailureException(FailureKind.NotFound, $"SSL Labs reached no endpoint of {domain}{(record.Endpoints.IsEmpty ? "" : $" ({record.Endpoints[0].StatusMessage})")}; that is no finding."),
        _ => null,
    };

    private async Task<SslLabsCapacity> CapacityAsync(FetchContext context, CancellationToken cancellationToken)
    {
        using JsonDocument info = await GetAsync(context, "info", "info", cancellationToken).ConfigureAwait(false);
        SslLabsCapacity capacity = SslLabsRecord.ReadCapacity(info.RootElement) ?? throw new SourceFailureException(FailureKind.Malformed, "The answer of SSL Labs about its capacity names no maxAssessments; nothing was asked.");
        if (capacity.CoolOff > SslLabsModule.Spacing)
        {
            throw Busy(string.Create(
                CultureInfo.InvariantCulture, $"SSL Labs asks for {capacity.CoolOff.TotalSeconds:0} s between new assessments, longer than the {SslLabsModule.Spacing.TotalSeconds:0} s kept here; nothing was asked."), LookAgainAfter);
        }

        if (capacity.MaxAssessments == 0) throw Busy("SSL Labs allows no new assessments now; nothing was asked.", LookAgainAfter);
        return capacity.CurrentAssessments < capacity.MaxAssessments ? capacity : throw Busy("SSL Labs already runs as many assessments for this address as it allows; nothing was asked.", LookAgainAfter);
    }

    /// <summary>The record, or why this domain alone could not be read.</summary>
    private async Task<(SslLabsRecord?, SourceFailureException?)> ReadAsync(FetchContext context, string domain, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument host = await GetAsync(context, $"analyze?host={domain}&{Question}", domain, cancellationToken).ConfigureAwait(false);
            context.Audit.CountRead();
            SslLabsRecord.Format.Check(host.RootElement, context.Audit);
            return SslLabsRecord.TryRead(host.RootElement, domain, out SslLabsRecord? record, out string problem)
                ? (record, null)
                : (null, new SourceFailureException(FailureKind.Malformed, $"The answer of SSL Labs {problem}; nothing of it was kept."));
        }
        catch (SourceFailureException failure) when (failure.Kind is FailureKind.Malformed or FailureKind.TooLarge or FailureKind.NotFound)
        {
            return (null, failure);
        }
    }

    private async Task<JsonDocument> GetAsync(FetchContext context, string path, string about, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri(root + path), MaximumBytes, cancellationToken, [400, .. Pauses.Keys], headers).ConfigureAwait(false);
        if (Pauses.TryGetValue(answer.Status, out TimeSpan pause))
            throw Busy(string.Create(CultureInfo.InvariantCulture, $"SSL Labs answered {answer.Status} for {about}: it wants a pause of {pause.TotalMinutes:0} minutes."), pause);
        JsonDocument document = BoundedJson.Parse(answer.Body, $"The answer of SSL Labs for {about}");
        if (answer.Status == 200) return document;
        using (document)
        {
            JsonElement first = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("errors", out JsonElement errors)
                && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 ? errors[0] : default;
            string said = first.ValueKind == JsonValueKind.Object ? Observation.Line($"{BoundedJson.Text(first, "field")} {BoundedJson.Text(first, "message")}", 200) : "no reason given";
            throw new SourceFailureException(FailureKind.NotFound, $"SSL Labs does not take {about} ({said}); check the domain in the portfolio.");
        }
    }

    private static SourceFailureException Busy(string message, TimeSpan retryAfter) => new(FailureKind.RateLimited, message, retryAfter: retryAfter);
}
