using Microsoft.Extensions.Logging.Abstractions;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk;
using Risk.Rules.Diagnostics;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Cli;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Ingestion;
using Risk.Worker.Observability;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Redis;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Hosting;

/// <summary>The worker's parts, put together once for a command or for the service.</summary>
internal sealed class RiskApplication : IAsyncDisposable
{
    private readonly UpstreamAccess upstream;

    private readonly IConfiguration configuration;

    private readonly string? outbox;

    private readonly DeliveryTraffic traffic;

    private RiskApplication(RiskOptions options, IConfiguration configuration, TimeProvider clock, IRiskStore store, SourceRegistry sources, HostLimiters? limiters, string? outbox, AnswerMemory? memory, DelegatingHandler? between)
    {
        this.configuration = configuration;
        this.outbox = outbox;
        Options = options;
        Clock = clock;
        Store = store;
        Sources = sources;
        IAnswerCache answers = new AnswerFolder(options.AnswerFolder);
        if (options.Redis.Length > 0)
        {
            Redis = new RedisLink(options.Redis, clock);
            answers = new RedisAnswers(Redis, answers);
            string worker = Guid.NewGuid().ToString("N");
            limiters ??= new HostLimiters(limit => new RedisRateLimiter(limit, Redis, clock, worker));
        }

        upstream = new UpstreamAccess(options.Upstreams, limiters ?? new HostLimiters(), clock, answers, memory, between);
        traffic = new DeliveryTraffic(clock);
        Loader = LoaderWith(sources);
    }

    public RiskOptions Options { get; }

    public TimeProvider Clock { get; }

    public IRiskStore Store { get; }

    public SourceRegistry Sources { get; }

    /// <summary>What workers share; null: this one is alone.</summary>
    public RedisLink? Redis { get; }

    public RuleBookLoader Loader { get; }

    /// <summary>The tests beside the rule packs, with the sources as the files have them now.</summary>
    // What is wrong with the settings of a source that is off is nobody's business here.
    public PackTests Tests => new(Options, SourceRegistry.Everything(Options, configuration, new DiagnosticBag()), Channels);

    public static ReceiverChannels Channels { get; } = ReceiverChannels.Discover();

    /// <summary>Opens workspace and store. Wrong settings end the command.</summary>
    /// <param name="clock">Null: the real one, or as <c>Risk:Clock</c> says.</param>
    /// <param name="outbox">A folder that takes every message instead of its receiver; null: messages are sent.</param>
    /// <param name="limiters">Null: the limits of the manifests.</param>
    /// <param name="memory">Null: every request to an upstream goes out.</param>
    /// <param name="between">Gets every request to upstreams and its answer in between; null: nothing does.</param>
    /// <exception cref="CommandFailure">With every diagnostic.</exception>
    public static async Task<RiskApplication> OpenAsync(IConfiguration configuration, CancellationToken cancellationToken, TimeProvider? clock = null, string? outbox = null, HostLimiters? limiters = null, AnswerMemory? memory = null, DelegatingHandler? between = null)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        if (!Directory.Exists(options.Workspace))
        {
            throw new CommandFailure(ExitCode.Usage, $"{options.Workspace}: there is no workspace; run 'risk init' to make one, or set Risk__Workspace to its folder");
        }

