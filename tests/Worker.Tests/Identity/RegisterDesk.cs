using System.Globalization;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.Hosting;
using Risk.Worker.Identity;
using Risk.Worker.Portfolio;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Identity;

/// <summary>A workspace and the three registers on loopback, as their upstreams answer.</summary>
internal sealed class RegisterDesk : IAsyncDisposable
{
    public const string Completions = "api.gleif.org/api/v1/fuzzycompletions", Tickers = "www.sec.gov/files/company_tickers.json", Search = "api.company-information.service.gov.uk/search/companies";

    private RegisterDesk(UpstreamStub upstream)
    {
        Upstream = upstream;
        Folder = Directory.CreateTempSubdirectory("risk-desk-").FullName;
        File.WriteAllText(Path.Combine(Folder, "key"), "secret-key\n");
        Settings = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Risk:Workspace"] = Folder,
            ["Risk:Upstreams:Mirror"] = upstream.Mirror.AbsoluteUri,
            ["Risk:Upstreams:Contact"] = "risk@buyer.example",
            ["Risk:Sources:companies-house:ApiKey"] = "file:" + Path.Combine(Folder, "key"),
        };
    }

    public string Folder { get; }

    public UpstreamStub Upstream { get; }

    public Dictionary<string, string?> Settings { get; }

    public ManualTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 8, 3, 6, 0, 0, TimeSpan.Zero));

    public RiskApplication Application { get; private set; } = null!;

    public static async Task<RegisterDesk> StartAsync(string suppliers)
    {
        var desk = new RegisterDesk(await UpstreamStub.StartAsync());
        desk.ServeAll();
        var limiters = new HostLimiters(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 100, QueueLimit = 100 }));
        desk.Application = await RiskApplication.OpenAsync(new ConfigurationBuilder().AddInMemoryCollection(desk.Settings).Build(), CancellationToken.None, new HurriedTimeProvider(desk.Clock.GetUtcNow(), TimeSpan.FromSeconds(20)), limiters: limiters);
        await desk.ImportPortfolioAsync(suppliers);
        return desk;
    }

    public async Task<PortfolioPlan> ImportPortfolioAsync(string suppliers)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "suppliers.csv"), suppliers);
        await using IStoreSession session = await Application.Store.WriteAsync(CancellationToken.None);
        PortfolioPlan plan = await PortfolioImport.PlanAsync(session, PortfolioFile.ReadWorkspace(Folder).Suppliers, CancellationToken.None);
        await PortfolioImport.ApplyAsync(session, plan, allowMassRetire: true, Clock.GetUtcNow(), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return plan;
    }

    public IIdentityRegister[] Registers => [.. Application.Sources.Statuses.Select(s => s.Module).OfType<IIdentityRegister>()];

    public async Task<RegisterOutcome[]> ResolveAsync()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings).Build();
        var sweep = new RegisterSweep(Application.Store, Clock, TimeSpan.FromDays(30));
        Supplier[] suppliers = await SuppliersAsync();
        var outcomes = new List<RegisterOutcome>();
        foreach (IIdentityRegister register in Registers)
        {
            outcomes.Add(await sweep.RunAsync(
                new RegisterToAsk(register, () => register.Search(configuration.GetSection("Risk:Sources:" + register.Manifest.Id), Application.HttpFor(register.Manifest)), ""), suppliers, static (_, _, _) => { }, CancellationToken.None));
        }

        return [.. outcomes];
    }

    public async Task<Supplier[]> SuppliersAsync()
    {
        await using IStoreSession session = await Application.Store.ReadAsync(CancellationToken.None);
        return [.. (await session.Suppliers.ListAsync(null, CancellationToken.None)).Select(s => s.Supplier)];
    }

    /// <summary>The review file of what registers say now.</summary>
    public async Task<string> ReviewAsync()
    {
        var text = new StringWriter();
        ReviewFile.Write(text, (await ResolveAsync()).SelectMany(o => o.Findings));
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        await Upstream.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public void ServeAll()
    {
        Upstream.Serve(Completions, """{"data":[]}""", "application/vnd.api+json");
        ServeCompletions("Harbour Castings Ltd", ("HARBOUR CASTINGS LIMITED", "INR2EJN1ERAN0W5ZP974"), ("HARBOUR CASTINGS (UK) LIMITED", "254900LNRYNOQ9YPU758"), ("FACEBOOK OPERATIONS, LLC", "549300BACZP326UOBH06"), ("HARBOUR", ""));
        ServeLei("INR2EJN1ERAN0W5ZP974", "HARBOUR CASTINGS LIMITED", "08957400", "ACTIVE", "ISSUED");
        ServeLei("254900LNRYNOQ9YPU758", "HARBOUR CASTINGS (UK) LIMITED", "02894655", "INACTIVE", "RETIRED");
        Upstream.Serve(Tickers, TickerList(("MERIDIAN TOOLS INC /DE/", 789019, "MTL"), ("MERIDIAN TOOLS INC /DE/", 789019, "MTLP"), ("Kraken Robotics Ltd", 1718179, "KRK")));
        Upstream.Serve(
            "data.sec.gov/submissions/CIK0000789019.json",
            """{"cik":"0000789019","name":"MERIDIAN TOOLS INC","entityType":"operating","stateOfIncorporation":"DE","addresses":{"business":{"city":"TOLEDO","stateOrCountry":"OH"}},"formerNames":[{"name":"MERIDIAN FORGE INC"}]}""");
        Upstream.Serve(Search, """{"items":[{"company_number":"11722385","title_will_be_null":"X"}]}""");
        Upstream.Serve(
            Search + "?q=Harbour%20Castings%20Ltd&items_per_page=20",
            """
            {"total_results":3,"items":[
             {"title":"HARBOUR CASTINGS LIMITED","company_number":"08957400","company_status":"active","company_type":"ltd","date_of_creation":"2014-03-24","snippet":"","address":{"locality":"Hull"}},
             {"title":"=HYPERLINK(\"http://evil.example\",\"HARBOUR CASTINGS\") LIMITED","company_number":"08957401","company_status":"active","company_type":"ltd","snippet":"HARBOUR CASTINGS LTD ","address":{"locality":"=1+1"}},
             {"title":"YOU LIMITED","company_number":"04475590","company_status":"active"}]}
            """);
    }

    public void ServeCompletions(string asked, params (string Name, string Lei)[] found)
    {
        const string Bare = """{"type":"fuzzycompletions","attributes":{"value":"NAME"}}""";
        const string Linked = """{"type":"fuzzycompletions","attributes":{"value":"NAME"},"relationships":{"lei-records":{"data":{"type":"lei-records","id":"LEI"}}}}""";
        IEnumerable<string> data = found.Select(f => (f.Lei.Length == 0 ? Bare : Linked).Replace("NAME", f.Name, StringComparison.Ordinal).Replace("LEI", f.Lei, StringComparison.Ordinal));
        Upstream.Serve($"{Completions}?field=entity.legalName&q={Uri.EscapeDataString(asked)}", "{\"data\":[" + string.Join(',', data) + "]}", "application/vnd.api+json");
    }

    /// <summary>At least as many rows as the list must have to be believed.</summary>
    public static string TickerList(params (string Title, long Cik, string Ticker)[] rows)
    {
        var text = new StringBuilder("{");
        int number = 0;
        foreach ((string title, long cik, string ticker) in rows.Concat(Enumerable.Range(0, 5_000).Select(i => ($"Zyx{i.ToString("D4", CultureInfo.InvariantCulture)} Qwortle Corp", 2_000_000L + i, $"Z{i}"))))
            text.Append(CultureInfo.InvariantCulture, $"{(number == 0 ? "" : ",")}\"{number++}\":{{\"cik_str\":{cik},\"ticker\":\"{ticker}\",\"title\":\"{title}\"}}");
        return text.Append('}').ToString();
    }

    private void ServeLei(string lei, string name, string number, string status, string registration) => Upstream.Serve(
        "api.gleif.org/api/v1/lei-records/" + lei,
        """
        {"data":{"type":"lei-records","id":"$LEI","attributes":{"lei":"$LEI","entity":{"legalName":{"name":"$NAME"},"otherNames":[{"name":"HULL FOUNDRY LIMITED","type":"PREVIOUS_LEGAL_NAME"}],
        "legalAddress":{"city":"Hull","country":"GB"},"registeredAt":{"id":"RA000585"},"registeredAs":"$NUMBER","jurisdiction":"GB","category":"GENERAL","legalForm":{"id":"H0PO"},"associatedEntity":{"lei":null,"name":null},
        "status":"$STATUS","successorEntity":{"lei":null,"name":null}},"registration":{"status":"$REGISTRATION","lastUpdateDate":"2025-03-28T08:58:24Z"}},
        "relationships":{"direct-parent":{"links":{"lei-record":"x"}}}}}
        """.Replace("$LEI", lei, StringComparison.Ordinal).Replace("$NAME", name, StringComparison.Ordinal).Replace("$NUMBER", number, StringComparison.Ordinal)
            .Replace("$STATUS", status, StringComparison.Ordinal).Replace("$REGISTRATION", registration, StringComparison.Ordinal),
        "application/vnd.api+json");
}
