using System.Collections.Immutable;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.RuleFiles;
using Risk.Worker.Scheduling;

namespace Risk.Worker.Tests.Ingestion;

/// <summary>Sources that a file of the workspace declares.</summary>
public sealed class DeclaredSourceTests
{
    private const string Head = """
        schema: source/1
        id: own-list
        title: T
        publisher: P
        terms: none
        every: 1d
        limit: {requests: 10, per: 1s}

        """;

    private const string Event = """
        gives:
          - event: own_event
            max_age: 7d
            id: row.id
            type: '"x"'
            title: row.title
            severity: row.level
            at: row.at
        """;

    private const string List = Head + """
        format: json
        ask: once
        url: https://api.example.org/list
        rows: data.items
        fields: {id: string, title: string, level: int, at: timestamp, lei: {type: string, optional: true}, name: {type: string, optional: true}}
        join: {lei: row.lei, name: row.name}

        """ + Event;

    private static readonly Supplier[] Suppliers =
    [
        Named("S-1", "Wirth Guss GmbH", ("lei", "529900T8BM49AURSDO55")),
        Named("S-2", "Acme Castings Ltd", ("lei", "5493001KJTIIGC8Y1R12")),
    ];

    [Theory]
    [InlineData("fields: {id: strnig}", "D003", "did you mean 'string'?")]
    [InlineData("url: https://{date(now)}.example.org/x", "D012", "which host is called must not depend on data")]
    [InlineData("url: http://api.example.org/x", "D012", "must begin with https://HOST/")]
    [InlineData("auth: {header: X-Key, secret: s3cr3t}", "D016", "env:NAME or file:PATH")]
    [InlineData("expct: {rows: 1}", "D001", "did you mean 'expect'?")]
    [InlineData("id: ofac-sdn", "D011", "there is a source 'ofac-sdn' already")]
    [InlineData("cron: every day", "D003", "is not a Quartz cron expression")]
    [InlineData("delta: {field: id, start: 2026-01-01}", "D003", "must be a timestamp")]
    public void Read_WrongLine_IsSaidWithItsPlace(string line, string code, string says)
    {
        string key = line[..line.IndexOf(':', StringComparison.Ordinal)];
        string file = string.Join('\n', List.Split('\n').Where(l => !l.StartsWith(key + ":", StringComparison.Ordinal))) + "\n" + line;
        Diagnostic[] found = Problems(file);
        Diagnostic problem = Assert.Single(found, d => d.Code == code);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Position.Line > 0 && !found.Any(d => d.Format().Contains("s3cr3t", StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_WrongExpression_PointsIntoTheFile()
    {
        Diagnostic[] found = Problems(List.Replace("title: row.title", "title: row.titel", StringComparison.Ordinal));
        Diagnostic problem = Assert.Single(found);
        Assert.Equal("title", List.Split('\n')[problem.Position.Line - 1].Trim().Split(':')[0]);
        Assert.Contains("titel", problem.Message, StringComparison.Ordinal);
        Assert.Contains("title", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FeedOfAConnector_MustMeanTheSame()
    {
        Assert.Contains(Problems(List.Replace("event: own_event", "event: insolvency", StringComparison.Ordinal)), d => d.Code == "D014");
        Assert.Empty(Problems(List.Replace("event: own_event\n    max_age: 7d", "event: insolvency", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task List_RowsFindTheirSuppliers_AndWhatIsWrongIsCounted()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("api.example.org/list", """
            {"data": {"items": [
              {"id": "1", "title": "by number", "level": 4, "at": "2026-07-01", "lei": "529900t8bm49aursdo55"},
              {"id": "2", "title": "by name", "level": 4, "at": "2026-07-02T10:00:00Z", "name": "WIRTH GUSS GMBH", "colour": "red"},
              {"id": "3", "title": "nobody's", "level": 4, "at": "2026-07-02", "name": "Quite Another AG"},
              {"id": "4", "title": "no level", "at": "2026-07-02", "lei": "529900T8BM49AURSDO55"},
              {"id": "5", "title": "level as text", "level": "2", "at": "2026-07-02", "lei": "529900T8BM49AURSDO55"},
              {"id": "6", "title": "level that is none", "level": "high", "at": "2026-07-02", "lei": "529900T8BM49AURSDO55"}
            ]}}
            """);
        using ConnectorKit kit = Kit(List, stub);
        ConnectorRun run = (await kit.RunAsync(Suppliers)).Ok();
        Assert.Equal(["1", "2", "5"], run.Events.Select(e => e.Id).Order());
        Assert.All(run.Events, e => Assert.Equal("S-1", e.Supplier.Value));
        Assert.Equal(6, run.Audit.Read);
        Assert.Equal(["severity needs row.level: absent", "severity needs row.level: is no int"], run.Audit.Reasons.Keys);
        Assert.Equal([(FieldDrift.Unknown, "colour", 1), (FieldDrift.Missing, "level", 1), (FieldDrift.Retyped, "level", 2)], run.Audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value)));
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    public static TheoryData<string, Fault, FailureKind> Wrong => new()
    {
        { "html", Faults.Garbage, FailureKind.Malformed },
        { "empty", Faults.Empty, FailureKind.Malformed },
        { "no rows", Faults.Instead("""{"data": {"items": []}}"""u8.ToArray()), FailureKind.Malformed },
        { "error message", Faults.Instead("""{"error": "quota"}"""u8.ToArray()), FailureKind.Malformed },
        { "cut", Faults.Truncate(30), FailureKind.Truncated },
        { "500", Faults.Status(500), FailureKind.ServerError },
        { "429", Faults.Status(429, "3600"), FailureKind.RateLimited },
        { "bomb", Faults.Bomb(80), FailureKind.TooLarge },
        { "short", Faults.Instead(Encoding.UTF8.GetBytes(Rows(50))), FailureKind.Shrunk },
        { "too short", Faults.Instead(Encoding.UTF8.GetBytes(Rows(2))), FailureKind.SentinelMissing },
        { "elsewhere", (context, _) => { context.Response.StatusCode = 302; context.Response.Headers.Location = "https://169.254.169.254/latest/meta-data"; return Task.CompletedTask; }, FailureKind.Misconfigured },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task List_Fault_IsNamedAndChangesNothing(string what, Fault fault, FailureKind kind)
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("api.example.org/list", Rows(100));
        using ConnectorKit kit = Kit(List + "\nexpect: {rows: 10}", stub);
        Assert.Equal(100, (await kit.RunAsync(Suppliers)).Ok().Events.Count);
        stub.Fail("api.example.org/list", fault);
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Empty(run.Updates);
        Assert.True(kind == run.Failure?.Kind, $"{what}: {run.Failure?.Kind} {run.Failure?.Message}");
    }

    [Fact]
    public async Task Table_EachSupplierAsked_GivesReadings()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("api.example.org/t?q=S%201%2F2&key=k%26k", "Date;Close;Low\n2026-07-01;10.5;1\n2026-07-02;;1\n2026-07-03;9;1\n", "text/csv");
        Environment.SetEnvironmentVariable("RISK_TEST_DECLARED_KEY", "k&k");
        using ConnectorKit kit = Kit(Head + """
            format: csv
            csv: {separator: ";"}
            ask: each-supplier
            needs: ticker
            url: https://api.example.org/t?q={supplier.ticker}
            auth: {query: key, secret: "env:RISK_TEST_DECLARED_KEY"}
            fields: {Date: timestamp, Close: double}
            ignore: all
            gives:
              - {metric: own_close, range: [0, 1000], max_age: 5d, unit: EUR, value: row.Close, at: row.Date}
            """, stub);
        ConnectorRun run = (await kit.RunAsync([Named("S-1", "A", ("ticker", "S 1/2")), Named("S-2", "B")])).Ok();
        Assert.Equal([10.5, 9], run.Metrics.Select(m => m.Value));
        Assert.Equal("own_close needs row.Close: absent", Assert.Single(run.Audit.Reasons).Key);
        Assert.False(Assert.Single(run.Updates).Complete);
        Assert.DoesNotContain("key=", string.Join(' ', run.Signals.Select(s => s.Evidence.Url)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_ColumnGone_IsRefused()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("api.example.org/t", "Id,Price\n1,2\n", "text/csv");
        using ConnectorKit kit = Kit(Head + """
            format: csv
            ask: once
            url: https://api.example.org/t
            fields: {Id: string, Close: double}
            join: {id: row.Id}
            gives: [{metric: own_close, range: [0, 1000], max_age: 5d, value: row.Close, at: now}]
            """, stub);
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Equal(FailureKind.Malformed, run.Failure!.Kind);
        Assert.Contains("no column 'Close'", run.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{by: page, parameter: p, size: 2}", "?p=1", "?p=2", "?p=3")]
    [InlineData("{by: offset, parameter: o, size: 2}", "?o=0", "?o=2", "?o=4")]
    [InlineData("{by: cursor, parameter: c, from: meta.next}", "", "?c=a%2Fb", "?c=z")]
    [InlineData("{by: link}", "", "?page=2", "?page=3")]
    public async Task Pages_OfEveryKind_AreReadToTheEnd(string paging, string first, string second, string third)
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        static string Page(string next, params int[] ids) =>
            $$"""{"meta": {"next": {{next}}}, "data": {"items": [{{string.Join(',', ids.Select(i => $$"""{"id": "{{i}}", "title": "t", "level": 1, "at": "2026-07-01", "lei": "529900T8BM49AURSDO55"}"""))}}] } }""";
        stub.Serve("api.example.org/list" + first, Page("\"a/b\"", 1, 2), headers: ("Link", "<https://api.example.org/list?page=2>; rel=\"next\""));
        stub.Serve("api.example.org/list" + second, Page("\"z\"", 3, 4), headers: ("Link", "</list?page=1>; rel=\"prev\", </list?page=3>; rel=\"next\""));
        stub.Serve("api.example.org/list" + third, Page("null", 5));
        using ConnectorKit kit = Kit(List + $"\npaging: {paging}", stub);
        Assert.Equal(["1", "2", "3", "4", "5"], (await kit.RunAsync(Suppliers)).Ok().Events.Select(e => e.Id));
        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task Delta_NextRun_AsksSinceTheLatestRow()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("api.example.org/list?since=2026-01-01", Rows(3));
        stub.Serve("api.example.org/list?since=2026-07-01", """{"data": {"items": []}}""");
        using ConnectorKit kit = Kit(List.Replace("/list", "/list?since={date(since)}", StringComparison.Ordinal) + "\ndelta: {field: at, start: 2026-01-01}", stub);
        ConnectorRun run = (await kit.RunAsync(Suppliers)).Ok();
        Assert.False(Assert.Single(run.Updates).Complete);
        Assert.Empty((await kit.RunAsync(Suppliers)).Ok().Events);
        Assert.Equal(["?since=2026-01-01", "?since=2026-07-01"], stub.Requests.Select(r => r.Query));
    }

    [Theory]
    [InlineData("""<rss version="2.0"><channel><item><title>Wirth Guss GmbH files</title><link>https://news.example.org/1</link><guid>g1</guid><pubDate>Wed, 01 Jul 2026 10:00:00 +0200</pubDate></item></channel></rss>""")]
    [InlineData("""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Wirth Guss GmbH files</title><link rel="self" href="https://x.example.org"/><link href="https://news.example.org/1"/><id>g1</id><updated>2026-07-01T08:00:00Z</updated></entry></feed>""")]
    public async Task Feed_RssAndAtom_ReadTheSame(string feed)
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("news.example.org/feed", feed, "application/xml");
        using ConnectorKit kit = Kit(Head + """
            format: rss
            ask: once
            url: https://news.example.org/feed
            join: {name: 'row.title.replace(" files", "")'}
            gives:
              - {event: own_news, max_age: 2d, id: row.id, type: '"news"', title: row.title, severity: '2', at: row.published, url: row.link}
            """, stub);
        EventSignal news = Assert.Single((await kit.RunAsync(Suppliers)).Ok().Events);
        Assert.Equal(("g1", "https://news.example.org/1", new DateTimeOffset(2026, 7, 1, 8, 0, 0, TimeSpan.Zero)), (news.Id, news.Evidence.Url, news.OccurredAt));
    }

    [Fact]
    public async Task Xml_EntitiesAndPages_AreRefused()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        const string File = Head + """
            format: xml
            ask: once
            url: https://api.example.org/x
            rows: party
            fields: {id: {type: string, path: "@ref"}, title: {type: string, path: names.name}, level: int, at: timestamp, lei: string}
            join: {lei: row.lei}

            """ + Event;
        stub.Serve("api.example.org/x", """<list><party ref="7"><names><name>N</name></names><level>3</level><at>2026-07-01</at><lei>529900T8BM49AURSDO55</lei></party></list>""", "application/xml");
        using ConnectorKit kit = Kit(File, stub);
        Assert.Equal("7", Assert.Single((await kit.RunAsync(Suppliers)).Ok().Events).Id);
        foreach (string hostile in (string[])["<!DOCTYPE l [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><list><party ref='1'>&e;</party></list>", "<html><body>Sign in</body></html>"])
        {
            stub.Serve("api.example.org/x", hostile, "application/xml");
            Assert.Equal(FailureKind.Malformed, (await kit.RunAsync(Suppliers)).Failure!.Kind);
        }
    }

    [Fact]
    public async Task Name_ThatMayBeAnothers_GivesAWeakEventAndNoReading()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        stub.Serve("api.example.org/list", """{"data": {"items": [{"id": "1", "title": "t", "level": 5, "at": "2026-07-01", "name": "Acme"}]}}""");
        using ConnectorKit kit = Kit(List, stub);
        ConnectorRun run = (await kit.RunAsync([Named("S-9", "Acme")])).Ok();
        EventSignal weak = Assert.Single(run.Events);
        Assert.Equal(2, weak.Severity);
        Assert.Contains("may be another company", weak.Title, StringComparison.Ordinal);
    }

    private static string Rows(int count) =>
        $$"""{"data": {"items": [{{string.Join(',', Enumerable.Range(1, count).Select(i => $$"""{"id": "{{i}}", "title": "t", "level": 1, "at": "2026-07-01", "lei": "529900T8BM49AURSDO55"}"""))}}] } }""";

    private static ConnectorKit Kit(string file, UpstreamStub stub)
    {
        SourceCatalog catalog = Read(file, out DiagnosticBag diagnostics);
        Assert.True(!diagnostics.HasErrors, string.Join("\n", diagnostics.Sorted()));
        return new ConnectorKit(catalog.Find(new SourceId("own-list"))!, stub);
    }

    private static Diagnostic[] Problems(string file)
    {
        Read(file, out DiagnosticBag diagnostics);
        return [.. diagnostics.Sorted()];
    }

    private static SourceCatalog Read(string file, out DiagnosticBag diagnostics)
    {
        diagnostics = new DiagnosticBag();
        Document document = YamlReader.Read(file, "own.yaml", diagnostics);
        return SourceCatalog.Discover().With([document], CronSchedules.IsValid, diagnostics);
    }

    private static Supplier Named(string id, string name, params (string Scheme, string Value)[] identifiers) =>
        new() { Id = new SupplierId(id), Name = name, Identifiers = identifiers.ToImmutableSortedDictionary(i => i.Scheme, i => i.Value, StringComparer.Ordinal) };
}
