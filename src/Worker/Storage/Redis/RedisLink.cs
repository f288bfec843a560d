using StackExchange.Redis;

namespace Risk.Worker.Storage.Redis;

/// <summary>The connection to Redis, which may be down at any time: then there is no answer, soon. Thread-safe.</summary>
internal sealed class RedisLink(string address, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>After a failure Redis is left alone this long.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim connecting = new(1, 1);
    private readonly Lock state = new();
    private ConnectionMultiplexer? connection;
    private long? failedAt;
    private bool isLost;

    public string Address => address;

    /// <summary>Called once when it no longer answers, with the reason.</summary>
    public Action<string> WhenLost { get; set; } = static _ => { };

    /// <summary>Called once when it answers again.</summary>
    public Action WhenFound { get; set; } = static () => { };

    /// <summary>Does something with Redis; false and nothing when it does not answer.</summary>
    public async Task<(bool Answered, T? Result)> TryAsync<T>(Func<IDatabase, Task<T>> action, CancellationToken cancellationToken)
    {
        lock (state)
        {
            if (failedAt is { } failed && clock.GetElapsedTime(failed) < Pause) return (false, default);
        }

        try
        {
            ConnectionMultiplexer redis = await ConnectAsync(cancellationToken);
            T result = await action(redis.GetDatabase()).WaitAsync(Patience, clock, cancellationToken);
            Found();
            return (true, result);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Lost(e);
            return (false, default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is { } open) await open.CloseAsync(allowCommandsToComplete: false);
        connection?.Dispose();
        connecting.Dispose();
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        if (connection is { } there) return there;
        await connecting.WaitAsync(cancellationToken);
        try
        {
            if (connection is { } other) return other;
            var options = ConfigurationOptions.Parse(address);
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = (int)Patience.TotalMilliseconds;
            options.SyncTimeout = (int)Patience.TotalMilliseconds;
            options.ReconnectRetryPolicy = new LinearRetry((int)Pause.TotalMilliseconds);
            options.ClientName = "risk";
            return connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(Patience * 2, clock, cancellationToken);
        }
        finally
        {
            connecting.Release();
        }
    }

    private void Found()
    {
        lock (state)
        {
            failedAt = null;
            if (!isLost) return;
            isLost = false;
        }

        WhenFound();
    }

    private void Lost(Exception problem)
    {
        lock (state)
        {
            failedAt = clock.GetTimestamp();
            if (isLost) return;
            isLost = true;
        }

        WhenLost(problem.GetType().Name);
    }
}
