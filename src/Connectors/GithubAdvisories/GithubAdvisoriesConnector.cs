using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.GithubAdvisories;

/// <summary>Asks for all advisories on the packages of the portfolio, of all ecosystems at once; answers that have not changed are not sent again.</summary>
internal sealed class GithubAdvisoriesConnector(string? token) : IConnector
{
    private const int RowsPerPage = 100;
    private const int PackagesPerQuestion = 50;
    private const int MostPages = 50;
    private const long MaximumBytes = 32L << 20;

    /// <summary>Malware is not told of unless it is asked for.</summary>
    private static readonly string[] Types = ["reviewed", "malware"];

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var packages = new SupplierPackages(context.Suppliers);
        var accepted = new List<Snapshot>();
        var records = new Dictionary<string, (GithubAdvisoriesRecord Record, Snapshot Page)>(StringComparer.Ordinal);
        int question = 0;
        foreach (string[] names in packages.All.Select(p => p.Name).Distinct(StringComparer.OrdinalIgnoreCase).Chunk(PackagesPerQuestion))
        {
            question++;
            foreach (string type in Types)
                await AskAsync(context, names, type, string.Create(CultureInfo.InvariantCulture, $"{type}-{question}"), records, accepted, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<EventSignal> known = await context.Known.OfFeedAsync(SharedFeeds.PackageAdvisory.Name, cancellationToken).ConfigureAwait(false);
        packages.ThrowIfShrunk(context, known.Where(e => e.Source == context.Manifest.Id), records.ContainsKey);
        yield return new ListUpdate([.. accepted])
        {
            Signals =
            [
                .. records.Values.Where(r => !r.Record.IsWithdrawn)
                    .SelectMany(r => packages.Events(GithubAdvisoriesMapper.Map(r.Record), context.Manifest.Id, context.ObservedAt, r.Page)),
            ],
            Complete = true,
        };
    }

    /// <summary>Newest first, page by page: each goes on at the publication of the last row, so that its address, and with it the answer kept here, stays the same while nothing is published.</summary>
    private async Task AskAsync(
        FetchContext context, string[] names, string type, string name, Dictionary<string, (GithubAdvisoriesRecord, Snapshot)> records, List<Snapshot> accepted, CancellationToken cancellationToken)
    {
        string affects = string.Join(',', names.Select(Uri.EscapeDataString));
        string address = $"https://api.github.com/advisories?type={type}&affects={affects}&sort=published&direction=desc&per_page={RowsPerPage}";
        string before = "";
        for (int page = 1; page <= MostPages; page++)
        {
            string part = string.Create(CultureInfo.InvariantCulture, $"{name}-page-{page}.json");
            Download download = await context.Snapshots.GetAsync(part, new Uri(address + before), MaximumBytes, cancellationToken, Headers()).ConfigureAwait(false);
            var rows = ImmutableArray.CreateBuilder<GithubAdvisoriesRecord>();
            long count = context.Snapshots.Read(download, snapshot => Read(context.Audit, snapshot, rows));
            Snapshot kept = await context.Snapshots.AcceptAnswerAsync(download, count, SupplierPackages.MaximumShrink, cancellationToken).ConfigureAwait(false);
            accepted.Add(kept);
            bool isNew = false;
            foreach (GithubAdvisoriesRecord record in rows) isNew |= records.TryAdd(record.GhsaId, (record, kept));
            if (count < RowsPerPage || rows.Count == 0 || (page > 1 && !isNew)) return;
            before = "&published=" + Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"<={rows.Min(r => r.PublishedAt).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
        }

        throw new SourceFailureException(FailureKind.Malformed, $"GitHub's list of advisories has no end: {MostPages} pages were read. Nothing of it was kept.");
    }

    private static long Read(FetchAudit audit, Snapshot snapshot, ImmutableArray<GithubAdvisoriesRecord>.Builder into)
    {
        using JsonDocument page = BoundedJson.Parse(File.ReadAllBytes(snapshot.File), snapshot.Part);
        if (page.RootElement.ValueKind != JsonValueKind.Array) throw new SourceFailureException(FailureKind.Malformed, $"{snapshot.Part} is no JSON array.");
        var rows = new ListRows(audit, "advisories");
        foreach (JsonElement advisory in page.RootElement.EnumerateArray())
        {
            GithubAdvisoriesRecord.Format.Check(advisory, audit);
            if (GithubAdvisoriesRecord.TryRead(advisory, out string key, out GithubAdvisoriesRecord? record, out string problem)) into.Add(record);
            rows.Add(key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"advisory {rows.Count + 1}"), record is null ? problem : null);
        }

        return rows.Whole();
    }

    private Dictionary<string, string> Headers()
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Accept"] = "application/vnd.github+json", ["X-GitHub-Api-Version"] = "2022-11-28" };
        if (token is not null) headers.Add("Authorization", "Bearer " + token);
        return headers;
    }
}
