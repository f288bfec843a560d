using System.Globalization;

namespace Risk.Connectors.Sdk;

/// <summary>The shrink guard of sources that keep no snapshot, being asked page by page or read from the buyer's own files: how many records each part had is the checkpoint.</summary>
internal static class RecordCounts
{
    /// <summary>Share of a part's records that may be gone since the last run. The window moves on, and records leave at its far end.</summary>
    private const double MaximumShrink = 0.2;

    /// <summary>Fewer records than this go up and down by chance.</summary>
    private const int Few = 20;

    /// <summary>Compares with the last run's checkpoint and gives this run's.</summary>
    /// <exception cref="SourceFailureException">Shrunk: a part has far fewer records than at the last run.</exception>
    public static string Check(FetchContext context, IEnumerable<KeyValuePair<string, int>> counts)
    {
        Dictionary<string, int> known = Read(context.Checkpoint);
        KeyValuePair<string, int>[] now = [.. counts];
        foreach ((string part, int count) in now)
        {
            if (context.Snapshots.AcceptsShorter || known.GetValueOrDefault(part) is not (>= Few and int before) || count >= before * (1 - MaximumShrink)) continue;
            string text = string.Create(CultureInfo.InvariantCulture, $"{part} of {context.Manifest.Title} has {count} records where it had {before} at the last run; more than {MaximumShrink:P0} are gone.");
            throw new SourceFailureException(FailureKind.Shrunk, $"{text} What was known stays. If they are gone for good: risk sources pull {context.Manifest.Id} --accept-shorter");
        }

        return string.Join(';', now.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}={c.Value}")));
    }

    private static Dictionary<string, int> Read(string? checkpoint) => (checkpoint ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('='))
        .Where(p => p.Length == 2 && int.TryParse(p[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .ToDictionary(p => p[0], p => int.Parse(p[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
