using System.Globalization;

namespace Risk.Rules.Language.Library;

/// <summary>An IP address. IPv4 is held in the lowest 32 bits.</summary>
/// <remarks>Read strictly, as Go's netip does: no leading zeros, no zones, no short forms. <c>::ffff:c0a8:1</c> is the IPv4 address it maps; written with dots it is refused, since readers take it for either.</remarks>
internal sealed record NetworkAddress(bool IsIpv4, UInt128 Bits) : OpaqueObject
{
    private const int Groups = 8;

    public static readonly CelType NetworkType = CelType.Object("net.IP");

    public override CelType Type => NetworkType;

    public int Length => IsIpv4 ? 32 : 128;

    public bool IsUnspecified => Bits == 0;

    public bool IsLoopback => IsIpv4 ? Bits >> 24 == 127 : Bits == 1;

    public bool IsLinkLocalMulticast => IsIpv4 ? Bits >> 8 == 0xE00000 : (Bits >> 112 & 0xFF0F) == 0xFF02;

    public bool IsLinkLocalUnicast => IsIpv4 ? Bits >> 16 == 0xA9FE : Bits >> 118 == 0xFE80 >> 6;

    private bool IsMulticast => IsIpv4 ? Bits >> 28 == 0xE : Bits >> 120 == 0xFF;

    public bool IsGlobalUnicast => !IsUnspecified && !IsLoopback && !IsMulticast && !IsLinkLocalUnicast && !(IsIpv4 && Bits == uint.MaxValue);

    /// <summary>Null when the text is no address; the problem says why.</summary>
    public static NetworkAddress? Parse(ReadOnlySpan<char> text, out string problem)
    {
        problem = "";
        if (text.Contains('%'))
        {
            problem = "an address with a zone is not allowed";
            return null;
        }

        if (!text.Contains(':'))
        {
            if (TryIpv4(text, out uint four)) return new NetworkAddress(true, four);
            problem = "not an IP address";
            return null;
        }

        if (!TryIpv6(text, out UInt128 bits))
        {
            problem = "not an IP address";
            return null;
        }

        if (bits >> 32 != 0xFFFF) return new NetworkAddress(false, bits);
        if (!text.Contains('.')) return new NetworkAddress(true, (uint)bits);
        problem = "an IPv4 address written inside an IPv6 one is not allowed; write the IPv4 address alone";
        return null;
    }

    private static bool TryIpv4(ReadOnlySpan<char> text, out uint bits)
    {
        bits = 0;
        int fields = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> field = text[range];
            if (++fields > 4 || field.Length is 0 or > 3 || (field.Length > 1 && field[0] == '0')) return false;
            if (!byte.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)) return false;
            bits = (bits << 8) | value;
        }

        return fields == 4;
    }

    private static bool TryIpv6(ReadOnlySpan<char> text, out UInt128 bits)
    {
        int gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0) return TryGroups(text, out bits, out int all) && all == Groups;
        bits = 0;
        if (!TryGroups(text[..gap], out UInt128 high, out int before, isLast: false) || !TryGroups(text[(gap + 2)..], out UInt128 low, out int after)) return false;
        if (before + after >= Groups) return false;
        bits = (before == 0 ? 0 : high << (16 * (Groups - before))) | low;
        return true;
    }

    /// <summary>Groups of up to four digits between colons; the last two may be written as an IPv4 address.</summary>
    private static bool TryGroups(ReadOnlySpan<char> text, out UInt128 bits, out int count, bool isLast = true)
    {
        bits = 0;
        count = 0;
        if (text.IsEmpty) return true;
        foreach (Range range in text.Split(':'))
        {
            ReadOnlySpan<char> group = text[range];
            if (isLast && range.End.GetOffset(text.Length) == text.Length && group.Contains('.'))
            {
                if (!TryIpv4(group, out uint four)) return false;
                bits = (bits << 32) | four;
                count += 2;
                continue;
            }

            if (++count > Groups || group.Length is 0 or > 4 || !ushort.TryParse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value)) return false;
            bits = (bits << 16) | value;
        }

        return count <= Groups;
    }

    /// <summary>The canonical text: dotted for IPv4, RFC 5952 for IPv6.</summary>
    public override string ToString()
    {
        if (IsIpv4) return string.Create(CultureInfo.InvariantCulture, $"{(byte)(Bits >> 24)}.{(byte)(Bits >> 16)}.{(byte)(Bits >> 8)}.{(byte)Bits}");
        string[] groups = [.. Enumerable.Range(0, Groups).Select(i => ((ushort)(Bits >> (16 * (Groups - 1 - i)))).ToString("x", CultureInfo.InvariantCulture))];
        (int start, int length) = LongestZeros(groups);
        return length < 2 ? string.Join(':', groups) : $"{string.Join(':', groups[..start])}::{string.Join(':', groups[(start + length)..])}";
    }

    private static (int Start, int Length) LongestZeros(string[] groups)
    {
        (int start, int length) = (0, 0);
        for (int i = 0, run = 0; i < groups.Length; i++)
        {
            run = groups[i] == "0" ? run + 1 : 0;
            if (run > length) (start, length) = (i - run + 1, run);
        }

        return (start, length);
    }
}

/// <summary>An address and how many of its bits name the network: <c>192.168.0.1/24</c>.</summary>
internal sealed record NetworkRange(NetworkAddress Address, int PrefixLength) : OpaqueObject
{
    public static readonly CelType NetworkType = CelType.Object("net.CIDR");

    public override CelType Type => NetworkType;

    private UInt128 Network => PrefixLength == 0 ? 0 : Address.Bits >> (Address.Length - PrefixLength);

    public NetworkRange Masked => this with { Address = Address with { Bits = PrefixLength == 0 ? 0 : Network << (Address.Length - PrefixLength) } };

    public bool Contains(NetworkAddress address) => (this with { Address = address }).Network == Network && address.IsIpv4 == Address.IsIpv4;

    public bool Contains(NetworkRange other) => PrefixLength <= other.PrefixLength && Contains(other.Address);

    /// <summary>Null when the text is no range; the problem says why.</summary>
    public static NetworkRange? Parse(string text, out string problem)
    {
        int slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            problem = "no prefix length, as /24";
            return null;
        }

        if (NetworkAddress.Parse(text.AsSpan(0, slash), out problem) is not { } address) return null;
        ReadOnlySpan<char> length = text.AsSpan(slash + 1);
        if (address.IsIpv4 && text.Contains(':', StringComparison.Ordinal)) problem = "an IPv4 address written as an IPv6 one has no prefix length of its own";
        else if (length.Length > 1 && length[0] == '0') problem = "a prefix length has no leading zero";
        else if (byte.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out byte bits) && bits <= address.Length) return new NetworkRange(address, bits);
        else problem = $"the prefix length must be 0 to {address.Length}";
        return null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");
}
