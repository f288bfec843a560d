using Microsoft.Extensions.Configuration;
using Risk.Connectors.DnsRecords;
using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.DnsRecords;

/// <summary>The resolver as it is used, against a name server on loopback.</summary>
public sealed class DnsResolverTests
{
    [Theory]
    [InlineData("plain", "v=spf1 -all")]
    [InlineData("alias", "v=spf1 -all")]
    [InlineData("twice", "v=spf1 -all")]
    public async Task AskAsync_NameOrAlias_GivesItsTexts(string name, string text)
    {
        await using var server = new DnsStub("plain.example TXT v=spf1 -all", "alias.example CNAME plain.example", "twice.example CNAME alias.example");

        Assert.Equal(text, (await Open(server).AskAsync(name + ".example", DnsRecordType.Txt, CancellationToken.None)).Records.Single());
    }

    [Fact]
    public async Task AskAsync_AnswerThatDoesNotFit_IsFetchedByTcpWithItsPiecesJoined()
    {
        string text = "v=spf1 " + string.Join(' ', Enumerable.Range(0, 60).Select(i => $"ip4:192.0.2.{i}")) + " -all";
        await using var server = new DnsStub("long.example TXT " + text);

        Assert.Equal(text, (await Open(server).AskAsync("long.example", DnsRecordType.Txt, CancellationToken.None)).Records.Single());
        Assert.Equal(1, server.ByTcp);
    }

    [Fact]
    public async Task AskAsync_NoSuchName_IsNotTheSameAsNoSuchRecord()
    {
        await using var server = new DnsStub("acme.example TXT x");
        DnsResolver resolver = Open(server);

        Assert.False((await resolver.AskAsync("gone.example", DnsRecordType.Mx, CancellationToken.None)).Exists);
        Assert.True((await resolver.AskAsync("acme.example", DnsRecordType.Mx, CancellationToken.None)).Exists);
    }

