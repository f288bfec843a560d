using System.CommandLine;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Benchmarks;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Every source against every fault of its upstream: what was known stays known, and the reason is named.</summary>
internal static class BenchFaultsCommand
{
    /// <summary>A minute's deadline is over in three seconds; an answer of a mirror on this machine is there long before.</summary>
    private const int Hurry = 20;

    /// <summary>Longer than any source keeps an answer before it asks again.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(15);

    private static readonly UpstreamFault[] Faults = [.. Enum.GetValues<UpstreamFault>().Where(f => f != UpstreamFault.None)];

    /// <summary>Tables and pages that publishers or the buyer put into the workspace go wrong as answers do; YAML files are settings.</summary>
    private static readonly string[] Data = [".csv", ".htm", ".html"];

    public static Command Create(CommandHost host)
    {
        var source = new Option<string[]>("--source") { Description = "Only this source; may be repeated.", HelpName = "ID" };
        var command = new Command("faults", "Every source against every fault of its upstream, on the workspace's portfolio and the mirror in Risk__Upstreams__Mirror: nothing may be cleared or lost. Prints the matrix. In a store of its own.") { source };
        host.Handle(command, (context, token) => RunAsync(context, context.Parsed.GetValue(source) ?? [], token));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string[] only, CancellationToken cancellationToken)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions given = RiskOptions.Read(context.Configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        if (given.Upstreams.Mirror is null) throw new CommandFailure(ExitCode.Usage, "set Risk__Upstreams__Mirror: real upstreams are not asked dozens of times over");
        string folder = Directory.CreateTempSubdirectory("risk-faults-").FullName;
        try
        {
            Prepare(given.Workspace, folder);
            using var upstream = new FaultyUpstream();
            using var limiters = new HostLimiters(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 8, QueueLimit = int.MaxValue }));
            var clock = new FastTimeProvider(given.Clock ?? TimeProvider.System.GetUtcNow(), Hurry);
            await using RiskApplication application = await RiskApplication.OpenAsync(Settings(context.Configuration, folder, only), cancellationToken, clock, limiters: limiters, between: upstream);
            Catalog catalog = (await PortfolioSync.ImportAsync(application, new CommandOutput(TextWriter.Null, TextWriter.Null, false, true), static _ => { }, cancellationToken)).Catalog;
            using SourceRunner runner = application.Runner(NullLoggerFactory.Instance);
            var rows = new List<Trial>();
            var files = new OwnFiles(folder);
            EnabledSource[] sources = [.. application.Sources.Enabled];
            foreach (EnabledSource source in sources)
            {
                context.Output.Progress(rows.Count, sources.Length, source.Manifest.Id.Value);
                rows.Add(await TryAsync(application, runner, catalog, (upstream, files, clock), source.Manifest, cancellationToken));
            }

