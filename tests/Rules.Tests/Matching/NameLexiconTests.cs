using Risk.Rules.Matching;

namespace Risk.Rules.Tests.Matching;

/// <summary>How names are taken apart: what counts, and as what.</summary>
public sealed class NameLexiconTests
{
    [Theory]
    [InlineData("GAZPROM OOO", "gazprom")]
    [InlineData("Общество с Ограниченной Ответственностью «Чипдевайс»", "chipdevays")]
    [InlineData("Общество C Oграниченной Oтветственностью ‘Чипдевайс’", "chipdevays")]
    [InlineData("OBSHCHESTVO S OGRANICHNENOI OTVETSTVENNOSTYU CHELNYVODOKANAL", "chelnyvodokanal")]
    [InlineData("Inmobiliaria Roypal, S.A. de C.V.", "immobil roypal")]
    [InlineData("ARGONOOO", "argon")]
    [InlineData("LIMITED LIABILITY COMPANYLENCABEL", "lencabel")]
    [InlineData("BAJER S.R.L. - 23280", "bajer")]
    [InlineData("M/S Bajer (old)", "bajer")]
    [InlineData("Brigade Forty 4", "brigade 44")]
    [InlineData("Brigade 44", "brigade 44")]
    [InlineData("BRIGADE 44TH", "brigade 44")]
    [InlineData("Partners VII L.P.", "partners 7")]
    [InlineData("Partners V L.P.", "partners 5")]
    public void Tag_CompanyNames_LeaveWhatCounts(string name, string expected) => Assert.Equal(expected, Read(name));

    [Theory]
    [InlineData("JSC NII VEKTOR", "АО Научно-Исследовательский Институт «Вектор»")]
    [InlineData("NPO ALMAZ", "Scientific and Production Association Almaz")]
    [InlineData("AO NPP SVYAZ", "Акционерное Общество «Научно-Производственное Предприятие «Связь»")]
    [InlineData("OKB NOVATOR", "Opytnoe Konstruktorskoe Byuro Novator")]
    [InlineData("GAZPROM BURENIE", "Gazprom Drilling")]
    public void Tag_TranslationsAndAbbreviations_AreOneThing(string a, string b) => Assert.Equal(Read(a), Read(b));

    /// <summary>watchman#483: a name reduced to 'corp' matched everything.</summary>
    [Theory]
    [Trait("Defect", "X18")]
    [InlineData("VAT Group AG", "vat group")]
    [InlineData("TH International Ltd", "th international")]
    public void Tag_NamesOfAbbreviationsAndGenericWords_KeepTheAbbreviation(string name, string expected) => Assert.Equal(expected, Read(name));

    [Theory]
    [InlineData("Ελλάδα", "ellada")]
    [InlineData("トヨタ", "toyota")]
    [InlineData("삼성", "samseong")]
    [InlineData("בנק", "bnk")]
    [InlineData("Ｆｕｊｉｔｓｕ", "fujitsu")]
    [InlineData("Société Générale", "societe generale")]
    [InlineData("金銘盛科技(香港)有限公司", "jinmingsheng technology hong kong co ltd")]
    public void Fold_AnyScript_IsLatin(string name, string expected)
    {
        var tokens = new TokenizedName();
        NameFolder.Fold(name, tokens);
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, tokens.Count).Select(i => tokens.Word(i).ToString())));
    }

    private static string Read(string name)
    {
        var tokens = new TokenizedName();
        NameFolder.Fold(name, tokens);
        var units = new NameUnit[TokenizedName.MaximumWords];
        int count = NameLexicon.Default.Tag(tokens, units);
        return string.Join(' ', units.Take(count).Where(u => u.Counts).Select(u =>
            u.Kind == UnitKind.Number ? u.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : u.Concept >= 0 ? NameLexicon.Default.Concepts[u.Concept].Name : tokens.Word(u.First).ToString()));
    }
}
