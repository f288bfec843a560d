using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>Events in force, for sources that add to what is known (a probability to a vulnerability) and for those that must take back what they said.</summary>
public interface IKnownEvents
{
    /// <summary>Of every supplier, as all running sources tell them. A source that asks for feeds of others names them in <see cref="SourceManifest.JoinsFeeds"/>.</summary>
    Task<IReadOnlyList<EventSignal>> OfFeedAsync(string feed, CancellationToken cancellationToken);
}
