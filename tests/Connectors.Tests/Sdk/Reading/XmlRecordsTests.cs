using System.Text;
using System.Xml.Linq;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Tests.Sdk.Reading;

public sealed class XmlRecordsTests
{
    [Fact]
    public void Next_Records_AreGivenOneByOneWithoutNamespaces()
    {
        using XmlRecords xml = Open("<x:list xmlns:x='urn:a' at='1'><!-- no --><x:group><x:item id='1'>a<b/>c</x:item><x:item/></x:group><x:item id='2'><![CDATA[<d>]]></x:item></x:list>");
        Assert.Equal("1", xml.Root.Attribute("at")?.Value);
        Assert.Equal("<item id=\"1\">a<b />c</item>", xml.Next("item")?.ToString(SaveOptions.DisableFormatting));
        Assert.Equal("<item />", xml.Next("item")?.ToString(SaveOptions.DisableFormatting));
        Assert.Equal("<d>", xml.Next("item")?.Value);
        Assert.Null(xml.Next("item"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no xml")]
    [InlineData("<html><body>Sign in</body></html>")]
    [InlineData("<list><item>a</item>")]
    [InlineData("<list><item>a</list>")]
    [InlineData("<list><item>&nothing;</item></list>")]
    [InlineData("<!DOCTYPE list [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><list><item>&b;</item></list>")]
    [InlineData("<list/><list/>")]
    public void Next_NotTheDocument_IsMalformed(string text) => Assert.Equal(FailureKind.Malformed, Assert.Throws<SourceFailureException>(() => ReadAll(text)).Kind);

    [Fact]
    public void Next_RecordOverItsBound_IsMalformed()
    {
        string many = "<list><item>" + string.Concat(Enumerable.Repeat("<a/>", 200_000)) + "</item></list>";
        Assert.Contains("too large", Assert.Throws<SourceFailureException>(() => ReadAll(many)).Message, StringComparison.Ordinal);
        string deep = "<list><item>" + string.Concat(Enumerable.Repeat("<a>", 100)) + string.Concat(Enumerable.Repeat("</a>", 100)) + "</item></list>";
        Assert.Contains("too deeply", Assert.Throws<SourceFailureException>(() => ReadAll(deep)).Message, StringComparison.Ordinal);
    }

    private static void ReadAll(string text)
    {
        using XmlRecords xml = Open(text);
        while (xml.Next("item") is not null)
        {
        }
    }

    private static XmlRecords Open(string text) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)), "list", "list.xml");
}
