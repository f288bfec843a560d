using System.Globalization;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>Counts the records of one file of a list, and those that cannot be read.</summary>
/// <param name="noun">What the list calls its records, for messages: rows, entries.</param>
internal sealed class ListRows(FetchAudit audit, string noun = "rows")
{
    /// <summary>Share of the records that may be unreadable before the file counts as damaged.</summary>
    private const double TolerableBroken = 0.01;

    private long broken;

    public long Count { get; private set; }

    /// <param name="key">Which record, for people: "line 12".</param>
    /// <param name="problem">Why it cannot be read, or null when it was.</param>
    public void Add(string key, string? problem)
    {
        Count++;
        audit.CountRead();
        if (problem is null) return;
        broken++;
        audit.Reject(key, problem);
    }

    /// <summary>The number of records, once all were added.</summary>
    /// <exception cref="SourceFailureException">Too many of them could not be read.</exception>
    public long Whole() => broken <= Count * TolerableBroken
        ? Count
        : throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"is not in the documented format in {broken} of {Count} {noun}"));
}
