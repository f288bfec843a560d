using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk;
using Risk.Connectors.Statuspage;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Statuspage;

public sealed class StatuspageConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Incidents = "status.acme.example/api/v2/incidents.json";
    private const string Summary = "status.acme.example/api/v2/summary.json";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new StatuspageModule(), stub);
        stub.ServeFile(Incidents, Fixture("incidents.json"));
        stub.ServeFile(Summary, Fixture("summary.json"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Incidents_AreToldOpenOrResolvedWithTheirDurations()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.False(Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Complete, "readings of earlier days would be withdrawn");
        Assert.Equal(
            [
                ("inc-old", "minor", "open", 2, "Minor incident open since 2024-01-01 00:00 UTC (monitoring): Never closed"),
                ("inc0", "maintenance", "resolved", 1, "Maintenance of 2026-07-01 00:00 UTC, over after 6 h 0 min: Database maintenance"),
                ("inc2", "critical", "resolved", 4, "Critical incident of 2026-07-20 06:00 UTC, over after 3 h 0 min: API down"),
                ("inc1", "major", "resolved", 3, "Major incident of 2026-07-20 08:00 UTC, over after 4 h 0 min: Some requests fail"),
                ("inc3", "minor", "resolved", 2, "Minor incident of 2026-07-30 07:00 UTC, over after 1 h 5 min: Slow reports"),
                ("inc4", "critical", "open", 4, "Critical incident open since 2026-08-01 04:00 UTC (identified): Login fails <b>everywhere</b>"),
            ],
            run.Events.Select(e => (e.Id, e.Type, e.Stage, e.Severity, e.Title)));
        Assert.Equal(["https://status.acme.example/incidents/inc3", "https://stspg.example/inc4"], run.Events.TakeLast(2).Select(e => e.Evidence.Url));
        Assert.Contains("Affected: Login, API.", run.Events[^1].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(("service_status", "critical"), (run.Facts.Single().Name, run.Facts.Single().Value.Text));
        Assert.Equal((5, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public async Task Fetch_Uptime_CountsCriticalWholeAndMajorAtThirtyPercentWithoutOverlap()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        // Critical 06:00 to 09:00, major 08:00 to 12:00: three hours whole and three at 30 %. What began today is not in the period.
        double lost = 3 + (3 * 0.3);
        Assert.Equal([1 - (lost / (30 * 24)), 1 - (lost / (90 * 24))], run.Metrics.Select(m => m.Value), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(["status_uptime_30d", "status_uptime_90d"], run.Metrics.Select(m => m.Name));
        Assert.All(run.Metrics, m => Assert.Equal(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), m.OccurredAt));
    }

    [Fact]
    public async Task Fetch_TwiceADay_IsOneReading()
    {
        ConnectorRun first = (await kit.RunAsync([Acme])).Ok();
        kit.Now = kit.Now.AddHours(6);
        ConnectorRun second = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(first.Signals.Select(s => (s.Name, s.Key, s.OccurredAt, s.Evidence.Excerpt)), second.Signals.Select(s => (s.Name, s.Key, s.OccurredAt, s.Evidence.Excerpt)));
    }

    [Theory]
    [InlineData("2026-07-15T00:00:00Z", 0)]
    [InlineData("2026-06-15T00:00:00Z", 1)]
    [InlineData("2026-04-01T00:00:00Z", 2)]
    public async Task Fetch_FullList_StatesOnlyTheUptimeItReachesBackFor(string oldest, int metrics)
    {
        var list = new JsonArray();
        for (int i = 0; i < 50; i++) list.Add(Incident("i" + i, "minor", i == 49 ? oldest : "2026-07-30T00:00:00Z", "resolved"));
        stub.Serve(Incidents, new JsonObject { ["incidents"] = list }.ToJsonString());

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        // The summary's incident of 2024 is none of the list's.
        Assert.Equal(metrics, run.Metrics.Count);
    }

    [Fact]
    public async Task Fetch_UnreadableIncident_IsNamedAndNoUptimeStated()
    {
        stub.Serve(Incidents, new JsonObject { ["incidents"] = new JsonArray(Incident("i1", "major", "2026-07-30T00:00:00Z", "escalated"), Incident("i2", "minor", "2026-07-30T00:00:00Z", "resolved")) }.ToJsonString());

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(("status is none that is known", 1, "status.acme.example i1"), run.Audit.Reasons.Select(r => (r.Key, r.Value.Count, r.Value.Example)).Single());
        Assert.Empty(run.Metrics);
    }

    [Fact]
    public async Task Fetch_NoSummary_TakesTheWorstOpenIncidentForTheStatus()
    {
        stub.ServeStatus(Summary, 404);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("critical", run.Facts.Single().Value.Text);
        Assert.Equal(5, run.Events.Count);
    }

    [Fact]
    public async Task Fetch_EmptyPage_IsFullUptime()
    {
        stub.Serve(Incidents, """{"page":{},"incidents":[]}""");
        stub.Serve(Summary, """{"status":{"indicator":"none"},"incidents":[]}""");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal([1.0, 1.0], run.Metrics.Select(m => m.Value));
        Assert.Equal("none", run.Facts.Single().Value.Text);
    }

    [Fact]
    public async Task Fetch_OtherPages_FailByNameAndTheOthersGoOn()
    {
        ConnectorRun run = (await kit.RunAsync([Company("a", "https://status.other.example/"), Company("b", "https://10.0.0.1/"), Company("c", "https://status.acme.example:8443"), Company("d", ""), Acme])).Ok();

        Assert.Equal(["a", "b", "c"], run.Failures.Select(f => f.Supplier.Value).Order());
        Assert.All(run.Failures, f => Assert.Equal(FailureKind.NotFound, f.Failure.Kind));
        Assert.Contains("is no page of Atlassian Statuspage", run.Failures.Single(f => f.Supplier.Value == "a").Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["acme"], run.Signals.Select(s => s.Supplier.Value).Distinct());
    }

    [Theory]
    [InlineData("<html>We are back soon</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"incidents\":null}")]
    [InlineData("{\"incidents\":[{\"id\":\"a\"")]
    public async Task Fetch_NotTheFormat_IsMalformedAndGivesNothing(string body)
    {
        stub.Serve(Incidents, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    public static TheoryData<string> SummaryFaults => ["500", "reset", "garbage", "empty", "truncated", "bomb", "429"];

    [Theory]
    [MemberData(nameof(SummaryFaults))]
    public async Task Fetch_OnePageFails_GivesNothingOfItAndTheOthersGoOn(string fault)
    {
        stub.Fail(Summary, fault switch
        {
            "500" => Faults.Status(500),
            "429" => Faults.Status(429, "600"),
            "reset" => Faults.Reset,
            "garbage" => Faults.Garbage,
            "empty" => Faults.Empty,
            "truncated" => Faults.Truncate(40),
            _ => Faults.Bomb(16),
        });
        stub.Serve("status.beta.example/api/v2/incidents.json", """{"incidents":[]}""");

        ConnectorRun run = (await kit.RunAsync([Acme, Company("beta", "http://status.beta.example/")])).Ok();

        Assert.Equal("acme", Assert.Single(run.Failures).Supplier.Value);
        Assert.Equal(["beta"], run.Signals.Select(s => s.Supplier.Value).Distinct());
    }

    [Fact]
    public void Uptime_OfAnyIncidents_IsWhatCountingMinutesGives()
    {
        var start = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset until = start.AddHours(2);
        Gen<StatuspageRecord> incident =
            from begin in Gen.Choose(-60, 150)
            from length in Gen.Choose(0, 120)
            from critical in Gen.Elements(true, false)
            from open in Gen.Elements(true, false, false)
            select new StatuspageRecord("i", "n", "resolved", critical ? "critical" : "major", start.AddMinutes(begin), open ? null : start.AddMinutes(begin + length), start, "", []);
        Prop.ForAll(incident.ArrayOf().ToArbitrary(), incidents =>
        {
            double lost = Enumerable.Range(0, 120).Sum(minute =>
            {
                DateTimeOffset at = start.AddMinutes(minute);
                StatuspageRecord[] then = [.. incidents.Where(i => i.StartedAt <= at && (i.EndedAt is null || i.EndedAt > at))];
                return then.Any(i => i.Impact == "critical") ? 1 : then.Length > 0 ? 0.3 : 0;
            });
            return Math.Abs(StatuspageMapper.Uptime(incidents, start, until) - (1 - (lost / 120))) < 1e-9;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Map_IncidentsOfEveryKind_LeaveTheUptimeThatCountingMinutesGives()
    {
        // Half an hour is lost at most by each, so that thirty days stay far from the bounds; all that counts lies in the last hours before midnight.
        var midnight = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        Gen<StatuspageRecord> incident =
            from begin in Gen.Choose(-240, 60)
            from length in Gen.Choose(0, 180)
            from impact in Gen.Elements("none", "minor", "major", "critical", "maintenance")
            from status in Gen.Elements("resolved", "postmortem", "investigating", "completed")
            let isOpen = status == "investigating"
            select new StatuspageRecord(
                Guid.NewGuid().ToString(), "n", status, impact, midnight.AddMinutes(begin), isOpen ? null : midnight.AddMinutes(begin + length), midnight, "", []);
        Prop.ForAll(incident.ArrayOf().ToArbitrary(), incidents =>
        {
            double lost = Enumerable.Range(-240, 240).Sum(minute =>
            {
                DateTimeOffset at = midnight.AddMinutes(minute);
                StatuspageRecord[] then = [.. incidents.Where(i => i.StartedAt <= at && (i.EndedAt is null || i.EndedAt > at) && i.Status != "completed")];
                return then.Any(i => i.Impact == "critical") ? 1 : then.Any(i => i.Impact == "major") ? 0.3 : 0;
            });
            var page = new StatuspageContent("status.acme.example", "none", midnight, [.. incidents], null, 0, HasSummary: true);
            double uptime = StatuspageMapper.Map(new SupplierId("a"), page, [], midnight.AddHours(6)).OfType<MetricSignal>().Single(m => m.Name == "status_uptime_30d").Value;
            return Math.Abs(uptime - (1 - (lost / (30 * 24 * 60)))) < 1e-9;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Fetch_Maintenance_IsToldFromItsPlanToItsEndAndIsNoDowntime()
    {
        const string Plan = """{"id":"m1","name":"Move","status":"scheduled","impact":"maintenance","created_at":"2026-07-20T00:00:00Z","updated_at":"2026-07-20T00:00:00Z","started_at":"2026-07-20T00:00:00Z","scheduled_for":"2026-08-01T08:00:00Z","scheduled_until":"2026-08-01T10:00:00Z"}""";
        stub.Serve(Incidents, """{"incidents":[]}""");
        Summarize(Plan);
        EventSignal planned = Assert.Single((await kit.RunAsync([Acme])).Ok().Events);
        Assert.Equal(("planned", "maintenance", 1, "Planned maintenance for 2026-08-01 08:00 UTC, 2 h 0 min: Move"), (planned.Stage, planned.Type, planned.Severity, planned.Title));
        Assert.Equal((new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 8, 1, 8, 0, 0, TimeSpan.Zero)), (planned.OccurredAt, planned.Due));

        kit.Now = new DateTimeOffset(2026, 8, 1, 9, 0, 0, TimeSpan.Zero);
        Summarize(Plan.Replace("scheduled\",\"impact", "in_progress\",\"impact", StringComparison.Ordinal).Replace("updated_at\":\"2026-07-20T00", "updated_at\":\"2026-08-01T08", StringComparison.Ordinal));
        Assert.Equal(("open", "Maintenance open since 2026-08-01 08:00 UTC (in_progress): Move"), Told((await kit.RunAsync([Acme])).Ok()));

        // A page that fails clears nothing; one that lists it no longer does.
        stub.Fail(Summary, Faults.Status(500));
        Assert.Empty((await kit.RunAsync([Acme])).Ok().Events);
        stub.Mend(Summary);
        Summarize();
        ConnectorRun over = (await kit.RunAsync([Acme])).Ok();
        Assert.Equal(("resolved", "Maintenance open since 2026-08-01 08:00 UTC (in_progress): Move; no longer listed"), Told(over));
        Assert.Equal([1.0, 1.0], over.Metrics.Select(m => m.Value));
        Assert.Empty((await kit.RunAsync([Acme])).Ok().Events);

        void Summarize(string maintenance = "") => stub.Serve(Summary, $$"""{"status":{"indicator":"none"},"incidents":[],"scheduled_maintenances":[{{maintenance}}]}""");

        static (string, string) Told(ConnectorRun run) => (Assert.Single(run.Events).Stage, run.Events[0].Title);
    }

    [Theory]
    [InlineData("""{"page":{"name":"Acme","url":"https://status.acme.example","status":"UP"}}""", "Instatus")]
    [InlineData("""{"page":{"name":"Acme","status":"HASISSUES"},"activeIncidents":[{"id":"x","name":"n","started":"2026-07-01T00:00:00Z","status":"INVESTIGATING","impact":"MAJOROUTAGE"}]}""", "Instatus")]
    [InlineData("""{"meta":{"pagination":{"total":1}},"data":[{"id":1,"name":"Down","status":1,"created_at":"2026-07-01 00:00:00"}]}""", "Cachet")]
    [InlineData("""{"result":{"status_overall":{"status_code":100},"incidents":[]}}""", "Status.io")]
    [InlineData("""{"data":{"id":"1","type":"status_page","attributes":{"aggregate_state":"operational"}}}""", "Better Stack")]
    public async Task Fetch_OtherMakersPage_IsNamedAndNotRead(string body, string maker)
    {
        stub.Serve(Incidents, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.NotFound, Assert.Single(run.Failures).Failure.Kind);
        Assert.Contains($"status.acme.example is a page of {maker}; only pages of Atlassian Statuspage", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_ListOfIncidentsInAnotherForm_IsRefused()
    {
        stub.Serve(Incidents, """{"incidents":[{"id":"x","name":"n","started":"2026-07-01T00:00:00Z","status":"INVESTIGATING","impact":"MAJOROUTAGE"}]}""");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Contains("is in the format of Atlassian Statuspage", Assert.Single(run.Failures).Failure.Message, StringComparison.Ordinal);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        const string Known = """{"id":"a","name":"N","status":"resolved","impact":"minor","created_at":"2026-07-01T00:00:00Z","updated_at":"2026-07-01T00:00:00Z","resolved_at":"2026-07-01T01:00:00Z","shortlink":null,"incident_updates":[{"any":1}],"components":[],"reminder_intervals":null}""";
        string changed = Known.Replace("\"a\"", "\"b\"", StringComparison.Ordinal).Replace("\"updated_at\"", "\"changed_at\"", StringComparison.Ordinal).Replace("\"components\":[]", "\"components\":\"API\",\"cause\":\"x\"", StringComparison.Ordinal);
        stub.Serve(Incidents, $$"""{"page":{"id":"p","name":"A","url":"x","updated_at":"x","theme":1},"incidents":[{{Known}},{{changed}}]}""");
        stub.ServeStatus(Summary, 404);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("Unknown cause 1, Unknown changed_at 1, Unknown page.theme 1, Missing updated_at 1, Retyped components 1", Sdk.Told.Drift(run));
        Assert.Equal(2, run.Events.Count);
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        kit.Now = new DateTimeOffset(2026, 7, 31, 0, 0, 0, TimeSpan.Zero);
        string folder = SharedFactAttribute.Path("sources", "statuspage");
        stub.ServeFile("www.githubstatus.com/api/v2/incidents.json", Path.Combine(folder, "githubstatus.2026-07-30.incidents.json"));
        stub.ServeFile("www.githubstatus.com/api/v2/summary.json", Path.Combine(folder, "githubstatus.2020-04-02.summary.json"));
        stub.ServeFile("status.emma.example/api/v2/incidents.json", Path.Combine(folder, "emma.2019-02-21.incidents.json"));

        ConnectorRun run = (await kit.RunAsync([Company("github", "https://www.githubstatus.com"), Company("emma", "https://status.emma.example")])).Ok();

        int emma = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "emma.2019-02-21.incidents.json")))!["incidents"]!.AsArray().Count;
        Assert.Equal([("emma", 22), ("github", 6)], run.Events.GroupBy(e => e.Supplier.Value).Select(g => (g.Key, g.Count())).Order());
        Assert.Equal(22, emma);
        Assert.Equal((27, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal("80d0cs6kpsps", Assert.Single(run.Events, e => e.Stage == "open").Id);
        Assert.Equal([("emma", "none"), ("github", "major")], run.Facts.Select(f => (f.Supplier.Value, f.Value.Text)).Order());
    }

    private static JsonNode Incident(string id, string impact, string created, string status) =>
        new JsonObject { ["id"] = id, ["name"] = "N", ["impact"] = impact, ["status"] = status, ["created_at"] = created, ["updated_at"] = created, ["resolved_at"] = created };

    private static Supplier Acme { get; } = Company("acme", "https://status.acme.example/");

    private static Supplier Company(string id, string page) => new() { Id = new SupplierId(id), Name = id, StatusPage = page };

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Statuspage", "Fixtures", name);
}
