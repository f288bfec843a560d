using Risk.Connectors.Sdk.Http;

namespace Risk.Worker.Ingestion;

/// <summary>Kept answers as one run uses them. What a source could not make sense of must not come again by a 304: it is forgotten, and asked for whole the next time. Thread-safe.</summary>
internal sealed class UsedAnswers(IAnswerCache kept) : IAnswerCache
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public async Task<CachedAnswer?> FindAsync(string key, CancellationToken cancellationToken)
    {
        CachedAnswer? found = await kept.FindAsync(key, cancellationToken);
        if (found is not null) Note(key);
        return found;
    }

    public Task StoreAsync(string key, CachedAnswer answer, CancellationToken cancellationToken)
    {
        Note(key);
        return kept.StoreAsync(key, answer, cancellationToken);
    }

    public Task RemoveAsync(string key, CancellationToken cancellationToken) => kept.RemoveAsync(key, cancellationToken);

    /// <summary>What was used since the last call was good.</summary>
    public void Trust()
    {
        lock (gate) used.Clear();
    }

    /// <summary>Something that was used since was not good.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        string[] keys;
        lock (gate)
        {
            keys = [.. used];
            used.Clear();
        }

        foreach (string key in keys) await kept.RemoveAsync(key, cancellationToken);
    }

    private void Note(string key)
    {
        lock (gate) used.Add(key);
    }
}
