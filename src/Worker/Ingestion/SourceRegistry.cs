using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Signals;
using Risk.Worker.Configuration;
using Risk.Worker.RuleFiles;
using Risk.Worker.Scheduling;

namespace Risk.Worker.Ingestion;

/// <summary>A source that runs, with the settings that ops may change.</summary>
/// <param name="Cron">Quartz cron expression in <paramref name="TimeZone"/>.</param>
/// <param name="Jitter">A scheduled run starts up to this much later, so that installations do not call an upstream in the same second.</param>
internal sealed record EnabledSource(IConnectorModule Module, IConfigurationSection Options, string Cron, TimeZoneInfo TimeZone, TimeSpan Jitter)
{
    public SourceManifest Manifest => Module.Manifest;

    public SourceCoverage Coverage { get; } = new(Module.Manifest.Id, Module.Manifest.NeedsIdentifier);
}

/// <summary>All sources, which of them run here, and how. Thread-safe.</summary>
internal sealed class SourceRegistry
{
    private readonly bool isEverything;
    private volatile Content content;

    private SourceRegistry(SourceCatalog catalog, ImmutableArray<SourceStatus> statuses, ImmutableArray<EnabledSource> enabled, bool isEverything = false)
    {
        this.isEverything = isEverything;
        content = new Content(catalog, statuses, enabled);
    }

    /// <summary>By id; with the reason for those that do not run.</summary>
    public ImmutableArray<SourceStatus> Statuses => content.Statuses;

    /// <summary>By id.</summary>
    public ImmutableArray<EnabledSource> Enabled => content.Enabled;

    public static SourceRegistry Create(RiskOptions options, IConfiguration configuration, DiagnosticBag diagnostics)
    {
        SourceCatalog catalog = SourceCatalog.Discover().With(Declared(options, diagnostics), CronSchedules.IsValid, diagnostics);
        ImmutableArray<SourceStatus> statuses = [];
        try
        {
            statuses = catalog.Statuses(configuration, options.Workspace);
        }
        catch (SourceFailureException failure)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "G006", failure.Message, new SourcePosition("configuration", 0, 0)));
        }

        return new SourceRegistry(catalog, statuses, [.. statuses.Where(s => s.IsEnabled).Select(s => Configure(s.Module, configuration.GetSection($"Risk:Sources:{s.Id}"), diagnostics))]);
    }

    /// <summary>Every source as if it ran, for rule tests.</summary>
    public static SourceRegistry Everything(RiskOptions options, IConfiguration configuration, DiagnosticBag diagnostics)
    {
        SourceRegistry usual = Create(options, configuration, diagnostics);
        return new SourceRegistry(usual.content.Catalog, usual.Statuses, [.. usual.Statuses.Select(s => Configure(s.Module, configuration.GetSection($"Risk:Sources:{s.Id}"), diagnostics))], isEverything: true);
    }

    public EnabledSource? Find(SourceId id) => Enabled.FirstOrDefault(s => s.Manifest.Id == id);

    /// <summary>Takes over what another has, in one step: the workspace's files say something else by now.</summary>
    public void Become(SourceRegistry other) => content = other.content;

    /// <summary>What rules may name, supplied by the sources that run.</summary>
    /// <param name="own">What the workspace adds.</param>
    public Catalog CatalogFor(IEnumerable<string> supplierAttributes, WorkspaceCatalog own) =>
        content.Catalog.ForRules(Enabled.Select(s => s.Manifest.Id), supplierAttributes, own, isEverything);

    /// <summary>What the connectors define, whether they run or not.</summary>
    public ConnectorNames Names => content.Catalog.Names();

    /// <summary>The sources that the workspace declares, by file name; hidden names are editors' locks and copies.</summary>
    private static IEnumerable<Document> Declared(RiskOptions options, DiagnosticBag diagnostics) => Directory.Exists(options.SourcesFolder)
        ? Directory.EnumerateFiles(options.SourcesFolder, "*.yaml").Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal).Select(path => YamlReader.ReadFile(path, DisplayPath.Of(path), diagnostics))
        : [];

    private sealed record Content(SourceCatalog Catalog, ImmutableArray<SourceStatus> Statuses, ImmutableArray<EnabledSource> Enabled);

    private static EnabledSource Configure(IConnectorModule module, IConfigurationSection options, DiagnosticBag diagnostics)
    {
        SourceManifest manifest = module.Manifest;
        string cron = options["Cron"] is { Length: > 0 } ownCron ? ownCron : manifest.Cron;
        string zone = options["TimeZone"] is { Length: > 0 } ownZone ? ownZone : manifest.TimeZone;
        if (!CronSchedules.IsValid(cron))
        {
            Problem($"Cron: '{cron}' is not a Quartz cron expression; write seconds, minutes, hours, day of month, month, day of week, for example '0 30 5 * * ?'");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found)) Problem($"TimeZone: '{zone}' is not an IANA zone; write for example Europe/Berlin");
        TimeSpan jitter = TimeSpan.FromTicks(Math.Min(manifest.Cadence.Ticks / 20, TimeSpan.FromMinutes(5).Ticks));
        if (options["Jitter"] is { Length: > 0 } ownJitter && !TimeSpan.TryParse(ownJitter, System.Globalization.CultureInfo.InvariantCulture, out jitter))
        {
            Problem($"Jitter: '{ownJitter}' is not a time span; write hours:minutes:seconds, for example 00:02:00");
        }

        return new EnabledSource(module, options, cron, found ?? TimeZoneInfo.Utc, jitter);

        void Problem(string message) =>
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "G007", $"Risk:Sources:{manifest.Id}:{message}", new SourcePosition("configuration", 0, 0)));
    }
}
