using Risk.Connectors.Sdk.News;

namespace Risk.Connectors.Tests.Sdk.News;

public sealed class AdverseWordsTests
{
    [Theory]
    [InlineData("en", "Wolfspeed files for Chapter 11", "insolvency")]
    [InlineData("en", "Wolfspeed emerges from bankruptcy", "")]
    [InlineData("en", "Factory fire halts production at Nord", "fire closure")]
    [InlineData("en", "Nord fires CEO", "")]
    [InlineData("en", "Nord CEO under fire over pay", "")]
    [InlineData("en", "Workers strike at Nord", "strike")]
    [InlineData("en", "Nord strikes deal with Sud", "")]
    [InlineData("en", "Nord hit by ransomware, hackers publish data", "cyber")]
    [InlineData("en", "Nord sued for fraud", "fraud lawsuit")]
    [InlineData("en", "Relish Foods Recalls Frozen Tuna Loin", "product_safety")]
    [InlineData("en", "Minister recalls the old days at Nord", "")]
    [InlineData("en", "Nord opens a plant", "")]
    [InlineData("de", "Nord meldet Insolvenz an", "insolvency")]
    [InlineData("de", "Großbrand bei Nord", "fire")]
    [InlineData("de", "Neue Marke von Nord", "")]
    [InlineData("en", "A new brand in stores", "")]
    [InlineData("fr", "Nord placé en redressement judiciaire", "insolvency")]
    [InlineData("fr", "Incendie chez Nord", "fire")]
    [InlineData("es", "Nord entra en concurso de acreedores", "insolvency")]
    [InlineData("es", "Alerta de posible contagio de Hepatitis A en un Costco", "product_safety")]
    [InlineData("it", "Sciopero alla Nord", "strike")]
    [InlineData("pt", "Nord pede recuperação judicial", "insolvency")]
    [InlineData("nl", "Nord failliet verklaard", "insolvency")]
    [InlineData("sv", "Nord i konkurs", "insolvency")]
    [InlineData("pl", "Pożar w fabryce Nord", "fire")]
    [InlineData("ru", "Пожар на заводе Норд", "fire")]
    [InlineData("", "Пожар на заводе Норд", "fire")]
    [InlineData("zh", "诺德申请破产", "insolvency")]
    [InlineData("ja", "ノードが破産", "insolvency")]
    [InlineData("de", "Nord erweitert die Fabrik", "")]
    [InlineData("other", "Nord recalls meat", "product_safety")]
    public void Of_Headline_GivesWhatWentWrong(string language, string headline, string expected) => Assert.Equal(expected, string.Join(' ', AdverseWords.Of(headline, language)));

    [Fact]
    public void Categories_AreThoseThatTheFeedPromises() =>
        Assert.All(AdverseWords.Categories, c => Assert.Contains(c, Risk.Connectors.Sdk.SharedFeeds.AdverseMedia.About, StringComparison.Ordinal));

    [Theory]
    [InlineData("edition.cnn.com", "cnn.com")]
    [InlineData("www.smh.com.au", "Nine and Fairfax")]
    [InlineData("news.bbc.co.uk", "bbc.co.uk")]
    [InlineData("telemundo47.com", "NBCUniversal")]
    [InlineData("example.com", "example.com")]
    public void OwnerOf_Outlet_IsItsGroupOrItsDomain(string host, string owner) => Assert.Equal(owner, Outlets.OwnerOf(host));
}
