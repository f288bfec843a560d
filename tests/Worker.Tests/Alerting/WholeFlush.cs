using Risk.Worker.Alerting;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

internal static class WholeFlush
{
    /// <summary>All parts of a flush, one after the other in one session.</summary>
    /// <returns>Ids of the deliveries that are new.</returns>
    public static async Task<IReadOnlyList<string>> FlushDueAsync(this AlertDispatcher dispatcher, IStoreSession session, DateTimeOffset at, bool everythingNow, CancellationToken cancellationToken)
    {
        var told = new List<string>();
        for (string? after = ""; after is not null;)
        {
            (IReadOnlyList<string> ids, after) = await dispatcher.FlushSomeAsync(session, at, everythingNow, after, cancellationToken);
            told.AddRange(ids);
        }

        return told;
    }
}
