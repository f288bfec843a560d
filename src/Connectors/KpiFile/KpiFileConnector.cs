using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.KpiFile;

/// <summary>Reads the files that changed since the last run. Rows that are deleted from a file stay known: they were true when they were read.</summary>
internal sealed class KpiFileConnector : IConnector
{
    /// <summary>A year of daily rows for thousands of suppliers; more is an export gone wrong.</summary>
    private const long MaximumBytes = 64 * 1024 * 1024;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dictionary<string, string> known = context.Checkpoint is { } checkpoint ? JsonSerializer.Deserialize<Dictionary<string, string>>(checkpoint)! : [];
        var current = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var reader = new KpiFileReader(context);
        IEnumerable<string> asked = context.Suppliers.Select(s => s.Id.Value).Order(StringComparer.Ordinal)
            .Concat(context.Metrics.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Name} {m.Type} {m.Minimum} {m.Maximum}")));
        string question = Hash(Encoding.UTF8.GetBytes(string.Join('\n', asked)));
        foreach (string path in KpiFileModule.Files(context.Workspace))
        {
            string file = Path.GetFileName(path);
            byte[]? bytes = await TryReadAsync(path, file, context.Audit, cancellationToken).ConfigureAwait(false);
            if (bytes is null) continue;
            // A new supplier or metric may be in a file that was read before.
            string state = $"{Hash(bytes)} {question}";
            if (known.GetValueOrDefault(file) == state)
            {
                current[file] = state;
                continue;
            }

            List<MetricSignal>? signals = Parse(reader, bytes, file, context.Audit);
            if (signals is null) continue;
            if (!reader.HasRowsToCome) current[file] = state;
            yield return new ListUpdate([]) { Signals = [.. signals] };
        }

        foreach (string gone in known.Keys.Where(k => !File.Exists(Path.Combine(context.Workspace, KpiFileModule.Folder, k)))) context.Audit.Reject($"{KpiFileModule.Folder}/{gone}", "the file is gone; its readings stay known");

        // Last and on its own, so that a run that stops half-way reads everything again rather than too little.
        yield return new ListUpdate([]) { Signals = [], Checkpoint = JsonSerializer.Serialize(current) };
    }

    private static async Task<byte[]?> TryReadAsync(string path, string file, FetchAudit audit, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length <= MaximumBytes) return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            audit.Reject($"{KpiFileModule.Folder}/{file}", "the file is larger than 64 MB; split it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            audit.Reject($"{KpiFileModule.Folder}/{file}", "the file cannot be opened; check its permissions and whether another program holds it");
        }

        return null;
    }

    private static List<MetricSignal>? Parse(KpiFileReader reader, byte[] bytes, string file, FetchAudit audit)
    {
        try
        {
            return reader.Read(new MemoryStream(bytes), file);
        }
        catch (SourceFailureException e)
        {
            audit.Reject($"{KpiFileModule.Folder}/{file}", e.Message);
            return null;
        }
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
