using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Matching;

public sealed class NameMentionsTests
{
    private static readonly NameMentions Portfolio = new(
    [
        Of("S01", "Wolfspeed, Inc.", "US"),
        Of("S02", "Celadon Group, Inc.", "US", category: "trucking"),
        Of("S03", "Costco Wholesale Corporation", "US", "Costco"),
        Of("S04", "Relish Foods, Inc.", "US"),
        Of("S05", "Sanford Limited", "NZ", category: "seafood"),
        Of("S06", "Target Corporation", "US"),
        Of("S07", "Gazprom PJSC", "RU"),
        Of("S08", "Huawei Technologies Co., Ltd.", "CN", "华为技术"),
        Of("S09", "L'Oréal S.A.", "FR"),
        Of("S10", "Delta Electronics, Inc.", "TW"),
        Of("S11", "Nikola Corporation", "US", category: "trucks"),
        Of("S12", "U.S. Steel Corp", "US"),
        Of("S13", "Best Buy Co., Inc.", "US"),
        Of("S14", "Murphy Oil Corporation", "US"),
        Of("S15", "Royal Salmon ASA", "NO"),
        Of("S16", "Norway Royal Salmon ASA", "NO"),
        Of("S17", "ENAV S.p.A.", "IT"),
        Of("S18", "Apple Inc.", "US"),
        Of("S19", "Orange S.A.", "FR"),
        Of("S20", "Shell plc", "GB"),
        Of("S21", "Ball Corporation", "US"),
        Of("S22", "The Gap, Inc.", "US"),
    ]);

    [Theory]
    [InlineData("Chipmaker Wolfspeed files for bankruptcy", "S01 Sure")]
    [InlineData("Wolfspeed's lenders take over", "S01 Sure")]
    [InlineData("WOLFSPEED FILES FOR BANKRUPTCY", "S01 Sure")]
    [InlineData("Trucking firm Celadon collapses", "S02 Sure")]
    [InlineData("Celadon Group Files Chapter 11", "S02 Sure")]
    [InlineData("A vase of celadon sold in Paris", "")]
    [InlineData("Alerta de posible contagio de Hepatitis A en un Costco de EU", "S03 Sure")]
    [InlineData("Relish Foods Recalls Frozen Tuna Loin for Possible Salmonella", "S04 Sure")]
    [InlineData("Sanford Net Profit Up , Value and Innovation Strategy Beds In", "")]
    [InlineData("Sanford to close seafood plant", "S05 Possible")]
    [InlineData("Target misses its target", "")]
    [InlineData("Target Corporation hit by breach", "S06 Sure")]
    [InlineData("«Газпром» подал иск", "S07 Sure")]
    [InlineData("美国起诉华为技术高管", "S08 Sure")]
    [InlineData("Huawei accused of fraud", "S08 Sure")]
    [InlineData("L’Oréal rappelle un shampooing", "S09 Sure")]
    [InlineData("L ' Oreal sued over hair relaxers", "S09 Sure")]
    [InlineData("Delta Air Lines pilots strike", "")]
    [InlineData("Fire at Delta Electronics plant", "S10 Sure")]
    [InlineData("Nikola Corporation founder convicted", "S11 Sure")]
    [InlineData("Nikola Tesla museum burns", "S11 Possible")]
    [InlineData("U . S . Steel workers on strike", "S12 Sure")]
    [InlineData("The best buy of the year", "")]
    [InlineData("The Best Buy Of The Year", "")]
    [InlineData("Workers at Best Buy warehouse walk out", "S13 Sure")]
    [InlineData("Murphy Oil shuts well after leak", "S14 Sure")]
    [InlineData("Eddie Murphy sued", "")]
    [InlineData("Norway Royal Salmon ISA outbreak widens", "S16 Sure")]
    [InlineData("30 sick in seven states: Target is no place to be", "")]
    [InlineData("Target under fire in the United States", "S06 Possible")]
    [InlineData("En av dem brann", "")]
    [InlineData("ENAV workers on strike", "S17 Sure")]
    [InlineData("Apple harvest hit by strike", "")]
    [InlineData("Apple Inc. sued over battery life", "S18 Sure")]
    [InlineData("Orange juice maker fined for fraud", "")]
    [InlineData("Wildfire spreads through Orange County", "")]
    [InlineData("Orange : fuite de données chez l'opérateur en France", "S19 Possible")]
    [InlineData("Shell company fraud uncovered", "")]
    [InlineData("Shell explosion kills three", "")]
    [InlineData("Shell plc sued over oil spill", "S20 Sure")]
    [InlineData("Ball bearing plant on fire", "")]
    [InlineData("Ball Corporation closes plant", "S21 Sure")]
    [InlineData("Gap in pension fund: fraud alleged", "")]
    [InlineData("Großbrand am Ball der Feuerwehr", "")]
    [InlineData("Cierra la huelga de Target Group", "")]
    [InlineData("", "")]
    public void Find_Headline_NamesTheCompaniesThatItIsAbout(string headline, string expected) =>
        Assert.Equal(expected, string.Join(", ", Portfolio.Find(headline).Select(m => $"{m.Supplier} {m.Strength}")));

    [Fact]
    public void Find_NameOfSeveralSuppliers_IsPossibleForEach()
    {
        var portfolio = new NameMentions([Of("A", "Wolfspeed, Inc.", "US"), Of("B", "Wolfspeed GmbH", "DE")]);
        Assert.Equal(["A Possible", "B Possible"], portfolio.Find("Wolfspeed files for bankruptcy").Select(m => $"{m.Supplier} {m.Strength}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Wolfspeed, Inc.", "Wolfspeed")]
    [InlineData("Robert Bosch GmbH", "Robert Bosch")]
    [InlineData("L'Oréal S.A.", "L'Oréal")]
    [InlineData("The Boeing Company", "Boeing")]
    [InlineData("Celadon Group, Inc.", "Celadon")]
    [InlineData("Caris Life Sciences, Inc.", "Caris Life")]
    [InlineData("Kingstate Electronics Corp.", "Kingstate")]
    [InlineData("Global Self Storage, Inc.", "Global Self Storage")]
    [InlineData("Target Group Inc.", "Target Group")]
    [InlineData("华为技术有限公司", "华为技术有限公司")]
    public void SearchName_OfAName_IsTheShortestThatTells(string name, string expected) => Assert.Equal(expected, NameMentions.SearchName(name));

    private static Supplier Of(string id, string name, string country, string alias = "", string category = "") =>
        new() { Id = new SupplierId(id), Name = name, Country = country, Aliases = alias.Length > 0 ? [alias] : [], Category = category };
}
