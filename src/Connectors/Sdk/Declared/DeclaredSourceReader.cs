using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>Reads a source/1 file against the connectors' names. Everything that is wrong is reported, with its place; then there is no source.</summary>
/// <remarks>
/// Codes: D001 unknown key, D002 missing key, D003 wrong value, D010 wrong schema, D011 id that is taken or cannot be one, D012 address, D013 expression that cannot be there,
/// D014 other meaning than elsewhere, D015 two settings that do not go together, D016 secret in place of a reference. Of expressions: C001 to C099, as in rules.
/// </remarks>
internal sealed partial class DeclaredSourceReader
{
    public const string Schema = "source/1";
    private const int MostPages = 1000;
    private const double UsualShrink = 0.05;
    private static readonly TimeSpan LeastCadence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostCadence = TimeSpan.FromDays(31);

    private readonly MappingReader reader;
    private readonly ConnectorNames known;
    private readonly Func<string, bool> isCron;

    private DeclaredSourceReader(MappingReader reader, ConnectorNames known, Func<string, bool> isCron)
    {
        this.reader = reader;
        this.known = known;
        this.isCron = isCron;
    }

    /// <param name="known">What is defined by now: connectors, and the sources read before.</param>
    /// <param name="isCron">Whether a text is a schedule.</param>
    /// <returns>Null when there was an error.</returns>
    public static DeclaredSource? Read(Document document, ConnectorNames known, Func<string, bool> isCron, DiagnosticBag diagnostics)
    {
        if (document.Root is null) return null;
        var found = new DiagnosticBag();
        DeclaredSource? source = new DeclaredSourceReader(new MappingReader(document, document.Root, found, 'D'), known, isCron).Read();
        diagnostics.AddRange(found.Sorted());
        return found.HasErrors ? null : source;
    }

    private DeclaredSource? Read()
    {
        _ = reader.Text("$schema");
        if (reader.RequiredScalar("schema") is { } schema && schema.Text != Schema) reader.Error("010", $"the schema of this file must be '{Schema}', not '{schema.Text}'", schema);
        SourceId id = Id();
        string title = reader.RequiredText("title") ?? "", publisher = reader.RequiredText("publisher") ?? "", terms = reader.RequiredText("terms") ?? "";
        string about = reader.Text("about") ?? "", homepage = reader.Text("homepage") ?? "";
        RowFormat format = Required<RowFormat>("format", ("json", RowFormat.Json), ("csv", RowFormat.Csv), ("xml", RowFormat.Xml), ("rss", RowFormat.Rss)) ?? RowFormat.Json;
        bool each = Required<bool>("ask", ("once", false), ("each-supplier", true)) ?? false;
        string rows = reader.Text("rows") ?? "";
        if (format == RowFormat.Xml && rows.Length == 0) reader.Error("002", "'rows' is missing: the name of the elements that are rows", reader.PlaceOf("format"));
        ImmutableArray<DeclaredField> fields = Fields(format);
        Delta? delta = ReadDelta(fields, each);
        CelEnvironment asking = Environment(fields: null, withSupplier: each, withSince: delta is not null), mapping = Environment(fields, withSupplier: each, withSince: false);
        CelTemplate? url = Url(asking);
        string? needs = Needs(each);
        HostLimit? limit = Limit(url, id);
        (TimeSpan cadence, string cron) = Schedule();
        Paging paging = ReadPaging(format);
        DeclaredSecret? secret = Secret();
        RowJoin? join = ReadJoin(mapping, each);
        ImmutableArray<Gift> gifts = new GiftReader(reader, mapping, known).Read();
        bool isHistory = delta is not null || format == RowFormat.Rss || gifts.Any(g => g is MetricGift);
        var source = new DeclaredSource
        {
            Manifest = new SourceManifest
            {
                Id = id,
                Title = title,
                Publisher = publisher,
                Terms = terms,
                Homepage = homepage,
                Cron = cron,
                Cadence = cadence,
                Limit = limit,
                NeedsIdentifier = needs,
                NeedsPublicHosts = !(reader.Bool("internal") ?? false),
                SecretParameter = secret is { IsHeader: false } ? secret.Name : "",
                Sunset = reader.Instant("sunset"),
                Metrics = [.. gifts.OfType<MetricGift>().Select(g => g.Metric).Distinct()],
                Facts = [.. gifts.OfType<FactGift>().Select(g => g.Fact).Distinct()],
                Feeds = [.. gifts.OfType<EventGift>().Select(g => g.Feed).Distinct()],
            },
            About = about,
            Format = format,
            Url = url!,
            AsksEachSupplier = each,
            Rows = rows,
            Csv = ReadCsv(format),
            Fields = fields,
            Ignored = Ignored(),
            Headers = Headers(),
            Secret = secret,
            Paging = paging,
            Delta = delta,
            Expected = Expected(each),
            IsComplete = reader.Bool("complete") ?? !isHistory,
            NotFoundIsNone = reader.Bool("not_found_is_none") ?? false,
            Join = join,
            Gifts = gifts,
            Asking = asking,
            Environment = mapping,
        };
        if (delta is not null && source.IsComplete) reader.Error("015", "a source that gives only what is new ('delta') cannot be complete: what it leaves out is not gone", reader.PlaceOf("complete"));
        reader.RejectUnknownKeys("a source");
        return source;
    }

