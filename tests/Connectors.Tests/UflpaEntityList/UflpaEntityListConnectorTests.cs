using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Connectors.UflpaEntityList;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.UflpaEntityList;

public sealed class UflpaEntityListConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.dhs.gov/uflpa-entity-list";
    private const string Page = """
        <!DOCTYPE html><html><body><h2>UFLPA section 2(d)(2)(B)(i)</h2>
        <table class="usa-table"><thead><tr><th>Name of Entity</th><th>Effective Date</th></tr></thead><tbody>
        <tr><td>Contoso Silicon Industry (Shanshan) Co., Ltd. and subsidiaries</td><td>June 21, 2022</td></tr>
        <tr><td><p>Fabrikam Information Technology Co., Ltd. (including two aliases: Fabrikam Baolong Technology; and Fabrikam Optics Co., Ltd.)</p></td><td>June 21, 2022</td></tr>
        <tr><td>&nbsp;</td><td></td></tr></tbody></table>
        <h2>UFLPA section 2(d)(2)(B)(v)</h2>
        <table><tr><td><strong>Name</strong></td></tr>
        <tr><td>Northwind &amp; Sons Textile Co., Ltd. (also known as Northwind Cotton; formerly known as Xinjiang Northwind)</td><td>January 15, 2025</td></tr>
        <tr><td>Contoso Silicon Industry (Shanshan) Co., Ltd.</td><td>January 15, 2025</td></tr></table></body></html>
        """;

    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Silicon Industry (Shanshan) Co. Ltd", "CN");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UflpaEntityListModule(), stub);
        kit.Options["MinimumRows"] = "4";
        stub.Serve(Address, Page, "text/html");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_NamesAndAliases_AreScreened()
    {
        ConnectorRun run = (await kit.RunAsync([Contoso, ListFaults.Supplier("S2", "Fabrikam Optics Co., Ltd.", "CN"), ListFaults.Supplier("S3", "Xinjiang Northwind", "CN"), ListFaults.Supplier("S4", "Northwind & Sons Textile Co Ltd", "CN")])).Ok();
        Assert.Equal(
            ["S1 uflpa 4 hit 2022-06-21", "S2 uflpa 4 hit 2022-06-21", "S3 uflpa 4 hit 2025-01-15", "S4 uflpa 4 hit 2025-01-15"],
            run.Events.Select(e => $"{e.Supplier} {e.Type} {e.Severity} {e.Stage} {e.OccurredAt:yyyy-MM-dd}"));
        Assert.Equal("restriction", run.Events[0].Name);
        Assert.Contains("programme section 2(d)(2)(B)(i), section 2(d)(2)(B)(v)", run.Events[0].Title, StringComparison.Ordinal);
        Assert.Equal(4, kit.LastGood["uflpa-entity-list.html"].Rows);
    }

    [Theory]
    [InlineData("Tailspin Hair Co. Ltd. (and two aliases: Tailspin Accessories; and Holin Hair)", "Tailspin Hair Co. Ltd. | Tailspin Accessories | Holin Hair")]
    [InlineData("Tailspin Solar Co., Ltd. (also known as TS Solar; and Toyuan Energy Co. Ltd., and formerly known as Wuxi Tail CNC Co., Ltd.; Wuxi Spin Co., Ltd.)", "Tailspin Solar Co., Ltd. | TS Solar | Toyuan Energy Co. Ltd. | Wuxi Tail CNC Co., Ltd. | Wuxi Spin Co., Ltd.")]
    [InlineData("Tailspin Corps (including three aliases: TC; Tail Group; and Tail Corps) and its subordinate and affiliated entities", "Tailspin Corps | TC | Tail Group | Tail Corps")]
    [InlineData("Tailspin Corporation and its eight Harbour-based subsidiaries, which include Harbour Print Co. Ltd., Harbour Ink Trade and Business Co., Ltd., and Harbour Toner Co., Ltd.", "Tailspin Corporation / Harbour Print Co. Ltd. / Harbour Ink Trade and Business Co., Ltd. / Harbour Toner Co., Ltd.")]
    [InlineData("Tailspin Chemical Co., Ltd. and its subsidiary Tailspin PVC Co., Ltd.", "Tailspin Chemical Co., Ltd. / Tailspin PVC Co., Ltd.")]
    [InlineData("Tailspin Group, and Subsidiaries", "Tailspin Group")]
    [InlineData("Tailspin Silicon (Shanshan) Co., Ltd (including one alias: Hail Silicon (Shanshan) Co.) and subsidiaries", "Tailspin Silicon (Shanshan) Co., Ltd | Hail Silicon (Shanshan) Co.")]
    public void Map_SentencesOfThePage_GiveEachName(string cell, string names) =>
        Assert.Equal(
            names.Split(" / ").Order(StringComparer.Ordinal),
            UflpaEntityListMapper.Map([new UflpaEntityListRecord(cell, "June 21, 2022", "2(d)(2)(B)(i)")]).Select(e => string.Join(" | ", e.Names.Select(n => n.Text))).Order(StringComparer.Ordinal));

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ListFaults.ClearNothingAsync(kit, stub, Contoso, Address);

    [Fact]
    public async Task FetchAsync_FewerEntitiesThanTheListEverHad_AreRefused()
    {
        kit.Options["MinimumRows"] = "50";
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Contoso])).Failure?.Kind);
    }

    [Fact]
    public void IsEnabledByDefault_UntriedReader_WaitsToBeNamed()
    {
        Assert.False(new UflpaEntityListModule().IsEnabledByDefault(new ConfigurationBuilder().Build().GetSection("x"), "", out string reason));
        Assert.Contains("has met rows of the page only", reason, StringComparison.Ordinal);
    }
}
