using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;

namespace Risk.Connectors.FederalRegister;

/// <summary>Asks for the portfolio's names, many in one question, and joins what was found by the words that the answer marks. Documents are never unpublished, so nothing is withdrawn.</summary>
internal sealed class FederalRegisterConnector : IConnector
{
    private const long MaximumBytes = 32L << 20;

    /// <summary>The most that the API gives in one answer, and of one question.</summary>
    private const int PageSize = 1000, MostHits = 2000;

    /// <summary>Names in one question; its address must stay far below 8,000 letters.</summary>
    private const int NamesInAQuestion = 20, LongestName = 100;

    private static readonly string[] Fields = ["document_number", "type", "title", "publication_date", "html_url", "agencies", "excerpts", "abstract"];

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(730);

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] names =
        [
            .. context.Suppliers.SelectMany(s => s.Aliases.Prepend(s.Name)).Select(n => n.Replace('"', ' ').Trim()).Where(n => n.Length is > 2 and <= LongestName)
                .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal),
        ];
        var documents = new Dictionary<string, FederalRegisterRecord>(StringComparer.Ordinal);
        int asked = 0;
        foreach (string[] question in names.Chunk(NamesInAQuestion))
        {
            context.Progress(asked, names.Length, question[0]);
            await AskAsync(context, question, documents, cancellationToken).ConfigureAwait(false);
            asked += question.Length;
        }

        var portfolio = new NameMentions(context.Suppliers);
        var usable = new List<FederalRegisterRecord>(documents.Count);
        context.Audit.CountRead(documents.Count);
        foreach (FederalRegisterRecord document in documents.Values)
        {
            if (FederalRegisterMapper.Problem(document, portfolio, context.ObservedAt) is { } problem) context.Audit.Reject("document " + document.DocumentNumber, problem);
            else usable.Add(document);
        }

        ILookup<NamedFirm, FirmMatch> matches = FirmJoin.Of(usable.SelectMany(d => FederalRegisterMapper.FirmsOf(d, portfolio)), context.Suppliers, cancellationToken);
        yield return new ListUpdate([])
        {
            // Named under several names, a supplier has one event for the document: the surest.
            Signals =
            [
                .. usable.SelectMany(document => FederalRegisterMapper.FirmsOf(document, portfolio).SelectMany(found => matches[found].Select(match => FederalRegisterMapper.Map(document, found, match, context.ObservedAt)))
                    .GroupBy(e => e.Supplier).Select(g => g.OrderByDescending(e => e.Severity).First())),
            ],
        };
    }

    /// <summary>All documents that hold one of the names; a question with too many hits is asked in two halves.</summary>
    private static async Task AskAsync(FetchContext context, string[] names, Dictionary<string, FederalRegisterRecord> documents, CancellationToken cancellationToken)
    {
        for (int page = 1; page <= MostHits / PageSize; page++)
        {
            SourceResponse answer = await context.Http.GetAsync(Address(names, context.ObservedAt, page), MaximumBytes, cancellationToken).ConfigureAwait(false);
            (IReadOnlyList<FederalRegisterRecord> found, int count) = Read(answer.Body, context.Audit);
            if (count > MostHits && names.Length > 1)
            {
                await AskAsync(context, names[..(names.Length / 2)], documents, cancellationToken).ConfigureAwait(false);
                await AskAsync(context, names[(names.Length / 2)..], documents, cancellationToken).ConfigureAwait(false);
                return;
            }

            foreach (FederalRegisterRecord document in found) documents[document.DocumentNumber] = Merge(documents.GetValueOrDefault(document.DocumentNumber), document);
            if (((page - 1) * PageSize) + found.Count >= count) return;
            if (found.Count < PageSize || page == MostHits / PageSize)
                context.Audit.Reject(names[0], count > MostHits ? "the name is in more documents than the register gives; the newest were taken" : "the answer holds fewer documents than it counts; what it holds was taken");
            if (found.Count < PageSize) return;
        }
    }

    /// <summary>A document that was found for names of two questions shows each of them in its own excerpt.</summary>
    private static FederalRegisterRecord Merge(FederalRegisterRecord? known, FederalRegisterRecord document) =>
        known is null || known.Excerpts == document.Excerpts ? document : document with { Excerpts = known.Excerpts + " … " + document.Excerpts };

    /// <exception cref="SourceFailureException">Malformed.</exception>
    private static (IReadOnlyList<FederalRegisterRecord> Found, int Count) Read(ReadOnlyMemory<byte> body, FetchAudit audit)
    {
        using JsonDocument document = BoundedJson.Parse(body, "documents.json");
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("count", out JsonElement count) || count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out int hits))
            throw new SourceFailureException(FailureKind.Malformed, "The Federal Register answered with something else than search results; nothing of this run was kept.");

        // Without a hit there is no list at all.
        bool any = root.TryGetProperty("results", out JsonElement results) && results.ValueKind == JsonValueKind.Array;
        if (!any && hits > 0) throw new SourceFailureException(FailureKind.Malformed, "The Federal Register counts hits and gives none; nothing of this run was kept.");
        return (any ? [.. results.EnumerateArray().Select(Document)] : [], hits);

        FederalRegisterRecord Document(JsonElement found)
        {
            FederalRegisterRecord.Format.Check(found, audit);
            return FederalRegisterRecord.Read(found);
        }
    }

    private static Uri Address(IEnumerable<string> names, DateTimeOffset at, int page)
    {
        string term = Uri.EscapeDataString(string.Join(" | ", names.Select(n => $"\"{n}\"")));
        string agencies = string.Concat(FederalRegisterMapper.Agencies.Select(a => "&conditions[agencies][]=" + a));
        string fields = string.Concat(Fields.Select(f => "&fields[]=" + f));
        return new Uri(string.Create(
            CultureInfo.InvariantCulture,
            $"https://www.federalregister.gov/api/v1/documents.json?conditions[term]={term}&conditions[publication_date][gte]={at - LookBack:yyyy-MM-dd}{agencies}{fields}&order=newest&per_page={PageSize}&page={page}"));
    }
}
