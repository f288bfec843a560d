using System.Collections.Immutable;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Testing;

/// <summary>Runs one connector the way the worker does, against a stub, keeping checkpoint and last-good snapshots between runs.</summary>
/// <remarks>Retries wait no real time, and rate limits let everything through.</remarks>
public sealed class ConnectorKit : ISnapshotCatalog, IDisposable
{
    private readonly IConnectorModule module;
    private readonly Uri? mirror;
    private readonly HttpMessageHandler handler = SourceHttp.CreateHandler();
    private readonly HostLimiters limiters = new(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1000, QueueLimit = 1000 }));
    private readonly Dictionary<string, Snapshot> lastGood = new(StringComparer.Ordinal);
    private readonly Dictionary<(SupplierId, string), DateTimeOffset> firstSeen = [];

    /// <param name="stub">Answers for the upstreams; null for sources that read files only.</param>
    public ConnectorKit(IConnectorModule module, UpstreamStub? stub = null)
        : this(module, stub?.Mirror)
    {
    }

    public ConnectorKit(IConnectorModule module, Uri? mirror)
    {
        this.module = module;
        this.mirror = mirror;
        Folder = Directory.CreateTempSubdirectory("risk-kit-").FullName;
    }

    /// <summary>Workspace and snapshots live here until the kit is disposed.</summary>
    public string Folder { get; }

    /// <summary>The instant of the next run; also where its clock starts.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);

    /// <summary>Handed to the next run; moves on with every update that carries one.</summary>
    public string? Checkpoint { get; set; }

    /// <summary>The section <c>Risk:Sources:ID</c>, by option name (<c>Nested:Name</c> for nested ones).</summary>
    public Dictionary<string, string?> Options { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Metrics that the workspace's catalog gives to the source.</summary>
    public List<MetricDefinition> OwnMetrics { get; } = [];

    /// <summary>Whether the next run takes lists that are shorter than the last good ones allow.</summary>
    public bool AcceptsShorter { get; set; }

    /// <summary>What is in the store already, of whatever source.</summary>
    public List<EventSignal> InForce { get; } = [];

    public string Contact { get; set; } = "risk-team@example.com";

    /// <summary>Accepted snapshots by part.</summary>
    public IReadOnlyDictionary<string, Snapshot> LastGood => lastGood;

    /// <summary>Runs to the end or to the failure. What was yielded before a failure is kept, as in the worker.</summary>
    public async Task<ConnectorRun> RunAsync(IReadOnlyList<Supplier> suppliers, CancellationToken cancellationToken = default)
    {
        var audit = new FetchAudit();
        var updates = new List<SourceUpdate>();
        SourceFailureException? failure = null;
        try
        {
            IConnector connector = module.Create(Section());
            await foreach (SourceUpdate update in connector.FetchAsync(Context(suppliers, audit), cancellationToken))
            {
                updates.Add(update is PartyListUpdate parties ? parties with { Signals = [.. Screen(parties, suppliers)] } : update);
                Checkpoint = update.Checkpoint ?? Checkpoint;
                foreach (Snapshot snapshot in (update as ListUpdate)?.Accepted ?? (update as PartyListUpdate)?.Accepted ?? []) lastGood[snapshot.Part] = snapshot;
            }
        }
        catch (SourceFailureException e)
        {
            failure = e;
        }

        return new ConnectorRun(updates, audit, failure);
    }

    public Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken) => Task.FromResult(lastGood.GetValueOrDefault(part));

    public void Dispose()
    {
        handler.Dispose();
        limiters.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The events of a list of parties, as the worker makes them where nothing was decided.</summary>
    private IEnumerable<EventSignal> Screen(PartyListUpdate list, IReadOnlyList<Supplier> suppliers)
    {
        ImmutableArray<ListMatch> matches = new ListScreener(list.Entries).Screen(suppliers, CancellationToken.None);
        foreach ((SupplierId, string) gone in firstSeen.Keys.Except(matches.Select(Key)).ToArray()) firstSeen.Remove(gone);
        foreach (ListMatch match in matches)
        {
            firstSeen.TryAdd(Key(match), Now);
            yield return ListEvents.Of(match, list.Accepted[0], firstSeen[Key(match)], Now);
        }

        static (SupplierId, string) Key(ListMatch match) => (match.Supplier, match.Entry.Id);
    }

    private IConfigurationSection Section()
    {
        string path = "Risk:Sources:" + module.Manifest.Id.Value;
        return new ConfigurationBuilder().AddInMemoryCollection(Options.Select(o => KeyValuePair.Create($"{path}:{o.Key}", o.Value))).Build().GetSection(path);
    }

    private FetchContext Context(IReadOnlyList<Supplier> suppliers, FetchAudit audit)
    {
        SourceManifest manifest = module.Manifest;
        var clock = new HurriedTimeProvider(Now);
        var patience = new HttpPatience { Header = TimeSpan.FromMinutes(10), Idle = TimeSpan.FromMinutes(10), ThroughputGrace = TimeSpan.FromDays(1) };
        var http = new SourceHttp(manifest, new UpstreamOptions(mirror, Contact), limiters, clock, handler, patience);
        return new FetchContext
        {
            Manifest = manifest,
            Metrics = [.. manifest.Metrics, .. OwnMetrics],
            Suppliers = [.. suppliers.Where(s => manifest.NeedsIdentifier is not { } scheme || s.Identifiers.ContainsKey(scheme))],
            ObservedAt = Now,
            Checkpoint = Checkpoint,
            Http = http,
            Snapshots = new SnapshotDownloads(manifest, http, this, Path.Combine(Folder, "snapshots"), Now) { AcceptsShorter = AcceptsShorter },
            Audit = audit,
            Workspace = Folder,
            EventsInForce = (feed, _) => Task.FromResult<IReadOnlyList<EventSignal>>([.. InForce.Where(e => e.Name == feed)]),
        };
    }
}

/// <summary>What a run gave.</summary>
/// <param name="Failure">Why the source as a whole failed, or null.</param>
public sealed record ConnectorRun(IReadOnlyList<SourceUpdate> Updates, FetchAudit Audit, SourceFailureException? Failure)
{
    public IReadOnlyList<Signal> Signals => [.. Updates.SelectMany(u => u.Signals)];

    public IReadOnlyList<EventSignal> Events => [.. Signals.OfType<EventSignal>()];

    public IReadOnlyList<MetricSignal> Metrics => [.. Signals.OfType<MetricSignal>()];

    public IReadOnlyList<FactSignal> Facts => [.. Signals.OfType<FactSignal>()];

    /// <summary>Suppliers that could not be checked, and why.</summary>
    public IReadOnlyList<SupplierFailure> Failures => [.. Updates.OfType<SupplierFailure>()];

    /// <summary>The run, when it did not fail as a whole; else throws the failure, so that a test shows it.</summary>
    public ConnectorRun Ok() => Failure is null ? this : throw Failure;
}
