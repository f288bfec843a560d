using Microsoft.Extensions.Configuration;
using Risk.Connectors.Certificates;
using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Certificates;

public sealed class CertificatesConnectorTests : IDisposable
{
    private readonly ConnectorKit kit = new(new CertificatesModule());

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_Rows_GiveCertificatesWithTheirLastDay()
    {
        Write("supplier;certificate;issued;expires;scope\nS1;ISO 27001;2024-05-02;2027-05-01;data centres\nS2;soc2;2026-01-15;2027-01-14T12:00:00Z;\n");
        ConnectorRun run = await RunAsync();
        Assert.Equal(
            ["S1 iso27001 2024-05-02T00:00:00Z 2027-05-01T23:59:59Z data centres", "S2 soc2 2026-01-15T00:00:00Z 2027-01-14T12:00:00Z "],
            run.Events.Select(e => FormattableString.Invariant($"{e.Supplier} {e.Id} {e.OccurredAt:yyyy-MM-ddTHH:mm:ss}Z {e.Due:yyyy-MM-ddTHH:mm:ss}Z {e.Title}")));
        Assert.All(run.Events, e => Assert.Equal("certificate", e.Name));
        Assert.Equal("certificates.csv row 1: ISO 27001, issued 2024-05-02, expires 2027-05-01, scope data centres", run.Events[0].Evidence.Excerpt);
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Theory]
    [InlineData("S9,iso9001,2024-01-01,2027-01-01", "certificates.csv:2:1", "supplier: no active supplier of the portfolio has this id")]
    [InlineData("S1,-,2024-01-01,2027-01-01", "certificates.csv:2:4", "certificate: is no name; write letters and digits, as in iso27001")]
    [InlineData("S1,iso9001,,2027-01-01", "certificates.csv:2:12", "issued: is no date; write year-month-day, as in 2026-03-31")]
    [InlineData("S1,iso9001,2024-01-01,2027-02-29", "certificates.csv:2:23", "expires: is no date; write year-month-day, as in 2026-03-31")]
    [InlineData("S1,iso9001,2024-01-02,2024-01-01", "certificates.csv:2:23", "expires: is before the day of issue")]
    public async Task FetchAsync_BadRow_IsSkippedWithPlaceAndReason(string row, string place, string reason)
    {
        Write($"supplier,certificate,issued,expires\n{row}\nS2,soc2,2026-01-15,2027-01-14\n");
        ConnectorRun run = await RunAsync();
        Assert.Equal(["soc2"], run.Events.Select(e => e.Id));
        Assert.Equal((reason, place), run.Audit.Reasons.Select(r => (r.Key, r.Value.Example)).Single());
    }

    [Fact]
    public async Task FetchAsync_ColumnThatIsNone_IsToldAndTheRestIsRead()
    {
        Write("supplier,certificate,issued,expires,scop,issuer\nS1,iso27001,2024-05-02,2027-05-01,x,y\nS2,soc2,2026-01-15,2027-01-14,x,y\n");
        ConnectorRun run = await RunAsync();
        Assert.Equal(2, run.Events.Count);
        Assert.Equal([(FieldDrift.Unknown, "issuer", 2), (FieldDrift.Unknown, "scop", 2)], run.Audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value)));
    }

    [Fact]
    public async Task FetchAsync_RenewalBesideTheOldOne_KeepsTheLongerOne()
    {
        Write("supplier,certificate,issued,expires\nS1,iso27001,2027-05-02,2030-05-01\nS1,ISO-27001,2024-05-02,2027-05-01\n");
        Assert.Equal(2030, Assert.Single((await RunAsync()).Events).Due!.Value.Year);
    }

    /// <summary>A file that is damaged or cut off says nothing about the certificates that are not in it.</summary>
    [Fact]
    public async Task FetchAsync_FileInDoubt_TakesNothingBack()
    {
        const string Header = "supplier,certificate,issued,expires\n";
        Write(Header + string.Concat(Enumerable.Range(0, 30).Select(i => $"S1,c{i},2026-01-15,2027-01-14\n")));
        Assert.True(Assert.Single((await RunAsync()).Updates).Complete);
        Write(Header + string.Concat(Enumerable.Range(0, 28).Select(i => $"S1,c{i},2026-01-15,2027-01-14\n")) + "S1,c28,2026-0");
        Assert.False(Assert.Single((await RunAsync()).Updates).Complete);
        Write(Header + string.Concat(Enumerable.Range(0, 15).Select(i => $"S1,c{i},2026-01-15,2027-01-14\n")));
        Assert.Equal(FailureKind.Shrunk, (await kit.RunAsync(Suppliers)).Failure?.Kind);
        Write(Header);
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync(Suppliers)).Failure?.Kind);
        Write(Header + "S1,c1,2026-01-15,2027-01-14\nS9,c2,2026-01-15,2027-01-14\n");
        kit.AcceptsShorter = true;
        Assert.True(Assert.Single((await RunAsync()).Updates).Complete);
    }

    [Fact]
    public async Task FetchAsync_NoFile_FailsAndTakesNothingBack()
    {
        ConnectorRun run = await kit.RunAsync(Suppliers);
        Assert.Equal(FailureKind.Misconfigured, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_NoColumn_SaysWhichAndWhatThereShouldBe()
    {
        Write("supplier,certificate,expires\nS1,iso27001,2027-05-01\n");
        SourceFailureException failure = (await kit.RunAsync(Suppliers)).Failure!;
        Assert.Equal("certificates.csv:1:1: there is no column issued; the first row must name the columns supplier, certificate, issued, expires, scope.", failure.Message);
    }

    [Fact]
    public void IsEnabledByDefault_OnceTheFileIsThere()
    {
        IConnectorModule module = new CertificatesModule();
        IConfigurationSection none = new ConfigurationBuilder().Build().GetSection("none");
        Assert.False(module.IsEnabledByDefault(none, kit.Folder, out string reason));
        Assert.Equal("there is no certificates.csv in the workspace", reason);
        Write("supplier,certificate,issued,expires\n");
        Assert.True(module.IsEnabledByDefault(none, kit.Folder, out _));
    }

    private static Supplier[] Suppliers => [new() { Id = new SupplierId("S1"), Name = "S1" }, new() { Id = new SupplierId("S2"), Name = "S2" }];

    private void Write(string text) => File.WriteAllText(Path.Combine(kit.Folder, "certificates.csv"), text);

    private async Task<ConnectorRun> RunAsync() => (await kit.RunAsync(Suppliers)).Ok();
}
