using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage;

/// <summary>The list of a source that the portfolio was last screened against.</summary>
/// <param name="PublishedAt">The publisher's date, or null where it states none.</param>
/// <param name="Sha256">Lower-case hex, over <paramref name="Entries"/> before they were compressed.</param>
/// <param name="Matcher">Version of what compared.</param>
/// <param name="Portfolio">Which state of the portfolio was screened (<see cref="PortfolioStamp.Version"/>).</param>
/// <param name="Entries">JSON of the list's entries, compressed.</param>
public sealed record ScreenedList(SourceId Source, DateTimeOffset At, DateTimeOffset? PublishedAt, string Sha256, string Matcher, long Portfolio, byte[] Entries);

/// <summary>One screen of the portfolio against one list version, or the attempt.</summary>
/// <param name="Files">The list's files.</param>
/// <param name="Failure">Why the list could not be had or believed; "" when the portfolio was screened.</param>
public sealed record ScreeningPass(
    SourceId Source, DateTimeOffset At, ImmutableArray<ScreenedFile> Files, DateTimeOffset? PublishedAt, string Matcher, long Portfolio, int Suppliers, int Entries, int Hits, int Possible, int Cleared, string Failure);

/// <param name="Part">Which file of the source.</param>
public sealed record ScreenedFile(string Part, string Sha256);

/// <summary>What is known of a supplier and one list at an instant.</summary>
/// <param name="Screened">The last pass that looked at the supplier as it is; null: none yet.</param>
/// <param name="FailedSince">The first failed attempt after it (or after anything), when the last attempt failed; else null.</param>
public sealed record SupplierScreening(SourceId Source, ScreeningPass? Screened, ScreeningPass? FailedSince, ScreeningPass? LastFailure);

public enum StoredMatchResult { Possible = 0, Hit = 1, Cleared = 2 }

/// <summary>What was compared of supplier and listed party, each list sorted. A decision about the pair holds while it stays as it was.</summary>
public sealed record ComparedFields(
    ImmutableArray<string> SupplierNames, string SupplierCountry, ImmutableArray<string> SupplierIdentifiers,
    ImmutableArray<string> ListedNames, ImmutableArray<string> ListedCountries, ImmutableArray<string> ListedIdentifiers);

/// <summary>A match as it was found, before anybody decided.</summary>
/// <param name="Event">The signal that it makes by itself.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="ConfirmedSeverity">Severity of the signal once a person has confirmed it.</param>
/// <param name="Entry">Fingerprint of all that the list says of the party.</param>
/// <param name="Note">What became of an earlier decision about the pair; or "".</param>
public sealed record MatchContent(EventSignal Event, ComparedFields Compared, string List, string ListedName, string OwnName, double Score, int ConfirmedSeverity, string Entry, string Matcher, string Note);

/// <summary>A supplier that was found like a listed party, from when to when, and what that came to.</summary>
/// <param name="Id">0 for one that is not stored yet.</param>
/// <param name="Entry">Id of the list's entry.</param>
/// <param name="Until">Null while it is so.</param>
/// <param name="Ended">Why it ended; or "".</param>
/// <param name="Decision">Id of the decision that the result rests on; null: on the comparison alone.</param>
public sealed record StoredMatch(
    long Id, SupplierId Supplier, SourceId Source, string Entry, DateTimeOffset Since, DateTimeOffset? Until, string Ended, StoredMatchResult Result, string? Decision, MatchContent Content);

public enum MatchVerdict { FalsePositive = 0, Confirmed = 1 }

/// <summary>What a person decided about a supplier and a listed party.</summary>
/// <param name="Until">When it has to be decided again; null: when something that was compared changes.</param>
/// <param name="EndedAt">Null while it stands.</param>
/// <param name="Ended">Why it no longer stands; or "".</param>
public sealed record MatchDecision(
    string Id, SupplierId Supplier, SourceId Source, string Entry, MatchVerdict Verdict, string By, string Reason, DateTimeOffset At, DateTimeOffset? Until, ComparedFields Compared, DateTimeOffset? EndedAt, string Ended);

/// <param name="Oldest">Instant of the oldest record that went.</param>
public sealed record RemovedScreenings(int Passes, int Matches, int Decisions);

/// <summary>Screens of the portfolio against lists, what they found, and what people decided about it.</summary>
public interface IScreeningTable
{
    Task<ScreenedList?> ListAsync(SourceId source, CancellationToken cancellationToken);

    /// <summary>By source.</summary>
    Task<IReadOnlyList<ScreenedList>> ListsAsync(CancellationToken cancellationToken);

    /// <summary>Replaces what is stored of the source's list.</summary>
    Task SaveListAsync(ScreenedList list, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a pass. Of the days (UTC) before, passes that differ from the one before them in their instant only are dropped but for the last of the day: what was screened
    /// against what can be told for every day, whatever the cadence.
    /// </summary>
    Task AddPassAsync(ScreeningPass pass, CancellationToken cancellationToken);

    /// <summary>How the supplier stands with each list that was ever tried, at <paramref name="asOf"/> (null: now), by source. A pass counts if it saw what lists are matched on as it was then.</summary>
    Task<IReadOnlyList<SupplierScreening>> OfSupplierAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken);

    /// <summary>The latest pass or attempt of a source, or null.</summary>
    Task<ScreeningPass?> LastPassAsync(SourceId source, CancellationToken cancellationToken);

    /// <summary>Matches of the source that stand, by supplier, then entry.</summary>
    Task<IReadOnlyList<StoredMatch>> StandingAsync(SourceId source, CancellationToken cancellationToken);

    /// <summary>Matches of the supplier that stood at <paramref name="asOf"/> (null: stand now), by source, then entry.</summary>
    Task<IReadOnlyList<StoredMatch>> MatchesAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken);

    Task<StoredMatch?> FindStandingAsync(SupplierId supplier, SourceId source, string entry, CancellationToken cancellationToken);

    /// <summary>Stores matches that begin; gives their ids in order.</summary>
    Task<IReadOnlyList<long>> BeginAsync(IReadOnlyCollection<StoredMatch> matches, CancellationToken cancellationToken);

    Task EndAsync(IReadOnlyCollection<long> matches, string why, DateTimeOffset at, CancellationToken cancellationToken);

    /// <exception cref="StoreException">One stands for the pair.</exception>
    Task AddDecisionAsync(MatchDecision decision, CancellationToken cancellationToken);

    Task EndDecisionAsync(string id, string why, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Standing ones, or (with <paramref name="ended"/>) all, newest first.</summary>
    Task<IReadOnlyList<MatchDecision>> DecisionsAsync(bool ended, CancellationToken cancellationToken);

    Task<MatchDecision?> FindDecisionAsync(string id, CancellationToken cancellationToken);

    /// <summary>Standing ones whose time is over at <paramref name="at"/>.</summary>
    Task<IReadOnlyList<MatchDecision>> ExpiredAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Removes passes before the instant (the last of each source stays), and matches and decisions that ended before it.</summary>
    Task<RemovedScreenings> RemoveBeforeAsync(DateTimeOffset at, CancellationToken cancellationToken);
}
