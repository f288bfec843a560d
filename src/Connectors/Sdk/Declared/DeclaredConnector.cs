using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Language;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>Pulls a source that a file declares: asks once or for each supplier, follows pages, reads rows, makes signals.</summary>
/// <param name="secret">"" when there is none.</param>
internal sealed class DeclaredConnector(DeclaredSource source, string secret) : IConnector
{
    private const long MaximumBytes = 64L << 20;
    private const int MostRows = 1_000_000;
    private static readonly int[] NotFound = [404];

    private readonly AnswerReader answers = new(source);

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) =>
        source.AsksEachSupplier ? EachAsync(context, cancellationToken) : OnceAsync(context, cancellationToken);

    private IAsyncEnumerable<SourceUpdate> EachAsync(FetchContext context, CancellationToken cancellationToken)
    {
        var mapper = new DeclaredMapper(source, context);
        return SupplierSweep.RunAsync(context, async (supplier, token) =>
        {
            Uri url = Address(supplier, null);
            var signals = new List<Signal>();
            int number = 0;
            foreach (RawRow row in await PagesAsync(context, url, token).ConfigureAwait(false))
                mapper.Map(row, mapper.Read(row), string.Create(CultureInfo.InvariantCulture, $"{supplier.Id} row {++number}"), supplier, "", WithoutQuery(url), signals);
            return new SupplierUpdate(supplier.Id) { Signals = Distinct(signals, context.Audit), Complete = source.IsComplete };
        }, cancellationToken);
    }

    private async IAsyncEnumerable<SourceUpdate> OnceAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        State before = State.Read(context.Checkpoint);
        DateTimeOffset? since = source.Delta is { } delta ? before.Since ?? delta.Start : null;
        Uri url = Address(null, since);
        (IReadOnlyList<RawRow> rows, ImmutableArray<Snapshot> accepted) = IsOneFile ? await FileAsync(context, url, cancellationToken).ConfigureAwait(false) : (await PagesAsync(context, url, cancellationToken).ConfigureAwait(false), []);
        if (!IsOneFile) Guard(rows.Count, before.Rows, context);

        var mapper = new DeclaredMapper(source, context);
        CelValue[][] values = [.. rows.Select(mapper.Read)];
        IReadOnlyList<(Supplier Supplier, string Doubt)>[] owners = new RowSuppliers(source.Join!, context.Suppliers, mapper).Find(values, cancellationToken);
        var signals = new List<Signal>();
        for (int i = 0; i < rows.Count; i++)
        {
            foreach ((Supplier supplier, string doubt) in owners[i])
                mapper.Map(rows[i], values[i], string.Create(CultureInfo.InvariantCulture, $"row {i + 1}"), supplier, doubt, WithoutQuery(url), signals);
        }

        yield return new ListUpdate(accepted)
        {
            Signals = Distinct(signals, context.Audit),
            Complete = source.IsComplete,
            Checkpoint = new State(source.Delta is null ? null : Latest(values, context.ObservedAt) ?? since, rows.Count).Write(),
        };
    }

    /// <summary>One file that is always whole: it is kept, and compared with the last good one. A secret in the address must not be kept.</summary>
    private bool IsOneFile => source is { Paging.Kind: PagingKind.None, Delta: null, Format: not RowFormat.Rss, NotFoundIsNone: false } and not { Secret.IsHeader: false };

    private async Task<(IReadOnlyList<RawRow> Rows, ImmutableArray<Snapshot> Accepted)> FileAsync(FetchContext context, Uri url, CancellationToken cancellationToken)
    {
        string part = $"{source.Manifest.Id}.{source.Format.ToString().ToLowerInvariant()}";
        Download download = await context.Snapshots.GetAsync(part, url, MaximumBytes, cancellationToken, Headers()).ConfigureAwait(false);
        IReadOnlyList<RawRow> rows;
        try
        {
            rows = answers.Read(File.OpenRead(download.Snapshot.File), part).Rows;
        }
        catch (SourceFailureException e)
        {
            throw context.Snapshots.Quarantine(download, e.Kind, "cannot be read: " + e.Message.TrimEnd('.'));
        }

        if (rows.Count > 0 && rows.Count < source.Expected.MinimumRows && !context.Snapshots.IsTaken(download))
            throw context.Snapshots.Quarantine(download, FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"has {rows.Count} rows; fewer than {source.Expected.MinimumRows} cannot be the whole list"));
        Snapshot accepted = await context.Snapshots.AcceptAsync(download, rows.Count, null, source.Expected.MaximumShrink, cancellationToken).ConfigureAwait(false);
        return (rows, [accepted]);
    }

    private async Task<IReadOnlyList<RawRow>> PagesAsync(FetchContext context, Uri first, CancellationToken cancellationToken)
    {
        var rows = new List<RawRow>();
        Paging paging = source.Paging;
        Uri? url = paging.Kind is PagingKind.Page or PagingKind.Offset ? With(first, paging.Parameter, paging.First.ToString(CultureInfo.InvariantCulture)) : first;
        var asked = new HashSet<string>(StringComparer.Ordinal);
        for (int page = 0; url is not null; page++)
        {
            if (page == paging.Most) throw new SourceFailureException(FailureKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{first.Host} has more than {paging.Most} pages; nothing was kept. Raise 'most' in paging, or ask for less."));
            if (!asked.Add(url.AbsoluteUri)) throw new SourceFailureException(FailureKind.Malformed, $"{first.Host} names a page as the next that was read before; nothing was kept.");
            SourceResponse answer = await context.Http.GetAsync(WithSecret(url), MaximumBytes, cancellationToken, source.NotFoundIsNone ? NotFound : [], Headers()).ConfigureAwait(false);
            if (answer.Status == 404) break;
            Answer read = answers.Read(new MemoryStream(answer.Body.ToArray(), writable: false), url.Host + url.AbsolutePath);
            rows.AddRange(read.Rows);
            if (rows.Count > MostRows) throw new SourceFailureException(FailureKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{first.Host} gives more than {MostRows} rows; ask for less."));
            url = paging.Kind switch
            {
                PagingKind.Page when read.Rows.Count > 0 && read.Rows.Count >= paging.Size => With(first, paging.Parameter, (paging.First + page + 1).ToString(CultureInfo.InvariantCulture)),
                PagingKind.Offset when read.Rows.Count >= paging.Size => With(first, paging.Parameter, (paging.First + rows.Count).ToString(CultureInfo.InvariantCulture)),
                PagingKind.Cursor when read.NextCursor.Length > 0 => With(first, paging.Parameter, read.NextCursor),
                PagingKind.Link => AnswerReader.Next(answer.Link, url),
                _ => null,
            };
        }

        return rows;
    }

    private void Guard(int rows, int before, FetchContext context)
    {
        string host = source.Manifest.Limit!.Hosts[0];
        if (source.Delta is not null || source.Format == RowFormat.Rss) return;
        if (rows == 0) throw new SourceFailureException(FailureKind.Malformed, $"{host} gives no rows; nothing of it was used.");
        if (rows < source.Expected.MinimumRows)
            throw new SourceFailureException(FailureKind.SentinelMissing, string.Create(CultureInfo.InvariantCulture, $"{host} gives {rows} rows; fewer than {source.Expected.MinimumRows} cannot be all. Nothing of it was used."));
        if (!context.Snapshots.AcceptsShorter && rows < before * (1 - source.Expected.MaximumShrink))
            throw new SourceFailureException(FailureKind.Shrunk, string.Create(CultureInfo.InvariantCulture, $"{host} gives {rows} rows where it gave {before}. Nothing of it was used; if the publisher did shorten it: risk sources pull {source.Manifest.Id} --accept-shorter"));
    }

    private Uri Address(Supplier? supplier, DateTimeOffset? since)
    {
        CelEnvironment environment = source.Asking;
        var frame = new CelFrame(environment);
        if (supplier is not null) frame[environment.Slot("supplier")] = CelValue.Object(new AskedSupplier(supplier));
        if (since is { } at) frame[environment.Slot("since")] = CelValue.Timestamp(at);
        CelValue text = source.Url.Render(frame, Uri.EscapeDataString);
        if (text.Kind == CelValueKind.Text && Uri.TryCreate(text.AsText, UriKind.Absolute, out Uri? url) && url.Host == source.Manifest.Limit!.Hosts[0]) return url;
        throw new SourceFailureException(FailureKind.NotFound, $"there is no address for {(supplier is null ? source.Manifest.Id.Value : $"supplier '{supplier.Id}'")}: {(text.IsFailure ? string.Join(", ", text.MissingInputs) : "what was put in makes no address")}");
    }

    private Uri WithSecret(Uri url) => source.Secret is { IsHeader: false } query ? With(url, query.Name, query.Prefix + secret) : url;

    private Dictionary<string, string> Headers()
    {
        var headers = new Dictionary<string, string>(source.Headers, StringComparer.OrdinalIgnoreCase);
        if (source.Secret is { IsHeader: true } header) headers[header.Name] = header.Prefix + secret;
        return headers;
    }

    private static Uri With(Uri url, string parameter, string value)
    {
        string pair = $"{Uri.EscapeDataString(parameter)}={Uri.EscapeDataString(value)}", before = Uri.EscapeDataString(parameter) + "=";
        string[] others = [.. url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !p.StartsWith(before, StringComparison.Ordinal))];
        return new UriBuilder(url) { Query = string.Join('&', others.Append(pair)) }.Uri;
    }

    private static string WithoutQuery(Uri url) => url.GetLeftPart(UriPartial.Path);

    /// <summary>Never later than now: one wrong date would leave out all that comes until then.</summary>
    private DateTimeOffset? Latest(CelValue[][] rows, DateTimeOffset now)
    {
        int slot = source.Fields.Select((f, i) => (f, i)).First(p => p.f.Name == source.Delta!.Field).i;
        return rows.Select(r => r[slot]).Where(v => v.Kind == CelValueKind.Timestamp).Select(v => (DateTimeOffset?)v.AsTimestamp).Where(at => at <= now).Max();
    }

    /// <summary>One of each key: a list that says a thing twice says it once.</summary>
    private static ImmutableArray<Signal> Distinct(List<Signal> signals, FetchAudit audit)
    {
        var seen = new HashSet<(SupplierId, Type, string, string)>();
        var distinct = ImmutableArray.CreateBuilder<Signal>(signals.Count);
        foreach (Signal signal in signals)
        {
            if (seen.Add((signal.Supplier, signal.GetType(), signal.Name, signal.Key))) distinct.Add(signal);
            else audit.Reject($"{signal.Supplier} {signal.Name} {signal.Key}", "two rows give the same; the first one counts");
        }

        return distinct.ToImmutable();
    }

    /// <summary>What a run leaves for the next.</summary>
    /// <param name="Rows">Of the last whole answer.</param>
    private sealed record State(DateTimeOffset? Since, int Rows)
    {
        public static State Read(string? checkpoint)
        {
            try
            {
                JsonNode? node = checkpoint is null ? null : JsonNode.Parse(checkpoint);
                return new State(node?["since"] is { } since ? DateTimeOffset.Parse(since.GetValue<string>(), CultureInfo.InvariantCulture) : null, node?["rows"]?.GetValue<int>() ?? 0);
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                // Written by an earlier form of the file: everything is asked for again.
                return new State(null, 0);
            }
        }

        public string Write()
        {
            var node = new JsonObject { ["rows"] = Rows };
            if (Since is { } since) node["since"] = since.ToString("O", CultureInfo.InvariantCulture);
            return node.ToJsonString();
        }
    }
}