            context.Output.ClearProgress();
            return Print(context.Output, rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Trial> TryAsync(RiskApplication application, SourceRunner runner, Catalog catalog, (FaultyUpstream Answers, OwnFiles Files, FastTimeProvider Clock) given, SourceManifest manifest, CancellationToken cancellationToken)
    {
        (FaultyUpstream upstream, OwnFiles files, FastTimeProvider clock) = given;
        upstream.Fault = UpstreamFault.None;
        SourceRunResult first = await runner.RunAsync(manifest.Id, catalog, static (_, _, _) => { }, cancellationToken);
        string[] known = await KnownAsync(application, manifest.Id, cancellationToken);
        if (!first.Succeeded) return new Trial(manifest.Id, known.Length, first.Failure!.Message, []);
        bool isList;
        await using (IStoreSession session = await application.Store.ReadAsync(cancellationToken)) isList = (await session.Sources.SnapshotsAsync(manifest.Id, cancellationToken)).Count > 0;
        var cells = new List<(UpstreamFault, string, bool)>();
        foreach (UpstreamFault fault in Faults)
        {
            // Of one supplier's answer nobody can tell whether it should be longer.
            if (fault == UpstreamFault.Shrunk && !isList && manifest.Limit is not null)
            {
                cells.Add((fault, "-", true));
                continue;
            }

            upstream.Fault = fault;
            int before = upstream.Touched;
            bool areFilesTouched = files.Damage(fault, manifest);
            SourceRunResult result = await runner.RunAsync(manifest.Id, catalog, static (_, _, _) => { }, cancellationToken);
            if (manifest.Limit is not null && !areFilesTouched && upstream.Touched == before)
            {
                // It keeps what it was told for a while before it asks again.
                clock.Skip(Forgotten);
                result = await runner.RunAsync(manifest.Id, catalog, static (_, _, _) => { }, cancellationToken);
            }

            bool isTouched = areFilesTouched || upstream.Touched > before;
            upstream.Fault = UpstreamFault.None;
            files.Mend();
            int lost = known.Except(await KnownAsync(application, manifest.Id, cancellationToken)).Count();
            SourceRunResult after = await runner.RunAsync(manifest.Id, catalog, static (_, _, _) => { }, cancellationToken);

            // A machine that is busy for a moment is no fault of the source.
            if (after.Failure?.Kind == FailureKind.Timeout) after = await runner.RunAsync(manifest.Id, catalog, static (_, _, _) => { }, cancellationToken);
            int missing = known.Except(await KnownAsync(application, manifest.Id, cancellationToken)).Count();

            // A row that a person takes out of a file of readings needs no word: the reading stays.
            isTouched &= fault != UpstreamFault.Shrunk || manifest.Limit is not null || !result.Succeeded;
            cells.Add((fault, Verdict(result, isTouched, lost, after, missing), IsGood(result, isTouched, lost, after, missing)));
        }

        return new Trial(manifest.Id, known.Length, "", cells);
    }

    private static bool IsGood(SourceRunResult result, bool isTouched, int lost, SourceRunResult after, int missing) =>
        lost == 0 && missing == 0 && after.Succeeded && (!isTouched || !result.Succeeded || result.SupplierFailures.Length > 0 || result.RejectedCount > 0);

    private static string Verdict(SourceRunResult result, bool isTouched, int lost, SourceRunResult after, int missing) =>
        lost > 0 ? FormattableString.Invariant($"CLEARED {lost}")
        : missing > 0 ? FormattableString.Invariant($"LOST {missing}")
        : after.Failure is { } stuck ? $"STUCK {stuck.Kind}"
        : !isTouched ? "-"
        : result.Failure is { } failure ? failure.Kind.ToString()
        : result.SupplierFailures.Length > 0 ? FormattableString.Invariant($"{result.SupplierFailures.Length} suppliers")
        : result.RejectedCount > 0 ? FormattableString.Invariant($"{result.RejectedCount} rejected") : "UNNOTICED";

    private static int Print(CommandOutput output, List<Trial> rows)
    {
        bool isGood = rows.All(r => r.Problem.Length == 0 && r.Cells.All(c => c.IsGood));
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (Trial row in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("source", row.Source.Value);
                    json.WriteNumber("signals", row.Signals);
                    json.WriteString("problem", row.Problem);
                    json.WriteStartObject("faults");
                    foreach ((UpstreamFault fault, string verdict, _) in row.Cells) json.WriteString(fault.ToString(), verdict);
                    json.WriteEndObject();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return isGood ? ExitCode.Done : ExitCode.Found;
        }

        output.Table(
            ["source", ">signals", .. Faults.Select(f => f.ToString())],
            [
                .. rows.Where(r => r.Problem.Length == 0).Select(r => (IReadOnlyList<string>)[r.Source.Value, FormattableString.Invariant($"{r.Signals:N0}"), .. r.Cells.Select(c => c.IsGood ? c.Verdict : $"!! {c.Verdict}")]),
            ]);
        foreach (Trial row in rows.Where(r => r.Problem.Length > 0)) output.Line($"{row.Source}: not tried, without any fault it fails: {row.Problem}");
        int bad = rows.Sum(r => r.Cells.Count(c => !c.IsGood));
        output.Line($"{CommandOutput.Count(rows.Count(r => r.Problem.Length == 0), "source")}, {CommandOutput.Count(rows.Sum(r => r.Cells.Count), "trial")}: {(bad == 0 ? "nothing cleared, nothing lost, every reason named" : CommandOutput.Count(bad, "trial") + " went wrong (!!)")}");
        return isGood ? ExitCode.Done : ExitCode.Found;
    }

    /// <summary>What is in force of the source: all of it, so that a change in any part shows.</summary>
    private static async Task<string[]> KnownAsync(RiskApplication application, SourceId source, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        SupplierId[] suppliers = [.. (await session.Suppliers.ListAsync(null, cancellationToken)).Select(s => s.Supplier.Id)];
        return [.. (await session.Signals.LoadAsync(suppliers, null, cancellationToken)).SelectMany(s => s).Where(s => s.Source == source).Select(s => $"{s.Supplier} {s.GetType().Name} {s.Name} {s.Key}")];
    }

    /// <summary>A workspace of the trial's own, and every source whose key may be anything.</summary>
    private static IConfiguration Settings(IConfiguration given, string folder, string[] only)
    {
        string secret = Path.Combine(folder, "secret");
        File.WriteAllText(secret, "trial");
        IReadOnlyList<IConnectorModule> all = SourceCatalog.Discover().Modules;
        var settings = new Dictionary<string, string?> { ["Risk:Workspace"] = folder, ["Risk:Store"] = null, ["Risk:Redis"] = null };
        foreach (SourceManifest manifest in all.Select(m => m.Manifest).Where(m => m.NeedsKey is not null))
        {
            string key = $"Risk:Sources:{manifest.Id}:{manifest.NeedsKey}";
            if (string.IsNullOrEmpty(given[key])) settings[key] = "file:" + secret;
        }

        if (string.IsNullOrEmpty(given["Risk:Upstreams:Contact"])) settings["Risk:Upstreams:Contact"] = "trial@example.org";
        IEnumerable<string> declared = Directory.Exists(Path.Combine(folder, "sources")) ? Directory.EnumerateFiles(Path.Combine(folder, "sources"), "*.yaml").Select(IdOf).OfType<string>() : [];
        if (only.Length > 0) settings["Risk:Sources:Enabled"] = string.Join(',', only);
        else if (string.IsNullOrEmpty(given["Risk:Sources:Enabled"])) settings["Risk:Sources:Enabled"] = string.Join(',', all.Where(IsTried).Select(m => m.Manifest.Id.Value).Concat(declared));
        return new ConfigurationBuilder().AddConfiguration(given).AddInMemoryCollection(settings).Build();

        // Of sources without an upstream those that read a file which is there.
        bool IsTried(IConnectorModule module) => !module.Manifest.PassesMirrorBy && (module.Manifest.Limit is not null || (IsReady(module, folder) && !IsReady(module, Path.Combine(folder, "empty"))));

        bool IsReady(IConnectorModule module, string workspace) => module.IsEnabledByDefault(given.GetSection("Risk:Sources:" + module.Manifest.Id), workspace, out _);
    }

    private static string? IdOf(string file) => File.ReadLines(file).FirstOrDefault(l => l.StartsWith("id:", StringComparison.Ordinal))?[3..].Trim();

    /// <summary>Settings and data, without what the worker keeps in hidden folders.</summary>
    private static void Prepare(string workspace, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(workspace, "*", new EnumerationOptions { RecurseSubdirectories = true }).Where(f => IsData(f) || f.EndsWith(".yaml", StringComparison.Ordinal) || f.EndsWith(".yml", StringComparison.Ordinal)))
        {
            string to = Path.Combine(folder, Path.GetRelativePath(workspace, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    private static bool IsData(string file) => Data.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>The buyer's own data in the trial's workspace.</summary>
    private sealed class OwnFiles(string folder)
    {
        private readonly Dictionary<string, (byte[] Bytes, DateTime WrittenAt)> damaged = [];

        /// <summary>Damages what the source reads; false where files do not go wrong in that way, or it reads none.</summary>
        public bool Damage(UpstreamFault fault, SourceManifest manifest)
        {
            foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => IsData(f) && IsReadBy(f, manifest)))
            {
                byte[] bytes = File.ReadAllBytes(file);
                byte[]? bad = FaultyUpstream.Damaged(bytes, fault);
                if (ReferenceEquals(bad, bytes)) continue;
                damaged.Add(file, (bytes, File.GetLastWriteTimeUtc(file)));
                if (bad is null) File.Delete(file);
                else File.WriteAllBytes(file, bad);
            }

            return damaged.Count > 0;
        }

        /// <summary>Puts everything back as it was.</summary>
        public void Mend()
        {
            foreach ((string file, (byte[] bytes, DateTime writtenAt)) in damaged)
            {
                File.WriteAllBytes(file, bytes);
                File.SetLastWriteTimeUtc(file, writtenAt);
            }

            damaged.Clear();
        }

        /// <summary>Sources with an upstream read the folder of their name only. The portfolio was read before.</summary>
        private bool IsReadBy(string file, SourceManifest manifest) => manifest.Limit is null
            ? Path.GetFileName(file) != "suppliers.csv"
            : file.StartsWith(Path.Combine(folder, "sources", manifest.Id.Value) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <param name="Problem">Why it could not be tried; "" when it was.</param>
    private sealed record Trial(SourceId Source, int Signals, string Problem, List<(UpstreamFault Fault, string Verdict, bool IsGood)> Cells);
}
