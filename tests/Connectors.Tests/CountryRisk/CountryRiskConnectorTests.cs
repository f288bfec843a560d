using System.Globalization;
using System.Text;
using Risk.Connectors.CountryRisk;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.CountryRisk;

public sealed class CountryRiskConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.fatf-gafi.org/en/countries/black-and-grey-lists.html";
    private static readonly string Lists = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CountryRisk", "Fixtures", "lists.html"));
    private static readonly Supplier[] Suppliers = [In("BG"), In("CI"), In("DE"), In("IR"), In("KR"), In("LA"), In("VG"), In("")];

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new CountryRiskModule(), stub);
        stub.Serve(Address, Lists, "text/html");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_FatfPage_TellsCountriesOfTheListsFromThoseOfTheNavigation()
    {
        ConnectorRun run = (await kit.RunAsync(Suppliers)).Ok();
        Assert.Equal(
            ["BG increased-monitoring", "CI increased-monitoring", "DE none", "IR call-for-action", "KR none", "LA increased-monitoring", "VG increased-monitoring"],
            run.Facts.Select(f => $"{f.Supplier} {f.Value.Text}"));
        Assert.All(run.Facts, f => Assert.Equal(new DateTimeOffset(2026, 2, 13, 0, 0, 0, TimeSpan.Zero), f.OccurredAt));
        Assert.Equal(7, run.Audit.Read);
        Assert.Equal(0, run.Audit.Rejected);
    }

    [Theory]
    [InlineData("People&#39;s Republic of Korea<", "People&#39;s Republic of China<")]
    [InlineData("Call for Action (i.e.", "(i.e.")]
    [InlineData("Increased Monitoring (i.e.", "(i.e.")]
    [InlineData("cmp-list__item-title", "title")]
    public async Task FetchAsync_PageThatLacksAList_IsRefused(string old, string replaced)
    {
        (await kit.RunAsync(Suppliers)).Ok();
        stub.Serve(Address, Lists.Replace(old, replaced, StringComparison.Ordinal), "text/html");
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.True(run.Failure?.IsQuarantine, run.Failure?.Message);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_LoseNothing() => SourceFaults.KeepWhatIsKnownAsync(kit, stub, Suppliers, Address);

    [Fact]
    public async Task FetchAsync_CorruptionIndexOnTheOldScale_IsTakenTimesTenAndWithoutZeros()
    {
        Put("cpi.csv", Encoding.Latin1.GetBytes("country,2015,2016,2017\r\r\nCôte d´Ivoire,0.0,3.4,0.0\r\r\nCote d'Ivoire,0.0,0.0,3.6\r\r\nBulgaria,4.1,4.1,4.3\r\r\nGLOBAL AVARAGE,4,4,4\r\r\n"));
        ConnectorRun run = (await kit.RunAsync([In("CI"), In("BG")])).Ok();
        Assert.Equal(["BG 2015 41", "BG 2016 41", "BG 2017 43", "CI 2016 34", "CI 2017 36"], Told(run, "country_cpi"));
        Assert.Equal((1, "GLOBAL AVARAGE"), run.Audit.Reasons["no country's name"]);
    }

    [Theory]
    [InlineData("Country Name,Country Code,Series Name,Series Code,2021 [YR2021],2022 [YR2022]\nBulgaria,BGR,Rule of Law: Percentile Rank,RL.PER.RNK,..,51.5\nBulgaria,BGR,Rule of Law: Estimate,RL.EST,0.1,0.2\n,,,,,\nData from database: Worldwide Governance Indicators,,,,,\nLast Updated: 09/29/2023,,,,,\n")]
    [InlineData("codeindyr;code;countryname;year;indicator;estimate;stddev;nsource;pctrank;pctranklower;pctrankupper\nBGRrl2022;BGR;Bulgaria;2022;rl;-0,1;0,2;8;51,5;40,1;60,2\nANTrl2022;ANT;Netherlands Antilles;2022;rl;..;..;..;..;..;..\nBGRrl2021;BGR;Bulgaria;2021;rl;..;..;..;..;..;..\n")]
    [InlineData("codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,pctrank\nBGRrl2022,BGR,Bulgaria,2022,rl,-0.1,0.2,8,51.5\n")]
    public async Task FetchAsync_GovernanceIndicatorsInEachDialect_AreTheSame(string table)
    {
        Put("wgi.csv", Encoding.UTF8.GetBytes(table));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(["BG 2022 51.5"], Told((await kit.RunAsync([In("BG")])).Ok(), "wgi_rule_of_law"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task FetchAsync_AnotherTable_IsNamedAndLosesNothing()
    {
        Put("gdp.csv", "nation,gdp\nBulgaria,1\n"u8.ToArray());
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.StartsWith("sources/country-risk/gdp.csv is none of the known tables", run.Failure!.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task FetchAsync_Recordings_CountAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "country-risk", "fatf-entry-page-2026-02.html"), "text/html");
        foreach (string file in new[] { "cpi-1995-2017.csv", "wgi-worldbank-databank-export.csv", "wgi-2023.semicolon-decimal-comma.csv" })
            Put(file, await File.ReadAllBytesAsync(SharedFactAttribute.Path("sources", "country-risk", file)));
        string[] codes = [.. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Select(c => new RegionInfo(c.Name).TwoLetterISORegionName).Where(c => c.Length == 2 && char.IsAsciiLetterUpper(c[0])).Distinct().Order(StringComparer.Ordinal)];
        ConnectorRun run = (await kit.RunAsync([.. codes.Select(In)])).Ok();
        // Counted with Python: 3 countries on the black list and 22 on the grey one.
        Assert.Equal(["IR", "KP", "MM"], run.Facts.Where(f => f.Value.Text == "call-for-action").Select(f => f.Supplier.Value).Order(StringComparer.Ordinal));
        Assert.Equal(22, run.Facts.Count(f => f.Value.Text == "increased-monitoring"));
        // Afghanistan and Albania as the files have them.
        Assert.Equal(["AF 2015 11", "AF 2016 15", "AF 2017 15"], Told(run, "country_cpi").Where(t => t.StartsWith("AF", StringComparison.Ordinal)));
        Assert.Contains("AF 2023 13.7", Told(run, "wgi_corruption"));
        Assert.Contains("AL 2023 43.4", Told(run, "wgi_corruption"));
        Assert.Equal(5, run.Audit.Reasons["no country's name"].Count);
    }

    private static string[] Told(ConnectorRun run, string metric) =>
        [.. run.Metrics.Where(m => m.Name == metric).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Supplier} {m.OccurredAt.Year} {m.Value:0.##}")).Order(StringComparer.Ordinal)];

    private static Supplier In(string country) => ListFaults.Supplier(country.Length == 0 ? "nowhere" : country, "Somebody " + country, country);

    private void Put(string name, byte[] content)
    {
        string folder = Directory.CreateDirectory(Path.Combine(kit.Folder, "sources", "country-risk")).FullName;
        File.WriteAllBytes(Path.Combine(folder, name), content);
    }
}
