using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Courts;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CourtListener;

/// <summary>Asks for a few suppliers at each run, going round the portfolio.</summary>
internal sealed class CourtListenerConnector(CourtListenerOptions options) : IConnector
{
    private const long MaximumBytes = 16L << 20;

    /// <summary>What a token may ask within an hour.</summary>
    private const int MostAsked = 50;

    /// <summary>Older cases are history; the newest come first, and one page of them is read.</summary>
    private const int Years = 3;

    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal) { ["Authorization"] = "Token " + options.Token };

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Supplier[] asked = [.. context.Suppliers.Where(s => s.Country is "US" or "").OrderBy(s => s.Id)];
        // From where the last run ended, and on from the first.
        int first = Array.FindIndex(asked, s => string.CompareOrdinal(s.Id.Value, context.Checkpoint ?? "") > 0);
        Supplier[] turn = [.. asked.Skip(Math.Max(first, 0)).Concat(asked.Take(Math.Max(first, 0))).Take(MostAsked)];
        for (int i = 0; i < turn.Length; i++)
        {
            context.Progress(i, turn.Length, turn[i].Name);
            SourceUpdate update;
            try
            {
                update = await CheckAsync(context, turn[i], cancellationToken).ConfigureAwait(false);
            }
            catch (SourceFailureException failure) when (failure.Kind is FailureKind.Malformed or FailureKind.TooLarge or FailureKind.Truncated)
            {
                update = new SupplierFailure(turn[i].Id, failure) { Signals = [] };
            }

            yield return update;
        }
    }

    private async Task<SourceUpdate> CheckAsync(FetchContext context, Supplier supplier, CancellationToken cancellationToken)
    {
        string phrase = "caseName:\"" + supplier.Name.Replace("\"", " ", StringComparison.Ordinal).Replace("\\", " ", StringComparison.Ordinal) + "\"";
        var url = new Uri(string.Create(
            CultureInfo.InvariantCulture, $"https://www.courtlistener.com/api/rest/v4/search/?q={Uri.EscapeDataString(phrase)}&type=r&order_by=dateFiled%20desc&filed_after={context.ObservedAt.AddYears(-Years):yyyy-MM-dd}"));
        SourceResponse answer = await context.Http.GetAsync(url, MaximumBytes, cancellationToken, headers: headers).ConfigureAwait(false);
        using JsonDocument document = BoundedJson.Parse(answer.Body, $"the CourtListener answer for '{supplier.Id}'");
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("results", out JsonElement results) || results.ValueKind != JsonValueKind.Array)
            throw new SourceFailureException(FailureKind.Malformed, $"The CourtListener answer for '{supplier.Id}' has no results; nothing of it was kept, its next turn tries again.");
        var cases = new List<CourtCase>();
        foreach (JsonElement result in results.EnumerateArray())
        {
            context.Audit.CountRead();
            if (!CourtListenerRecord.TryRead(result, out string key, out CourtListenerRecord? record, out string problem)) context.Audit.Reject(key, problem);
            else if (CourtListenerMapper.Map(record) is { } found) cases.Add(found);
        }

        var matches = CourtScreener.Match(cases, [supplier], cancellationToken);
        return new SupplierUpdate(supplier.Id) { Signals = [.. matches.Select(m => CourtEvents.Of(m, context.Manifest.Id, context.ObservedAt))], Checkpoint = supplier.Id.Value };
    }
}
