using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.CompaniesHouse;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.CompaniesHouse;

/// <summary>Who directs a company, and companies of which the register keeps little.</summary>
public sealed class CompaniesHouseOfficersTests : IAsyncLifetime, IDisposable
{
    private const string Profile = "api.company-information.service.gov.uk/company/OC300001";
    private const string Officers = Profile + "/officers?items_per_page=100&start_index=0";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new CompaniesHouseModule(), stub);
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "a-key");
        kit.Options["ApiKey"] = "file:" + file;
        stub.Serve(Profile, """{"company_number":"OC300001","company_name":"HARROW LLP","company_status":"active","type":"llp","date_of_creation":"2003-01-10"}""");
        stub.Serve(Profile + "/filing-history", """{"items":[{"transaction_id":"T1","date":"2026-05-01","type":"LLTM01","category":"officers","description":"termination-member-limited-liability-partnership"}],"total_count":1}""");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Officers_AreCountedByRoleAndDay()
    {
        stub.Serve(Officers, List(
            Officer("llp-designated-member", "1991-05-01"), Officer("corporate-llp-member", "2026-02-01"), Officer("llp-member", "2010-01-01", "2026-05-01"), Officer("corporate-nominee-director", "2025-09-01", "2025-12-24"),
            Officer("llp-member", "2010-01-01", "2025-07-31"), Officer("secretary", "2026-01-01", "2026-03-01"), Officer("limited-partner-in-a-limited-partnership", "2026-01-01"), Officer("director", "2026-03-03", "2027-01-01"), null));

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal(
            [
                ("directors_left_12m", "2", "2026-05-01", "2 directors left within a year: 2025-12-24, 2026-05-01; 3 in office"),
                ("directors_joined_12m", "3", "2026-03-03", "3 directors joined within a year: 2025-09-01, 2026-02-01, 2026-03-03; 3 in office"),
                ("directors_in_office", "3", "2026-05-01", "3 directors in office, the last change 2026-05-01"),
            ],
            Directors(run));
        Assert.EndsWith("/company/OC300001/officers", run.Facts.Single(f => f.Name == "directors_in_office").Evidence.Url, StringComparison.Ordinal);
        Assert.Empty(run.Audit.Reasons);
        Assert.DoesNotContain(run.Signals, s => JsonSerializer.Serialize(s.Evidence).Contains("A PERSON", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Fetch_OfficersRefused_AreCountedByWhatWasFiled(int status)
    {
        stub.ServeStatus(Officers, status, "{\"errors\":[{\"error\":\"x\"}]}");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal(
            [
                ("directors_left_12m", "1", "2026-05-01", "1 filings within a year: LLTM01 2026-05-01; counted by filings, the register gave no list of officers"),
                ("directors_joined_12m", "0", "2026-05-01", "0 filings within a year; counted by filings, the register gave no list of officers"),
            ],
            Directors(run));
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Fact]
    public async Task Fetch_ManyOfficers_AreReadPageByPage()
    {
        stub.Serve(Officers, List(150, [.. Enumerable.Repeat(Officer("llp-member", "2010-01-01"), 100)]));
        stub.Serve(Profile + "/officers?items_per_page=100&start_index=100", List(150, [.. Enumerable.Repeat(Officer("llp-member", "2010-01-01", "2026-07-01"), 49)]));
        // One has protected details: counted upstream, listed nowhere.
        stub.Serve(Profile + "/officers?items_per_page=100&start_index=149", List(150));

        Assert.Equal([("directors_left_12m", "49"), ("directors_joined_12m", "0"), ("directors_in_office", "100")], Directors((await kit.RunAsync([Harrow])).Ok()).Select(d => (d.Name, d.Value)));
    }

    [Fact]
    public async Task Fetch_OfficersThatCannotBeRead_AreCounted()
    {
        stub.Serve(Officers, List(Officer("director", "2010-01-01", "soon"), Officer("chief-visionary", "2010-01-01"), Officer("director", "2010-01-01")));

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal(["officer whose resigned_on is no date", "officer with a role that is not known"], run.Audit.Reasons.Keys);
        Assert.Equal(1, run.Facts.Single(f => f.Name == "directors_in_office").Value.Int);
    }

    [Fact]
    public async Task Fetch_FaultsOfTheOfficers_FailTheSupplierOrTheRunAndGiveNothing()
    {
        stub.Serve(Officers, List(Officer("director", "2010-01-01"), Officer("director", "2010-01-01")));
        await FetchFaults.EachAsync(stub, Officers, async name =>
        {
            kit.Checkpoint = null;
            ConnectorRun run = await kit.RunAsync([Harrow]);
            // A refusal is an answer: the filings stand in.
            if (name == "403")
            {
                Assert.DoesNotContain(run.Facts, f => f.Name == "directors_in_office");
                return;
            }

            Assert.True(run.Failure is not null || run.Failures.Count == 1, name);
            Assert.Empty(run.Signals);
        });
    }

    [Fact]
    public async Task Fetch_ProfileWithoutStatus_GivesWhatThereIs()
    {
        stub.Serve(Profile, """{"company_number":"OC300001","company_name":"HARROW SOCIETY LIMITED","type":"registered-society-non-jurisdictional","has_charges":false}""");
        stub.Serve(Profile + "/filing-history", """{"filing_history_status":"filing-history-not-available-unknown-prefix","items":[],"items_per_page":100,"start_index":0,"total_count":0}""");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal(["charges_outstanding"], run.Facts.Select(f => f.Name));
    }

    [Theory]
    [InlineData("active", "1984-07-06", null, "concluded", 3)]
    [InlineData("receivership", "1984-07-06", null, "filed", 5)]
    [InlineData("active", "2026-05-06", null, "filed", 5)]
    [InlineData("liquidation", "2020-05-06", "case-end-on", "concluded", 3)]
    public async Task Fetch_CaseWithoutAnEnd_IsOpenUntilTheCompanyHasOutlivedIt(string status, string started, string? ending, string stage, int severity)
    {
        stub.Serve(Profile, $$"""{"company_number":"OC300001","company_status":"{{status}}","type":"ltd"}""");
        string end = ending is null ? "" : $$""",{"type":"{{ending}}","date":"2021-01-01"}""";
        stub.Serve(Profile + "/insolvency", $$"""{"cases":[{"type":"receiver-manager","number":"1","dates":[{"type":"instrumented-on","date":"{{started}}"}{{end}}],"notes":["x"]}],"status":["receiver-manager"]}""");

        var found = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal((stage, severity), (found.Stage, found.Severity));
    }

    [Fact]
    public async Task Fetch_ChargesOfOtherKinds_AreDatedAndWeighed()
    {
        stub.Serve(Profile + "/charges", """
            {"total_count":3,"items":[
              {"charge_number":1,"status":"part-satisfied","acquired_on":"2020-01-01","delivered_on":"2020-02-01"},
              {"charge_number":2,"status":"satisfied","covering_instrument_date":"2019-01-01"},
              {"charge_number":3,"status":"outstanding","created_on":"2021-01-01"}]}
            """);

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal([("OC300001-1", "outstanding", 2020), ("OC300001-2", "satisfied", 2019), ("OC300001-3", "outstanding", 2021)], run.Events.Select(e => (e.Id, e.Stage, e.OccurredAt.Year)));
        Assert.Equal(2, run.Facts.Single(f => f.Name == "charges_outstanding").Value.Int);
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldAndTheRestIsRead()
    {
        stub.Serve(Profile, """{"company_number":"OC300001","company_status":"active","type":"ltd","etag":7,"accounts":{"next_accounts":{"due_by":"2026-01-01"}}}""");
        stub.Serve(Officers, List(Officer("director", "2010-01-01")).Replace("\"appointed_on\"", "\"appointed\"", StringComparison.Ordinal));
        stub.Serve(Profile + "/insolvency", """{"cases":[{"kind":"receiver-manager","number":"1","dates":[{"type":"instrumented-on","date":"2026-01-01"}]}]}""");
        stub.Serve(Profile + "/charges", """{"total_count":1,"items":[{"charge_number":1,"state":"outstanding","created_on":"2021-01-01"}]}""");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal(
            [
                "Unknown accounts.next_accounts.due_by 1", "Unknown cases[].kind 1", "Unknown items[].appointed 1", "Unknown items[].state 1", "Missing cases[].type 1", "Missing items[].status 1", "Retyped etag 1",
            ],
            run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
        Assert.Equal(1, run.Facts.Single(f => f.Name == "directors_in_office").Value.Int);
        Assert.Equal(["insolvency", "charge"], run.Events.Select(e => e.Name));
    }

    [SharedFact]
    public async Task Fetch_RecordedAnswers_HaveNoFieldThatIsNotKnown()
    {
        string folder = SharedFactAttribute.Path("sources", "companies-house");
        stub.ServeFile(Profile + "/charges", Path.Combine(folder, "charges", "07310390-pfb-hire.json"));
        stub.ServeFile(Profile + "/insolvency", Path.Combine(folder, "insolvency", "london-airways.json"));
        stub.ServeFile(Profile + "/filing-history", Path.Combine(folder, "filing-history", "pfb-hire.json"));
        foreach (string profile in Directory.EnumerateFiles(Path.Combine(folder, "company-profile")))
        {
            stub.Serve(Profile, System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(profile), "\"company_number\"\\s*:\\s*\"[^\"]*\"", "\"company_number\":\"OC300001\""));
            kit.Checkpoint = null;
            Assert.Empty((await kit.RunAsync([Harrow])).Ok().Audit.Drifted);
        }
    }

    private static IEnumerable<(string Name, string Value, string Since, string Excerpt)> Directors(ConnectorRun run) =>
        run.Facts.Where(f => f.Name.StartsWith("directors_", StringComparison.Ordinal)).Select(f => (f.Name, f.Value.ToString(), RegisterDate.Text(DateOnly.FromDateTime(f.OccurredAt.UtcDateTime)), f.Evidence.Excerpt));

    private static string List(params object?[] officers) => List(officers.Length, officers);

    private static string List(int total, params object?[] officers) => JsonSerializer.Serialize(new { items = officers, total_results = total, kind = "officer-list", active_count = 1, resigned_count = 1 });

    private static Dictionary<string, object?> Officer(string role, string appointed, string? resigned = null)
    {
        var officer = new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "PERSON, A person", ["officer_role"] = role, ["appointed_on"] = appointed, ["date_of_birth"] = new { month = 1, year = 1970 } };
        if (resigned is not null) officer["resigned_on"] = resigned;
        return officer;
    }

    private static Supplier Harrow { get; } = new()
    {
        Id = new SupplierId("harrow"),
        Name = "Harrow LLP",
        Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.CompaniesHouse, "OC300001"),
    };
}
