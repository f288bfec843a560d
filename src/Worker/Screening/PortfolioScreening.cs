using System.Collections.Immutable;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>A list, and what comparing it with the portfolio gave; ready to be recorded.</summary>
/// <param name="Searched">Who was compared; null: the whole portfolio.</param>
/// <param name="Matches">Of those.</param>
internal sealed record PreparedScreen(
    SourceId Source, PartyListUpdate List, ScreenedList Entries, IReadOnlyDictionary<SupplierId, Supplier> Portfolio, IReadOnlySet<SupplierId>? Searched, ImmutableArray<ListMatch> Matches);

/// <summary>Screens the portfolio against lists, and records every screen.</summary>
/// <remarks>
/// Once a list has been screened whole, only what changed is compared: suppliers that came or changed, and those near entries that came, went or changed. Another matcher, or a
/// list that changed in large part, is screened whole again. A changed entry also moves, by very little, how much its words weigh for all others: a pair that stands at a threshold
/// may be judged otherwise at the next whole screen.
/// </remarks>
internal static class PortfolioScreening
{
    /// <summary>Share of the entries that may have changed for the change to be looked for in the portfolio; above it, the portfolio is looked for in the list.</summary>
    private const double LargestChange = 0.1;

    /// <summary>Compares, outside any transaction that writes: it may take seconds.</summary>
    /// <param name="portfolio">Suppliers that the source covers.</param>
    /// <param name="names">Their names, made when they are needed.</param>
    /// <param name="version">The state of the portfolio that they are from.</param>
    public static async Task<PreparedScreen> PrepareAsync(
        IRiskStore store, SourceId source, PartyListUpdate list, IReadOnlyList<Supplier> portfolio, Lazy<PortfolioNames> names, long version, DateTimeOffset at, CancellationToken cancellationToken)
    {
        (byte[] compressed, string sha256) = ListEntryFile.Write(list.Entries);
        var entries = new ScreenedList(source, at, list.Accepted[0].PublishedAt, sha256, MatcherVersion.Current, version, compressed);
        Dictionary<SupplierId, Supplier> byId = portfolio.ToDictionary(s => s.Id);
        HashSet<SupplierId>? searched = null;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            ScreenedList? last = await session.Screening.ListAsync(source, cancellationToken);
            if (last is not null && last.Matcher == entries.Matcher)
            {
                searched = await ConcernedAsync(session, last, list.Entries, sha256, names, cancellationToken);
                searched?.IntersectWith(byId.Keys);
            }
        }

