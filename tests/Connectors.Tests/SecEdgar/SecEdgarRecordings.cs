using System.Globalization;
using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Xunit.Abstractions;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>Real answers, read when RISK_SHARED names the folder that holds the recordings; else these tests pass without looking.</summary>
public sealed class SecEdgarRecordings(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 8, 31, 0, 0, 0, TimeSpan.Zero);
    private static readonly string? Shared = Environment.GetEnvironmentVariable("RISK_SHARED");

    private IReadOnlyList<EventSignal> Events(string folder, long cik)
    {
        string file = Path.Combine(Shared!, "sources", "sec-edgar", folder, $"CIK{cik:D10}.json");
        IReadOnlyList<EventSignal> events = FilingEventMapper.Map(new SupplierId("s"), FilingHistory.Read(File.ReadAllBytes(file), cik, new FetchAudit()), Now);
        foreach (EventSignal e in events.Where(e => e.Name is not ("agreement_new" or "agreement_end" or "officer_change")).OrderBy(e => e.OccurredAt))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{e.OccurredAt:yyyy-MM-dd} {e.Name} {e.Type} {e.Severity} {e.Stage} | {e.Title}"));
        return events;
    }

    private IReadOnlyList<MetricSignal> Readings(string folder, long cik)
    {
        string file = Path.Combine(Shared!, "sources", "sec-edgar", folder, $"CIK{cik:D10}.json");
        IReadOnlyList<MetricSignal> readings = RatioMapper.Map(new SupplierId("s"), cik, CompanyFacts.Read(File.ReadAllBytes(file), cik, new FetchAudit()), Now);
        foreach (MetricSignal latest in readings.GroupBy(r => r.Name).Select(g => g.MaxBy(r => r.OccurredAt)!)) output.WriteLine(latest.Evidence.Excerpt);
        return readings;
    }

    [Fact]
    public void All()
    {
        if (Shared is null) return;
        foreach ((string folder, long cik) in new[] { ("submissions", 895419L), ("submissions", 1009672), ("submissions-reassembled", 945436), ("submissions-reassembled", 865941), ("submissions-reassembled", 1731289), ("submissions", 789019), ("submissions", 1881551), ("submissions", 310522), ("submissions", 350001) })
        {
            output.WriteLine($"== {cik}");
            Events(folder, cik);
        }

        foreach ((string folder, long cik) in new[] { ("companyfacts-trimmed", 22701L), ("companyfacts-trimmed", 104169), ("companyfacts-trimmed", 320193), ("companyfacts-trimmed", 865941), ("companyfacts-trimmed", 945436), ("companyfacts-trimmed", 1376339), ("companyfacts-trimmed", 1731289), ("companyfacts", 1835632) })
        {
            output.WriteLine($"== {cik}");
            Readings(folder, cik);
        }
    }
}
