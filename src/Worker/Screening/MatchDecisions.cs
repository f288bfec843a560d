using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>A decision cannot be stored, and why, for the person who made it.</summary>
internal sealed class DecisionRefusedException(string message) : Exception(message);

/// <summary>What somebody decides about a supplier and a listed party.</summary>
/// <param name="Entry">Id of the list's entry: <c>sdn-101</c>.</param>
/// <param name="Until">When it has to be decided again; null: when something that was compared changes.</param>
internal sealed record DecisionRequest(SupplierId Supplier, SourceId Source, string Entry, MatchVerdict Verdict, string By, string Reason, DateTimeOffset? Until = null);

/// <summary>Decisions about matches, and their effect: match, signal, due mark and ledger entry change in the transaction that stores the decision.</summary>
internal static class MatchDecisions
{
    private const int LongestName = 200, LongestReason = 500;

    /// <summary>Stores a decision about a match that stands; one that stood before it ends.</summary>
    /// <exception cref="DecisionRefusedException">There is no such match, or something is missing.</exception>
    public static async Task<MatchDecision> AddAsync(IStoreSession session, DecisionRequest request, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string by = Text("who decides", request.By, LongestName), reason = Text("the reason", request.Reason, LongestReason);
        if (request.Until <= at) throw new DecisionRefusedException($"the decision would end on {MatchSignals.Day(request.Until.Value)}, which is past; give a later day or none");
        StoredMatch match = await session.Screening.FindStandingAsync(request.Supplier, request.Source, request.Entry, cancellationToken)
            ?? throw new DecisionRefusedException(await MissingAsync(session, request, cancellationToken));
        if (match.Decision is { } earlier && await session.Screening.FindDecisionAsync(earlier, cancellationToken) is { } replaced) await EndAsync(session, replaced, $"replaced by a decision of {by}", at, cancellationToken);
        var decision = new MatchDecision(
            IdOf(request, at), request.Supplier, request.Source, request.Entry, request.Verdict, by, reason, at, request.Until, match.Content.Compared, null, "");
        await session.Screening.AddDecisionAsync(decision, cancellationToken);
        await ReplaceAsync(session, match, decision, "", $"decided by {by}", at, cancellationToken);
        if (request.Verdict == MatchVerdict.FalsePositive) await session.Assessments.ForgetPointsAsync(request.Supplier, request.Entry, cancellationToken);
        await LogAsync(session, decision, "added", "", at, cancellationToken);
        return decision;
    }

    /// <summary>Takes a standing decision back; its match is as open as it was found.</summary>
    /// <exception cref="DecisionRefusedException">No such decision stands.</exception>
    public static async Task<MatchDecision> RemoveAsync(IStoreSession session, string id, string by, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string who = Text("who removes it", by, LongestName), why = Text("the reason", reason, LongestReason);
        MatchDecision decision = await session.Screening.FindDecisionAsync(id, cancellationToken) ?? throw new DecisionRefusedException($"there is no decision '{id}'; 'risk decisions list --all' tells which there are");
        if (decision.EndedAt is { } ended) throw new DecisionRefusedException($"the decision {id} ended on {MatchSignals.Day(ended)}: {decision.Ended}");
        await ReopenAsync(session, decision, $"taken back by {who}: {why}", at, cancellationToken);
        return decision;
    }

    /// <summary>Ends the decisions whose time is over; their matches are open again, and say so. Returns how many.</summary>
    public static async Task<int> ExpireAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<MatchDecision> over = await session.Screening.ExpiredAsync(at, cancellationToken);
        foreach (MatchDecision decision in over) await ReopenAsync(session, decision, $"its time was over on {MatchSignals.Day(decision.Until!.Value)}", at, cancellationToken);
        return over.Count;
    }

    /// <summary>What a match comes to while nobody has decided.</summary>
    public static StoredMatchResult Undecided(MatchContent content) => content.Event.Stage == MatchStages.Possible ? StoredMatchResult.Possible : StoredMatchResult.Hit;

    public static StoredMatchResult ResultOf(MatchDecision decision) => decision.Verdict == MatchVerdict.FalsePositive ? StoredMatchResult.Cleared : StoredMatchResult.Hit;

    /// <summary>Ends a decision without touching its match.</summary>
    public static async Task EndAsync(IStoreSession session, MatchDecision decision, string why, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await session.Screening.EndDecisionAsync(decision.Id, why, at, cancellationToken);
        await LogAsync(session, decision, "ended", why, at, cancellationToken);
    }

    private static async Task ReopenAsync(IStoreSession session, MatchDecision decision, string why, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await EndAsync(session, decision, why, at, cancellationToken);
        if (await session.Screening.FindStandingAsync(decision.Supplier, decision.Source, decision.Entry, cancellationToken) is { } match && match.Decision == decision.Id)
            await ReplaceAsync(session, match, null, $"{MatchSignals.Describe(decision)}; open again since {MatchSignals.Day(at)}: {why}", why, at, cancellationToken);
    }

    /// <summary>The match goes on with another result, and its signal says so.</summary>
    private static async Task ReplaceAsync(IStoreSession session, StoredMatch match, MatchDecision? decision, string note, string why, DateTimeOffset at, CancellationToken cancellationToken)
    {
        StoredMatch next = match with
        {
            Id = 0, Since = at, Until = null, Ended = "", Decision = decision?.Id, Result = decision is null ? Undecided(match.Content) : ResultOf(decision), Content = match.Content with { Note = note },
        };
        await session.Screening.EndAsync([match.Id], why, at, cancellationToken);
        await session.Screening.BeginAsync([next], cancellationToken);
        await session.Signals.RecordAsync(match.Source, [MatchSignals.Of(next, decision)], null, at, cancellationToken);
    }

    private static Task LogAsync(IStoreSession session, MatchDecision decision, string change, string why, DateTimeOffset at, CancellationToken cancellationToken) => session.Ledger.AppendAsync(
        [("decision", decision.Supplier.Value, CanonicalJson.Object(
            ("id", decision.Id), ("change", change), ("why", why), ("source", decision.Source.Value), ("entry", decision.Entry), ("verdict", decision.Verdict.ToString()), ("by", decision.By), ("reason", decision.Reason),
            ("until", decision.Until), ("comparedSha256", ComparedPair.Hash(decision.Compared))))],
        at, cancellationToken);

    private static async Task<string> MissingAsync(IStoreSession session, DecisionRequest request, CancellationToken cancellationToken)
    {
        string[] standing = [.. (await session.Screening.MatchesAsync(request.Supplier, null, cancellationToken)).Select(m => $"{m.Source} {m.Entry}")];
        string which = standing.Length == 0 ? "it has no match with any list" : $"it has: {string.Join(", ", standing)}";
        return $"supplier {request.Supplier} has no match with entry '{request.Entry}' of '{request.Source}'; {which}";
    }

    /// <summary>One line: what people write is shown in mails, tables and titles.</summary>
    private static string Text(string what, string text, int longest)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length == 0) throw new DecisionRefusedException($"{what} is missing");
        if (line.Length > longest) throw new DecisionRefusedException(string.Create(CultureInfo.InvariantCulture, $"{what} has {line.Length} characters; {longest} at most"));
        return string.Concat(line.Where(c => !char.IsControl(c)));
    }

    private static string IdOf(DecisionRequest request, DateTimeOffset at) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{request.Supplier}|{request.Source}|{request.Entry}|{at.UtcTicks}|{request.Verdict}|{request.By}"))).AsSpan(0, 6));
}
