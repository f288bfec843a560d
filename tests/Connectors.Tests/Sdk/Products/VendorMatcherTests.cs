using Risk.Connectors.Sdk.Products;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.Sdk.Products;

public sealed class VendorMatcherTests
{
    // X06: A new vulnerability was not told for a week, because one key was absent (opencve#157).
    [Theory]
    [InlineData("Microsoft Corporation", "Microsoft", true)]
    [InlineData("Cisco Systems, Inc.", "Cisco", true)]
    [InlineData("Check Point Software Technologies Ltd.", "Check Point", true)]
    [InlineData("Palo Alto", "Palo Alto Networks", true)]
    [InlineData("The Apache Software Foundation", "Apache", true)]
    [InlineData("D Link Corporation", "D-Link", true)]
    [InlineData("Palo Alto Networks, Inc.", "paloaltonetworks", true)]
    [InlineData("Check Point Software Technologies Ltd.", "checkpoint", true)]
    [InlineData("Apple Bank", "Apple", false)]
    [InlineData("Point", "Check Point", false)]
    [InlineData("Systems", "Cisco", false)]
    [InlineData("Corp", "Microsoft", false)]
    [Trait("Defect", "X06")]
    public void Match_VendorNames_MeetInTheirDistinctiveWords(string supplier, string vendor, bool expected) => Assert.Equal(expected, Match(supplier, vendor, "X", []) is not null);

    [Theory]
    [InlineData("Windows", "Windows", "Confirmed")]
    [InlineData("Windows", "Windows Kernel", "Confirmed")]
    [InlineData("Windows Server 2019", "Windows", "Confirmed")]
    [InlineData("Exchange Server", "Exchange Server", "Confirmed")]
    [InlineData("Exchange", "Exchange Server", "Confirmed")]
    [InlineData("Connect Secure", "Connect Secure, Policy Secure, and ZTA Gateways", "Confirmed")]
    [InlineData("Adobe Reader", "Acrobat and Reader", "Confirmed")]
    [InlineData("Share Point", "sharepoint", "Confirmed")]
    [InlineData("Word", "WordPad", null)]
    [InlineData("Server", "Exchange Server", null)]
    [InlineData("SQL Server", "Exchange Server", null)]
    [InlineData("Office", "Multiple Products", "Unconfirmed")]
    public void Match_Products_MeetInWholeWords(string own, string listed, string? expected) => Assert.Equal(expected, Match("Contoso", "Contoso", listed, [own])?.ToString());

    private static ProductMatch? Match(string supplier, string vendor, string product, string[] products)
    {
        var matcher = new VendorMatcher([new Supplier { Id = new SupplierId("S"), Name = supplier, Products = [.. products] }], [vendor]);
        return matcher.Match(vendor, product).Select(m => (ProductMatch?)m.Product).FirstOrDefault();
    }
}
