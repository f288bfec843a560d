using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.Sdk.Screening;

public sealed class FirmJoinTests
{
    // Companies of FDA's warning letters against the names of listed companies.
    [Theory]
    [InlineData("Eli Lilly and Company", "ELI LILLY & Co", "sure")]
    [InlineData("ICU Medical", "ICU MEDICAL INC/DE", "sure")]
    [InlineData("Amneal Pharmaceuticals, LLC", "Amneal Pharmaceuticals, Inc.", "sure")]
    [InlineData("Fresenius Medical Care AG & Co. KGaA", "Fresenius Medical Care AG", "sure")]
    [InlineData("Innoveix Pharmaceuticals Inc", "INOVIO PHARMACEUTICALS, INC.", "possible")]
    [InlineData("Yiling Pharmaceutical Ltd.", "Ilyang Pharmaceutical Co.,Ltd", "possible")]
    [InlineData("Walmart, Inc.", "Walmart Inc.", "possible")]
    [InlineData("Northwind Labs", "Contoso Steel", "none")]
    public void Of_NamesOfRecords_AreSureOnlyWhereTheyAreTheSame(string record, string supplier, string expected)
    {
        var firm = new NamedFirm(record, "");
        FirmMatch[] matches = [.. FirmJoin.Of([firm], [new Supplier { Id = new SupplierId("S1"), Name = supplier }], CancellationToken.None)[firm]];
        Assert.Equal(expected, matches.Length == 0 ? "none" : Assert.Single(matches).IsSure ? "sure" : "possible");
    }
}
