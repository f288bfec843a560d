using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>The network extension: IP addresses and ranges of them, as Kubernetes and cel-go have it.</summary>
internal static class NetworkFunctions
{
    private static readonly CelType Ip = NetworkAddress.NetworkType;
    private static readonly CelType Cidr = NetworkRange.NetworkType;

    public static readonly ImmutableArray<CelFunction> All =
    [
        CelFunction.Global("ip", [CelType.Text], Ip, (a, _) => Parsed(a[0].AsText, out CelValue failure) is { } ip ? CelValue.Object(ip) : failure),
        CelFunction.Global("isIP", [CelType.Text], CelType.Bool, (a, _) => CelValue.Of(NetworkAddress.Parse(a[0].AsText, out string _) is not null)),
        CelFunction.Global("ip.isCanonical", [CelType.Text], CelType.Bool, (a, _) => Parsed(a[0].AsText, out CelValue failure) is { } ip ? CelValue.Of(ip.ToString() == a[0].AsText) : failure),
        Of("family", CelType.Int, ip => CelValue.Of(ip.IsIpv4 ? 4 : 6)),
        Of("isUnspecified", CelType.Bool, ip => CelValue.Of(ip.IsUnspecified)),
        Of("isLoopback", CelType.Bool, ip => CelValue.Of(ip.IsLoopback)),
        Of("isGlobalUnicast", CelType.Bool, ip => CelValue.Of(ip.IsGlobalUnicast)),
        Of("isLinkLocalMulticast", CelType.Bool, ip => CelValue.Of(ip.IsLinkLocalMulticast)),
        Of("isLinkLocalUnicast", CelType.Bool, ip => CelValue.Of(ip.IsLinkLocalUnicast)),
        CelFunction.Global("cidr", [CelType.Text], Cidr, (a, _) => Range(a[0].AsText, out CelValue failure) is { } range ? CelValue.Object(range) : failure),
        CelFunction.Global("isCIDR", [CelType.Text], CelType.Bool, (a, _) => CelValue.Of(NetworkRange.Parse(a[0].AsText, out string _) is not null)),
        Of("containsIP", [Cidr, Ip], CelType.Bool, (range, a) => a.AsObject is NetworkAddress ip ? CelValue.Of(range.Contains(ip)) : Wrong(a)),
        Of("containsIP", [Cidr, CelType.Text], CelType.Bool, (range, a) => Parsed(a.AsText, out CelValue failure) is { } ip ? CelValue.Of(range.Contains(ip)) : failure),
        Of("containsCIDR", [Cidr, Cidr], CelType.Bool, (range, a) => a.AsObject is NetworkRange other ? CelValue.Of(range.Contains(other)) : Wrong(a)),
        Of("containsCIDR", [Cidr, CelType.Text], CelType.Bool, (range, a) => Range(a.AsText, out CelValue failure) is { } other ? CelValue.Of(range.Contains(other)) : failure),
        Of("ip", [Cidr], Ip, (range, _) => CelValue.Object(range.Address)),
        Of("masked", [Cidr], Cidr, (range, _) => CelValue.Object(range.Masked)),
        Of("prefixLength", [Cidr], CelType.Int, (range, _) => CelValue.Of(range.PrefixLength)),
        CelFunction.Global("string", [Ip], CelType.Text, (a, _) => Text(a[0])),
        CelFunction.Global("string", [Cidr], CelType.Text, (a, _) => Text(a[0])),
    ];

    private static CelFunction Of(string name, CelType result, Func<NetworkAddress, CelValue> body) =>
        CelFunction.Member(name, [Ip], result, (a, _) => a[0].AsObject is NetworkAddress ip ? body(ip) : Wrong(a[0]));

    private static CelFunction Of(string name, ImmutableArray<CelType> parameters, CelType result, Func<NetworkRange, CelValue, CelValue> body) =>
        CelFunction.Member(name, parameters, result, (a, _) => a[0].AsObject is NetworkRange range ? body(range, a[^1]) : Wrong(a[0]));

    /// <summary>Where types are only known when evaluated, an object of another type may come here.</summary>
    private static CelValue Wrong(in CelValue value) => CelValue.Error($"this function is not for {Arithmetic.Name(value)}");

    private static CelValue Text(in CelValue value) => value.AsObject is OpaqueObject opaque ? CelValue.Text(opaque.ToString()) : Wrong(value);

    private static NetworkAddress? Parsed(string text, out CelValue failure)
    {
        NetworkAddress? address = NetworkAddress.Parse(text, out string problem);
        failure = address is null ? CelValue.Error($"ip('{Printing.Short(text)}'): {problem}") : default;
        return address;
    }

    private static NetworkRange? Range(string text, out CelValue failure)
    {
        NetworkRange? range = NetworkRange.Parse(text, out string problem);
        failure = range is null ? CelValue.Error($"cidr('{Printing.Short(text)}'): {problem}") : default;
        return range;
    }
}