    private SourceId Id()
    {
        if (reader.RequiredScalar("id") is not { } scalar) return new SourceId("unnamed");
        var id = new SourceId(scalar.Text);
        if (!IdForm().IsMatch(scalar.Text)) reader.Error("011", $"'{scalar.Text}' cannot be a source's id; write lower-case letters, digits and hyphens, a letter first, at most 40", scalar);
        else if (known.Sources.Contains(id)) reader.Error("011", $"there is a source '{id}' already; choose another id", scalar);
        return id;
    }

    private ImmutableArray<DeclaredField> Fields(RowFormat format)
    {
        if (format == RowFormat.Rss)
        {
            if (reader.Has("fields")) reader.Error("015", $"the fields of a feed are known: {string.Join(", ", FeedRow.KnownNames)}", reader.PlaceOf("fields"));
            return [.. FeedRow.KnownNames.Select(name => new DeclaredField(name, name, name == "published" ? CelType.Timestamp : name == "categories" ? CelType.List(CelType.Text) : CelType.Text, "", IsOptional: name is "categories" or "summary"))];
        }

        if (!reader.Require("fields")) return [];
        var fields = ImmutableArray.CreateBuilder<DeclaredField>();
        foreach (MappingEntry entry in reader.Entries("fields"))
        {
            string name = entry.Key.Text;
            if (!NameForm().IsMatch(name)) reader.Error("003", $"expressions cannot name the field '{name}'; write letters, digits and '_', and its place in the answer as 'path'", entry.Key);
            if (entry.Value is ScalarNode { Text: var word } scalar)
            {
                if (TypeOf(word) is { } simple) fields.Add(new DeclaredField(name, name, simple, "", IsOptional: false));
                else reader.Error("003", $"a field is a {string.Join(", ", Types.Keys)}, not '{word}'{Suggestion.For(word, Types.Keys)}", scalar);
            }
            else if (entry.Value is MappingNode mapping)
            {
                MappingReader item = reader.Of(mapping);
                CelType? type = item.RequiredScalar("type") is not { } text ? null : TypeOf(text.Text);
                if (type is null && item.Scalar("type") is { } wrong) item.Error("003", $"a field is a {string.Join(", ", Types.Keys)}, not '{wrong.Text}'{Suggestion.For(wrong.Text, Types.Keys)}", wrong);
                fields.Add(new DeclaredField(name, item.Text("path") ?? name, type ?? CelType.Text, item.Text("date_format") ?? "", item.Bool("optional") ?? false));
                item.RejectUnknownKeys("a field");
            }
            else
            {
                reader.Wrong(name, entry.Value, "a type, or a mapping with type and path");
            }
        }

        return fields.ToImmutable();
    }

