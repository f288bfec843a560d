using System.Collections.Immutable;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>What changed since a list was last screened.</summary>
/// <param name="Moved">Entries that came, went or changed; these as they were and as they are.</param>
/// <param name="Came">Suppliers that came or changed.</param>
/// <param name="Matched">Suppliers that match one of the moved entries.</param>
internal sealed record ScreenChanges(IReadOnlyCollection<ListEntry> Moved, HashSet<SupplierId> Came, HashSet<SupplierId> Matched);

/// <summary>What of a list and of the portfolio was compared.</summary>
/// <param name="Whole">Suppliers that were compared with the whole list; null: everybody was.</param>
/// <param name="Entries">Entries that came, went or changed since the last screen.</param>
/// <param name="Near">Suppliers that were compared with those entries alone.</param>
internal sealed record ScreenScope(IReadOnlySet<SupplierId>? Whole, IReadOnlySet<string> Entries, IReadOnlySet<SupplierId> Near)
{
    public static readonly ScreenScope Everything = new(null, new HashSet<string>(), new HashSet<SupplierId>());

    /// <summary>How many suppliers were compared; null: all.</summary>
    public int? Suppliers => Whole?.Union(Near).Count();

    /// <summary>Whether a match that stands, and was not found again, is over.</summary>
    public bool Covers(SupplierId supplier, string entry) => Whole is null || Whole.Contains(supplier) || Entries.Contains(entry);
}

/// <summary>A list, and what comparing it with the portfolio gave; ready to be recorded.</summary>
/// <param name="Matches">Of what the scope covers.</param>
internal sealed record PreparedScreen(
    SourceId Source, PartyListUpdate List, ScreenedList Entries, IReadOnlyDictionary<SupplierId, Supplier> Portfolio, ScreenScope Scope, ImmutableArray<ListMatch> Matches);

/// <summary>Screens the portfolio against lists, and records every screen.</summary>
/// <remarks>
/// Once a list has been screened whole, only what changed is compared: suppliers that came or changed with the whole list, and entries that came or changed with the suppliers near them. Another
/// matcher, or a list that changed in large part, is screened whole again. A changed entry also moves, by very little, how much its words weigh for all others: a pair that stands at a threshold
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
        if (await SinceAsync(store, source, entries, list.Entries, cancellationToken) is not { } since) return Prepared(Whole(list.Entries, portfolio, cancellationToken));
        since.Came.IntersectWith(byId.Keys);
        since.Matched.IntersectWith(byId.Keys);
        return Prepared(Change(list.Entries, since, portfolio, names, cancellationToken));

        PreparedScreen Prepared((ScreenScope Scope, ImmutableArray<ListMatch> Matches) compared) => new(source, list, entries, byId, compared.Scope, compared.Matches);
    }

    /// <summary>Compares everybody with the whole list.</summary>
    internal static (ScreenScope Scope, ImmutableArray<ListMatch> Matches) Whole(ImmutableArray<ListEntry> entries, IReadOnlyList<Supplier> portfolio, CancellationToken cancellationToken) =>
        (ScreenScope.Everything, new ListScreener(entries).Screen(portfolio, cancellationToken));

    /// <summary>
    /// Compares what changed: suppliers that came with the whole list, and what is new of the list with the suppliers near it. Everybody is compared with everything when a name is like very many
    /// suppliers.
    /// </summary>
    internal static (ScreenScope Scope, ImmutableArray<ListMatch> Matches) Change(
        ImmutableArray<ListEntry> entries, ScreenChanges since, IReadOnlyList<Supplier> portfolio, Lazy<PortfolioNames> names, CancellationToken cancellationToken)
    {
        HashSet<SupplierId> near = [.. since.Matched];
        ListedWordCounts? counts = null;
        if (since.Moved.Count > 0)
        {
            IReadOnlySet<SupplierId>? found = null;
            Parallel.Invoke(
                new ParallelOptions { CancellationToken = cancellationToken },
                () => counts = ListScreener.CountWords(entries), () => found = names.Value.Near(since.Moved, cancellationToken));
            if (found is null) return Whole(entries, portfolio, cancellationToken);
            near.UnionWith(found);
        }

        near.ExceptWith(since.Came);
        HashSet<string> moved = [.. since.Moved.Select(e => e.Id)];
        ImmutableArray<ListMatch> ofCame = since.Came.Count == 0 ? [] : new ListScreener(entries).Screen([.. portfolio.Where(s => since.Came.Contains(s.Id))], cancellationToken);
        ImmutableArray<ListMatch> ofNear = near.Count == 0 ? [] : new ListScreener(entries.Where(e => moved.Contains(e.Id)), counts).Screen([.. portfolio.Where(s => near.Contains(s.Id))], cancellationToken);
        return (new ScreenScope(since.Came, moved, near), [.. ofCame.Concat(ofNear).OrderBy(m => m.Supplier).ThenBy(m => m.Entry.Id, StringComparer.Ordinal)]);
    }

    /// <summary>What changed since the last screen; null when everything is to be compared.</summary>
    private static async Task<ScreenChanges?> SinceAsync(IRiskStore store, SourceId source, ScreenedList now, ImmutableArray<ListEntry> entries, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.ReadAsync(cancellationToken);
        ScreenedList? last = await session.Screening.ListAsync(source, cancellationToken);
        if (last is null || last.Matcher != now.Matcher) return null;
        ListEntry[] moved = last.Sha256 == now.Sha256 ? [] : [.. ListChanges.Between(ListEntryFile.Read(last.Entries), entries)];
        if (moved.Length > LargestChange * entries.Length) return null;
        HashSet<string> ids = [.. moved.Select(e => e.Id)];
        return new ScreenChanges(
            moved, [.. await session.Suppliers.ChangedSinceAsync(last.Portfolio, cancellationToken)],
            [.. (await session.Screening.StandingAsync(source, cancellationToken)).Where(m => ids.Contains(m.Entry)).Select(m => m.Supplier)]);
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
        if (screen.Scope.Whole is null || comparison.Begun.Count + comparison.Ended.Count > 0)
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
                ("suppliers", pass.Suppliers), ("compared", screen.Scope.Suppliers ?? pass.Suppliers), ("hits", pass.Hits), ("possible", pass.Possible), ("cleared", pass.Cleared),
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
            else if (!screen.Scope.Covers(match.Supplier, match.Entry)) comparison.Kept.Add(match);
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
