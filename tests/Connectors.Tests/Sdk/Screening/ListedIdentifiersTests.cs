using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Tests.Sdk.Screening;

public sealed class ListedIdentifiersTests
{
    [Theory]
    [InlineData("Tax ID No. 100036386 (Serbia)", "tax 100036386 RS")]
    [InlineData("Registration Number 26740 (Iran)", "registration 26740 IR")]
    [InlineData("Vessel Registration Identification IMO 7406784", "imo 7406784 ")]
    [InlineData("Identification Number IMO 5342883; Company Number IMO 5055293", "imo 5342883 , imo 5055293 ")]
    [InlineData("Identification Number 04816460 (Russia)", "registration 04816460 RU")]
    [InlineData("Government Gazette Number 09804148 (Russia)", "registration 09804148 RU")]
    [InlineData("Registration ID 14063277", "registration 14063277 ")]
    [InlineData("NIT # 800018928-0 (Colombia)", "tax 8000189280 CO")]
    [InlineData("R.F.C. DIB-771110-HQ1 (Mexico)", "tax DIB771110HQ1 MX")]
    [InlineData("RUC # 20108363101 (Peru)", "tax 20108363101 PE")]
    [InlineData("RIF # J-31136071-9 (Venezuela)", "tax J311360719 VE")]
    [InlineData("Commercial Registry Number HRB96201 (Germany)", "registration HRB96201 DE")]
    [InlineData("Unified Social Credit Code (USCC) 9113100033607322XK (China)", "registration 9113100033607322XK CN")]
    [InlineData("Company Number 01074897 (United Kingdom)", "companies_house 01074897 GB")]
    [InlineData("Legal Entity Number 253400V1H6ART1UQ0N98 (Russia)", "lei 253400V1H6ART1UQ0N98 ")]
    [InlineData("Legal Entity Number 253400V1H6ART1UQ0N99 (Russia)", "registration 253400V1H6ART1UQ0N99 RU")]
    [InlineData("V.A.T. Number 0430.033.662 (Belgium)", "vat BE0430033662 BE")]
    [InlineData("V.A.T. Number BG 121024920 (Bulgaria)", "vat BG121024920 BG")]
    [InlineData("V.A.T. Number CHE-267.936.404 (Switzerland)", "tax CHE267936404 CH")]
    [InlineData("C.R. No. CH-217.0.135.719-4 (Switzerland)", "registration CH21701357194 CH")]
    [InlineData("SWIFT/BIC HAVIGB2L; SWIFT: DCBKKPPY; SWIFT/ BIC CMSYSYDA", "bic HAVIGB2L , bic DCBKKPPY , bic CMSYSYDA ")]
    [InlineData("ISIN KYG7114V1023; alt. ISIN CNE1000002V2", "isin KYG7114V1023 , isin CNE1000002V2 ")]
    [InlineData("D-U-N-S Number 542957624", "duns 542957624 ")]
    [InlineData("Economic Register Number (CBLS) 11582964 (United Arab Emirates)", "registration 11582964 AE")]
    [InlineData("Chamber of Commerce Number 55389694 (Netherlands)", "registration 55389694 NL")]
    [InlineData("Website http://waatasemu.example; Website https://www.leasing.example/news; (Website):www.agro.example (Type of entity):Bank", "domain waatasemu.example , domain agro.example ")]
    [InlineData("(Reg. No.: 38891766)*363 (AKA SOME NAME)", "registration 38891766 ")]
    [InlineData("License number: 328 INN: 7831000122 OGRN: 1027800000084", "tax 7831000122 , registration 1027800000084 ")]
    [InlineData("(Business Reg No):UK Company no. 06527449", "registration 06527449 ")]
    [InlineData("IMO number: 5571322. Tax Number:\n0980338", "imo 5571322 , tax 0980338 ")]
    [InlineData("(IMO) Number: 1790183", "imo 1790183 ")]
    public void In_LabelledNumbers_AreFound(string text, string expected) => Assert.Equal(expected, Said(ListedIdentifiers.In(text)));

    [Theory]
    [InlineData("Passport A1234567 (Iran); DOB 12 Mar 1969; Phone Number 982188526300; Telephone (98)(21)(66153220)")]
    [InlineData("Digital Currency Address - XBT 19D8PHBjZH29uS1uPZ4m3sVyqqfF8UFG9o")]
    [InlineData("Secondary sanctions risk: section 1(b) of Executive Order 13224, as amended by Executive Order 13886; 31 CFR 589.201")]
    [InlineData("Organization Established Date 1969; Aircraft Manufacturer's Serial Number (MSN) 1023409321; Linked To: MARTIN 123456.")]
    [InlineData("Registration Number 12; Tax ID No. n/a; Website none")]
    [InlineData("registration numbers were changed in 2019; the tax on 100000 barrels")]
    public void In_OtherNumbers_ArePassedOver(string text) => Assert.Empty(ListedIdentifiers.In(text));

    [Fact]
    public void Cell_WithoutLabels_IsEachOfItsParts()
    {
        Assert.Equal("registration 1234567 RU, registration HRB96201 RU", Said(ListedIdentifiers.Cell(ListedIdentifiers.Registration, "1234567|HRB 96201; n/a", "RU")));
        Assert.Equal("tax 7831000122 RU", Said(ListedIdentifiers.Cell(ListedIdentifiers.Registration, "INN: 7831000122", "RU")));
    }

    [Fact]
    public void In_LongText_TakesNoLongerThanItIs()
    {
        string text = string.Concat(Enumerable.Repeat("Tax Registration Company Business Reg. No IMO A B C D 1-", 20_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        _ = ListedIdentifiers.In(text).Count();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    private static string Said(IEnumerable<ListedIdentifier> identifiers) => string.Join(", ", identifiers.Select(i => $"{i.Scheme} {i.Value} {i.Country}"));
}
