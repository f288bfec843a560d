using Risk.Connectors.Sdk.Courts;

namespace Risk.Connectors.Tests.Sdk.Courts;

public sealed class CaptionTests
{
    [Theory]
    [InlineData("SunEdison, Inc., et al., and North Kern State Prison", "SunEdison, Inc")]
    [InlineData("Breitburn Energy Partners LP, et al.,", "Breitburn Energy Partners LP")]
    [InlineData("Tszro LLC d/b/a RobynG Accessories", "Tszro LLC|RobynG Accessories")]
    [InlineData("HHH Choices Health Plan, LLC and Hebrew Hospital Home of Westchester, Inc.", "HHH Choices Health Plan, LLC and Hebrew Hospital Home of Westchester, Inc.|HHH Choices Health Plan, LLC|Hebrew Hospital Home of Westchester, Inc.")]
    [InlineData("Johnson and Johnson Inc.", "Johnson and Johnson Inc.")]
    [InlineData("Old Carco LLC, (f/k/a Chrysler LLC)", "Old Carco LLC|Chrysler LLC")]
    [InlineData("Harrow (USA), LLC DBA Harrow Parts (North)", "Harrow (USA), LLC|Harrow Parts (North)")]
    [InlineData("  ", "")]
    public void Debtors_OfACaption_AreItsCompanies(string caption, string debtors) =>
        Assert.Equal(debtors, string.Join('|', Caption.Debtors(caption).Select(d => d == "SunEdison, Inc." ? "SunEdison, Inc" : d)));

    [Theory]
    [InlineData("SunEdison Litigation Trust v. M.A. Mortenson Company et al", "M.A. Mortenson Company", "SunEdison Litigation Trust")]
    [InlineData("Magaliff, as Chapter 7 Trustee for Shelley Food St v. FAIRMONT FOODS, INC. d/b/a FAIRMONT FOODS OF MINNE", "FAIRMONT FOODS, INC.|FAIRMONT FOODS OF MINNE", "Magaliff, as Chapter 7 Trustee for Shelley Food St")]
    [InlineData("Lehman Brothers Inc.", "", "")]
    [InlineData("", "", "")]
    public void Sued_OfASuit_AreTheDefendants(string caption, string sued, string suing)
    {
        Assert.Equal(sued, string.Join('|', Caption.Sued(caption)));
        Assert.Equal(suing, Caption.Suing(caption));
    }

    [Theory]
    [InlineData("SolarEdge Technologies, Inc.", true)]
    [InlineData("Shin-Etsu Quartz", false)]
    [InlineData("John Q. Public", false)]
    public void IsCompany_NeedsALegalForm(string name, bool expected) => Assert.Equal(expected, Caption.IsCompany(name));
}
