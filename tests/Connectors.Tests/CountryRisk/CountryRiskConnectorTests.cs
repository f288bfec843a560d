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

    /// <summary>The tables lie here: they are told without FATF's page, and nobody counts as looked up on its lists. A page that is refused stops all, so that somebody looks at it.</summary>
    [Fact]
    public async Task FetchAsync_FatfDown_TellsTheTablesAndTheGap()
    {
        Put("CPI2014.csv", "Country/Territory,CPI\nBulgaria,43\nDenmark,92\n"u8.ToArray());
        stub.Fail(Address, Faults.Status(503));
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Equal(FailureKind.ServerError, run.Failure?.Kind);
        Assert.Equal(["BG 2014 43"], Told(run, "country_cpi"));
        Assert.Empty(run.Facts);
        Assert.All(run.Updates, u => Assert.Equal((false, FailureKind.ServerError), (u.Complete, ((SupplierUpdate)u).Gap?.Kind)));
        stub.Fail(Address, Faults.Garbage);
        Assert.True((await kit.RunAsync(Suppliers)).Failure?.IsQuarantine);
    }

    [Fact]
    public async Task FetchAsync_HalfATable_TakesNothingBack()
    {
        string[] years = [.. Enumerable.Range(1990, 30).Select(y => y.ToString(CultureInfo.InvariantCulture))];
        Put("cpi.csv", Encoding.UTF8.GetBytes($"Country,{string.Join(',', years)}\nBulgaria,{string.Join(',', years.Select(_ => "43"))}\nDenmark,{string.Join(',', years.Select(_ => "90"))}\n"));
        Assert.NotEmpty((await kit.RunAsync(Suppliers)).Ok().Metrics);
        Put("cpi.csv", Encoding.UTF8.GetBytes($"Country,{string.Join(',', years)}\nDenmark,{string.Join(',', years.Select(_ => "90"))}\n"));
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Equal(FailureKind.Shrunk, run.Failure?.Kind);
        Assert.Empty(run.Updates);
        kit.AcceptsShorter = true;
        Assert.Empty((await kit.RunAsync(Suppliers)).Ok().Metrics);
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

    [Theory]
    [InlineData("cpi.csv", "Jurisdiction,2010,2011,2012,2013\nBulgaria,3.6,3.3,41,NA\nDenmark,9.3,9.39,90,91\nKorea (South),5.4,5.36,56,55\n", "BG 2010 36;BG 2011 33;BG 2012 41")]
    [InlineData("CPI2014.csv", "Country/Territory,CPI\nBulgaria,43\nDenmark,92\n", "BG 2014 43")]
    [InlineData("corruption.csv", "\"\",\"Country/Territory\",\"CPI 2014\"\n\"3\",\"Denmark\",\"92\"\n\"93\",\"Bulgaria\",\"43\"\n", "BG 2014 43")]
    [InlineData("CPI2023_Results.csv", "Corruption Perceptions Index 2023: Global Scores;;;;;\n;;;;;\n;;;;;\nCountry / Territory;ISO3;Region;CPI score 2023;Rank;Standard error\nBulgaria;BGR;WE/EU;45;67;2,1\nGlobal Average;;;43;;\n", "BG 2023 45")]
    [InlineData("CPI2024.csv", "Corruption Perceptions Index 2024,,,,\nCountry / Territory,ISO3,Region,CPI 2024 score,Rank\nBulgaria,BGR,WE/EU,43,76\n", "BG 2024 43")]
    [InlineData("hdx.csv", "country,iso3,region,year,score,rank,sources,standardError,lowerCi,upperCi\nBulgaria,BGR,WE/EU,2022,43,72,10,2.2,39,47\nBulgaria,BGR,WE/EU,2023,45,67,10,2.1,42,48\n", "BG 2022 43;BG 2023 45")]
    [InlineData("cpi.tsv.csv", "Country\tCPI score 2022\tRank 2022\nBulgaria\t43\t72\n", "BG 2022 43")]
    public async Task FetchAsync_CorruptionIndexOfAnyYear_IsRead(string file, string table, string told)
    {
        Put(file, Encoding.UTF8.GetBytes(table));
        Assert.Equal(told, string.Join(';', Told((await kit.RunAsync([In("BG")])).Ok(), "country_cpi")));
    }

    [Theory]
    [InlineData("wgi-2025-cc.csv", "Economy (name),Economy (code),Region,Year,Governance estimate (approx. -2.5 to +2.5),Governance score (0-100)", "{0},{1},X,2024,0,{2}")]
    [InlineData("wgi.csv", "Economy (code);Governance dimension;Year;Governance score (0-100)", "{1};Control of Corruption;2024;{3}")]
    [InlineData("bank.csv", "Country Name,Country Code,Series Name,Series Code,2024 [YR2024]", "{0},{1},Control of Corruption: Governance score,GOV_WGI_CC.SC,{2}")]
    [InlineData("api.csv", "Data Source,World Development Indicators\n\nLast Updated Date,2026-01-01\n\nCountry Name,Country Code,Indicator Name,Indicator Code,2024", "{0},{1},Control of Corruption,GOV_WGI_CC.EST,{2}")]
    public async Task FetchAsync_GovernanceScoresOfAllCountries_AreRanked(string file, string header, string row)
    {
        string[] codes = [.. "AFG ALB DZA AND AGO ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA BRA BRN BGR BFA BDI CPV KHM CMR CAN CAF TCD CHL CHN COL COM COG COD CRI CIV HRV CUB CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST SWZ ETH FJI FIN FRA GAB GMB GEO DEU GHA GRC GRD GTM GIN GNB GUY HTI HND HKG HUN ISL IND IDN IRN IRQ IRL ISR ITA JAM JPN JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN LSO LBR LBY LIE LTU LUX MAC MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM MDA MCO MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR OMN PAK PLW PAN PNG PRY PER PHL POL PRT QAT ROU RUS SAU SEN SRB SYC SLE SGP SVK SVN SOM RWA".Split(' ')];
        Put(file, Encoding.UTF8.GetBytes(header + "\n" + string.Join('\n', codes.Select((c, i) => string.Format(CultureInfo.InvariantCulture, row, c, c, i / 2.0, (i / 2.0).ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ','))))));

        ConnectorRun run = (await kit.RunAsync([In("AF"), In("RW"), In("BG")])).Ok();

        Assert.Equal(["AF 2024 0", string.Create(CultureInfo.InvariantCulture, $"BG 2024 {100.0 * Array.IndexOf(codes, "BGR") / (codes.Length - 1):0.##}"), "RW 2024 100"], Told(run, "wgi_corruption"));
        Assert.Contains($"among {codes.Length} countries", run.Metrics[0].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wgi.csv", "Country Name,Country Code,Series Name,Series Code,2024 [YR2024]\nBulgaria,BGR,Control of Corruption,GOV_WGI_CC.SC,43\n", "neither percentile ranks nor scores of at least 150 countries")]
    [InlineData("wgi-2025.csv", "Economy (code),Year,Governance score (0-100)\nBGR,2024,43\n", "does not say which indicator it is")]
    [InlineData("cpi.csv", "Country,2024\nBulgaria,n/a\n", "no figure between 0 and 100")]
    public async Task FetchAsync_TableThatGivesNothing_IsNamed(string file, string table, string said)
    {
        Put(file, Encoding.UTF8.GetBytes(table));
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains(said, run.Failure!.Message, StringComparison.Ordinal);
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
