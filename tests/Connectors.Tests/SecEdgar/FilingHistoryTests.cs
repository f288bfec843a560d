using System.Text;
using System.Text.Json.Nodes;
using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.Tests.SecEdgar;

public sealed class FilingHistoryTests
{
    private readonly FetchAudit audit = new();

    [Theory]
    [InlineData("0000001234")]
    [InlineData("1234")]
    public void Read_CikAsText_IsTheCompany(string cik) =>
        Assert.Single(FilingHistory.Read(new SubmissionsText { CikMember = cik }.File("8-K", "2024-01-19", "1.05").Write(), 1234, audit).Filings);

    [Fact]
    public void Read_CikAsNumber_IsTheCompany() =>
        Assert.Single(FilingHistory.Read(new SubmissionsText { CikMember = 1234 }.File("8-K", "2024-01-19", "1.05").Write(), 1234, audit).Filings);

    [Fact]
    public void Read_AnotherCompany_IsMalformed() => AssertMalformed(new SubmissionsText { CikMember = "77" }.Write());

    [Fact]
    public void Read_ColumnsOfUnequalLength_IsMalformed() =>
        AssertMalformed(new SubmissionsText { Damage = columns => columns["items"]!.AsArray().Add("1.03") }.File("8-K", "2024-01-19", "1.05").Write());

