using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Suppliers;

public sealed class IdentifierChecksTests
{
    // As published in the GLEIF register.
    [Theory]
    [InlineData("HWUPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT394")]
    [InlineData("506700ge1g29325qx363", "506700GE1G29325QX363")]
    [InlineData("W38R GI02 3J3W T1HW RP32", "W38RGI023J3WT1HWRP32")]
    public void Lei_Valid_IsNormalised(string text, string expected) => Assert.Equal((expected, ""), Parts(IdentifierScheme.Lei, text));

    [Theory]
    [InlineData("HWUPKR0MPOU8FGXBT395", "check digits")]
    [InlineData("WHUPKR0MPOU8FGXBT394", "check digits")]
    [InlineData("HWUPKR0MPOU8FGXBT39", "19 characters")]
    [InlineData("HWUPKR0MPOU8FGXBT3_4", "'_'")]
    public void Lei_Wrong_SaysValueWhyAndFix(string text, string why)
    {
        IdentifierCheck check = LegalEntityIdentifier.Check(text);

        Assert.Contains($"'{text}'", check.Problem, StringComparison.Ordinal);
        Assert.Contains(why, check.Problem, StringComparison.Ordinal);
        Assert.Contains("search.gleif.org", check.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Lei_AnyLetterOrDigitExchangedForAnother_IsRefused()
    {
        const string Lei = "HWUPKR0MPOU8FGXBT394";
        foreach (int i in Enumerable.Range(0, Lei.Length))
        {
            // What ISO 7064 promises: a digit taken for another digit, a letter for another letter.
            foreach (char other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".Where(c => c != Lei[i] && char.IsAsciiDigit(c) == char.IsAsciiDigit(Lei[i])))
                Assert.False(LegalEntityIdentifier.Check(Lei[..i] + other + Lei[(i + 1)..]).IsValid, $"{i} {other}");
        }
    }

    [Theory]
    [InlineData(IdentifierScheme.Cik, "320193", "0000320193")]
    [InlineData(IdentifierScheme.Cik, "CIK0000320193", "0000320193")]
    [InlineData(IdentifierScheme.Duns, "06-070-4780", "060704780")]
    [InlineData(IdentifierScheme.Uei, "sml4nn2ct556", "SML4NN2CT556")]
    [InlineData(IdentifierScheme.CompaniesHouse, "00445790", "00445790")]
    [InlineData(IdentifierScheme.CompaniesHouse, "sc095000", "SC095000")]
    [InlineData(IdentifierScheme.CompaniesHouse, "br026263", "BR026263")]
    [InlineData(IdentifierScheme.CompaniesHouse, "IP00525R", "IP00525R")]
    [InlineData(IdentifierScheme.CompaniesHouse, "R0000012", "R0000012")]
    [InlineData(IdentifierScheme.Ticker, " brk-b ", "BRK-B")]
    [InlineData(IdentifierScheme.Domain, "Example.COM.", "example.com")]
    [InlineData(IdentifierScheme.Domain, "müller.de", "xn--mller-kva.de")]
    [InlineData(IdentifierScheme.Domain, "www.Example.com", "example.com")]
    [InlineData(IdentifierScheme.Domain, "www.com", "www.com")]
    [InlineData(IdentifierScheme.Domain, "wwwexample.com", "wwwexample.com")]
    public void Check_Valid_IsNormalised(string scheme, string text, string expected) => Assert.Equal((expected, ""), Parts(scheme, text));

    [Theory]
    [InlineData(IdentifierScheme.Cik, "0")]
    [InlineData(IdentifierScheme.Cik, "12345678901")]
    [InlineData(IdentifierScheme.Cik, "AAPL")]
    [InlineData(IdentifierScheme.Duns, "12345678")]
    [InlineData(IdentifierScheme.Uei, "SML4NN2CT55")]
    [InlineData(IdentifierScheme.Uei, "SML4NN2CTO56")]
    [InlineData(IdentifierScheme.Uei, "0ML4NN2CT556")]
    [InlineData(IdentifierScheme.Duns, "")]
    [InlineData(IdentifierScheme.CompaniesHouse, "QQ123456")]
    [InlineData(IdentifierScheme.CompaniesHouse, "SC12345")]
    [InlineData(IdentifierScheme.CompaniesHouse, "123456789")]
    [InlineData(IdentifierScheme.Ticker, "A B")]
    [InlineData(IdentifierScheme.Domain, "localhost")]
    [InlineData(IdentifierScheme.Domain, "a..b")]
    [InlineData(IdentifierScheme.Domain, "-a.com")]
    [InlineData(IdentifierScheme.Domain, "192.168.0.1")]
    [InlineData(IdentifierScheme.Domain, "")]
    public void Check_Wrong_NamesTheValue(string scheme, string text) => Assert.Contains($"'{text}'", IdentifierChecks.Check(scheme, text).Problem, StringComparison.Ordinal);

    [Fact]
    public void CompaniesHouse_LeadingZeroDropped_IsRestoredWithANote()
    {
        IdentifierCheck check = RegistryNumbers.CheckCompaniesHouse("2557590");

        Assert.Equal("02557590", check.Value);
        Assert.Contains("spreadsheets drop leading zeros", check.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://www.example.com/about?x=1", "write 'example.com'")]
    [InlineData("info@example.com", "write 'example.com'")]
    public void Domain_Address_SaysWhatToWrite(string text, string fix) => Assert.EndsWith(fix, DomainName.Check(text).Problem, StringComparison.Ordinal);

    // Examples that tax offices and validators publish; computed elsewhere, not here.
    [Theory]
    [InlineData("ATU13585627")]
    [InlineData("BE0403170701")]
    [InlineData("DE136695976")]
    [InlineData("DK13585628")]
    [InlineData("EL094259216")]
    [InlineData("ESB58378431")]
    [InlineData("ESX1234567L")]
    [InlineData("ES12345678Z")]
    [InlineData("FI20774740")]
    [InlineData("FR40303265045")]
    [InlineData("FR23334175221")]
    [InlineData("GB980780684")]
    [InlineData("GB434031494")]
    [InlineData("GBGD001")]
    [InlineData("HR33392005961")]
    [InlineData("IE6433435F")]
    [InlineData("IE8D79739I")]
    [InlineData("IE6433435OA")]
    [InlineData("IT00743110157")]
    [InlineData("LU15027442")]
    [InlineData("NL004495445B01")]
    [InlineData("NL123456789B13")]
    [InlineData("PL8567346215")]
    [InlineData("PT501964843")]
    [InlineData("SE123456789701")]
    [InlineData("SK2022749619")]
    public void Vat_Valid_IsAccepted(string text) => Assert.Equal((text, ""), Parts(IdentifierScheme.Vat, text));

    [Theory]
    [InlineData("ATU13585627")]
    [InlineData("BE0403170701")]
    [InlineData("DE136695976")]
    [InlineData("DK13585628")]
    [InlineData("ES12345678Z")]
    [InlineData("FI20774740")]
    [InlineData("FR40303265045")]
    [InlineData("IE6433435F")]
    [InlineData("IT00743110157")]
    [InlineData("LU15027442")]
    [InlineData("PL8567346215")]
    [InlineData("PT501964843")]
    public void Vat_AnyDigitOffByOne_IsRefused(string text)
    {
        foreach (int i in Enumerable.Range(2, text.Length - 2).Where(i => char.IsAsciiDigit(text[i])))
        {
            string wrong = text[..i] + (char)('0' + (text[i] - '0' + 1) % 10) + text[(i + 1)..];
            Assert.False(VatNumber.Check(wrong).IsValid, wrong);
        }
    }

    [Theory]
    [InlineData("136695976", "does not begin with its country's two letters")]
    [InlineData("DE13669597", "write it as in DE")]
    [InlineData("DE136695975", "check digit")]
    [InlineData("QQ1234567", "no country's prefix")]
    [InlineData("NL004495446B01", "check digit")]
    [InlineData("GB980780685", "check digit")]
    [InlineData("SE123456789801", "check digit")]
    public void Vat_Wrong_SaysWhy(string text, string why) => Assert.Contains(why, VatNumber.Check(text).Problem, StringComparison.Ordinal);

    [Fact]
    public void Vat_CountryWithoutKnownRules_IsStoredWithANote()
    {
        IdentifierCheck check = VatNumber.Check("CHE-123.456.789");

        Assert.Equal("CHE123456789", check.Value);
        Assert.Contains("was not checked", check.Note, StringComparison.Ordinal);
        Assert.Equal("EL094259216", VatNumber.Check("GR094259216").Value);
    }

    [Fact]
    public void Country_Table_IsComplete()
    {
        // 249 are officially assigned; XK is user-assigned.
        Assert.Equal(250, CountryCode.Count);
        // Every region that the framework knows with two letters, which comes from another list (CLDR).
        string[] regions = [.. System.Globalization.CultureInfo.GetCultures(System.Globalization.CultureTypes.SpecificCultures)
            .Select(c => { try { return new System.Globalization.RegionInfo(c.Name).TwoLetterISORegionName; } catch (ArgumentException) { return ""; } })
            .Where(r => r.Length == 2 && char.IsAsciiLetter(r[0]) && r is not "AC" and not "TA" and not "DG" and not "IC" and not "EA" and not "XA" and not "XB" and not "XC" and not "CP" and not "CQ").Distinct()];
        Assert.All(regions, r => Assert.True(CountryCode.Check(r).IsValid, r));
    }

    [Theory]
    [InlineData("de", "DE", "")]
    [InlineData("UK", "", "did you mean 'GB'?")]
    [InlineData("Germany", "", "did you mean 'DE'?")]
    [InlineData("D", "", "write it as in DE, GB or US")]
    public void Country_Check_NormalisesOrSaysTheFix(string text, string value, string problem)
    {
        IdentifierCheck check = CountryCode.Check(text);
        Assert.Equal(value, check.Value);
        Assert.EndsWith(problem, check.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eur", "EUR", "")]
    [InlineData("€", "", "did you mean 'EUR'?")]
    [InlineData("XYZ", "", "write it as in EUR, GBP or USD")]
    public void Currency_Check_NormalisesOrSaysTheFix(string text, string value, string problem)
    {
        IdentifierCheck check = CurrencyCode.Check(text);
        Assert.Equal(value, check.Value);
        Assert.EndsWith(problem, check.Problem, StringComparison.Ordinal);
    }

    private static (string Value, string Problem) Parts(string scheme, string text)
    {
        IdentifierCheck check = IdentifierChecks.Check(scheme, text);
        return (check.Value, check.Problem);
    }
}
