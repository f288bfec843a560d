using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Statuspage;

/// <summary>Reads each status page once: its newest incidents, and its summary, which also has older ones that are still open.</summary>
internal sealed class StatuspageConnector : IConnector
{
    private const long MaximumBytes = 8L << 20;

    /// <summary>So many incidents a page lists at most.</summary>
    private const int ListedAtMost = 50;
    private static readonly int[] Expected = [404];

    private static readonly RecordFormat Page = RecordFormat.Of("""
        page object optional
        page.id text
        page.name text
        page.url text
        page.time_zone text optional
        page.updated_at text
        status object optional
        status.indicator text
        status.description text
        components array optional
        incidents array
        scheduled_maintenances array optional
        """);

    // Not complete: that would withdraw incidents that only dropped off the list, and the uptime of earlier days.
    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ILookup<SupplierId, EventSignal> known = (await context.Known.OfFeedAsync(StatuspageModule.Feed, cancellationToken).ConfigureAwait(false))
            .Where(e => e.Source == context.Manifest.Id).ToLookup(e => e.Supplier);
        await foreach (SourceUpdate update in NameSweep.RunAsync(
            context,
            SweepPatience.HostEach,
            static supplier => HostOf(supplier.StatusPage),
            (host, token) => ReadAsync(context, host, token),
            (supplier, _, page) => new SupplierUpdate(supplier.Id) { Signals = StatuspageMapper.Map(supplier.Id, page, [.. known[supplier.Id]], context.ObservedAt) },
            cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    /// <summary>The page's host; what is no address of a host stays as it is written and fails by name.</summary>
    private static string HostOf(string page) => Uri.TryCreate(page, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.IsDefaultPort ? url.IdnHost.ToLowerInvariant() : page;

    private static async Task<StatuspageContent> ReadAsync(FetchContext context, string host, CancellationToken cancellationToken)
    {
        if (!DomainName.Check(host).IsValid) throw NotFound("The status_page in the portfolio is no address of a public page; write it as in https://status.example.com.");
        using JsonDocument? listed = await GetAsync(context, host, "incidents.json", cancellationToken).ConfigureAwait(false);
        if (listed is null) throw NotFound($"{host} is no page of Atlassian Statuspage (it has no /api/v2/incidents.json); correct status_page in the portfolio, or leave it empty.");
        using JsonDocument? summary = await GetAsync(context, host, "summary.json", cancellationToken).ConfigureAwait(false);
        JsonElement[] newest = Incidents(context, listed, host, "incidents.json");
        JsonElement[] open = summary is null ? [] : [.. Incidents(context, summary, host, "summary.json"), .. BoundedJson.Items(summary.RootElement, "scheduled_maintenances")];
        int unreadable = 0;
        var incidents = new Dictionary<string, StatuspageRecord>(StringComparer.Ordinal);
        foreach (JsonElement incident in (JsonElement[])[.. newest, .. open])
        {
            StatuspageRecord.Format.Check(incident, context.Audit);
            if (!StatuspageRecord.TryRead(incident, out string key, out StatuspageRecord? record, out string problem))
            {
                unreadable++;
                context.Audit.Reject(key.Length > 0 ? $"{host} {key}" : host, problem);
            }
            else if (!incidents.TryGetValue(record.Id, out StatuspageRecord? other) || other.UpdatedAt < record.UpdatedAt) incidents[record.Id] = record;
        }

        context.Audit.CountRead(newest.Length);
        if (newest.Length > 0 && !newest.Any(i => incidents.ContainsKey(BoundedJson.Text(i, "id"))))
            throw new SourceFailureException(FailureKind.Malformed, $"None of the incidents in /api/v2/incidents.json of {host} is in the format of Atlassian Statuspage; nothing was changed.");
        (string indicator, DateTimeOffset? updatedAt) = summary is null ? ("", null) : Indicator(summary.RootElement);
        return new StatuspageContent(host, indicator, updatedAt, [.. incidents.Values.OrderBy(i => i.StartedAt).ThenBy(i => i.Id, StringComparer.Ordinal)],
            newest.Length < ListedAtMost ? null : newest.Min(i => StatuspageRecord.At(i, "created_at")), unreadable, HasSummary: summary is not null);
    }

    private static JsonElement[] Incidents(FetchContext context, JsonDocument document, string host, string file)
    {
        JsonElement root = document.RootElement;
        if (OtherMaker(root) is { Length: > 0 } maker)
            throw NotFound($"{host} is a page of {maker}; only pages of Atlassian Statuspage, and such as answer in its format, can be read. Leave status_page in the portfolio empty.");
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("incidents", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            throw new SourceFailureException(FailureKind.Malformed, $"/api/v2/{file} of {host} has no list of incidents; nothing was changed.");
        Page.Check(root, context.Audit);
        return [.. list.EnumerateArray()];
    }

    /// <summary>Who made the page, by what only theirs have; "" where it may be Statuspage.</summary>
    private static string OtherMaker(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.TryGetProperty("incidents", out _)) return "";
        if (root.TryGetProperty("activeIncidents", out _) || (root.TryGetProperty("page", out JsonElement page) && BoundedJson.Text(page, "status").Length > 0)) return "Instatus";
        if (root.TryGetProperty("data", out _) && root.TryGetProperty("meta", out _)) return "Cachet";
        if (root.TryGetProperty("result", out JsonElement result) && result.ValueKind == JsonValueKind.Object && result.TryGetProperty("status_overall", out _)) return "Status.io";
        return root.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("attributes", out _) ? "Better Stack" : "";
    }

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