    [Theory]
    [InlineData("accessionNumber")]
    [InlineData("form")]
    [InlineData("filingDate")]
    public void Read_RequiredColumnMissing_IsMalformed(string column) =>
        AssertMalformed(new SubmissionsText { Damage = columns => columns.Remove(column) }.File("8-K", "2024-01-19", "1.05").Write());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"cik\":1234,\"filings\":{\"recent\":{\"form\":7}}}")]
    [InlineData("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>")]
    [InlineData("{\"cik\":\"0000001234\",\"filings\":{\"recent\":{\"form\":[\"8-K\"")]
    public void Read_NotTheFormat_IsMalformed(string text) => AssertMalformed(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Read_DeepNesting_IsMalformed() =>
        AssertMalformed(Encoding.UTF8.GetBytes("{\"cik\":1234,\"x\":" + new string('[', 5000) + new string(']', 5000) + "}"));

    [Fact]
    public void Read_BrokenSurrogateInACell_IsMalformed()
    {
        string text = Encoding.UTF8.GetString(new SubmissionsText().File("10-K", "2024-01-19").Write());

        AssertMalformed(Encoding.UTF8.GetBytes(text.Replace("\"10-K\"", "\"\\ud800\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData((int)'"')]
    [InlineData((int)'9')]
    [InlineData((int)'[')]
    [InlineData(0xFE)]
    public void Read_BytesOverwritten_IsReadOrMalformed(int with)
    {
        byte[] whole = new SubmissionsText { Tickers = ["A"], Exchanges = ["NYSE"], Files = [("CIK0000001234-submissions-001.json", "2020-12-31")] }.File("8-K", "2024-01-19", "1.03").Write();
        for (int at = 0; at < whole.Length; at += 3)
        {
            byte[] broken = [.. whole];
            broken[at] = (byte)with;
            Exception? thrown = Record.Exception(() => FilingEventMapperTests.Map(broken));
            Assert.True(thrown is null or SourceFailureException { Kind: FailureKind.Malformed }, $"byte {at}: {thrown}");
        }
    }

    [Fact]
    public void Read_UnknownColumn_IsIgnoredAndCounted()
    {
        FilingHistory history = FilingHistory.Read(new SubmissionsText { Damage = columns => columns["novelty"] = new JsonArray(1) }.File("10-K", "2024-01-19").Write(), 1234, audit);

        Assert.Single(history.Filings);
        Assert.Equal(1, audit.Drifted[(FieldDrift.Unknown, "filings.recent.novelty")]);
    }

    [Fact]
    public void Read_RowWithoutDate_IsRejectedAndTheOthersKept()
    {
        FilingHistory history = FilingHistory.Read(new SubmissionsText().File("10-K", "soon").File("10-Q", "2024-05-01").Write(), 1234, audit);

        Assert.Equal("10-Q", Assert.Single(history.Filings).Form);
        Assert.Equal(1, audit.Rejected);
        Assert.Equal(2, audit.Read);
    }

    [Fact]
    public void Read_OverTheCounterAndNullExchanges_AreNoListings()
    {
        FilingHistory history = FilingHistory.Read(new SubmissionsText { Tickers = ["AAAQ", "BBB", "CCC"], Exchanges = ["OTC", null, "NYSE"] }.Write(), 1234, audit);

        Assert.Equal(["CCC on NYSE"], history.Listings);
    }

    [Fact]
    public void Read_PageNamesOutsideThePattern_AreNotFollowed()
    {
        FilingHistory history = FilingHistory.Read(
            new SubmissionsText { Files = [("CIK0000001234-submissions-001.json", "2020-12-31"), ("../../etc/passwd", "2020-12-31"), ("//evil.example/x.json", "2020-12-31")] }.Write(), 1234, audit);

        Assert.Equal(("CIK0000001234-submissions-001.json", new DateOnly(2020, 12, 31)), Assert.Single(history.OlderPages));
        Assert.Equal(2, audit.Rejected);
    }

    [Fact]
    public void Read_NullsInLists_AreSkipped()
    {
        FilingHistory history = FilingHistory.Read(
            "{\"cik\":1234,\"tickers\":[null,\"A\"],\"exchanges\":[null],\"filings\":{\"recent\":{\"accessionNumber\":[null],\"form\":[null],\"filingDate\":[null]},\"files\":[null]}}"u8.ToArray(), 1234, audit);

        Assert.Equal((0, 0, 0), (history.Filings.Count, history.Listings.Count, history.OlderPages.Count));
    }

    [Fact]
    public void WithPage_SameAccessionTwice_CountsOnce()
    {
        SubmissionsText text = new SubmissionsText().File("10-K", "2003-03-01").File("8-K", "2003-05-01", "1.03");

        FilingHistory history = FilingHistory.Read(text.Write(), 1234, audit).WithPage(text.Page(), audit);

        Assert.Equal(["10-K", "8-K"], history.Filings.Select(f => f.Form));
    }

    private void AssertMalformed(byte[] json) =>
        Assert.Equal(FailureKind.Malformed, Assert.Throws<SourceFailureException>(() => FilingHistory.Read(json, 1234, audit)).Kind);

    [Fact]
    public void KnownAt_AnEarlierInstant_HasWhatWasPublicThenAndTheListingOfThen()
    {
        var text = new SubmissionsText().File("8-K", "2019-12-13", "3.01").File("25-NSE", "2020-01-10").File("8-K", "2020-03-30", "1.03");
        FilingHistory history = FilingHistory.Read(text.Write(), 1234, new FetchAudit());

        FilingHistory then = history.KnownAt(new DateTimeOffset(2019, 12, 31, 0, 0, 0, TimeSpan.Zero)), later = history.KnownAt(new DateTimeOffset(2020, 2, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal([1, 2, 3], new[] { then, later, history.KnownAt(new DateTimeOffset(2020, 4, 1, 0, 0, 0, TimeSpan.Zero)) }.Select(h => h.Filings.Count));
        Assert.Equal((true, false), (then.IsListed, later.IsListed));
    }

    [Fact]
    public void KnownAt_FilingOfFridayEveningThatIsDatedMonday_IsThereOnFriday()
    {
        var text = new SubmissionsText { Damage = columns => columns["acceptanceDateTime"] = new System.Text.Json.Nodes.JsonArray("2026-03-06T22:30:00.000Z") }.File("8-K", "2026-03-09", "1.03");
        FilingHistory history = FilingHistory.Read(text.Write(), 1234, new FetchAudit());

        Assert.Empty(history.KnownAt(new DateTimeOffset(2026, 3, 6, 20, 0, 0, TimeSpan.Zero)).Filings);
        Assert.Single(history.KnownAt(new DateTimeOffset(2026, 3, 6, 23, 0, 0, TimeSpan.Zero)).Filings);
    }
}
