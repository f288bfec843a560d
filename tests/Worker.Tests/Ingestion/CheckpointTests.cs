using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Ingestion;

/// <summary>What a source remembers from run to run.</summary>
public sealed class CheckpointTests
{
    private const string Filings = "data.sec.gov/submissions/CIK0000000077.json";

    /// <summary>Nobody could be checked, so no update carries the checkpoint; it comes with the failure.</summary>
    [Fact]
    public async Task Run_EverySupplierFails_TheCheckpointIsKept()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Settings["Risk:Sources:Enabled"] = "sec-edgar";
        bench.Write("suppliers.csv", "id,name,country,tier,owner,cik\nS-1,Vendor1 Inc,US,3,owner1@buyer.example,77\n");
        bench.Write("rules/pack.yaml", """
            schema: rules/1
            pack: bench
            owner: bench
            rules:
              - {id: B-INS, title: Insolvent, category: security, severity: critical, when: events.insolvency.size() > 0, points: 100, message: Insolvent, next: Stop., rationale: It is over.}
            """);
        bench.Upstream.Serve("www.sec.gov/cgi-bin/browse-edgar", """
            <feed xmlns="http://www.w3.org/2005/Atom"><entry><title>8-K - OTHER (0000900001) (Filer)</title><updated>2026-08-03T01:00:00-04:00</updated>
            <category term="8-K"/><id>urn:tag:sec.gov,2008:accession-number=0000900001-26-000001</id></entry></feed>
            """);

        await bench.RunAsync();
        bench.Now += TimeSpan.FromHours(5);
        await bench.RunAsync();

        Assert.Equal(1, bench.Upstream.Requests.Count(r => r.ToString() == Filings));
        Assert.Equal(2, bench.Upstream.Requests.Count(r => r.Path == "/cgi-bin/browse-edgar"));
    }
}
