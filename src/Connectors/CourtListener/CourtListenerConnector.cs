using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Courts;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.CourtListener;

/// <summary>Asks for many suppliers in one question, those asked for longest ago first, until the requests of a run are used up.</summary>
internal sealed class CourtListenerConnector(CourtListenerOptions options) : IConnector
{
    private const long MaximumBytes = 16L << 20;

    /// <summary>Three runs a day: within the 50 an hour and the 125 a day that a token may ask.</summary>
    internal const int MostRequests = 41;

    /// <summary>Answers to one question that are longer are asked for in two parts; of a single supplier, older cases are left out.</summary>
    private const int MostPages = 20;

    private const int CasesPerPage = 20;

    /// <summary>How far back a supplier's first look goes.</summary>
    private const int Years = 3;

    /// <summary>Cases come into the archive late, when the first of its users buys a document.</summary>
    private const int OverlapDays = 90;

    /// <summary>Questions that the upstream does not take are halved so many times in a run.</summary>
    private const int MostRefusals = 3;

    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal) { ["Authorization"] = "Token " + options.Token };

    private int requests;

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rounds = new CourtListenerRounds(context.Checkpoint);
        OpenProceedings open = await OpenProceedings.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        Supplier[] turn = [.. rounds.InTurn(context.Suppliers.Where(s => s.Country is "US" or ""))];
        int most = turn.Length, refusals = 0;
        int largest = most;
        for (int done = 0; done < turn.Length && requests < MostRequests;)
        {
            context.Progress(done, turn.Length, turn[done].Name);

            // Suppliers that were never asked for look back further, so they are asked for apart.
            bool isNew = rounds.Asked(turn[done].Id) is null;
            int count = turn.Skip(done).Take(largest).TakeWhile(s => rounds.Asked(s.Id) is null == isNew).Count();
            Supplier[] batch = turn[done..(done + CourtListenerQuestion.Fitting(turn.AsSpan(done, count)))];
            Answer answer;
            try
            {
                answer = await AskAsync(context, batch, Since(context, rounds.Asked(batch[0].Id)), isFirst: requests == 0, cancellationToken).ConfigureAwait(false);
            }
            catch (SourceFailureException failure) when (IsAboutTheQuestion(failure.Kind) && batch.Length > 1 && refusals < MostRefusals)
            {
                refusals++;
                most = largest = batch.Length / 2;
                continue;
            }

            if (answer.IsTooLong)
            {
                largest = batch.Length / 2;
                continue;
            }

            if (!answer.IsWhole) yield break;
            done += batch.Length;
            largest = most;
            if (answer.Failure is { } refused)
            {
                foreach (Supplier supplier in batch) yield return new SupplierFailure(supplier.Id, refused) { Signals = [] };
                continue;
            }

            rounds.Ask(batch, DateOnly.FromDateTime(context.ObservedAt.UtcDateTime));
            ILookup<SupplierId, CourtMatch> matches = CourtScreener.Match(answer.Cases, batch, cancellationToken).ToLookup(m => m.Supplier.Id);
            foreach (Supplier supplier in batch)
            {
                yield return new SupplierUpdate(supplier.Id)
                {
                    Signals = [.. matches[supplier.Id].Select(m => CourtEvents.Of(m, context.Manifest.Id, context.ObservedAt, open))],
                    Checkpoint = supplier == batch[^1] ? rounds.Write(turn) : null,
                };
            }
        }
    }

    private static DateOnly Since(FetchContext context, DateOnly? asked)
    {
        DateOnly earliest = DateOnly.FromDateTime(context.ObservedAt.UtcDateTime).AddYears(-Years);
        return asked?.AddDays(-OverlapDays) is { } since && since > earliest ? since : earliest;
    }

    /// <summary>Failures that a shorter question may not meet.</summary>
    private static bool IsAboutTheQuestion(FailureKind kind) => kind is FailureKind.Misconfigured or FailureKind.TooLarge or FailureKind.ServerError or FailureKind.Timeout;

    /// <param name="isFirst">The first question of a run is read to its end, whatever it takes.</param>
    private async Task<Answer> AskAsync(FetchContext context, Supplier[] batch, DateOnly since, bool isFirst, CancellationToken cancellationToken)
    {
        var cases = new List<CourtCase>();
        Uri? page = CourtListenerQuestion.Of(batch, since);
        try
        {
            for (int read = 0; page is not null && read < MostPages; read++)
            {
                if (requests >= MostRequests) return new Answer(cases) { IsWhole = false };
                requests++;
                SourceResponse response = await context.Http.GetAsync(page, MaximumBytes, cancellationToken, headers: headers).ConfigureAwait(false);
                using JsonDocument document = BoundedJson.Parse(response.Body, "a CourtListener answer");
                if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("results", out JsonElement results) || results.ValueKind != JsonValueKind.Array)
                    throw new SourceFailureException(FailureKind.Malformed, "A CourtListener answer has no results; nothing of it was kept, the next run tries again.");
                int pages = Pages(document.RootElement);
                if (read == 0 && pages > MostPages && batch.Length > 1) return new Answer(cases) { IsTooLong = true };
                if (read == 0 && !isFirst && Math.Min(pages, MostPages) > MostRequests - requests + 1) return new Answer(cases) { IsWhole = false };
                foreach (JsonElement result in results.EnumerateArray()) Take(context.Audit, result, cases);
                page = Next(document.RootElement);
            }
        }
        catch (SourceFailureException failure) when (failure.Kind is FailureKind.Malformed or FailureKind.Truncated || (batch.Length == 1 && failure.Kind is FailureKind.TooLarge or FailureKind.Misconfigured))
        {
            return new Answer(cases) { Failure = failure };
        }

        return new Answer(cases);
    }

    private static void Take(FetchAudit audit, JsonElement result, List<CourtCase> cases)
    {
        audit.CountRead();
        CourtListenerRecord.Format.Check(result, audit);
        if (!CourtListenerRecord.TryRead(result, out string key, out CourtListenerRecord? record, out string problem)) audit.Reject(key, problem);
        else if (CourtListenerMapper.Map(record) is { } found) cases.Add(found);
    }

    private static int Pages(JsonElement answer) => answer.TryGetProperty("count", out JsonElement count) && count.TryGetInt32(out int cases) ? (cases + CasesPerPage - 1) / CasesPerPage : 1;

    private static Uri? Next(JsonElement answer) => BoundedJson.Text(answer, "next") switch
    {
        "" => null,
        string next when Uri.TryCreate(next, UriKind.Absolute, out Uri? page) && page.Scheme == Uri.UriSchemeHttps => page,
        _ => throw new SourceFailureException(FailureKind.Malformed, "A CourtListener answer leads to a next page that is no web address; nothing of it was kept."),
    };

    /// <param name="Cases">Of all pages.</param>
    private sealed record Answer(List<CourtCase> Cases)
    {
        /// <summary>More pages than one question may have.</summary>
        public bool IsTooLong { get; init; }

        /// <summary>False: the run's requests are used up; the suppliers stay first in turn.</summary>
        public bool IsWhole { get; init; } = true;

        public SourceFailureException? Failure { get; init; }
    }
}
