namespace Risk.Worker.Storage;

/// <summary>The clock of an alert that was told and that nobody has acknowledged.</summary>
/// <param name="ToldAt">When it was told, or told to have got worse: the clock starts there.</param>
/// <param name="Step">How many steps have been taken.</param>
/// <param name="NextAt">When it is looked at next.</param>
public sealed record EscalationClock(string Episode, DateTimeOffset ToldAt, int Step, DateTimeOffset NextAt);

public interface IEscalationTable
{
    /// <summary>Stores the clocks; one of the same episode is replaced.</summary>
    Task SaveAsync(IReadOnlyCollection<EscalationClock> clocks, CancellationToken cancellationToken);

    /// <summary>Those whose look has come, by that instant and the episode, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<EscalationClock>> DueAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken);

    /// <summary>They have ended: resolved, acknowledged, or out of steps.</summary>
    Task EndAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken);
}
