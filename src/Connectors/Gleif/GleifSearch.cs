using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gleif;

/// <summary>Finds LEI records by name: fuzzy completions name them, the closest are read.</summary>
internal sealed class GleifSearch(SourceHttp http) : IRegisterSearch
{
    /// <summary>A record is a request, and there are 60 a minute.</summary>
    private const int MostRecords = 4;
    private const long MaximumBytes = 4L << 20;
    private const int LongestQuestion = 200;
    private static readonly int[] Expected = [404];

    public async Task<ImmutableArray<RegisteredEntity>> FindAsync(Supplier supplier, CancellationToken cancellationToken)
    {
        string asked = supplier.Name.Length <= LongestQuestion ? supplier.Name : supplier.Name[..LongestQuestion];
        CompletionsAnswer completions = await GetAsync($"fuzzycompletions?field=entity.legalName&q={Uri.EscapeDataString(asked)}", asked, GleifJson.Default.CompletionsAnswer, cancellationToken).ConfigureAwait(false)
            ?? new CompletionsAnswer([]);
        if (completions.Data is null) throw Malformed(asked, "has no data");
        ComparedName own = ComparedName.Of(supplier.Name);
        string[] leis =
        [
            .. completions.Data.OfType<CompletionData>().Select(c => (Name: c.Attributes?.Value ?? "", Lei: c.Relationships?.LeiRecords?.Data?.Id ?? ""))
                .Where(c => LegalEntityIdentifier.Check(c.Lei).IsValid).Select(c => (c.Lei, Relation: own.To(ComparedName.Of(c.Name)))).Where(c => c.Relation < NameRelation.Different)
                .OrderBy(c => c.Relation).Select(c => c.Lei).Distinct(StringComparer.Ordinal).Take(MostRecords),
        ];
        var found = ImmutableArray.CreateBuilder<RegisteredEntity>(leis.Length);
        foreach (string lei in leis)
        {
            LeiAnswer? record = await GetAsync($"lei-records/{lei}", lei, GleifJson.Default.LeiAnswer, cancellationToken).ConfigureAwait(false);
            if (record is null) continue;
            if (record.Data?.Attributes is not { Entity: { } entity } attributes || attributes.Lei != lei || string.IsNullOrWhiteSpace(entity.LegalName?.Name)) throw Malformed(lei, "is about another entity, or has no name");
            found.Add(GleifEntityMapper.Map(lei, attributes, entity, record.Data.Relationships));
        }

        return found.ToImmutable();
    }

    /// <summary>Null when the upstream says 404.</summary>
    private async Task<T?> GetAsync<T>(string path, string about, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        SourceResponse answer = await http.GetAsync(new Uri("https://api.gleif.org/api/v1/" + path), MaximumBytes, cancellationToken, Expected).ConfigureAwait(false);
        if (answer.Status == 404) return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw Malformed(about, "is empty");
        }
        catch (JsonException error)
        {
            throw Malformed(about, "is not the expected JSON", error);
        }
    }

    private static SourceFailureException Malformed(string about, string what, Exception? inner = null) => new(FailureKind.Malformed, $"The GLEIF answer for {about} {what}.", inner);
}
