using Risk.Connectors.Sdk.Http;
using StackExchange.Redis;

namespace Risk.Worker.Storage.Redis;

/// <summary>Upstreams' answers, shared by all workers; what is too large for Redis, or comes while it is down, is kept by each worker alone.</summary>
internal sealed class RedisAnswers(RedisLink link, IAnswerCache own) : IAnswerCache
{
    private const int LargestBody = 1024 * 1024;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(14);

    public async Task<CachedAnswer?> FindAsync(string key, CancellationToken cancellationToken)
    {
        (bool answered, RedisValue value) = await link.TryAsync(redis => redis.StringGetAsync(Key(key)), cancellationToken);
        return answered && !value.IsNull && CachedAnswerFormat.Read((byte[])value!) is { } found ? found : await own.FindAsync(key, cancellationToken);
    }

    public async Task StoreAsync(string key, CachedAnswer answer, CancellationToken cancellationToken)
    {
        bool isShared = answer.Body.Length <= LargestBody && (await link.TryAsync(redis => redis.StringSetAsync(Key(key), CachedAnswerFormat.Write(answer), KeptFor), cancellationToken)).Answered;
        if (!isShared) await own.StoreAsync(key, answer, cancellationToken);
    }

    public async Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        await link.TryAsync(redis => redis.KeyDeleteAsync(Key(key)), cancellationToken);
        await own.RemoveAsync(key, cancellationToken);
    }

    private static RedisKey Key(string key) => "risk:answer:" + key;
}
