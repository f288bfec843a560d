using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.CompaniesHouse;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.CompaniesHouse;

public sealed class CompaniesHouseConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Key = "0a1b2c3d-secret-key";
    private const string Profile = "api.company-information.service.gov.uk/company/SC000123";
    private const string Charges = Profile + "/charges";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new CompaniesHouseModule(), stub);
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, Key + "\n");
        kit.Options["ApiKey"] = "file:" + file;
        stub.ServeFile(Profile, Fixture("profile.json"));
        stub.ServeStatus(Profile + "/insolvency", 404);
        stub.ServeStatus(Charges, 404);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Profile_GivesStatusAndLateness()
    {
        Filings(("2026-05-01", "TM01", "termination-director-company-with-name-termination-date"), ("2026-04-01", "AP01", "appoint-person-director-company-with-name-date"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.True(Assert.Single(run.Updates).Complete);
        Assert.Equal(
            [
                ("registry_status", "active", 2004), ("registry_status_detail", "active-proposal-to-strike-off", 2004), ("accounts_overdue", "true", 2026), ("confirmation_overdue", "false", 2004),
                ("charges_outstanding", "0", 2004), ("directors_left_12m", "1", 2026), ("directors_joined_12m", "1", 2026),
            ],
            run.Facts.Select(f => (f.Name, f.Value.ToString(), f.OccurredAt.Year)));
        Assert.Equal(new CompaniesHouseModule().Manifest.Facts.Where(f => f.Name != "directors_in_office").Select(f => (f.Name, f.Type)), run.Facts.Select(f => (f.Name, f.Value.Type)));
        Assert.Empty(run.Events);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Key + ":")), stub.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task Fetch_OldDissolvedProfile_SaysNothingAboutLateness()
    {
        stub.ServeFile(Profile, Fixture("profile-2015-dissolved.json"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal([("registry_status", "dissolved"), ("registry_status_detail", ""), ("charges_outstanding", "0")], run.Facts.Select(f => (f.Name, f.Value.ToString())));
        Assert.Equal(new DateTimeOffset(1996, 9, 3, 0, 0, 0, TimeSpan.Zero), run.Facts[0].OccurredAt);
    }

    [Fact]
    public async Task Fetch_OldAnnualReturn_StandsForTheConfirmationStatement()
    {
        stub.Serve(Profile, "{\"company_number\":\"SC000123\",\"company_status\":\"active\",\"annual_return\":{\"overdue\":true,\"next_due\":\"2015-03-04\"}}");

        FactSignal late = Assert.Single((await kit.RunAsync([Acme])).Ok().Facts, f => f.Name == "confirmation_overdue");

        Assert.True(late.Value.Bool);
        Assert.Equal(2015, late.OccurredAt.Year);
        Assert.StartsWith("Annual return overdue", late.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_InsolvencyCases_AreOneEventEachWithStageAndSeverity()
    {
        stub.ServeFile(Profile + "/insolvency", Fixture("insolvency.json"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(
            [
                ("SC000123-3", "creditors-voluntary-liquidation", "filed", 5, "2026-06-10", "Creditors voluntary liquidation, open"),
                ("SC000123-2", "members-voluntary-liquidation", "concluded", 2, "2020-02-01", "Members voluntary liquidation (solvent), no end stated, and the company is active"),
                ("SC000123-1", "in-administration", "concluded", 3, "2011-08-02", "In administration, concluded 2012-08-01"),
            ],
            run.Events.Select(e => (e.Id, e.Type, e.Stage, e.Severity, RegisterDate.Text(DateOnly.FromDateTime(e.OccurredAt.UtcDateTime)), e.Title)));
    }

    [Fact]
    public async Task Fetch_OpenCaseOfADissolvedCompany_IsConcluded()
    {
        stub.ServeFile(Profile, Fixture("profile-2015-dissolved.json"));
        stub.Serve(Profile + "/insolvency", "{\"cases\":[{\"type\":\"compulsory-liquidation\",\"number\":\"1\",\"dates\":[{\"type\":\"wound-up-on\",\"date\":\"1995-01-18\"}]}]}");

        EventSignal found = Assert.Single((await kit.RunAsync([Acme])).Ok().Events);

        Assert.Equal(("concluded", "Compulsory liquidation, concluded 1996-09-03"), (found.Stage, found.Title));
    }

    [Fact]
    public async Task Fetch_CaseWithoutDates_IsNotOverlooked()
    {
        stub.Serve(Profile + "/insolvency", "{\"cases\":[{\"type\":\"receiver-manager\",\"number\":\"1\",\"dates\":[]}]}");

        EventSignal found = Assert.Single((await kit.RunAsync([Acme])).Ok().Events);

        Assert.Equal((5, "filed", "Receiver manager, open, no date stated"), (found.Severity, found.Stage, found.Title));
    }

    [Fact]
    public async Task Fetch_Charges_AreCountedAndOneEventEach()
    {
        stub.ServeFile(Charges, Fixture("charges.json"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(2, Assert.Single(run.Facts, f => f.Name == "charges_outstanding").Value.Int);
        Assert.Equal([("SC000123-SC0001230003", "outstanding"), ("SC000123-bbb", "outstanding"), ("SC000123-1", "satisfied")], run.Events.Select(e => (e.Id, e.Stage)));
        Assert.All(run.Events, e => Assert.Equal(("charge", 2), (e.Name, e.Severity)));
        Assert.Equal("Charge registered in favour of Lending Bank PLC: outstanding", run.Events[0].Title);
    }

    [Fact]
    public async Task Fetch_Directors_AreCountedWithinAYearAndNotNamed()
    {
        Filings(
            ("2026-07-31", "TM01", "termination-director-company-with-name-termination-date"), ("2026-07-30", "TM02", "termination-secretary-company-with-name"), ("2026-01-01", "TM01", "termination-director-company"),
            ("2025-08-01", "TM01", "termination-director-company"), ("2025-07-30", "AP01", "appoint-person-director-company-with-name"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal([("directors_left_12m", 2), ("directors_joined_12m", 0)], run.Facts.Where(f => f.Name.StartsWith("directors_", StringComparison.Ordinal)).Select(f => (f.Name, (int)f.Value.Int)));
        Assert.Equal("2 filings within a year: TM01 2026-01-01, TM01 2026-07-31; counted by filings, the register gave no list of officers", run.Facts.Single(f => f.Name == "directors_left_12m").Evidence.Excerpt);
    }

    [Fact]
    public async Task Fetch_StrikeOffs_AreOneEventForEachCourse()
    {
        Filings(
            ("2026-07-20", "DISS16(SOAS)", "dissolved-compulsory-strike-off-suspended"), ("2026-07-01", "GAZ1", "gazette-notice-compulsory"), ("2024-03-05", "DISS40", "gazette-filings-brought-up-to-date"),
            ("2024-02-06", "GAZ1", "gazette-notice-compulsary"), ("2019-01-01", "DISS40", "gazette-filings-brought-up-to-date"));

        EventSignal[] events = [.. (await kit.RunAsync([Acme])).Ok().Events.Where(e => e.Name == "strike_off")];

        Assert.Equal(
            [("SC000123-strike-off-2024-02-06", "discontinued", 1), ("SC000123-strike-off-2026-07-01", "suspended", 3)],
            events.Select(e => (e.Id, e.Stage, e.Severity)));
        Assert.Equal("Compulsory strike-off: proposed 2026-07-01, suspended 2026-07-20", events[1].Title);
    }

    [Fact]
    public async Task Fetch_Notices_AreAuditorsThatResignAndPeriodsMadeLonger()
    {
        Filings(
            ("2026-07-20", "AUD", "auditors-resignation-company"), ("2026-06-20", "AA01", "change-account-reference-date-company-previous-extended"), ("2026-05-20", "AA01", "change-account-reference-date-company-previous-shortened"));

        Assert.Equal(
            [("accounts-period-extended", 2), ("auditor-resigned", 3)],
            (await kit.RunAsync([Acme])).Ok().Events.Where(e => e.Name == "register_notice").Select(e => (e.Type, e.Severity)));
    }

    [Theory]
    [InlineData("liquidation-in-administration-appointment-of-administrator", "in-administration", 5)]
    [InlineData("liquidation-voluntary-declaration-of-solvency", "members-voluntary-liquidation", 2)]
    [InlineData("liquidation-compulsory-winding-up-order", "compulsory-liquidation", 5)]
    [InlineData("liquidation-appointmentt-of-administrator-northern-ireland", "in-administration", 5)]
    [InlineData("liquidation-administration-notice-of-administration-order-scotland", "administration-order", 5)]
    [InlineData("liquidation-court-order-winding-up-northern-ireland", "compulsory-liquidation", 5)]
    [InlineData("liquidation-appointment-of-provisional-liquidator-court-scotland", "compulsory-liquidation", 5)]
    [InlineData("liquidation-compulsory-appointment-provisional-liquidator-scotland", "compulsory-liquidation", 5)]
    [InlineData("liquidation-appointment-of-liquidator-northern-ireland", "creditors-voluntary-liquidation", 5)]
    [InlineData("liquidation-appointment-of-liquidator-overseas", "foreign-insolvency", 5)]
    [InlineData("liquidation-insolvency-proceedings-overseas", "foreign-insolvency", 5)]
    [InlineData("liquidation-winding-up-overseas", "foreign-insolvency", 5)]
    [InlineData("liquidation-appointment-of-receiver-northern-ireland", "receiver-manager", 5)]
    [InlineData("order-of-court-restructuring-plan", "order-of-court-restructuring-plan", 5)]
    public async Task Fetch_CaseThatOnlyTheFilingsKnow_IsToldUntilTheListHasIt(string description, string type, int severity)
    {
        Filings(("2026-07-21", "X", description), ("2026-07-20", "600", "liquidation-voluntary-appointment-of-liquidator"));
        if (!description.Contains("voluntary", StringComparison.Ordinal)) Filings(("2026-07-20", "X", description));
        EventSignal early = Assert.Single((await kit.RunAsync([Acme])).Ok().Events);
        Assert.Equal(("insolvency", type, "filed", severity, "SC000123-filed-2026-07-20"), (early.Name, early.Type, early.Stage, early.Severity, early.Id));

        kit.Checkpoint = null;
        stub.Serve(Profile + "/insolvency", $"{{\"cases\":[{{\"type\":\"{type}\",\"number\":\"1\",\"dates\":[{{\"type\":\"wound-up-on\",\"date\":\"2026-07-15\"}}]}}]}}");
        ConnectorRun listed = (await kit.RunAsync([Acme])).Ok();
        Assert.Equal("SC000123-1", Assert.Single(listed.Events).Id);
        Assert.True(Assert.Single(listed.Updates).Complete);
    }

    [Theory]
    [InlineData("liquidation-court-order-winding-up-northern-ireland", "liquidation-completion-of-winding-up-northern-ireland")]
    [InlineData("liquidation-appointmentt-of-administrator-northern-ireland", "liquidation-discharge-administration-order--northern-ireland")]
    [InlineData("liquidation-in-administration-appointment-of-administrator", "liquidation-in-administration-automatic-end-of-case")]
    [InlineData("liquidation-moratorium-commencement-of-moratorium", "liquidation-moratorium-end-of-moratorium-by-court")]
    [InlineData("liquidation-meeting-approving-companies-voluntary-arrangement-northern-ireland", "liquidation-completion-of-voluntary-arrangement-northern-ireland")]
    [InlineData("liquidation-compulsory-winding-up-order", "liquidation-court-order-to-rescind-winding-up")]
    [InlineData("liquidation-appointment-of-provisional-liquidator", "liquidation-termination-of-provisional-liquidator")]
    [InlineData("liquidation-insolvency-proceedings-overseas", "liquidation-cessation-of-insolvency-proceedings-overseas")]
    public async Task Fetch_CaseThatOnlyTheFilingsKnow_EndsWithItsLastFiling(string first, string last)
    {
        Filings(("2026-07-21", "X", last), ("2026-05-20", "X", first));

        EventSignal found = Assert.Single((await kit.RunAsync([Acme])).Ok().Events);

        Assert.Equal(("insolvency", "concluded"), (found.Name, found.Stage));
        Assert.EndsWith("concluded 2026-07-21", found.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NothingFiled_CostsTwoRequestsUntilAWeekHasPassed()
    {
        Filings(("2026-07-21", "AA", "accounts-with-accounts-type-full"));
        await kit.RunAsync([Acme]);
        Assert.Equal(5, stub.Requests.Count);

        kit.Now = kit.Now.AddDays(1);
        SourceUpdate unchanged = Assert.Single((await kit.RunAsync([Acme])).Ok().Updates);
        Assert.Equal((7, 0, false), (stub.Requests.Count, unchanged.Signals.Length, unchanged.Complete));

        Filings(("2026-08-02", "MR01", "mortgage-create-with-deed"));
        Assert.NotEmpty((await kit.RunAsync([Acme])).Ok().Signals);
        Assert.Equal(12, stub.Requests.Count);

        kit.Now = kit.Now.AddDays(7);
        Assert.NotEmpty((await kit.RunAsync([Acme])).Ok().Signals);
    }

    [Fact]
    public async Task Fetch_FilingsWithoutDateOrId_AreCounted()
    {
        stub.Serve(Profile + "/filing-history", "{\"total_count\":3,\"items\":[null,{\"transaction_id\":\"a\",\"date\":null},{\"date\":\"2026-07-21\",\"type\":\"AUD\",\"subcategory\":[\"x\"],\"description_values\":{\"officer_name\":\"A Person\"}}]}");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["filing without a date", "filing without a transaction_id"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_FaultsOfTheFilingHistory_FailTheSupplierOrTheRunAndGiveNothing()
    {
        Filings(("2026-07-21", "AUD", "auditors-resignation-company"), ("2026-07-20", "AUD", "auditors-resignation-company"));
        await FetchFaults.EachAsync(stub, Profile + "/filing-history", async name =>
        {
            ConnectorRun run = await kit.RunAsync([Acme]);
            Assert.True(run.Failure is not null || run.Failures.Count == 1, name);
            Assert.Empty(run.Signals);
        });
    }

    [SharedFact]
    public async Task Fetch_RecordedFilings_TellTheLiquidation()
    {
        stub.ServeFile(Profile + "/filing-history", SharedFactAttribute.Path("sources", "companies-house", "filing-history", "pfb-hire.json"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        EventSignal found = Assert.Single(run.Events);
        Assert.Equal(("creditors-voluntary-liquidation", "concluded", "SC000123-filed-2016-06-13", "Creditors voluntary liquidation, concluded 2019-01-03"), (found.Type, found.Stage, found.Id, found.Title));
        Assert.Equal(0, run.Audit.Rejected);
    }

    [Fact]
    public async Task Fetch_ManyCharges_AreReadPageByPage()
    {
        string Page(int from, int count) => $"{{\"total_count\":150,\"satisfied_count\":0,\"items\":[{string.Join(',', Enumerable.Range(from, count).Select(n => $"{{\"charge_number\":{n},\"status\":\"outstanding\",\"created_on\":\"2020-01-01\"}}"))}]}}";
        stub.Serve(Charges + "?items_per_page=100&start_index=0", Page(1, 100));
        stub.Serve(Charges + "?items_per_page=100&start_index=100", Page(101, 50));

        Assert.Equal(150, (await kit.RunAsync([Acme])).Ok().Events.Count);
    }

    [Fact]
    public async Task Fetch_UnknownOrImpossibleNumber_FailsThatSupplierAndGoesOn()
    {
        ConnectorRun run = (await kit.RunAsync([Company("a", "99999999"), Company("b", "1234"), Acme])).Ok();

        Assert.Equal([("a", FailureKind.NotFound), ("b", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)));
        Assert.Contains("Companies House knows no company 99999999", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Single(run.Updates.OfType<SupplierUpdate>());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"company_number\":\"SC000124\",\"company_status\":\"active\"}")]
    [InlineData("{\"company_number\":\"SC000123\"}")]
    [InlineData("<html></html>")]
    public async Task Fetch_NotTheFormat_IsMalformedAndGivesNothing(string body)
    {
        stub.Serve(Profile, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_NullsInLists_AreSkipped()
    {
        stub.Serve(Profile + "/insolvency", "{\"cases\":[null,{\"type\":\"\",\"number\":null,\"dates\":[null,{\"type\":null,\"date\":\"x\"}]}]}");
        stub.Serve(Charges, "{\"total_count\":3,\"items\":[null,{\"status\":null,\"persons_entitled\":[null],\"charge_number\":7,\"created_on\":\"2020-01-01\"},{\"charge_number\":8}]}");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["SC000123-case", "SC000123-7"], run.Events.Select(e => e.Id));
        Assert.Equal(1, run.Audit.Reasons["charge without a date"].Count);
    }

    /// <summary>Real answers, read when RISK_SHARED names the folder that holds the recordings.</summary>
    [Fact]
    public async Task Fetch_Recordings_AreRead()
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { } shared) return;
        string folder = Path.Combine(shared, "sources", "companies-house");
        stub.ServeFile(Charges, Path.Combine(folder, "charges", "07310390-pfb-hire.json"));
        stub.ServeFile(Profile + "/insolvency", Path.Combine(folder, "insolvency", "london-airways.json"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(8, Assert.Single(run.Facts, f => f.Name == "charges_outstanding").Value.Int);
        Assert.Equal(9, run.Events.Count(e => e.Name == "charge"));
        EventSignal found = Assert.Single(run.Events, e => e.Name == "insolvency");
        Assert.Equal(("compulsory-liquidation", "concluded", 3, 1994), (found.Type, found.Stage, found.Severity, found.OccurredAt.Year));
    }

    [Fact]
    public async Task Fetch_KeyRefused_EndsTheRunWithoutNamingTheKey()
    {
        stub.ServeStatus(Profile, 401, "{\"error\":\"Invalid Authorization\"}");

        ConnectorRun run = await kit.RunAsync([Acme, Company("zz", "99999999")]);

        Assert.Equal(FailureKind.Forbidden, run.Failure?.Kind);
        Assert.DoesNotContain(Key, run.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Risk:Sources:companies-house:ApiKey", run.Failure.Message, StringComparison.Ordinal);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Fetch_NoKey_IsMisconfigured()
    {
        kit.Options.Clear();

        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([Acme])).Failure?.Kind);
    }

    [Fact]
    public void IsEnabledByDefault_NoKey_SaysWhatIsMissing()
    {
        IConnectorModule module = new CompaniesHouseModule();
        IConfigurationSection Section(string? key) => new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("s:ApiKey", key)]).Build().GetSection("s");

        Assert.False(module.IsEnabledByDefault(Section(null), kit.Folder, out string reason));
        Assert.Equal("needs Risk:Sources:companies-house:ApiKey", reason);
        Assert.True(module.IsEnabledByDefault(Section("env:CH_KEY"), kit.Folder, out _));
    }

    private void Filings(params (string Date, string Type, string Description)[] filings) => stub.Serve(
        Profile + "/filing-history",
        System.Text.Json.JsonSerializer.Serialize(new
        {
            total_count = filings.Length,
            items = filings.Select((f, i) => new { transaction_id = $"T{filings.Length - i}", date = f.Date, type = f.Type, description = f.Description, category = f.Description.Split('-')[0] }),
        }));

    private static Supplier Acme { get; } = Company("zacme", "SC000123");

    private static Supplier Company(string id, string number) => new()
    {
        Id = new SupplierId(id),
        Name = id,
        Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.CompaniesHouse, number),
    };

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "CompaniesHouse", "Fixtures", name);
}
