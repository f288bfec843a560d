using System.Globalization;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Ingestion;

/// <summary>Figures of a supplier's country are told whole at each run; what was known before stays known.</summary>
public sealed class CountryHistoryTests
{
    [Fact]
    public async Task Run_NewTableOrAnotherCountry_ThePastStaysAsItWas()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Sources:Enabled"] = "country-risk";
        bench.Upstream.Serve("www.fatf-gafi.org/en/countries/black-and-grey-lists.html", Page, "text/html");
        Portfolio("BG");
        bench.Write("sources/country-risk/cpi.csv", "country,2022,2023,2024,2025\nBulgaria,43,45,43,40\nDenmark,90,90,90,89\n");
        bench.Now = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);
        await bench.RunAsync();

        // The table of the year after has one year only, and another figure for it than was told at first.
        bench.Write("sources/country-risk/cpi.csv", "Country / Territory,ISO3,CPI score 2025\nBulgaria,BGR,41\nDenmark,DNK,89\n");
        bench.Now = new(2026, 6, 1, 6, 0, 0, TimeSpan.Zero);
        await bench.RunAsync();
        Portfolio("DK");
        bench.Now = new(2026, 9, 1, 6, 0, 0, TimeSpan.Zero);
        await bench.RunAsync();

        Assert.Equal("2023 45, 2024 43, 2025 40", await ToldAsync(new(2026, 3, 31, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal("2025 41", await ToldAsync(new(2026, 6, 30, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal("2025 89", await ToldAsync(null));

        void Portfolio(string country) => bench.Write("suppliers.csv", $"id,name,country,tier,owner\nS-1,Vendor1 Inc,{country},3,owner1@buyer.example\n");

        Task<string> ToldAsync(DateTimeOffset? asOf) => bench.ReadAsync(async session => string.Join(", ", (await session.Signals.LoadAsync([new SupplierId("S-1")], asOf, CancellationToken.None))[new SupplierId("S-1")]
            .OfType<MetricSignal>().Where(m => m.Name == "country_cpi").OrderBy(m => m.OccurredAt).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.OccurredAt.Year} {m.Value}"))));
    }

    private static string Page => string.Concat(
        "<html><body><h2>High-Risk Jurisdictions subject to a Call for Action</h2>", Country("Democratic People's Republic of Korea"), "<h2>Jurisdictions under Increased Monitoring</h2>",
        Country("Vietnam"), Country("Kenya"), Country("Nepal"), Country("Haiti"), Country("Angola"), "</body></html>");

    private static string Country(string name) => $"<a class=\"cmp-list__item-link\" href=\"/en/countries/detail/x.html\"><span class=\"cmp-list__item-title\">{name}</span></a>";
}
