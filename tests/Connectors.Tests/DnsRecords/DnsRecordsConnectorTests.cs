using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.DnsRecords;
using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.DnsRecords;

public sealed class DnsRecordsConnectorTests : IDisposable
{
    /// <summary>"TYPE name" to records; names that are in no key do not exist.</summary>
    private readonly Dictionary<string, string[]> zone = new(StringComparer.Ordinal)
    {
        ["Mx com"] = [],
        ["Mx acme.example"] = ["mail.acme.example."],
        ["Txt acme.example"] = ["google-site-verification=x", "v=spf1 include:_spf.example ~all"],
        ["Txt _spf.example"] = ["v=spf1 ip4:192.0.2.0/24 ?all"],
        ["Txt _dmarc.acme.example"] = ["v=DMARC1; p=reject; rua=mailto:d@acme.example"],
        ["Caa acme.example"] = ["issue letsencrypt.org;validationmethods=dns-01", "issue digicert.com", "iodef mailto:x@acme.example"],
    };

    private readonly List<string> asked = [];
    private readonly ConnectorKit kit;
    private Func<string, bool> silent = static _ => false;

    public DnsRecordsConnectorTests() => kit = new ConnectorKit(new Module(AskAsync));

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Records_AreToldAsPosture()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(
            [("dns_exists", "true"), ("dns_mail", "true"), ("dns_spf", "softfail"), ("dns_dmarc", "reject"), ("dns_caa", "digicert.com; letsencrypt.org")],
            run.Facts.Select(f => (f.Name, f.Value.ToString())));
        Assert.Equal(new DnsRecordsModule().Manifest.Facts.Select(f => (f.Name, f.Type)), run.Facts.Select(f => (f.Name, f.Value.Type)));
        Assert.Equal(["Mx com", "Mx acme.example", "Txt acme.example", "Txt _spf.example", "Txt _dmarc.acme.example", "Caa acme.example"], asked);
    }

    [Fact]
    public async Task Fetch_NoSuchDomain_StatesThatAndNothingElse()
    {
        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("gone", "gone.example")])).Ok();

        Assert.Equal(("dns_exists", "false"), run.Facts.Select(f => (f.Name, f.Value.ToString())).Single());
        Assert.True(Assert.IsType<SupplierUpdate>(run.Updates.Single()).Complete);
    }

    [Fact]
    public async Task Fetch_NameBelow_InheritsDmarcAndCaa()
    {
        zone["Mx shop.acme.example"] = ["."];
        zone["Txt _dmarc.acme.example"] = ["v=DMARC1;p=reject;sp=none"];

        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("shop", "shop.acme.example")])).Ok();

        Assert.Equal(["true", "false", "absent", "none", "digicert.com; letsencrypt.org"], run.Facts.Select(f => f.Value.ToString()));
        Assert.Contains("DMARC none (of acme.example)", run.Facts[0].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NothingSaid_IsAbsentAndNotAnError()
    {
        zone.Clear();
        zone["Mx com"] = zone["Mx acme.example"] = [];

        Assert.Equal(["true", "false", "absent", "absent", ""], (await kit.RunAsync([Acme])).Ok().Facts.Select(f => f.Value.ToString()));
    }

    [Fact]
    public async Task Fetch_NextDay_TheFactsAreTheSameRevision()
    {
        ConnectorRun first = (await kit.RunAsync([Acme])).Ok();
        kit.Now = kit.Now.AddDays(1);
        ConnectorRun second = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(first.Facts.Select(f => (f.Value, f.OccurredAt, f.Evidence.Excerpt)), second.Facts.Select(f => (f.Value, f.OccurredAt, f.Evidence.Excerpt)));
    }

    [Fact]
    public async Task Fetch_ResolverThatDeniesTheInternet_IsNotBelieved()
    {
        zone.Clear();

        ConnectorRun run = await kit.RunAsync([Acme]);

        Assert.Equal(FailureKind.SentinelMissing, run.Failure!.Kind);
        Assert.Empty(run.Updates);
        Assert.Equal(["Mx com"], asked);
    }

    [Fact]
    public async Task Fetch_NoAnswerForOneDomain_FailsThatSupplierAndClearsNothing()
    {
        silent = static name => name != "com" && !name.EndsWith("acme.example", StringComparison.Ordinal);

        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("mute", "mute.example"), Acme])).Ok();

        Assert.Equal(("mute", FailureKind.Timeout), (Assert.Single(run.Failures).Supplier.Value, run.Failures[0].Failure.Kind));
        Assert.Equal(["acme"], run.Signals.Select(s => s.Supplier.Value).Distinct());
    }

    [Fact]
    public async Task Fetch_NobodyAnswers_EndsTheRun()
    {
        silent = static name => name != "com";

        ConnectorRun run = await kit.RunAsync([.. Enumerable.Range(0, 60).Select(i => Identified.WithDomain($"s{i}", $"d{i}.example"))]);

        Assert.Equal(FailureKind.Timeout, run.Failure!.Kind);
        Assert.InRange(asked.Count, 32, 49);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("absent", "v=spf10 -all", "spf2.0/pra -all")]
    [InlineData("fail", "v=spf1 -all")]
    [InlineData("fail", "V=SPF1 mx -ALL")]
    [InlineData("softfail", "x", "v=spf1 a ~all")]
    [InlineData("neutral", "v=spf1 ?all")]
    [InlineData("neutral", "v=spf1")]
    [InlineData("neutral", "v=spf1 include:a.example")]
    [InlineData("pass", "v=spf1 +all")]
    [InlineData("pass", "v=spf1 all")]
    [InlineData("redirect", "v=spf1 redirect=_spf.example")]
    [InlineData("softfail", "v=spf1 redirect=_spf.example ~all")]
    [InlineData("invalid", "v=spf1 -all", "v=spf1 ~all")]
    public void Spf_OfRecords_IsWhatReceiversMakeOfThem(string expected, params string[] texts) => Assert.Equal(expected, DnsRecordsMapper.Spf([.. texts]));

    [Theory]
    [InlineData("absent", true)]
    [InlineData("absent", true, "v=spf1 -all")]
    [InlineData("none", true, "v=DMARC1; p=none")]
    [InlineData("quarantine", true, "v=DMARC1;p=Quarantine;pct=10")]
    [InlineData("reject", true, "v=DMARC1; p=reject; sp=none")]
    [InlineData("none", false, "v=DMARC1; p=reject; sp=none")]
    [InlineData("reject", false, "v=DMARC1; p=reject")]
    [InlineData("none", true, "v=DMARC1; p=rejekt; rua=mailto:a@b.example")]
    [InlineData("invalid", true, "v=DMARC1; p=rejekt")]
    [InlineData("invalid", true, "v=DMARC1")]
    [InlineData("invalid", true, "v=DMARC1; p=reject", "v=DMARC1; p=none")]
    [InlineData("reject", true, "v=DMARC1; p=reject; p=none;;=;x")]
    public void Dmarc_OfRecords_IsWhatReceiversMakeOfThem(string expected, bool isOwn, params string[] texts) => Assert.Equal(expected, DnsRecordsMapper.Dmarc([.. texts], isOwn));

    [Fact]
    public void SpfAndDmarc_OfAnyText_AreOneOfTheirWords()
    {
        string[] spf = ["absent", "invalid", "fail", "softfail", "neutral", "pass", "redirect"], dmarc = ["absent", "invalid", "none", "quarantine", "reject"];
        Prop.ForAll<string[]>(texts =>
        {
            System.Collections.Immutable.ImmutableArray<string> records = [.. texts.OfType<string>().SelectMany(t => (string[])[t, "v=spf1 " + t, "v=DMARC1;" + t]).Take(2)];
            return spf.Contains(DnsRecordsMapper.Spf(records)) && dmarc.Contains(DnsRecordsMapper.Dmarc(records, isOwn: true));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Resolver_SettingThatIsNoAddress_IsRefused()
    {
        IConfigurationSection options = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("o:Server", "dns.example")]).Build().GetSection("o");

        Assert.Equal(FailureKind.Misconfigured, Assert.Throws<SourceFailureException>(() => new DnsRecordsModule().Create(options)).Kind);
    }

    private Task<DnsAnswer> AskAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        lock (asked) asked.Add($"{type} {name}");
        if (silent(name)) throw new SourceFailureException(FailureKind.Timeout, "silent");
        return Task.FromResult(zone.TryGetValue($"{type} {name}", out string[]? records) ? new DnsAnswer(true, [.. records]) : new DnsAnswer(zone.Keys.Any(k => k.EndsWith(" " + name, StringComparison.Ordinal)), []));
    }

    private static Supplier Acme { get; } = Identified.WithDomain("acme", "acme.example");

    private sealed class Module(DnsQuestion ask) : IConnectorModule
    {
        public SourceManifest Manifest { get; } = new DnsRecordsModule().Manifest;

        public IConnector Create(IConfigurationSection options) => new DnsRecordsConnector(ask);
    }
}
