using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Risk.Rules.Alerts;
using Risk.Testing;
using Risk.Worker.Cli;
using Risk.Worker.Cli.Commands;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Hosting;

/// <summary>A workspace, its store, and everything around the worker on loopback: one upstream list (CISA's catalogue), a mail server, a webhook receiver.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    public const string Catalogue = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";

    /// <summary>Longer than every retry's wait, shorter than every deadline: retries just happen, deadlines never do.</summary>
    private static readonly TimeSpan RetriesOnly = TimeSpan.FromSeconds(20);

    private Workbench(UpstreamStub upstream, WebhookSink hooks)
    {
        Upstream = upstream;
        Hooks = hooks;
        Folder = Directory.CreateTempSubdirectory("risk-bench-").FullName;
        Settings = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Risk:Workspace"] = Folder,
            ["Risk:Upstreams:Mirror"] = upstream.Mirror.AbsoluteUri,
            ["Risk:Upstreams:Contact"] = "risk@buyer.example",
            ["Risk:Sources:Enabled"] = "cisa-kev",
        };
    }

    public string Folder { get; }

    public UpstreamStub Upstream { get; }

    public SmtpSink Smtp { get; } = new();

    public WebhookSink Hooks { get; }

    /// <summary>Settings as configuration keys (<c>Risk:Store</c>).</summary>
    public Dictionary<string, string?> Settings { get; }

    /// <summary>The instant of the next run.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 8, 3, 6, 0, 0, TimeSpan.Zero);

    public static async Task<Workbench> StartAsync()
    {
        var bench = new Workbench(await UpstreamStub.StartAsync(), await WebhookSink.StartAsync());
        bench.Write("suppliers.csv", Suppliers(4));
        bench.Write("rules/pack.yaml", Rules);
        bench.Write("scoring.yaml", SourceScoring);
        bench.Write("routing.yaml", bench.Routing());
        bench.ServeVulnerabilities(1, 2);
        return bench;
    }

    /// <summary>Suppliers S-1, S-2 ... whose vendor names are those of the catalogue's entries 1, 2 ...</summary>
    public static string Suppliers(int count)
    {
        var csv = new StringBuilder("id,name,country,tier,owner\n");
        for (int i = 1; i <= count; i++) csv.Append(CultureInfo.InvariantCulture, $"S-{i},Vendor{i} Ltd,DE,2,owner{i}@buyer.example\n");
        return csv.ToString();
    }

    /// <summary>A source of the workspace's own, <c>api.example.org/ID</c>: rows of <c>id</c> and <c>score</c>, the score as the metric of the source's name.</summary>
    public static string Source(string id, string every = "1d", string more = "") => $$"""
        schema: source/1
        id: {{id}}
        title: Scores
        publisher: Example
        terms: none
        format: json
        ask: once
        url: https://api.example.org/{{id}}
        every: {{every}}
        limit: {requests: 100, per: 1s}
        fields: {id: string, score: double}
        join: {id: row.id}
        gives: [{metric: {{id.Replace('-', '_')}}, range: [0, 100], max_age: 30d, value: row.score, at: now}]
        {{more}}
        """;

    public void Write(string file, string text)
    {
        string path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Serves a catalogue with one vulnerability for each of these vendors, and entries of strangers that never change.</summary>
    public void ServeVulnerabilities(params int[] vendors) => Upstream.Serve(Catalogue, CatalogueOf(vendors));

    public static string CatalogueOf(IReadOnlyCollection<int> vendors, int strangers = 100)
    {
        IEnumerable<string> entries = vendors.Select(v => Entry(v, $"Vendor{v}")).Concat(Enumerable.Range(5000, strangers).Select(n => Entry(n, $"Stranger{n}")));
        return FormattableString.Invariant(
            $$"""{"title": "Catalog", "catalogVersion": "1", "dateReleased": "2026-08-01T15:00:00Z", "count": {{vendors.Count + strangers}}, "vulnerabilities": [{{string.Join(',', entries)}}]}""");
    }

    /// <summary>One pass as <c>risk run --once</c> makes it, at <see cref="Now"/>.</summary>
    /// <param name="isHurried">Deadlines pass at once too.</param>
    public async Task<RunOutcome> RunAsync(bool isHurried = false)
    {
        await using RiskApplication application = await OpenAsync(isHurried);
        using WorkerLock taken = WorkerLock.Take(application.Options);
        RuleBook book = await PortfolioSync.ImportAsync(application, Silent, static _ => { }, CancellationToken.None);
        return await RunCommand.RunOnceAsync(application, book, Silent, CancellationToken.None);
    }

    public Task<RiskApplication> OpenAsync(bool isHurried = false) => RiskApplication.OpenAsync(
        new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(), CancellationToken.None, new HurriedTimeProvider(Now, isHurried ? null : RetriesOnly));

    /// <summary>What the store holds.</summary>
    public async Task<T> ReadAsync<T>(Func<IStoreSession, Task<T>> read)
    {
        await using RiskApplication application = await OpenAsync();
        await using IStoreSession session = await application.Store.ReadAsync(CancellationToken.None);
        return await read(session);
    }

    /// <summary>Firing alerts of the kind, as <c>supplier rule key</c>.</summary>
    public async Task<string[]> FiringAsync(string kind = AlertKind.Risk) =>
    [
        .. (await ReadAsync(s => s.Alerts.ListAsync(resolved: false, CancellationToken.None))).Where(a => a.Kind == kind)
            .Select(a => $"{a.Supplier} {a.Rule} {a.Key}".Trim()).Order(StringComparer.Ordinal),
    ];

    public string Routing(string more = "") => $$"""
        schema: routing/1
        global: {smtp_smarthost: "127.0.0.1:{{Smtp.Port}}", smtp_from: risk@buyer.example, smtp_require_tls: false, webhook_allow: [127.0.0.0/8]}
        route:
          receiver: owners
          group_by: [supplier]
          group_wait: 1m
          group_interval: 5m
          repeat_interval: 30d
          routes:
            - {matchers: ['kind="system"'], receiver: platform, group_by: [rule, key]}
        receivers:
          - {name: owners, email_configs: [{to: "{supplier.owner}", fallback_to: risk@buyer.example, send_resolved: true}]}
          - {name: platform, webhook_configs: [{url: "{{Hooks.Url}}platform", send_resolved: true}]}
        {{more}}
        """ + "\n";

    public async ValueTask DisposeAsync()
    {
        await Smtp.DisposeAsync();
        await Hooks.DisposeAsync();
        await Upstream.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Entry(int number, string vendor) => FormattableString.Invariant(
        $$"""{"cveID": "CVE-2026-{{number:0000}}", "vendorProject": "{{vendor}}", "product": "Gateway", "vulnerabilityName": "Test", "dateAdded": "2026-07-15", "shortDescription": "Made up.", "requiredAction": "Update.", "dueDate": "2026-09-15", "knownRansomwareCampaignUse": "Unknown"}""");

    private static CommandOutput Silent { get; } = new(TextWriter.Null, TextWriter.Null, isTerminal: false, json: true);

    public const string Rules = """
        schema: rules/1
        pack: bench
        version: 1
        owner: risk-team
        rules:
          - id: B-KEV
            title: Attackers use a vulnerability
            category: security
            severity: high
            each: {in: events.known_exploited, as: e, key: e.id}
            when: e.severity >= 2
            points: 40
            max_points: 40
            message: "{supplier.name}: {e.title}"
        """ + "\n";

    private const string SourceScoring = """
        schema: scoring/1
        categories:
          security: {weight: 1, cap: 100}
        worst_category_share: 0.8
        bands:
          margin: 3
          edges: [{low: 0}, {guarded: 25}, {elevated: 45}, {high: 65}, {critical: 85}]
        """ + "\n";
}
