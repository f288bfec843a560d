using System.Collections.Immutable;
using Risk.Connectors.Gleif;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Gleif;

public sealed class GleifConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Lei = "ACMEACMEACMEACME0159";
    private const string Record = "api.gleif.org/api/v1/lei-records/" + Lei;

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new GleifModule(), stub);
        stub.ServeFile(Record, Fixture("record-with-parents.json"), "application/vnd.api+json");
        stub.ServeFile(Record + "/direct-parent", Fixture("parent.json"), "application/vnd.api+json");
        stub.ServeFile(Record + "/ultimate-parent-reporting-exception", Fixture("exception.json"), "application/vnd.api+json");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Record_GivesStatusesRenewalAndParents()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.True(Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Complete);
        Assert.Equal(
            [("lei_status", "LAPSED"), ("lei_entity_status", "ACTIVE"), ("lei_renewal", "2026-05-04T00:00:00Z"), ("lei_direct_parent", "PARENTPARENTPARE0262"), ("lei_ultimate_parent", "NATURAL_PERSONS"), ("lei_successor", "")],
            run.Facts.Select(f => (f.Name, f.Value.ToString())));
        Assert.Equal(FactType.Timestamp, run.Facts[2].Value.Type);
        Assert.All(run.Facts, f => Assert.Equal(new DateTimeOffset(2026, 3, 28, 8, 58, 24, TimeSpan.Zero), f.OccurredAt));
        Assert.All(run.Facts, f => Assert.StartsWith("https://search.gleif.org/#/record/" + Lei, f.Evidence.Url, StringComparison.Ordinal));
        Assert.Contains("Acme Bearings AB: registration LAPSED, entity ACTIVE", run.Facts[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(["", "/direct-parent", "/ultimate-parent-reporting-exception"], stub.Requests.Select(r => r.ToString()[Record.Length..]));
    }

    [Fact]
    public async Task Fetch_NeitherParentNorException_GivesEmptyParents()
    {
        stub.ServeStatus(Record + "/direct-parent", 404);
        stub.ServeStatus(Record + "/ultimate-parent-reporting-exception", 404);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["", ""], run.Facts.Where(f => f.Name.EndsWith("_parent", StringComparison.Ordinal)).Select(f => f.Value.Text));
        Assert.Contains(stub.Requests, r => r.ToString() == Record + "/direct-parent-reporting-exception");
    }

    [Fact]
    public async Task Fetch_ManifestsFacts_AreAllSuppliedWithTheirTypes()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(new GleifModule().Manifest.Facts.Select(f => (f.Name, f.Type)), run.Facts.Select(f => (f.Name, f.Value.Type)));
    }

    [Fact]
    public async Task Fetch_Events_AreOneEachAndInsolvenciesAmongThem()
    {
        Entity("""
            "status":"ACTIVE","successorEntity":{"lei":null,"name":null},"successorEntities":[{"lei":"PARENTPARENTPARE0262","name":"Parent"},{"name":"Harrow Holding"}],
            "eventGroups":[
              {"groupType":"STANDALONE","events":[{"type":"LIQUIDATION","status":"IN_PROGRESS","effectiveDate":"2024-07-29T00:00:00Z","recordedDate":"2024-08-15T04:06:53Z","validationDocuments":"ACCOUNTS_FILING"}]},
              {"groupType":"CHANGE_LEGAL_FORM_AND_NAME","events":[{"type":"CHANGE_LEGAL_NAME","status":"COMPLETED","effectiveDate":null,"recordedDate":"2023-01-02T10:00:00+01:00"},{"type":"BANKRUPTCY","status":"COMPLETED","effectiveDate":"2019-01-01T00:00:00Z"}]},
              {"groupType":"COMPLEX","events":[{"type":"CHANGE_LEGAL_NAME","status":"COMPLETED","recordedDate":"2023-01-02T10:00:00+01:00"},{"type":"DISSOLUTION","status":"WITHDRAWN_CANCELLED","effectiveDate":"2022-01-01T00:00:00Z"}]},
              {"groupType":"STANDALONE","events":[{"type":"MERGERS_AND_ACQUISITIONS","status":"IN_PROGRESS","effectiveDate":"2026-09-30T00:00:00Z"},{"type":"SPINOFF","status":"COMPLETED"},{"type":null,"status":"COMPLETED"},null]},null]
            """);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(
            [
                ("insolvency", "bankruptcy", "concluded", 3, "Bankruptcy reported with the LEI, completed, 2019-01-01"),
                ("lei_event", "change-legal-name", "completed", 1, "Change legal name reported with the LEI, completed, 2023-01-02"),
                ("insolvency", "liquidation", "filed", 5, "Liquidation reported with the LEI, in progress, 2024-07-29"),
                ("lei_event", "mergers-and-acquisitions", "in-progress", 3, "Mergers and acquisitions reported with the LEI, in progress, 2026-09-30, succeeded by PARENTPARENTPARE0262, Harrow Holding"),
            ],
            run.Events.Select(e => (e.Name, e.Type, e.Stage, e.Severity, e.Title)));
        Assert.Equal("PARENTPARENTPARE0262, Harrow Holding", run.Facts.Single(f => f.Name == "lei_successor").Value.Text);
        Assert.Equal(["event without a date", "event without a type"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_Duplicate_NamesTheLeiThatIsInForce()
    {
        Entity("""
            "status":null,"successorEntity":{"lei":"PARENTPARENTPARE0262","name":"Acme Bearings AB"},"successorEntities":[{"lei":"PARENTPARENTPARE0262","name":"Acme Bearings AB"}],"eventGroups":[]
            """, "DUPLICATE");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["DUPLICATE", "", "2027-01-01T00:00:00Z", "", "NATURAL_PERSONS", "PARENTPARENTPARE0262"], run.Facts.Select(f => f.Value.ToString()));
        Assert.Empty(run.Audit.Drifted);
    }

    [Fact]
    public async Task Fetch_RunThatWasCutShort_GoesOnWhereItEnded()
    {
        kit.Checkpoint = "a";

        ConnectorRun run = (await kit.RunAsync([Company("a", Lei), Company("b", Lei), Company("c", Lei)])).Ok();

        Assert.Equal(["b", "c", "a"], run.Updates.Cast<SupplierUpdate>().Select(u => u.Supplier.Value));
        Assert.Equal("a", kit.Checkpoint);
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldAndTheRestIsRead()
    {
        Entity("\"status\":\"ACTIVE\",\"creationDate\":7,\"happenings\":[]");
        stub.Serve(Record + "/ultimate-parent-reporting-exception", "{\"data\":{\"type\":\"x\",\"id\":\"x\",\"attributes\":{\"lei\":\"x\",\"reason\":\"NO_LEI\",\"kind\":\"x\"}}}");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(
            ["Unknown data.attributes.entity.happenings 1", "Unknown data.attributes.kind 1", "Missing data.attributes.category 1", "Retyped data.attributes.entity.creationDate 1"],
            run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
        Assert.Equal("NO_LEI", run.Facts.Single(f => f.Name == "lei_ultimate_parent").Value.Text);
    }

    [Fact]
    public async Task Fetch_UnknownOrImpossibleLei_FailsThatSupplierAndGoesOn()
    {
        ConnectorRun run = (await kit.RunAsync([Company("a", "UNKNOWNUNKNOWNUN0463"), Company("b", "ACMEACMEACMEACME0158"), Company("c", "../../evil"), Acme])).Ok();

        Assert.Equal([("a", FailureKind.NotFound), ("b", FailureKind.NotFound), ("c", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)));
        Assert.Contains("GLEIF knows no LEI UNKNOWNUNKNOWNUN0463", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Contains("check digits", run.Failures[1].Failure.Message, StringComparison.Ordinal);
        Assert.Single(run.Updates.OfType<SupplierUpdate>());
        Assert.Equal(4, stub.Requests.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"data\":[]}")]
    [InlineData("{\"data\":{\"attributes\":{\"lei\":\"PARENTPARENTPARE0262\"}}}")]
    [InlineData("{\"data\":{\"attributes\":{\"lei\":\"ACMEACMEACMEACME0159\",\"registration\":{\"lastUpdateDate\":\"2026-01-01T00:00:00Z\"}}}}")]
    [InlineData("{\"data\":{\"attributes\":{\"lei\":\"ACMEACMEACMEACME0159\",\"registration\":{\"status\":\"ISSUED\",\"lastUpdateDate\":\"yesterday\"}}}}")]
    [InlineData("<html>We are back soon</html>")]
    [InlineData("")]
    public async Task Fetch_NotTheFormat_IsMalformedAndGivesNothing(string body)
    {
        stub.Serve(Record, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_ParentFails_GivesNothingOfTheSupplier()
    {
        stub.Fail(Record + "/direct-parent", Faults.Status(500));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.ServerError, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_Throttled_EndsTheRun()
    {
        stub.Fail(Record, Faults.Status(429, "120"));

        ConnectorRun run = await kit.RunAsync([Acme]);

        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromSeconds(120)), (run.Failure!.Kind, run.Failure.RetryAfter));
    }

    /// <summary>Real answers, read when RISK_SHARED names the folder that holds the recordings.</summary>
    [Fact]
    public async Task Fetch_Recordings_AreRead()
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { } shared) return;
        const string Microsoft = "INR2EJN1ERAN0W5ZP974";
        string folder = Path.Combine(shared, "sources", "gleif");
        stub.ServeFile($"api.gleif.org/api/v1/lei-records/{Microsoft}", Path.Combine(folder, "lei-records", Microsoft + ".json"));
        stub.ServeFile($"api.gleif.org/api/v1/lei-records/{Microsoft}/direct-parent-reporting-exception", Path.Combine(folder, "reporting_exceptions", $"direct-parent-reporting-exception_{Microsoft}.json"));

        ConnectorRun run = (await kit.RunAsync([Company("microsoft", Microsoft)])).Ok();

        Assert.Equal(["ISSUED", "ACTIVE", "2026-05-04T00:00:00Z", "NON_CONSOLIDATING", "", ""], run.Facts.Select(f => f.Value.ToString()));
        Assert.Empty(run.Audit.Drifted);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, "lei-records"), "????????????????????.json")) GleifFormats.Record.Check(await File.ReadAllBytesAsync(file), run.Audit);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, "reporting_exceptions"))) GleifFormats.Exception.Check(await File.ReadAllBytesAsync(file), run.Audit);
        Assert.Empty(run.Audit.Drifted);
    }

    /// <summary>The record with these members of its entity, and no link to a direct parent.</summary>
    private void Entity(string members, string status = "ISSUED")
    {
        stub.Serve(Record, $$"""
            {"data":{"type":"lei-records","id":"{{Lei}}","attributes":{"lei":"{{Lei}}","entity":{"legalName":{"name":"Acme Bearings AB"},{{members}}},
              "registration":{"initialRegistrationDate":"2012-06-06T15:55:00Z","lastUpdateDate":"2026-03-28T08:58:24Z","status":"{{status}}","nextRenewalDate":"2027-01-01T00:00:00Z"} } } }
            """);
        stub.ServeStatus(Record + "/direct-parent", 404);
    }

    private static Supplier Acme { get; } = Company("zacme", Lei);

    private static Supplier Company(string id, string lei) => new()
    {
        Id = new SupplierId(id),
        Name = id,
        Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Lei, lei),
    };

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Gleif", "Fixtures", name);
}
