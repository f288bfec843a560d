using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>Real answers, read when RISK_SHARED names the folder that holds the recordings; else these tests pass without looking.</summary>
public sealed class SecEdgarRecordingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 31, 0, 0, 0, TimeSpan.Zero);
    private static readonly string? Shared = Environment.GetEnvironmentVariable("RISK_SHARED");

    [Theory]
    [InlineData("submissions-reassembled/CIK0000945436.json", 945436, "no emergence reported: filed 2016-04-27, deregistered 2017-12-29")]
    [InlineData("submissions/CIK0000895419.json", 895419, "emerged: filed 2025-07-01, plan confirmed 2025-09-10, emerged 2025-09-30")]
    [InlineData("submissions/CIK0001009672.json", 1009672, "no emergence reported: filed 2020-03-30, further report 2020-04-03, deregistered 2020-12-30")]
    [InlineData("submissions-reassembled/CIK0001731289.json", 1731289, "no emergence reported: filed 2025-02-19, deregistered 2025-10-10")]
    [InlineData("submissions-reassembled/CIK0000865941.json", 865941, "no emergence reported: filed 2019-12-19, no filing since 2020-02-14")]
    public void Map_BankruptCompany_IsOneEventWithItsCourse(string file, long cik, string course)
    {
        if (Shared is null) return;
        Assert.Equal("Bankruptcy or receivership, " + course, Assert.Single(Events(file, cik), e => e.Name == "insolvency").Title);
    }

    [Theory]
    [InlineData("submissions/CIK0000789019.json", 789019, "cyber_incident", "2024-01-19")]
    [InlineData("submissions/CIK0001881551.json", 1881551, "restatement", "2025-04-16 2025-11-17 2026-03-24")]
    [InlineData("submissions-reassembled/CIK0000865941.json", 865941, "restatement", "2012-04-25 2017-05-01 2018-04-03")]
    [InlineData("submissions/CIK0000350001.json", 350001, "delisting", "")]
    [InlineData("submissions/CIK0000310522.json", 310522, "insolvency", "")]
    [InlineData("submissions/CIK0001718179.json", 1718179, "delisting", "")]
    public void Map_Company_GivesItsEventsOnTheirDays(string file, long cik, string feed, string days)
    {
        if (Shared is null) return;
        Assert.Equal(days, string.Join(' ', Events(file, cik).Where(e => e.Name == feed).Select(e => Dates.Text(DateOnly.FromDateTime(e.OccurredAt.UtcDateTime)))));
    }

    [Fact]
    public void Map_RepeatedLateFilings_AreCountedOneByOne()
    {
        if (Shared is null) return;
        Assert.Equal(12, Events("submissions-reassembled/CIK0000865941.json", 865941).Count(e => e.Name == "late_filing"));
        Assert.Equal(10, Events("submissions/CIK0001881551.json", 1881551).Count(e => e is { Name: "late_filing", Type: "quarterly-report" }));
    }

    [Theory]
    [InlineData("companyfacts-trimmed/CIK0000945436.json", 945436, "leverage", "2015-09-30", 0.779)]
    [InlineData("companyfacts-trimmed/CIK0000945436.json", 945436, "altman_z2", "2015-09-30", -0.115)]
    [InlineData("companyfacts-trimmed/CIK0000865941.json", 865941, "current_ratio", "2016-12-31", 0.916)]
    [InlineData("companyfacts-trimmed/CIK0000104169.json", 104169, "leverage", "2026-04-30", 0.652)]
    [InlineData("companyfacts-trimmed/CIK0001731289.json", 1731289, "altman_z2", "2024-12-31", -31.916)]
    [InlineData("companyfacts/CIK0001835632.json", 1835632, "interest_cover", "2026-05-02", 6.733)]
    public void Map_Company_LatestReadingStandsAtItsPeriodsEnd(string file, long cik, string metric, string day, double value)
    {
        if (Shared is null) return;
        MetricSignal latest = Readings(file, cik).Where(r => r.Name == metric).MaxBy(r => r.OccurredAt)!;

        Assert.Equal(day, Dates.Text(DateOnly.FromDateTime(latest.OccurredAt.UtcDateTime)));
        Assert.Equal(value, latest.Value, 3);
        Assert.InRange(latest.Evidence.Excerpt.Length, 1, 1999);
    }

    [Fact]
    public void Map_CompanyThatTagsOnlyPartOfItsInterest_HasNoInterestCover()
    {
        if (Shared is null) return;
        Assert.DoesNotContain(Readings("companyfacts-trimmed/CIK0000104169.json", 104169), r => r.Name == "interest_cover");
    }

    [SharedFact]
    public void Read_EveryRecording_HasNoFieldThatIsNotKnown()
    {
        var audit = new FetchAudit();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Shared!, "sources", "sec-edgar"), "CIK*.json", SearchOption.AllDirectories))
        {
            long cik = long.Parse(Path.GetFileName(file).AsSpan(3, 10), System.Globalization.CultureInfo.InvariantCulture);
            if (file.Contains("facts", StringComparison.Ordinal)) CompanyFacts.Read(File.ReadAllBytes(file), cik, audit);
            else if (file.Contains("-submissions-", StringComparison.Ordinal)) FilingHistory.Read(new SubmissionsText { CikMember = cik }.Write(), cik, new FetchAudit()).WithPage(File.ReadAllBytes(file), audit);
            else FilingHistory.Read(File.ReadAllBytes(file), cik, audit);
        }

        Assert.Empty(audit.Drifted);
        Assert.Empty(audit.Reasons);
    }

    private static IReadOnlyList<EventSignal> Events(string file, long cik) => FilingEventMapper.Map(new SupplierId("s"), FilingHistory.Read(Bytes(file), cik, new FetchAudit()), Now);

    private static IReadOnlyList<MetricSignal> Readings(string file, long cik) => RatioMapper.Map(new SupplierId("s"), cik, CompanyFacts.Read(Bytes(file), cik, new FetchAudit()), Now);

    private static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Shared!, "sources", "sec-edgar", file));
}