    [Theory]
    [InlineData("broken.example", FailureKind.Malformed)]
    [InlineData("refused.example", FailureKind.Malformed)]
    [InlineData("silent.example", FailureKind.Timeout)]
    public async Task AskAsync_ServerThatFails_IsAFailureAndNoAnswer(string name, FailureKind kind)
    {
        await using var server = new DnsStub();

        SourceFailureException failure = await Assert.ThrowsAsync<SourceFailureException>(() => Open(server, milliseconds: name.StartsWith("silent", StringComparison.Ordinal) ? 200 : 3000).AskAsync(name, DnsRecordType.Txt, CancellationToken.None));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string[]> SpfRecords => new()
    {
        { "two records", "invalid", ["acme.example TXT v=spf1 -all", "acme.example TXT v=spf1 ~all"] },
        { "redirect", "softfail", ["acme.example TXT v=spf1 redirect=spf.host.example", "spf.host.example TXT v=spf1 ip4:192.0.2.1 ~all"] },
        { "redirect twice", "fail", ["acme.example TXT v=spf1 redirect=a.example", "a.example TXT v=spf1 redirect=b.example", "b.example TXT v=spf1 -all"] },
        { "redirect beside all", "fail", ["acme.example TXT v=spf1 redirect=gone.example -all"] },
        { "redirect to nothing", "invalid", ["acme.example TXT v=spf1 redirect=gone.example"] },
        { "redirect to a macro", "redirect", ["acme.example TXT v=spf1 redirect=%{d}.spf.example"] },
        { "redirect to a broken server", "redirect", ["acme.example TXT v=spf1 redirect=broken.example"] },
        { "redirect to itself", "invalid", ["acme.example TXT v=spf1 redirect=acme.example"] },
        { "include", "fail", ["acme.example TXT v=spf1 include:spf.host.example -all", "spf.host.example TXT v=spf1 ip4:192.0.2.1 ~all"] },
        { "include of nothing", "invalid", ["acme.example TXT v=spf1 include:gone.example -all"] },
        { "include of other text", "invalid", ["acme.example TXT v=spf1 include:text.example -all", "text.example TXT hello"] },
        { "include at a broken server", "fail", ["acme.example TXT v=spf1 include:broken.example -all"] },
        { "ten look-ups", "fail", ["acme.example TXT v=spf1 a mx ptr exists:%{i}.x.example include:a.example -all", "a.example TXT v=spf1 a mx a:x.example/24 mx:y.example exists:z.example ?all"] },
        { "eleven look-ups", "invalid", ["acme.example TXT v=spf1 a mx ptr exists:%{i}.x.example include:a.example a:w.example -all", "a.example TXT v=spf1 a mx a:x.example/24 mx:y.example exists:z.example ?all"] },
        { "no record", "absent", ["acme.example TXT hello"] },
    };

    [Theory]
    [MemberData(nameof(SpfRecords))]
    public async Task Fetch_Spf_IsWhatReceiversMakeOfIt(string what, string word, string[] zone)
    {
        Assert.True((await FetchAsync("acme.example", zone)).TryGetValue("dns_spf", out string? said), what);
        Assert.Equal(word, said);
    }

    public static TheoryData<string, string, string, string[]> DmarcRecords => new()
    {
        { "own", "acme.example", "reject", ["acme.example TXT x", "_dmarc.acme.example TXT v=DMARC1; p=reject"] },
        { "of the domain above", "mail.acme.example", "reject", ["mail.acme.example TXT x", "_dmarc.acme.example TXT v=DMARC1; p=reject"] },
        { "for names below", "mail.acme.example", "none", ["mail.acme.example TXT x", "_dmarc.acme.example TXT v=DMARC1; p=reject; sp=none"] },
        { "a part of the mail", "acme.example", "quarantine", ["acme.example TXT x", "_dmarc.acme.example TXT v=DMARC1; p=quarantine; pct=10"] },
        { "two records", "acme.example", "invalid", ["acme.example TXT x", "_dmarc.acme.example TXT v=DMARC1; p=reject", "_dmarc.acme.example TXT v=DMARC1; p=none"] },
        { "by alias", "acme.example", "reject", ["acme.example TXT x", "_dmarc.acme.example CNAME acme.dmarc.host.example", "acme.dmarc.host.example TXT v=DMARC1; p=reject"] },
        { "other text there", "acme.example", "absent", ["acme.example TXT x", "_dmarc.acme.example TXT hello"] },
    };

    [Theory]
    [MemberData(nameof(DmarcRecords))]
    public async Task Fetch_Dmarc_IsWhatReceiversMakeOfIt(string what, string domain, string word, string[] zone)
    {
        Assert.True((await FetchAsync(domain, zone)).TryGetValue("dns_dmarc", out string? said), what);
        Assert.Equal(word, said);
    }

    [Theory]
    [InlineData("acme.example", "true", "letsencrypt.org", "acme.example MX 10 mail.acme.example", "acme.example CAA issue letsencrypt.org")]
    [InlineData("acme.example", "false", "nobody", "acme.example MX 0 .", "acme.example CAA issue ;")]
    [InlineData("shop.acme.example", "false", "digicert.com", "shop.acme.example TXT x", "acme.example CAA issue digicert.com; policy=ev", "acme.example CAA iodef mailto:x@acme.example")]
    [InlineData("shop.acme.example", "false", "pki.host.example", "shop.acme.example CNAME host.example", "host.example CAA issue pki.host.example", "acme.example CAA issue digicert.com")]
    [InlineData("acme.example", "false", "", "acme.example TXT x")]
    public async Task Fetch_MailAndCaa_AreReadFromTheNearestNameThatHasThem(string domain, string mail, string caa, params string[] zone)
    {
        Dictionary<string, string> said = await FetchAsync(domain, zone);

        Assert.Equal((mail, caa), (said["dns_mail"], said["dns_caa"]));
    }

    private static DnsResolver Open(DnsStub server, int milliseconds = 3000) => DnsResolver.Open(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("o:Server", server.Address)]).Build().GetSection("o"), TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Each fact's value.</summary>
    private static async Task<Dictionary<string, string>> FetchAsync(string domain, string[] zone)
    {
        await using var server = new DnsStub([.. zone, "com TXT x"]);
        using var kit = new ConnectorKit(new Module(Open(server)));
        return (await kit.RunAsync([Identified.WithDomain("acme", domain)])).Ok().Facts.ToDictionary(f => f.Name, f => f.Value.ToString());
    }

    private sealed class Module(DnsResolver resolver) : IConnectorModule
    {
        public SourceManifest Manifest { get; } = new DnsRecordsModule().Manifest;

        public IConnector Create(IConfigurationSection options) => new DnsRecordsConnector(resolver.AskAsync);
    }
}