    private static readonly ImmutableSortedDictionary<string, CelType> Types = new Dictionary<string, CelType>
    {
        ["string"] = CelType.Text, ["int"] = CelType.Int, ["double"] = CelType.Double, ["bool"] = CelType.Bool, ["timestamp"] = CelType.Timestamp, ["list"] = CelType.List(CelType.Text),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static CelType? TypeOf(string word) => Types.GetValueOrDefault(word);

    private Delta? ReadDelta(ImmutableArray<DeclaredField> fields, bool each)
    {
        if (reader.Child("delta") is not { } delta) return null;
        ScalarNode? field = delta.RequiredScalar("field");
        DateTimeOffset? start = delta.Require("start") ? delta.Instant("start") : null;
        if (field is not null && fields.FirstOrDefault(f => f.Name == field.Text) is var named && named?.Type.Kind != CelKind.Timestamp)
            delta.Error("003", named is null ? $"there is no field '{field.Text}'{Suggestion.OrAll(field.Text, fields.Select(f => f.Name))}" : $"the field '{field.Text}' must be a timestamp", field);
        if (each) delta.Error("015", "'delta' goes with 'ask: once': where each supplier is asked for, each answer is whole", reader.PlaceOf("delta"));
        delta.RejectUnknownKeys("'delta'");
        return field is null || start is null ? null : new Delta(field.Text, start.Value);
    }

    private CelTemplate? Url(CelEnvironment environment)
    {
        if (reader.RequiredScalar("url") is not { } scalar) return null;
        if (CelTemplate.Compile(scalar.Text, environment, reader.Diagnostics, CelSource.Of(reader.Document, scalar)) is not { } url) return null;
        if (!HostForm().IsMatch(url.Beginning))
            reader.Error("012", "the address must begin with https://HOST/ in plain letters: which host is called must not depend on data", scalar);
        else if (url.References.Contains("since") != reader.Has("delta"))
            reader.Error("012", reader.Has("delta") ? "with 'delta', the address must say since when: {since}, or {date(since)}" : "'since' is known with 'delta' only", scalar);
        return url;
    }

    private string? Needs(bool each)
    {
        string[] schemes = [.. AskedSupplier.Schemes];
        if (reader.Scalar("needs") is not { } needs) return null;
        if (!each) reader.Error("015", "'needs' goes with 'ask: each-supplier'; rows of a list find their suppliers by 'join'", needs);
        else if (!schemes.Contains(needs.Text)) reader.Error("003", $"'needs' must be an identifier of suppliers, not '{needs.Text}'{Suggestion.OrAll(needs.Text, schemes)}", needs);
        return needs.Text;
    }

    private HostLimit? Limit(CelTemplate? url, SourceId id)
    {
        MappingReader? limit = reader.Child("limit");
        if (limit is null) reader.Require("limit");
        int requests = limit?.Require("requests") == true ? limit.Int("requests", 1, 1_000_000) ?? 1 : 1;
        TimeSpan per = limit?.Require("per") == true ? limit.Duration("per") ?? TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(1);
        if (limit is not null && per <= TimeSpan.Zero) limit.Wrong("per", limit.PlaceOf("per"), "longer than nothing");
        string group = limit?.Text("group") ?? id.Value;
        limit?.RejectUnknownKeys("'limit'");
        ImmutableArray<string> more = reader.TextList("hosts");
        if (more.FirstOrDefault(h => !BareHostForm().IsMatch(h)) is { } wrong) reader.Error("012", $"'{wrong}' is no host name", reader.PlaceOf("hosts"));
        if (url is null || HostForm().Match(url.Beginning) is not { Success: true } found) return null;
        return new HostLimit([found.Groups[1].Value, .. more], group, requests, per > TimeSpan.Zero ? per : TimeSpan.FromMinutes(1));
    }

    private (TimeSpan Cadence, string Cron) Schedule()
    {
        TimeSpan cadence = reader.Require("every") ? reader.Duration("every") ?? TimeSpan.FromDays(1) : TimeSpan.FromDays(1);
        if (cadence < LeastCadence || cadence > MostCadence) reader.Wrong("every", reader.PlaceOf("every"), "from 5m to 31d");
        string cron = reader.Text("cron") ?? CronOf(cadence);
        if (!isCron(cron)) reader.Error("003", $"'{cron}' is not a Quartz cron expression; write seconds, minutes, hours, day of month, month, day of week, for example '0 30 5 * * ?'", reader.PlaceOf("cron"));
        return (cadence, cron);
    }

    private static string CronOf(TimeSpan cadence) => cadence switch
    {
        { TotalHours: < 1 } => FormattableString.Invariant($"0 0/{Math.Max(5, (int)cadence.TotalMinutes)} * * * ?"),
        { TotalHours: < 24 } => FormattableString.Invariant($"0 15 0/{(int)cadence.TotalHours} * * ?"),
        { TotalDays: < 7 } => "0 15 6 * * ?",
        _ => "0 15 6 ? * MON",
    };

    private Paging ReadPaging(RowFormat format)
    {
        if (reader.Child("paging") is not { } paging) return Paging.None;
        PagingKind kind = (paging.Require("by") ? paging.Choice<PagingKind>("by", ("page", PagingKind.Page), ("offset", PagingKind.Offset), ("cursor", PagingKind.Cursor), ("link", PagingKind.Link)) : null) ?? PagingKind.None;
        if (kind is PagingKind.Page or PagingKind.Offset or PagingKind.Cursor) paging.Require("parameter");
        if (kind == PagingKind.Cursor) paging.Require("from");
        if (kind == PagingKind.Offset) paging.Require("size");
        string parameter = paging.Text("parameter") ?? "", from = paging.Text("from") ?? "";
        int size = paging.Int("size", 1, 100_000) ?? 0, first = paging.Int("first", 0, 1) ?? (kind == PagingKind.Page ? 1 : 0);
        int most = paging.Int("most", 1, MostPages) ?? 100;
        if (kind == PagingKind.Cursor && format != RowFormat.Json) paging.Error("015", "a cursor is read from JSON only", paging.PlaceOf("by"));
        paging.RejectUnknownKeys("'paging'");
        return new Paging(kind, parameter, from, first, size, most);
    }

    private DeclaredSecret? Secret()
    {
        if (reader.Child("auth") is not { } auth) return null;
        string? header = auth.Text("header"), query = auth.Text("query");
        if (header is null == query is null) auth.Error("015", "write either 'header' or 'query': where the secret goes", reader.PlaceOf("auth"));
        string? secret = auth.RequiredText("secret");
        // Never repeated: it may be the secret itself.
        if (secret is not null && !secret.StartsWith("env:", StringComparison.Ordinal) && !secret.StartsWith("file:", StringComparison.Ordinal))
            reader.Diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "D016", "'secret' must say where the secret is kept: env:NAME or file:PATH; the secret itself does not belong into this file", auth.PlaceOf("secret").Position));
        string prefix = auth.Text("prefix") ?? "";
        auth.RejectUnknownKeys("'auth'");
        return secret is null ? null : new DeclaredSecret(header is not null, header ?? query ?? "", secret, prefix);
    }

    private ImmutableSortedDictionary<string, string> Headers()
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (MappingEntry entry in reader.Entries("headers"))
        {
            if (entry.Value is ScalarNode value && entry.Key.Text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && value.Text.All(c => c is >= ' ' and <= '~')) headers[entry.Key.Text] = value.Text;
            else reader.Error("003", "a header is a name of letters, digits and hyphens and a text of printable ASCII; secrets go into 'auth'", entry.Key);
        }

        return headers.ToImmutable();
    }

    private ImmutableHashSet<string>? Ignored()
    {
        if (reader.Node("ignore") is ScalarNode { Text: "all" }) return null;
        return [.. reader.TextList("ignore")];
    }

    private CsvFormat ReadCsv(RowFormat format)
    {
        if (reader.Child("csv") is not { } csv) return new CsvFormat();
        if (format != RowFormat.Csv) reader.Error("015", "'csv' goes with 'format: csv'", reader.PlaceOf("csv"));
        string separator = csv.Text("separator") ?? ",";
        if (separator == "tab") separator = "\t";
        if (separator.Length != 1) csv.Wrong("separator", csv.PlaceOf("separator"), "one character, or tab");
        csv.RejectUnknownKeys("'csv'");
        return new CsvFormat { Separator = separator.Length == 1 ? separator[0] : ',' };
    }

    private Expectation Expected(bool each)
    {
        if (reader.Child("expect") is not { } expect) return new Expectation(0, UsualShrink);
        if (each) reader.Error("015", "'expect' goes with 'ask: once'", reader.PlaceOf("expect"));
        int rows = expect.Int("rows", 0) ?? 0;
        decimal shrink = expect.Decimal("shrink", 0, 1) ?? (decimal)UsualShrink;
        expect.RejectUnknownKeys("'expect'");
        return new Expectation(rows, (double)shrink);
    }

    private RowJoin? ReadJoin(CelEnvironment environment, bool each)
    {
        if (each)
        {
            if (reader.Has("join")) reader.Error("015", "'join' goes with 'ask: once': who each answer is about is known here", reader.PlaceOf("join"));
            return null;
        }

        if (!reader.Require("join") || reader.Child("join") is not { } join) return null;
        CelExpression? Text(string key) => join.Scalar(key) is { } scalar ? CelCompiler.Compile(scalar.Text, environment, CelType.Text, join.Diagnostics, CelSource.Of(join.Document, scalar)) : null;
        CelExpression? id = Text("id"), name = Text("name"), country = Text("country");
        ImmutableArray<KeyValuePair<string, CelExpression>> identifiers = [.. AskedSupplier.Schemes.Select(scheme => KeyValuePair.Create(scheme, Text(scheme)!)).Where(p => p.Value is not null)];
        if (join.Mapping.Entries.IsEmpty || (join.Has("country") && !join.Has("name"))) join.Error("002", $"say how a row finds its supplier: id, name (with country), or one of {string.Join(", ", AskedSupplier.Schemes)}", reader.PlaceOf("join"));
        join.RejectUnknownKeys("'join'");
        return new RowJoin(id, identifiers, name, country);
    }

    private T? Required<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices) where T : struct => reader.Require(key) ? reader.Choice(key, choices) : null;

    /// <param name="fields">Null: there is no row yet.</param>
    private static CelEnvironment Environment(ImmutableArray<DeclaredField>? fields, bool withSupplier, bool withSince)
    {
        var variables = new List<CelVariable>(3);
        var types = new List<CelObjectType>(2);
        if (fields is { } declared)
        {
            variables.Add(new CelVariable("row", CelType.Object("Row")));
            types.Add(new CelObjectType("Row", [.. declared.DistinctBy(f => f.Name).Select(f => new CelField(f.Name, f.Type))]));
        }

        if (withSupplier)
        {
            variables.Add(new CelVariable("supplier", CelType.Object("Supplier")));
            types.Add(AskedSupplier.Type);
        }

        if (withSince) variables.Add(new CelVariable("since", CelType.Timestamp));
        return CelEnvironment.Create(CelMode.Rules, variables, types, CelRuleLibrary.Functions("", TimeZoneInfo.Utc).Where(f => f.ReferencedType is null));
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,39}\z")]
    private static partial Regex IdForm();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\Ahttps://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::[0-9]{1,5})?(?:/|\z)")]
    private static partial Regex HostForm();

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\z")]
    private static partial Regex BareHostForm();
}