        SourceRegistry sources = SourceRegistry.Create(options, configuration, diagnostics);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        clock ??= options.Clock is { } start ? new ShiftedTimeProvider(start) : TimeProvider.System;
        var store = new SqliteRiskStore(options.StorePath);
        await store.InitializeAsync(cancellationToken);
        return new RiskApplication(options, configuration, clock, store, sources, limiters, outbox, memory, between);
    }

    /// <summary>Rules and routing of the workspace, read against the portfolio in the store; wrong files end the command.</summary>
    /// <param name="told">Gets the warnings.</param>
    public async Task<RuleBook> LoadBookAsync(Action<IReadOnlyCollection<Diagnostic>> told, CancellationToken cancellationToken) =>
        LoadBook(await AttributeNamesAsync(cancellationToken), told);

    /// <inheritdoc cref="LoadBookAsync"/>
    /// <param name="supplierAttributes">The portfolio's own columns.</param>
    /// <param name="told">Gets the warnings.</param>
    /// <param name="sources">Those that will run with the book; null: those that run.</param>
    public RuleBook LoadBook(IReadOnlyCollection<string> supplierAttributes, Action<IReadOnlyCollection<Diagnostic>> told, SourceRegistry? sources = null)
    {
        var diagnostics = new DiagnosticBag();
        RuleBook? book = (sources is null ? Loader : LoaderWith(sources)).Load(supplierAttributes, diagnostics);
        if (book is null) throw new CommandFailure(diagnostics.Sorted());
        told(diagnostics.Sorted());
        return book;
    }

    /// <summary>The sources as the workspace's files have them now.</summary>
    /// <exception cref="CommandFailure">With every diagnostic.</exception>
    public SourceRegistry ReadSources()
    {
        var diagnostics = new DiagnosticBag();
        SourceRegistry sources = SourceRegistry.Create(Options, configuration, diagnostics);
        return diagnostics.HasErrors ? throw new CommandFailure(diagnostics.Sorted()) : sources;
    }

    public async Task<IReadOnlyList<string>> AttributeNamesAsync(CancellationToken cancellationToken)
    {
        await using IStoreSession session = await Store.ReadAsync(cancellationToken);
        return await session.Suppliers.AttributeNamesAsync(cancellationToken);
    }

    /// <summary>Removes snapshot files that are in nobody's use. At a start, under the worker's lock: no download runs then.</summary>
    public async Task TidySnapshotsAsync(CancellationToken cancellationToken)
    {
        var lastGood = new HashSet<string>(StringComparer.Ordinal);
        await using IStoreSession session = await Store.ReadAsync(cancellationToken);
        foreach (SourceState source in await session.Sources.ListAsync(cancellationToken))
        {
            foreach (var part in (await session.Sources.SnapshotsAsync(source.Source, cancellationToken)).GroupBy(s => s.Part)) lastGood.Add(part.First().File);
        }

        SnapshotDownloads.Tidy(Options.SnapshotFolder, lastGood, Instants.Now(Clock));
        AnswerFolder.Tidy(Options.AnswerFolder, Instants.Now(Clock));
    }

    /// <summary>Calls a source's upstream within its limits.</summary>
    public SourceHttp HttpFor(SourceManifest manifest) => upstream.For(manifest);

    /// <inheritdoc cref="UpstreamAccess.Recorded"/>
    public SourceHttp RecordedHttp(SourceManifest manifest, AnswerRecorder recorder) => upstream.Recorded(manifest, recorder);

    public SourceRunner Runner(ILoggerFactory loggers)
    {
        if (Redis is { } redis)
        {
            ILogger logger = loggers.CreateLogger<RedisLink>();
            redis.WhenLost = reason => logger.RedisLost(Options.Redis, reason);
            redis.WhenFound = () => logger.RedisFound(Options.Redis);
        }

        return new SourceRunner(Options, Sources, Store, upstream, Clock, loggers.CreateLogger<SourceRunner>());
    }

    /// <summary>The worker's loop, beginning with these rules.</summary>
    public RiskCycle Cycle(RuleBook book, ILoggerFactory? loggers = null)
    {
        loggers ??= NullLoggerFactory.Instance;
        return new RiskCycle(Runner(loggers), Assemble(book, loggers), Store, Clock);
    }

    /// <summary>Secrets by reference, relative to the workspace.</summary>
    public SecretReader Secrets => new(Options.Workspace, Environment.GetEnvironmentVariable);

    /// <summary>Signs and reads links in mails, with the keys as they are now.</summary>
    /// <exception cref="SecretMissingException">There are none.</exception>
    public ActionLinks Links() => new(Options.PublicUrl ?? new Uri("http://localhost/"), LinkKeys.Read(Options.LinkKeys, Options.LinkKeyFile, Secrets));

    /// <summary>The parts that work by these rules.</summary>
    /// <param name="sources">Those that will run with them; null: those that run.</param>
    public RunningSet Assemble(RuleBook book, ILoggerFactory loggers, SourceRegistry? sources = null)
    {
        var dispatcher = new AlertDispatcher(book.Routing, Channels, Options.PublicUrl is null ? null : Links);
        var services = new ChannelServices(Clock, Secrets, Options.Workspace);
        var attempt = new DeliveryAttempt(new DeliverySender(book.Routing, Channels, services, outbox, traffic), dispatcher, loggers.CreateLogger<DeliveryAttempt>());
        var assurance = new AssuranceRound(book.Routing, Channels, [.. (sources ?? Sources).Enabled.Select(s => s.Manifest.Id)]);
        var heart = new Heart(book.Routing.Assurance.Heartbeat, services, loggers.CreateLogger<Heart>());
        return new RunningSet(book, dispatcher, new EvaluationCycle(Store, book, dispatcher, loggers.CreateLogger<EvaluationCycle>()), new SourceHealth(Store, dispatcher, Sources), attempt, assurance, heart);
    }

    private RuleBookLoader LoaderWith(SourceRegistry sources) => new(Options, sources, Channels) { Clock = Clock };

    public async ValueTask DisposeAsync()
    {
        upstream.Dispose();
        if (Redis is not null) await Redis.DisposeAsync();
        await Store.DisposeAsync();
    }
}
