using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Identity;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>Finds filers by name in the SEC's list of companies with tickers, which is read once, and reads the record of the closest.</summary>
/// <remarks>Companies that were delisted, and filers without a ticker, are not in that list.</remarks>
internal sealed class SecEdgarSearch(SourceHttp http) : IRegisterSearch
{
    private const long MaximumListBytes = 32L << 20, MaximumFilerBytes = 16L << 20;

    /// <summary>The list has had 8,000 companies for years; a short one would say "not listed" of companies that are.</summary>
    private const int FewestRows = 5_000;
    private const int MostFilers = 3;
    private static readonly int[] Expected = [404];
    private TickerList? list;

    public async Task<ImmutableArray<RegisteredEntity>> FindAsync(Supplier supplier, CancellationToken cancellationToken)
    {
        list ??= await ReadListAsync(cancellationToken).ConfigureAwait(false);
        var found = ImmutableArray.CreateBuilder<RegisteredEntity>();
        foreach (TickerRow row in list.Find(supplier, MostFilers))
        {
            SourceResponse answer = await http.GetAsync(new Uri($"https://data.sec.gov/submissions/CIK{CentralIndexKey.Pad(row.Cik)}.json"), MaximumFilerBytes, cancellationToken, Expected).ConfigureAwait(false);
            found.Add(SecEdgarEntityMapper.Map(row, answer.Status == 404 ? null : ReadFiler(answer.Body, row.Cik)));
        }

        return found.ToImmutable();
    }

    private static FilerRecord ReadFiler(ReadOnlyMemory<byte> body, long cik)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, SecEdgarJson.Default.FilerRecord) ?? throw Malformed(cik, null);
        }
        catch (JsonException error)
        {
            throw Malformed(cik, error);
        }
    }

    private async Task<TickerList> ReadListAsync(CancellationToken cancellationToken)
    {
        SourceResponse answer = await http.GetAsync(new Uri("https://www.sec.gov/files/company_tickers.json"), MaximumListBytes, cancellationToken).ConfigureAwait(false);
        using JsonDocument document = BoundedJson.Parse(answer.Body, "company_tickers.json");
        var rows = new List<TickerRow>();
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonElement row in document.RootElement.EnumerateObject().Select(p => p.Value))
            {
                string title = BoundedJson.Text(row, "title");
                long? cik = row.ValueKind == JsonValueKind.Object && row.TryGetProperty("cik_str", out JsonElement number) ? CentralIndexKey.Parse(number.ValueKind == JsonValueKind.String ? number.GetString() : number.GetRawText()) : null;
                if (title.Length > 0 && cik is { } known) rows.Add(new TickerRow(known, BoundedJson.Text(row, "ticker"), title));
            }
        }

        if (rows.Count < FewestRows)
            throw new SourceFailureException(FailureKind.Shrunk, string.Create(CultureInfo.InvariantCulture, $"company_tickers.json has {rows.Count} usable rows, {FewestRows:N0} and more are expected; nothing was looked up in it."));
        return new TickerList(rows);
    }

    private static SourceFailureException Malformed(long cik, Exception? inner) => new(FailureKind.Malformed, $"The EDGAR record of CIK {CentralIndexKey.Pad(cik)} is not the expected JSON.", inner);

    /// <summary>The list, ready to be searched.</summary>
    private sealed class TickerList
    {
        private readonly ILookup<long, TickerRow> rows;
        private readonly ScreeningIndex index;
        private readonly NameSearcher searcher;

        public TickerList(List<TickerRow> all)
        {
            rows = all.ToLookup(r => r.Cik);
            index = ScreeningIndex.Build([.. rows.Select(r => new ListedName(r.Key.ToString(CultureInfo.InvariantCulture), r.First().Name, NameStrength.Primary, PartyKind.Organization, "", ""))]);
            searcher = new NameSearcher(index);
        }

        /// <summary>The closest companies; with every ticker they have.</summary>
        public IEnumerable<TickerRow> Find(Supplier supplier, int most)
        {
            const int Hits = 12;
            var close = new Dictionary<long, NameRelation>();
            var hits = new ScreeningHit[Hits];
            foreach (string name in supplier.Aliases.Prepend(supplier.Name))
            {
                ComparedName own = ComparedName.Of(name);
                int count = searcher.Search(new ScreeningQuery(name), 0, hits);
                foreach (ScreeningHit hit in hits.AsSpan(0, count))
                {
                    long cik = long.Parse(index.Names[hit.NameIndex].EntityId, CultureInfo.InvariantCulture);
                    NameRelation relation = own.To(ComparedName.Of(index.Names[hit.NameIndex].Name));
                    if (relation < NameRelation.Different && (!close.TryGetValue(cik, out NameRelation known) || relation < known)) close[cik] = relation;
                }
            }

            string ticker = supplier.Identifier(IdentifierScheme.Ticker);
            if (ticker.Length > 0 && rows.SelectMany(r => r).FirstOrDefault(r => r.Ticker.Equals(ticker, StringComparison.OrdinalIgnoreCase)) is { } listed) close[listed.Cik] = NameRelation.Same;
            return close.OrderBy(c => c.Value).ThenBy(c => c.Key).Take(most).Select(c => rows[c.Key].First() with { Ticker = Preferred(rows[c.Key], ticker) });
        }

        private static string Preferred(IEnumerable<TickerRow> listings, string ticker) =>
            listings.FirstOrDefault(r => r.Ticker.Equals(ticker, StringComparison.OrdinalIgnoreCase))?.Ticker ?? listings.First().Ticker;
    }
}
