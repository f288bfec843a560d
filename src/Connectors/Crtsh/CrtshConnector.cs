using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;

namespace Risk.Connectors.Crtsh;

/// <summary>Asks for everything logged for a domain; where crt.sh cannot give that in its time, for the certificates in force.</summary>
internal sealed class CrtshConnector : IConnector
{
    private const long MaximumBytes = 32L << 20;

    /// <summary>Share of a domain's entries; beyond it the format has changed, and what is left says nothing.</summary>
    private const double MaximumUnreadable = 0.1;
    private static readonly SweepPatience Patience = SweepPatience.OneUpstream with { FailuresInARow = 10 };

    /// <summary>How crt.sh says that a query took too long; the same query would take as long again.</summary>
    private static readonly int[] CutOff = [404, 500, 502, 503, 504];

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) => NameSweep.OfDomainsAsync(
        context,
        Patience,
        (domain, token) => ReadAsync(context, domain, token),
        (supplier, domain, entries) => new SupplierUpdate(supplier.Id) { Signals = CrtshMapper.Map(supplier.Id, domain, entries, context.ObservedAt), Complete = true },
        cancellationToken);

    private static async Task<CrtshEntries> ReadAsync(FetchContext context, string domain, CancellationToken cancellationToken)
    {
        try
        {
            SourceResponse whole = await context.Http.GetAsync(Query(domain, ""), MaximumBytes, cancellationToken, CutOff).ConfigureAwait(false);
            if (whole.Status == 200) return new CrtshEntries(await EntriesAsync(context, domain, whole.Body, cancellationToken).ConfigureAwait(false), IsWhole: true);
        }
        catch (SourceFailureException failure) when (failure.Kind is FailureKind.TooLarge or FailureKind.Timeout or FailureKind.Truncated)
        {
        }

        SourceResponse inForce = await context.Http.GetAsync(Query(domain, "&exclude=expired"), MaximumBytes, cancellationToken, [404]).ConfigureAwait(false);
        if (inForce.Status == 404) throw new SourceFailureException(FailureKind.ServerError, $"crt.sh could not answer for {domain} in its own time limit; large domains fail often, it is tried again at the next run.");
        return new CrtshEntries(await EntriesAsync(context, domain, inForce.Body, cancellationToken).ConfigureAwait(false), IsWhole: false);
    }

    private static Uri Query(string domain, string further) => new($"https://crt.sh/?q={domain}&output=json&deduplicate=Y{further}");

    private static async Task<ImmutableArray<CrtshRecord>> EntriesAsync(FetchContext context, string domain, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // "null" would be read as a list without entries. Objects one after the other are how crt.sh answered until 2018.
        ReadOnlySpan<byte> begin = body.Span.TrimStart(" \t\r\n\uFEFF"u8);
        bool isList = begin.StartsWith("["u8);
        if (!isList && !begin.StartsWith("{"u8)) throw NoList(domain, null);
        var records = ImmutableArray.CreateBuilder<CrtshRecord>();
        var refused = new List<(string Key, string Reason)>();
        int read = 0, unreadable = 0;
        string others = "";
        try
        {
            using MemoryStream stream = AsUtf8(body);
            await foreach (JsonElement entry in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, topLevelValues: !isList, JsonSerializerOptions.Default, cancellationToken).ConfigureAwait(false))
            {
                read++;
                CrtshRecord.Format.Check(entry, context.Audit);
                if (!CrtshRecord.TryRead(entry, out string key, out CrtshRecord? record, out string problem))
                {
                    unreadable++;
                    refused.Add((Key(key), problem));
                }
                else if (record.IsBelow(domain)) records.Add(record);
                else
                {
                    if (others.Length == 0) others = Observation.Line(record.Names[0], 80);
                    refused.Add((Key(key), "names no host of the domain asked for"));
                }
            }
        }
        catch (JsonException e)
        {
            throw NoList(domain, e);
        }

        context.Audit.CountRead(read);

        // Without the domain, so that one answer given for all domains is told once.
        if (records.Count == 0 && unreadable == 0 && read > 0)
            throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"None of the {read} entries that crt.sh gave is for the domain asked for (the first names {others}); nothing was changed."));
        if (unreadable > 0 && (records.Count == 0 || unreadable > read * MaximumUnreadable))
            throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"Of {read} entries that crt.sh gave for {domain}, {unreadable} cannot be read ({refused[0].Reason}); nothing was changed."));
        foreach ((string key, string reason) in refused) context.Audit.Reject(key, reason);
        return records.ToImmutable();

        string Key(string id) => id.Length > 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{domain} entry {read}");
    }

    private static SourceFailureException NoList(string domain, JsonException? inner) =>
        new(FailureKind.Malformed, $"crt.sh answered for {domain} with something that is no JSON list; nothing of it was kept, the next run tries again.", inner);

    /// <summary>Certificates hold names in whatever encoding their issuer thought of, and crt.sh passes the bytes on: what is no UTF-8 becomes a replacement character.</summary>
    private static MemoryStream AsUtf8(ReadOnlyMemory<byte> body) =>
        new(Utf8.IsValid(body.Span) ? body.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span)), writable: false);
}
