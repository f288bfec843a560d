using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Statuspage;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.Http;

public sealed class PublicHostsTests
{
    [Fact]
    public async Task Resolve_MixedAddresses_GivesThePublicOnes()
    {
        IPAddress[] found = await Hosts("10.0.0.1", "93.184.215.14", "::ffff:127.0.0.1", "2606:4700::1111").ResolveAsync("x.example", CancellationToken.None);

        Assert.Equal(["93.184.215.14", "2606:4700::1111"], found.Select(a => a.ToString()));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("64:ff9b::a00:1")]
    public async Task Connect_NoPublicAddress_IsRefusedWithoutAConnection(string address)
    {
        SourceFailureException refused = await Assert.ThrowsAsync<SourceFailureException>(() => Hosts(address).ConnectAsync("inside.example", 1, CancellationToken.None));

        Assert.Equal(FailureKind.NotFound, refused.Kind);
        Assert.Contains("inside.example leads to no public address", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, FailureKind.NotFound)]
    [InlineData(SocketError.TryAgain, FailureKind.Unreachable)]
    public async Task Resolve_NoAnswer_TellsTheNameFromTheResolver(SocketError error, FailureKind kind)
    {
        var hosts = new PublicHosts((_, _) => throw new SocketException((int)error));

        Assert.Equal(kind, (await Assert.ThrowsAsync<SourceFailureException>(() => hosts.ResolveAsync("x.example", CancellationToken.None))).Kind);
    }

    [Fact]
    public async Task PublicHandler_HostInsideOurNetwork_IsNotCalled()
    {
        await using UpstreamStub stub = await UpstreamStub.StartAsync();
        using SocketsHttpHandler handler = SourceHttp.CreatePublicHandler();
        using var limiters = new HostLimiters(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 10, QueueLimit = 10 }));
        var http = new SourceHttp(new StatuspageModule().Manifest, new UpstreamOptions(null, ""), limiters, TimeProvider.System, handler);

        SourceFailureException refused = await Assert.ThrowsAsync<SourceFailureException>(() => http.GetAsync(new Uri($"https://127.0.0.1:{stub.Mirror.Port}/api/v2/summary.json"), 1000, CancellationToken.None));

        Assert.Contains("leads to no public address", refused.Message, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    private static PublicHosts Hosts(params string[] addresses) => new((_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]));
}
