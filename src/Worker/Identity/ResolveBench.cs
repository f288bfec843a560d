using System.Collections.Immutable;
using Risk.Rules.Identity;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Identity;

/// <summary>What audited pairs say of one verdict.</summary>
/// <param name="Right">Queries whose chosen entry an audit accepted.</param>
/// <param name="Rejected">Queries whose chosen entry an audit turned down, or that have none.</param>
/// <param name="Unjudged">Queries whose chosen entry was offered to no audit; they count as wrong.</param>
internal sealed record VerdictCount(int Right, int Rejected, int Unjudged)
{
    public double Precision => Right + Rejected + Unjudged == 0 ? 1 : (double)Right / (Right + Rejected + Unjudged);
}

/// <summary>One half of the queries.</summary>
/// <param name="Queries">All of them.</param>
/// <param name="WithMatch">Queries for which an audit accepted a name.</param>
internal sealed record ResolveScore(string Part, int Queries, int WithMatch, VerdictCount Confirmed, VerdictCount Likely, int Ambiguous, int AmbiguousRight, int None)
{
    public double ConfirmedRecall => WithMatch == 0 ? 0 : (double)Confirmed.Right / WithMatch;

    public double LikelyRecall => WithMatch == 0 ? 0 : (double)(Confirmed.Right + Likely.Right) / WithMatch;
}

/// <summary>A confirmed or likely choice that no audit accepted, for people to look at.</summary>
internal sealed record WrongChoice(string Part, IdentityVerdict Verdict, string Query, string Chosen, string Accepted);

internal sealed record ResolveReport(int Names, double Seconds, ImmutableArray<ResolveScore> Parts, ImmutableArray<WrongChoice> Wrong);

/// <summary>Measures the resolver on audited names: every query is resolved against all names of the files, as if they were one register.</summary>
internal static class ResolveBench
{
    private const int CandidatesForEach = 12;

    public static ResolveReport Run(IReadOnlyList<GoldQuery> queries, TimeProvider clock, Action<int, int> progress, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (string name in queries.SelectMany(q => q.Accepted.Concat(q.Rejected))) names.TryAdd(Key(name), name);
        ListedName[] listed = [.. names.Select(n => new ListedName(n.Key, n.Value, NameStrength.Primary, PartyKind.Organization, "", ""))];
        ScreeningIndex index = ScreeningIndex.Build(listed);
        var searcher = new NameSearcher(index);
        var hits = new ScreeningHit[CandidatesForEach];
        Tally[] halves = [new("tune"), new("held out")];
        var wrong = ImmutableArray.CreateBuilder<WrongChoice>();
        for (int i = 0; i < queries.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i % 500 == 0) progress(i, queries.Count);
            GoldQuery query = queries[i];
            int count = searcher.Search(new ScreeningQuery(query.Text), 0, hits);
            ImmutableArray<IdentityCandidate> ranked = IdentityResolver.Rank(
                new IdentityQuestion(query.Text, [], "GB", "", ImmutableSortedDictionary<string, string>.Empty), [.. hits[..count].Select(h => (Entity(index.Names[h.NameIndex].Name), (double)h.Score))]);
            Tally half = halves[Half(query.Text)];
            if (half.Count(query, ranked) is { } chosen) wrong.Add(new WrongChoice(half.Part, ranked[0].Verdict, query.Text, chosen, string.Join(" | ", query.Accepted)));
        }

        return new ResolveReport(names.Count, clock.GetElapsedTime(started).TotalSeconds, [.. halves.Select(h => h.Score())], wrong.ToImmutable());
    }

    private static RegisteredEntity Entity(string name) => new()
    {
        Identifiers = ImmutableSortedDictionary<string, string>.Empty.Add(IdentifierScheme.CompaniesHouse, name), Names = [new RegisteredName(name, RegisteredNameKind.Legal)], Country = "GB",
    };

    private static string Key(string name)
    {
        ComparedName read = ComparedName.Of(name);
        return $"{read.Words} {read.FormText}";
    }

    /// <summary>By the query's own text, so that a query is in the same half in every run and every mixture of files.</summary>
    private static int Half(string query)
    {
        uint hash = 2166136261;
        foreach (char c in ComparedName.Of(query).Letters) hash = (hash ^ c) * 16777619;
        return (int)((hash >> 16) & 1);
    }

    private sealed class Tally(string part)
    {
        private readonly int[] right = new int[4], rejected = new int[4], unjudged = new int[4];
        private int queries;
        private int withMatch;

        public string Part => part;

        /// <summary>The chosen name when a confirmed or likely choice is wrong.</summary>
        public string? Count(GoldQuery query, ImmutableArray<IdentityCandidate> ranked)
        {
            queries++;
            if (query.Accepted.Count > 0) withMatch++;
            if (ranked.Length == 0)
            {
                rejected[0]++;
                return null;
            }

            int verdict = (int)ranked[0].Verdict;
            string chosen = ranked[0].Entity.LegalName;
            ComparedName read = ComparedName.Of(chosen);
            bool isRight = query.Accepted.Any(a => IsSame(ComparedName.Of(a), read));
            (isRight ? right : query.Accepted.Count == 0 || query.Rejected.Any(r => IsSame(ComparedName.Of(r), read)) ? rejected : unjudged)[verdict]++;
            return isRight || ranked[0].Verdict < IdentityVerdict.Likely ? null : chosen;
        }

        public ResolveScore Score() => new(
            part, queries, withMatch, Of(IdentityVerdict.Confirmed), Of(IdentityVerdict.Likely), Total(IdentityVerdict.Ambiguous), right[(int)IdentityVerdict.Ambiguous], Total(IdentityVerdict.None));

        /// <summary>The audited tables deleted punctuation, so that spaces say nothing.</summary>
        private static bool IsSame(ComparedName a, ComparedName b) => a.Letters == b.Letters && (a.FormText == b.FormText || a.To(b) <= NameRelation.OtherSpelling);

        private VerdictCount Of(IdentityVerdict verdict) => new(right[(int)verdict], rejected[(int)verdict], unjudged[(int)verdict]);

        private int Total(IdentityVerdict verdict) => right[(int)verdict] + rejected[(int)verdict] + unjudged[(int)verdict];
    }
}
