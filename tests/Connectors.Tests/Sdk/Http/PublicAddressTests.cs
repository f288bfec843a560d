using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk.Http;

namespace Risk.Connectors.Tests.Sdk.Http;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", false)]
    [InlineData("64:ff9b:1::7f00:1", false)]
    [InlineData("64:ff9b::5db8:d822", true)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("2606:2800:220:1:0:5efe:a00:1", false)]
    [InlineData("2606:2800:220:1:200:5efe:5db8:d822", true)]
    [InlineData("fec0::1", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("2606:2800:220:1::1", true)]
    public void MayConnect_Address_OnlyPublic(string address, bool expected) => Assert.Equal(expected, PublicAddress.MayConnect(IPAddress.Parse(address), []));

    [Fact]
    public void MayConnect_MappedAddressOfAllowedNetwork_IsAllowed() => Assert.True(PublicAddress.MayConnect(IPAddress.Parse("::ffff:127.0.0.1"), [IPNetwork.Parse("127.0.0.0/8")]));

    /// <summary>However an IPv4 address is dressed up as IPv6, the answer is that of the address itself.</summary>
    [Fact]
    public void MayConnect_AnyIPv4InsideIPv6_IsJudgedAsItself() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(),
        number =>
        {
            byte[] four = [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
            bool expected = PublicAddress.MayConnect(new IPAddress(four), []);
            byte[][] dressed =
            [
                [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. four],
                [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. four],
                [0x20, 0x02, .. four, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                [0x26, 0x06, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe, .. four],
            ];
            return dressed.All(bytes => PublicAddress.MayConnect(new IPAddress(bytes), []) == expected);
        }).QuickCheckThrowOnFailure();
}