        return new PreparedScreen(source, list, entries, byId, searched, Compare(list.Entries, portfolio, searched, cancellationToken));
    }

    /// <param name="searched">Whom to compare; null: everybody.</param>
    internal static ImmutableArray<ListMatch> Compare(ImmutableArray<ListEntry> entries, IReadOnlyList<Supplier> portfolio, IReadOnlySet<SupplierId>? searched, CancellationToken cancellationToken) =>
        searched is { Count: 0 } ? [] : new ListScreener(entries).Screen(searched is null ? portfolio : [.. portfolio.Where(s => searched.Contains(s.Id))], cancellationToken);

    /// <summary>Whose comparison with the list may come out differently than at the last screen; null: anybody's.</summary>
    private static async Task<HashSet<SupplierId>?> ConcernedAsync(
        IStoreSession session, ScreenedList last, ImmutableArray<ListEntry> entries, string sha256, Lazy<PortfolioNames> names, CancellationToken cancellationToken)
    {
        HashSet<SupplierId> concerned = [.. await session.Suppliers.ChangedSinceAsync(last.Portfolio, cancellationToken)];
        if (last.Sha256 == sha256) return concerned;
        ListEntry[] changed = [.. ListChanges.Between(ListEntryFile.Read(last.Entries), entries)];
        if (changed.Length > LargestChange * entries.Length) return null;
        if (changed.Length > 0)
        {
            if (names.Value.Near(changed, cancellationToken) is not { } near) return null;
            concerned.UnionWith(near);
        }

        concerned.UnionWith((await session.Screening.StandingAsync(last.Source, cancellationToken)).Select(m => m.Supplier));
        return concerned;
    }

    /// <summary>Stores list, pass, matches and signals, and the ends of decisions that no longer fit, in the caller's transaction.</summary>
    /// <param name="keepFor">How long screens are kept.</param>
    public static async Task<SignalChanges> RecordAsync(IStoreSession session, PreparedScreen screen, DateTimeOffset at, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        Dictionary<string, MatchDecision> decisions = (await session.Screening.DecisionsAsync(ended: false, cancellationToken)).Where(d => d.Source == screen.Source).ToDictionary(d => d.Id);
        IReadOnlyList<StoredMatch> standing = await session.Screening.StandingAsync(screen.Source, cancellationToken);
        Comparison comparison = await CompareAsync(session, screen, standing, decisions, at, cancellationToken);
        foreach ((MatchDecision decision, string why) in comparison.Reopened) await MatchDecisions.EndAsync(session, decision, why, at, cancellationToken);
        foreach (var ended in comparison.Ended.GroupBy(e => e.Why)) await session.Screening.EndAsync([.. ended.Select(e => e.Match.Id)], ended.Key, at, cancellationToken);
        await session.Screening.BeginAsync(comparison.Begun, cancellationToken);

        StoredMatch[] now = [.. comparison.Kept, .. comparison.Begun];
        SignalChanges changes = new(0, 0, 0, []);
        if (screen.Searched is null || comparison.Begun.Count + comparison.Ended.Count > 0)
        {
            EventSignal[] signals = [.. now.Select(m => MatchSignals.Of(m, m.Decision is { } id ? decisions[id] : null))];
            changes = await session.Signals.RecordAsync(screen.Source, signals, [], at, cancellationToken);
        }

        ScreeningPass pass = PassOf(screen, now, at);
        ScreeningPass? before = await session.Screening.LastPassAsync(screen.Source, cancellationToken);
        await session.Screening.AddPassAsync(pass, cancellationToken);
        await session.Screening.SaveListAsync(screen.Entries, cancellationToken);
        await session.Ledger.AppendAsync(
            [("screening", screen.Source.Value, CanonicalJson.Object(
                ("files", string.Join(", ", pass.Files.Select(f => $"{f.Part} {f.Sha256}"))), ("publishedAt", pass.PublishedAt), ("entries", pass.Entries), ("entriesSha256", screen.Entries.Sha256), ("matcher", pass.Matcher),
                ("suppliers", pass.Suppliers), ("compared", screen.Searched?.Count ?? pass.Suppliers), ("hits", pass.Hits), ("possible", pass.Possible), ("cleared", pass.Cleared),
                ("begun", comparison.Begun.Count), ("ended", comparison.Ended.Count)))],
            at, cancellationToken);
        if (before is not null && before.At.UtcDateTime.Date != at.UtcDateTime.Date) await ForgetAsync(session, at - keepFor, at, cancellationToken);
        return changes;
    }

    /// <summary>Records that the list could not be had or believed: nobody was screened, and nothing is cleared by it.</summary>
    public static Task RecordFailureAsync(IStoreSession session, SourceId source, string reason, DateTimeOffset at, CancellationToken cancellationToken) =>
        session.Screening.AddPassAsync(new ScreeningPass(source, at, [], null, MatcherVersion.Current, 0, 0, 0, 0, 0, 0, reason), cancellationToken);

    private static async Task<Comparison> CompareAsync(
        IStoreSession session, PreparedScreen screen, IReadOnlyList<StoredMatch> standing, Dictionary<string, MatchDecision> decisions, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Dictionary<(SupplierId, string), StoredMatch> known = standing.ToDictionary(m => (m.Supplier, m.Entry));
        Dictionary<(SupplierId, string), MatchDecision> decided = decisions.Values.ToDictionary(d => (d.Supplier, d.Entry));
        ILookup<SupplierId, Signal> signals = await session.Signals.LoadAsync([.. screen.Matches.Select(m => m.Supplier).Distinct()], null, cancellationToken);
        var comparison = new Comparison();
        var found = new HashSet<(SupplierId, string)>();
        foreach (ListMatch match in screen.Matches)
        {
            (SupplierId, string) pair = (match.Supplier, match.Entry.Id);
            found.Add(pair);
            StoredMatch? before = known.GetValueOrDefault(pair);
            MatchContent content = ContentOf(match, screen, FirstSeen(match, before, signals[match.Supplier], at), at);
            if (before is not null && IsSame(before.Content, content))
            {
                comparison.Kept.Add(before);
                continue;
            }

            if (before is not null) comparison.Ended.Add((before, "compared again"));
            comparison.Begun.Add(Decide(screen, match, content with { Note = before?.Content.Note ?? "" }, decided.GetValueOrDefault(pair), comparison, at));
        }

        HashSet<string> listed = [.. screen.List.Entries.Select(e => e.Id)];
        foreach (StoredMatch match in standing.Where(m => !found.Contains((m.Supplier, m.Entry))))
        {
            if (!screen.Portfolio.ContainsKey(match.Supplier)) comparison.Ended.Add((match, "the supplier left the portfolio"));
            else if (screen.Searched?.Contains(match.Supplier) == false) comparison.Kept.Add(match);
            else comparison.Ended.Add((match, listed.Contains(match.Entry) ? "the names are no longer alike" : "the list no longer has the party"));
        }

        return comparison;
    }

    private static StoredMatch Decide(PreparedScreen screen, ListMatch match, MatchContent content, MatchDecision? decision, Comparison comparison, DateTimeOffset at)
    {
        var result = new StoredMatch(0, match.Supplier, screen.Source, match.Entry.Id, at, null, "", MatchDecisions.Undecided(content), null, content);
        if (decision is null) return result;
        if (ComparedPair.IsSame(decision.Compared, content.Compared)) return result with { Result = MatchDecisions.ResultOf(decision), Decision = decision.Id };
        string changes = ComparedPair.Changes(decision.Compared, content.Compared);
        comparison.Reopened.Add((decision, $"open again: {changes}"));
        return result with { Content = content with { Note = $"{MatchSignals.Describe(decision)}; open again since {MatchSignals.Day(at)}: {changes}" } };
    }

    private static MatchContent ContentOf(ListMatch match, PreparedScreen screen, DateTimeOffset firstSeenAt, DateTimeOffset at) => new(
        ListEvents.Of(match, screen.List.Accepted[0], firstSeenAt, at), ComparedPair.Of(screen.Portfolio[match.Supplier], match.Entry), match.Entry.List, match.Listed.Text, match.OwnName, Math.Round(match.Score, 4),
        ListEvents.ConfirmedSeverity(match.Entry.Kind), ListEntryFile.Fingerprint(match.Entry), screen.Entries.Matcher, "");

    /// <summary>Whether the match is what it was. Its score may have moved a little with the rest of the list: that is no news.</summary>
    private static bool IsSame(MatchContent before, MatchContent now) =>
        before.Matcher == now.Matcher && before.Entry == now.Entry && before.Event.Stage == now.Event.Stage && before.Event.Severity == now.Event.Severity && ComparedPair.IsSame(before.Compared, now.Compared);

    /// <summary>When the match was first found: as it stands, else as an event of an earlier version of this program says, else now.</summary>
    private static DateTimeOffset FirstSeen(ListMatch match, StoredMatch? before, IEnumerable<Signal> signals, DateTimeOffset at)
    {
        if (before is not null) return before.Content.Event.OccurredAt;
        DateTimeOffset? known = signals.OfType<EventSignal>().FirstOrDefault(e => e.Name == match.Entry.Kind.Feed.Name && e.Id == match.Entry.Id)?.OccurredAt;
        return known < at ? known.Value : at;
    }

    private static ScreeningPass PassOf(PreparedScreen screen, StoredMatch[] now, DateTimeOffset at) => new(
        screen.Source, at, [.. screen.List.Accepted.Select(s => new ScreenedFile(s.Part, s.Sha256))], screen.Entries.PublishedAt, screen.Entries.Matcher, screen.Entries.Portfolio, screen.Portfolio.Count,
        screen.List.Entries.Length, now.Count(m => m.Result == StoredMatchResult.Hit), now.Count(m => m.Result == StoredMatchResult.Possible), now.Count(m => m.Result == StoredMatchResult.Cleared), "");

    private static async Task ForgetAsync(IStoreSession session, DateTimeOffset before, DateTimeOffset at, CancellationToken cancellationToken)
    {
        RemovedScreenings removed = await session.Screening.RemoveBeforeAsync(before, cancellationToken);
        if (removed == new RemovedScreenings(0, 0, 0)) return;
        await session.Ledger.AppendAsync(
            [("retention", "screening", CanonicalJson.Object(("before", before), ("passes", removed.Passes), ("matches", removed.Matches), ("decisions", removed.Decisions)))], at, cancellationToken);
    }

    private sealed class Comparison
    {
        public List<StoredMatch> Kept { get; } = [];

        public List<StoredMatch> Begun { get; } = [];

        public List<(StoredMatch Match, string Why)> Ended { get; } = [];

        public List<(MatchDecision Decision, string Why)> Reopened { get; } = [];
    }
}
