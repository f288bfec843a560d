using Risk.Rules.Evaluation;
using Risk.Rules.Scoring;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Scoring;

public sealed class SupplierPriorityTests
{
    /// <summary>The matrix of docs/rules.md, written out.</summary>
    [Theory]
    [InlineData("low", 4, "5 5 4 4 3 4")]
    [InlineData("medium", 3, "5 4 4 3 2 4")]
    [InlineData("high", 3, "4 4 3 2 1 3")]
    [InlineData("low", 2, "4 4 3 2 1 3")]
    [InlineData("critical", 4, "4 3 2 1 1 2")]
    [InlineData("low", 1, "4 3 2 1 1 2")]
    public void Of_EveryBand_IsTheMatrix(string criticality, int tier, string expected)
    {
        var supplier = new Supplier { Id = new SupplierId("S"), Name = "S", Criticality = criticality, Tier = tier };
        Assert.Equal(expected, string.Join(' ', Enum.GetValues<Band>().Select(band => SupplierPriority.Of(supplier, band))));
    }
}
