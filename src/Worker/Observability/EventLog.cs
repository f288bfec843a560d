namespace Risk.Worker.Observability;

/// <summary>Every log line that ops may filter or alert on. Numbers are never reused.</summary>
internal static partial class EventLog
{
    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Source {Source} failed ({Kind}): {Reason}")]
    public static partial void SourceFailed(this ILogger logger, string source, string kind, string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "Source {Source}: the connector failed on what it read")]
    public static partial void SourceDefect(this ILogger logger, Exception exception, string source);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning, Message = "Source {Source} rejected {Rejected} of {Total} records")]
    public static partial void RecordsRejected(this ILogger logger, string source, int rejected, int total);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning, Message = "Source {Source} changed its format: {Changes}")]
    public static partial void FormatChanged(this ILogger logger, string source, string changes);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "Redis at {Address} does not answer ({Reason}); until it does, this worker takes a small share of each limit")]
    public static partial void RedisLost(this ILogger logger, string address, string reason);

    [LoggerMessage(EventId = 2107, Level = LogLevel.Information, Message = "Redis at {Address} answers; limits and answers are shared")]
    public static partial void RedisFound(this ILogger logger, string address);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Information, Message = "Assessed {Suppliers} suppliers: {Opened} alerts opened, {Resolved} resolved")]
    public static partial void Assessed(this ILogger logger, int suppliers, int opened, int resolved);

    [LoggerMessage(EventId = 2301, Level = LogLevel.Information, Message = "Running with rule set {Hash}, {Rules} rules, {Sources} sources, {Suppliers} suppliers")]
    public static partial void Started(this ILogger logger, string hash, int rules, int sources, int suppliers);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Information, Message = "Rules changed: set {From} is replaced by {To}, {Rules} rules; every supplier is assessed anew")]
    public static partial void RulesTakenOver(this ILogger logger, string from, string to, int rules);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Information, Message = "Changed files are in force; rule set {Hash} stays")]
    public static partial void FilesTakenOver(this ILogger logger, string hash);

    [LoggerMessage(EventId = 2304, Level = LogLevel.Error, Message = "Changed files are not in force, rule set {Hash} runs on: {Summary}")]
    public static partial void RulesRefused(this ILogger logger, string hash, string summary);

    [LoggerMessage(EventId = 2305, Level = LogLevel.Warning, Message = "The workspace's files could not be looked at: {Reason}")]
    public static partial void ReloadPostponed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2401, Level = LogLevel.Warning, Message = "Delivery {Delivery} to {Receiver} failed, attempt {Attempt}: {Reason}; next try {Next:yyyy-MM-ddTHH:mm:ssK}")]
    public static partial void DeliveryRetried(this ILogger logger, string delivery, string receiver, int attempt, string reason, DateTimeOffset? next);

    [LoggerMessage(EventId = 2403, Level = LogLevel.Information, Message = "Delivery {Delivery} to {Receiver} postponed: {Reason}")]
    public static partial void DeliveryPostponed(this ILogger logger, string delivery, string receiver, string reason);

    [LoggerMessage(EventId = 2404, Level = LogLevel.Warning, Message = "The heartbeat did not arrive: {Reason}")]
    public static partial void HeartbeatFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2402, Level = LogLevel.Error, Message = "Delivery {Delivery} to {Receiver} given up: {Reason}")]
    public static partial void DeliveryDead(this ILogger logger, string delivery, string receiver, string reason);
}
