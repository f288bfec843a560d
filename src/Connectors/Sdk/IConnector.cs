using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk;

/// <summary>
/// Registers one source. Found by scanning this assembly for public, parameterless implementations, so that a new source is a new folder and
/// nothing else names it.
/// </summary>
public interface IConnectorModule
{
    SourceManifest Manifest { get; }

    /// <summary>Makes the connector. Wrong options throw <see cref="SourceFailureException"/> of kind <see cref="FailureKind.Misconfigured"/>.</summary>
    /// <param name="options">The section <c>Risk:Sources:ID</c>.</param>
    IConnector Create(IConfigurationSection options);

    /// <summary>What people should know of the source, in Markdown: formats, joins, terms, quirks. By default the README.md of the module's folder; "" when there is none.</summary>
    string Readme => SourceReadme.Of(GetType());

    /// <summary>Whether the source can run with these options and workspace without being named in <c>Risk:Sources:Enabled</c>; the reason when not.</summary>
    /// <param name="options">The section <c>Risk:Sources:ID</c>.</param>
    /// <param name="workspace">Absolute path of the workspace folder.</param>
    /// <param name="reason">What is missing, or "".</param>
    bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = Manifest.NeedsKey is { } key && string.IsNullOrEmpty(options[key]) ? $"needs Risk:Sources:{Manifest.Id}:{key}" : "";
        return reason.Length == 0;
    }

    /// <summary>The upstream's limit with these options: some grant more to callers with a key. By default the manifest's.</summary>
    /// <param name="options">The section <c>Risk:Sources:ID</c>.</param>
    HostLimit? LimitWith(IConfigurationSection options) => Manifest.Limit;
}

/// <summary>Pulls one source. One instance per run; called by one thread.</summary>
public interface IConnector
{
    /// <summary>
    /// Reads the source and yields what it found, in order; every yielded update is committed on its own (with its checkpoint), nothing of an update that was
    /// not yielded is. Throws <see cref="SourceFailureException"/> when the source as a whole fails; <see cref="OperationCanceledException"/> is no failure.
    /// </summary>
    IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken);
}

/// <summary>What a connector gets to work with.</summary>
public sealed class FetchContext
{
    public required SourceManifest Manifest { get; init; }

    /// <summary>The metrics to look for: those of the manifest, and those that the workspace's catalog gives to the source.</summary>
    public required ImmutableArray<MetricDefinition> Metrics { get; init; }

    /// <summary>Suppliers the manifest covers, by id. For list sources: the whole active portfolio.</summary>
    public required IReadOnlyList<Supplier> Suppliers { get; init; }

    /// <summary>The run's instant; observed-at of everything it finds.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>What the connector last yielded as checkpoint, or null at the first run.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Calls upstream under the manifest's limits.</summary>
    public required SourceHttp Http { get; init; }

    /// <summary>Downloads list files and keeps the last good ones.</summary>
    public required SnapshotDownloads Snapshots { get; init; }

    /// <summary>Counts what was read and why records were turned away.</summary>
    public required FetchAudit Audit { get; init; }

    /// <summary>Absolute path of the workspace folder, for sources that read the buyer's own files.</summary>
    public required string Workspace { get; init; }

    /// <summary>What was found before, by this source and by others.</summary>
    public required IKnownEvents Known { get; init; }

    /// <summary>Reports progress to whoever watches: done, total (0: unknown), and what.</summary>
    public Action<int, int, string> Progress { get; init; } = static (_, _, _) => { };
}

/// <summary>One committed step of a fetch.</summary>
/// <remarks>
/// <see cref="SourceUpdate.Signals"/> need not be new: the store drops those whose content equals the revision in force. With
/// <see cref="SourceUpdate.Complete"/>, signals of this source for the checked suppliers that are not in the update are withdrawn.
/// </remarks>
public abstract record SourceUpdate
{
    public required ImmutableArray<Signal> Signals { get; init; }

    public bool Complete { get; init; }

    /// <summary>Stored with the data, handed back at the next run; null keeps the old one.</summary>
    public string? Checkpoint { get; init; }
}

/// <summary>A list was read whole: every active supplier has now been checked against it.</summary>
/// <param name="Accepted">The snapshots that this update rests on; they become last-good with it.</param>
public sealed record ListUpdate(ImmutableArray<Snapshot> Accepted) : SourceUpdate;

/// <summary>One supplier was checked.</summary>
public sealed record SupplierUpdate(SupplierId Supplier) : SourceUpdate
{
    /// <summary>What of the supplier could not be read, so that it does not count as checked although there are signals; null: nothing is missing.</summary>
    public SourceFailureException? Gap { get; init; }
}

/// <summary>One supplier could not be checked; the run goes on. Its last check stays as old as it was.</summary>
public sealed record SupplierFailure(SupplierId Supplier, SourceFailureException Failure) : SourceUpdate;

/// <summary>Counts records read and rejected, with examples.</summary>
public sealed class FetchAudit
{
    /// <summary>Fields that are told of; a hostile record can have any number.</summary>
    private const int MostDrifted = 50;

    private readonly SortedDictionary<string, (int Count, string Example)> rejected = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(FieldDrift, string), int> drifted = [];

    public int Read { get; private set; }

    public int Rejected { get; private set; }

    /// <summary>Reason to (count, first key), ordinal order.</summary>
    public IReadOnlyDictionary<string, (int Count, string Example)> Reasons => rejected;

    /// <summary>Fields that are not as the format says, with the number of records, by kind and name.</summary>
    public IReadOnlyDictionary<(FieldDrift Kind, string Field), int> Drifted => drifted;

    public void CountRead(int records = 1) => Read += records;

    /// <summary>A record's field is not as the format says; the record may still be of use.</summary>
    /// <param name="field">Its name, as the source writes it.</param>
    /// <param name="records">How many records.</param>
    public void Drift(FieldDrift kind, string field, int records = 1)
    {
        if (field.Length > 100) field = field[..100];
        if (drifted.TryGetValue((kind, field), out int count)) drifted[(kind, field)] = count + records;
        else if (drifted.Count < MostDrifted) drifted.Add((kind, field), records);
    }

    /// <param name="key">Which record, in the source's own terms.</param>
    /// <param name="reason">Why, without the record's values, so that equal reasons add up.</param>
    public void Reject(string key, string reason)
    {
        Rejected++;
        rejected[reason] = rejected.TryGetValue(reason, out var known) ? (known.Count + 1, known.Example) : (1, key);
    }
}
