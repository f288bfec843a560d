using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Statuspage;

/// <summary>Reads each status page once: its newest incidents, and its summary, which also has older ones that are still open.</summary>
internal sealed class StatuspageConnector : IConnector
{
    private const long MaximumBytes = 8L << 20;

    /// <summary>So many incidents a page lists at most.</summary>
    private const int ListedAtMost = 50;
    private static readonly int[] Expected = [404];

    // Not complete: that would withdraw incidents that only dropped off the list, and the uptime of earlier days.
    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) => NameSweep.RunAsync(
        context,
        SweepPatience.HostEach,
        static supplier => HostOf(supplier.StatusPage),
        (host, token) => ReadAsync(context, host, token),
        (supplier, _, page) => new SupplierUpdate(supplier.Id) { Signals = StatuspageMapper.Map(supplier.Id, page, context.ObservedAt) },
        cancellationToken);

    /// <summary>The page's host; what is no address of a host stays as it is written and fails by name.</summary>
    private static string HostOf(string page) => Uri.TryCreate(page, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.IsDefaultPort ? url.IdnHost.ToLowerInvariant() : page;

    private static async Task<StatuspageContent> ReadAsync(FetchContext context, string host, CancellationToken cancellationToken)
    {
        if (!DomainName.Check(host).IsValid) throw NotFound("The status_page in the portfolio is no address of a public page; write it as in https://status.example.com.");
        using JsonDocument? listed = await GetAsync(context, host, "incidents.json", cancellationToken).ConfigureAwait(false);
        if (listed is null) throw NotFound($"{host} is no page of Atlassian Statuspage (it has no /api/v2/incidents.json); correct status_page in the portfolio, or leave it empty.");
        using JsonDocument? summary = await GetAsync(context, host, "summary.json", cancellationToken).ConfigureAwait(false);
        JsonElement[] newest = Incidents(listed, host, "incidents.json");
        int unreadable = 0;
        var incidents = new Dictionary<string, StatuspageRecord>(StringComparer.Ordinal);
        foreach (JsonElement incident in (JsonElement[])[.. newest, .. summary is null ? [] : Incidents(summary, host, "summary.json")])
        {
            if (!StatuspageRecord.TryRead(incident, out string key, out StatuspageRecord? record, out string problem))
            {
                unreadable++;
                context.Audit.Reject(key.Length > 0 ? $"{host} {key}" : host, problem);
            }
            else if (!incidents.TryGetValue(record.Id, out StatuspageRecord? other) || other.UpdatedAt < record.UpdatedAt) incidents[record.Id] = record;
        }

        context.Audit.CountRead(newest.Length);
        (string indicator, DateTimeOffset? updatedAt) = summary is null ? ("", null) : Indicator(summary.RootElement);
        return new StatuspageContent(host, indicator, updatedAt, [.. incidents.Values.OrderBy(i => i.StartedAt).ThenBy(i => i.Id, StringComparer.Ordinal)],
            newest.Length < ListedAtMost ? null : newest.Min(i => StatuspageRecord.At(i, "created_at")), unreadable);
    }

    private static JsonElement[] Incidents(JsonDocument document, string host, string file) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("incidents", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray()]
            : throw new SourceFailureException(FailureKind.Malformed, $"/api/v2/{file} of {host} has no list of incidents; nothing was changed.");

    private static (string, DateTimeOffset?) Indicator(JsonElement summary)
    {
        string indicator = summary.TryGetProperty("status", out JsonElement status) ? BoundedJson.Text(status, "indicator") : "";
        return indicator is "none" or "minor" or "major" or "critical" or "maintenance"
            ? (indicator, summary.TryGetProperty("page", out JsonElement page) ? StatuspageRecord.At(page, "updated_at") : null) : ("", null);
    }

    /// <summary>Null when the page has no such file.</summary>
    private static async Task<JsonDocument?> GetAsync(FetchContext context, string host, string file, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri($"https://{host}/api/v2/{file}"), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        return answer.Status == 404 ? null : BoundedJson.Parse(answer.Body, $"/api/v2/{file} of {host}");
    }

    private static SourceFailureException NotFound(string message) => new(FailureKind.NotFound, message);
}
