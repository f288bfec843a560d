namespace Risk.Connectors.Sdk;

/// <summary>Why a fetch failed; decides what is retried and what an ops person is told.</summary>
public enum FailureKind
{
    /// <summary>No connection, reset, DNS.</summary>
    Unreachable,
    Timeout,
    /// <summary>429, or 403 where the upstream throttles with it.</summary>
    RateLimited,
    /// <summary>401, or 403 for a missing key or contact.</summary>
    Forbidden,
    NotFound,
    /// <summary>5xx.</summary>
    ServerError,
    /// <summary>Body over its bound, unpacked.</summary>
    TooLarge,
    /// <summary>Connection closed before the promised length.</summary>
    Truncated,
    /// <summary>Not the promised format: an HTML page, a broken record beyond tolerance.</summary>
    Malformed,
    /// <summary>Fewer rows than the shrink guard allows.</summary>
    Shrunk,
    /// <summary>A record that must be there is missing.</summary>
    SentinelMissing,
    /// <summary>Older than what is already here.</summary>
    Outdated,
    /// <summary>Something of ours is missing or wrong: a setting, or a disk that is full or not writable.</summary>
    Misconfigured,
}

/// <summary>A source, or one part of it, could not be read. The message says what happened and, where there is one, the fix; never a secret.</summary>
public sealed class SourceFailureException : Exception
{
    public SourceFailureException(FailureKind kind, string message, Exception? inner = null, TimeSpan? retryAfter = null)
        : base(message, inner)
    {
        Kind = kind;
        RetryAfter = retryAfter;
    }

    public FailureKind Kind { get; }

    /// <summary>What the upstream asked for, or null.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The file that was refused and kept for inspection, or null.</summary>
    public Snapshot? Refused { get; init; }

    /// <summary>True when the content was refused: last-good stays and the body is kept for inspection.</summary>
    public bool IsQuarantine => Kind is FailureKind.Malformed or FailureKind.Truncated or FailureKind.Shrunk or FailureKind.SentinelMissing or FailureKind.Outdated or FailureKind.TooLarge;
}
