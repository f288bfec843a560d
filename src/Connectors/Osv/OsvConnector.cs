using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Signals;

namespace Risk.Connectors.Osv;

/// <summary>Asks which vulnerabilities the portfolio's packages have, and reads those that changed. What is known and did not change is said again, so that what is missing is over.</summary>
internal sealed class OsvConnector : IConnector
{
    private const int QueriesPerBatch = 500;
    private const int MostPages = 100;
    private const long MaximumBytes = 32L << 20;
    private static readonly int[] Expected = [404];
    private static readonly Uri BatchAddress = new("https://api.osv.dev/v1/querybatch");

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var packages = new SupplierPackages(context.Suppliers);
        string portfolio = OsvCheckpoint.HashOf(context.Suppliers);
        OsvCheckpoint? before = OsvCheckpoint.Read(context.Checkpoint) is { } last && last.Portfolio == portfolio ? last : null;
        EventSignal[] known = [.. (await context.Known.OfFeedAsync(SharedFeeds.PackageAdvisory.Name, cancellationToken).ConfigureAwait(false)).Where(e => e.Source == context.Manifest.Id)];
        ILookup<string, EventSignal> knownById = known.ToLookup(e => e.Id[..^(e.Type.Length + 1)], StringComparer.Ordinal);
        Dictionary<string, string> found = await QueryAsync(context, packages, cancellationToken).ConfigureAwait(false);
        packages.ThrowIfShrunk(context, known, found.ContainsKey);
        var signals = new List<Signal>();
        int done = 0;
        foreach ((string id, string modified) in found.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            context.Progress(done++, found.Count, id);
            if (modified.Length > 0 && before?.Modified.GetValueOrDefault(id) == modified) signals.AddRange(knownById[id]);
            else if (await ReadAsync(context, id, cancellationToken).ConfigureAwait(false) is { IsWithdrawn: false } record) signals.AddRange(packages.Events(OsvMapper.Map(record), context.Manifest.Id, context.ObservedAt));
        }

        yield return new ListUpdate([]) { Signals = [.. signals], Complete = true, Checkpoint = new OsvCheckpoint(portfolio, found).ToString() };
    }

    /// <summary>Ids of the vulnerabilities of all packages, with the instant of their last modification.</summary>
    private static async Task<Dictionary<string, string>> QueryAsync(FetchContext context, SupplierPackages packages, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (PackageName[] some in packages.All.Chunk(QueriesPerBatch))
        {
            OsvQuery[] queries = [.. some.Select(p => new OsvQuery(new OsvPackage(p.Name, p.Ecosystem.Osv)))];
            for (int page = 0; queries.Length > 0; page++)
            {
                if (page == MostPages) throw Malformed("has no end: a hundred pages were read");
                queries = await AskAsync(context, queries, found, cancellationToken).ConfigureAwait(false);
            }
        }

        return found;
    }

    /// <returns>The queries that have more to say.</returns>
    private static async Task<OsvQuery[]> AskAsync(FetchContext context, OsvQuery[] queries, Dictionary<string, string> found, CancellationToken cancellationToken)
    {
        byte[] question = JsonSerializer.SerializeToUtf8Bytes(new OsvBatch(queries), OsvJson.Default.OsvBatch);
        SourceResponse answer = await context.Http.PostAsync(BatchAddress, (question, "application/json"), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        if (answer.Status == 404)
        {
            throw new SourceFailureException(
                FailureKind.NotFound,
                "OSV's question by POST (/v1/querybatch) was answered 404: a mirror that only holds files cannot answer it, and without it nobody knows which vulnerabilities a package has. What is known stays.");
        }

        using JsonDocument batch = BoundedJson.Parse(answer.Body, "OSV's answer");
        JsonElement[] results = [.. BoundedJson.Items(batch.RootElement, "results")];
        if (results.Length != queries.Length) throw Malformed($"has {results.Length} results for {queries.Length} questions");
        var more = new List<OsvQuery>();
        for (int i = 0; i < results.Length; i++)
        {
            foreach (JsonElement vulnerability in BoundedJson.Items(results[i], "vulns"))
            {
                if (BoundedJson.Text(vulnerability, "id") is { Length: > 0 } id) found[id] = BoundedJson.Text(vulnerability, "modified");
                else throw Malformed("names a vulnerability without an id");
            }

            if (BoundedJson.Text(results[i], "next_page_token") is { Length: > 0 } token) more.Add(queries[i] with { PageToken = token });
        }

        return [.. more];
    }

    /// <summary>Null where it was just taken down, or cannot be read; then it is counted.</summary>
    private static async Task<OsvRecord?> ReadAsync(FetchContext context, string id, CancellationToken cancellationToken)
    {
        SourceResponse answer = await context.Http.GetAsync(new Uri("https://api.osv.dev/v1/vulns/" + Uri.EscapeDataString(id)), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        context.Audit.CountRead();
        if (answer.Status == 404)
        {
            context.Audit.Reject(id, "listed for a package, but not there any more");
            return null;
        }

        using JsonDocument document = BoundedJson.Parse(answer.Body, id);
        OsvRecord.Format.Check(document.RootElement, context.Audit);
        if (OsvRecord.TryRead(document.RootElement, out OsvRecord? record, out string problem) && record.Id == id) return record;
        throw new SourceFailureException(FailureKind.Malformed, $"OSV's answer for {id} is not in its schema ({(problem.Length > 0 ? problem : "it is about another id")}); nothing of this run was kept, the next one tries again.");
    }

    private static SourceFailureException Malformed(string what) => new(FailureKind.Malformed, $"OSV's answer {what}; nothing of this run was kept, the next one asks again.");
}
