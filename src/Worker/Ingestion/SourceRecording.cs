using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Ingestion;

/// <summary>A source's test: what upstreams answered once, for whom, and the signals that came of it. Kept beside the source's file as <c>ID.recording.json</c>.</summary>
/// <param name="Signals">One line each, ordinal order.</param>
internal sealed record SourceRecording(DateTimeOffset At, ImmutableArray<Supplier> Suppliers, ImmutableArray<RecordedAnswer> Answers, ImmutableArray<string> Signals)
{
    public const string Ending = ".recording.json";

    private static readonly JsonSerializerOptions Style = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="JsonException">Not a recording.</exception>
    public static SourceRecording Read(string path)
    {
        try
        {
            JsonNode root = JsonNode.Parse(File.ReadAllText(path))!;
            return new SourceRecording(
                DateTimeOffset.Parse(root["at"]!.GetValue<string>(), CultureInfo.InvariantCulture),
                [
                    .. root["suppliers"]!.AsArray().Select(s => new Supplier
                    {
                        Id = new SupplierId(s!["id"]!.GetValue<string>()), Name = s["name"]!.GetValue<string>(), Country = s["country"]!.GetValue<string>(),
                        Identifiers = s["identifiers"]!.AsObject().ToImmutableSortedDictionary(i => i.Key, i => i.Value!.GetValue<string>(), StringComparer.Ordinal),
                    }),
                ],
                [
                    .. root["answers"]!.AsArray().Select(a => new RecordedAnswer(
                        a!["url"]!.GetValue<string>(), a["status"]!.GetValue<int>(), a["contentType"]!.GetValue<string>(), a["link"]?.GetValue<string>() ?? "",
                        a["text"] is { } text ? Encoding.UTF8.GetBytes(text.GetValue<string>()) : Convert.FromBase64String(a["base64"]!.GetValue<string>()))),
                ],
                [.. root["signals"]!.AsArray().Select(s => s!.GetValue<string>())]);
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"{Path.GetFileName(path)} is no recording; record it anew", e);
        }
    }

    public void Write(string path)
    {
        var root = new JsonObject
        {
            ["at"] = At.ToString("O", CultureInfo.InvariantCulture),
            ["suppliers"] = new JsonArray([.. Suppliers.Select(s => new JsonObject { ["id"] = s.Id.Value, ["name"] = s.Name, ["country"] = s.Country, ["identifiers"] = new JsonObject(s.Identifiers.Select(i => KeyValuePair.Create(i.Key, (JsonNode?)i.Value))) })]),
            ["answers"] = new JsonArray([.. Answers.Select(Answer)]),
            ["signals"] = new JsonArray([.. Signals.Select(s => (JsonNode)s)]),
        };
        File.WriteAllText(path, root.ToJsonString(Style) + "\n");
    }

    /// <summary>What the module makes of the recorded answers, without any call.</summary>
    /// <param name="folder">For what a run writes; the caller's to remove.</param>
    /// <exception cref="SourceFailureException">The run failed, or asked for what is not recorded.</exception>
    public async Task<ImmutableArray<string>> PlayAsync(IConnectorModule module, string folder, CancellationToken cancellationToken)
    {
        SourceManifest manifest = module.Manifest;
        using var player = new AnswerPlayer(Answers, manifest.SecretParameter);
        using var limiters = new HostLimiters(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 }));
        var http = new SourceHttp(manifest, new UpstreamOptions(null, "recording@example.org"), limiters, TimeProvider.System, player);
        string secret = Path.Combine(folder, "secret"), path = $"Risk:Sources:{manifest.Id}";
        await File.WriteAllTextAsync(secret, "secret", cancellationToken);
        IConfigurationSection options = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>($"{path}:{manifest.NeedsKey ?? "Secret"}", "file:" + secret)]).Build().GetSection(path);
        ImmutableArray<string> signals = await RunAsync(module.Create(options), manifest, Suppliers, At, http, folder, cancellationToken);
        return player.Unknown is [var unknown, ..] ? throw new SourceFailureException(FailureKind.Misconfigured, $"{unknown} is not in the recording; record it anew") : signals;
    }

    /// <summary>Runs a connector on nothing but these suppliers, keeping nothing.</summary>
    /// <exception cref="SourceFailureException">It failed, for the source or for a supplier.</exception>
    public static async Task<ImmutableArray<string>> RunAsync(
        IConnector connector, SourceManifest manifest, IReadOnlyList<Supplier> suppliers, DateTimeOffset at, SourceHttp http, string folder, CancellationToken cancellationToken)
    {
        var context = new FetchContext
        {
            Manifest = manifest, Metrics = manifest.Metrics, Suppliers = suppliers, ObservedAt = at, Http = http, Audit = new FetchAudit(), Workspace = folder, Known = new NothingKnown(),
            Snapshots = new SnapshotDownloads(manifest, http, new NoSnapshots(), Path.Combine(folder, "snapshots"), at),
        };
        var lines = new List<string>();
        await foreach (SourceUpdate update in connector.FetchAsync(context, cancellationToken))
        {
            if (update is SupplierFailure failed) throw failed.Failure;
            lines.AddRange(update.Signals.Select(Line));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>A signal on one line: all that its source says, nothing of the run.</summary>
    private static string Line(Signal signal)
    {
        string what = signal switch
        {
            MetricSignal metric => string.Create(CultureInfo.InvariantCulture, $"metric {metric.Name} = {metric.Value:R}"),
            FactSignal fact => $"fact {fact.Name} = {fact.Value}",
            EventSignal e => string.Create(CultureInfo.InvariantCulture, $"event {e.Name} {e.Id} severity {e.Severity} type '{e.Type}' stage '{e.Stage}' story '{e.Story}'{(e.Amount is { } amount ? $" amount {amount:R}" : "")}{(e.Due is { } due ? $" due {due.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : "")}: {e.Title}"),
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{signal.Supplier} {signal.OccurredAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} {what} <{signal.Evidence.Url}>");
    }

    private static JsonObject Answer(RecordedAnswer answer)
    {
        var node = new JsonObject { ["url"] = answer.Url, ["status"] = answer.Status, ["contentType"] = answer.ContentType };
        if (answer.Link.Length > 0) node["link"] = answer.Link;
        if (System.Text.Unicode.Utf8.IsValid(answer.Body)) node["text"] = Encoding.UTF8.GetString(answer.Body);
        else node["base64"] = Convert.ToBase64String(answer.Body);
        return node;
    }

    private sealed class NoSnapshots : ISnapshotCatalog
    {
        public Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken) => Task.FromResult<Snapshot?>(null);
    }

    private sealed class NothingKnown : IKnownEvents
    {
        public Task<IReadOnlyList<EventSignal>> OfFeedAsync(string feed, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<EventSignal>>([]);
    }
}
