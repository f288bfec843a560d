using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Matching;

namespace Risk.Rules.Tests.Matching;

public sealed class NameSearcherTests
{
    private static readonly ScreeningIndex Index = ScreeningIndex.Build(
    [
        Listed("1", "GAZPROM BURENIE, OOO", country: "Russia"), Listed("2", "JOINT STOCK COMPANY SCIENTIFIC PRODUCTION ASSOCIATION ALMAZ"),
        Listed("3", "EMMA LLC"), Listed("4", "11420 CORP."), Listed("5", "HABBASH, George", kind: PartyKind.Individual), Listed("6", "BANK OF THE EAST"),
        Listed("7", "CARVANA COMPANY", country: "Iran"), Listed("8", "KHATAM AL-ANBIYA CONSTRUCTION HEADQUARTERS", country: "Iran"), Listed("8", "GHORB NOOH", NameStrength.Alias, country: "Iran"),
        Listed("9", "YA MAHDI INDUSTRIES GROUP"), Listed("10", "INTERNATIONAL TRADING COMPANY"), Listed("11", "TADBIR CONSTRUCTION DEVELOPMENT COMPANY", identifiers: ["RU-7701234567"]),
        Listed("12", "PRIVATE JOINT STOCK COMPANY ELEKTRONMASH"), Listed("12", "ELM", NameStrength.WeakAlias), Listed("13", "BRIGADE 44"), Listed("14", "BRIGADE 45"),
        Listed("15", "AKTSIONERNOE OBSHCHESTVO TSENTRALNYI NAUCHNO ISSLEDOVATELSKII INSTITUT BUREVESTNIK"), Listed("16", "BLACKSTONE REAL ESTATE PARTNERS V L.P."),
        Listed("17", "SHENZHEN YASON GENERAL MACHINERY CO., LTD."), Listed("18", "KAVEH KHOZESTAN ALUMINUM COMPANY"), Listed("19", "OBSHCHESTVO S OGRANICHENNOI OTVETSTVENNOSTYU TEKHNOLOGIYA PLYUS"),
        Listed("20", "DEUTSCHE BANK AKTIENGESELLSCHAFT"), Listed("21", "TACTICAL MISSILES CORPORATION JOINT STOCK COMPANY"), Listed("22", "GOVERNMENT OF ETHIOPIA"),
        Listed("23", "SOCIETE DES MINES D'OR DU KIVU ORIENTAL ET DU MANIEMA"),
        Listed("24", "PAO BM BANK"), Listed("25", "PETROL ARGENTUM"), Listed("26", "NORD TRADING L.L.C"), Listed("27", "POSTBANK"), Listed("28", "Post Bank"), Listed("29", "ПАО Алексей Йодль"),
        Listed("32", "ORBELIANI GOLD MINES"), Listed("33", "ORBELIANI GOLDMINES AG"), Listed("34", "CVG MINERVEN"),
    ]);

    [Theory]
    [InlineData("Газпром бурение", "1")]
    [InlineData("Gazprom Drilling LLC", "1")]
    [InlineData("НПО Алмаз", "2")]
    [InlineData("АО «ЦНИИ «Буревестник»", "15")]
    [InlineData("Shenzhen Yason Genral Machinery", "17")]
    [InlineData("KAVEHKHOZESTAN ALUMINIUM", "18")]
    [InlineData("Khatam al Anbia Construction Headquarter", "8")]
    [InlineData("Acme Ltd formerly Khatam al-Anbiya Construction Headquarters", "8")]
    [InlineData("SOCIETE DES MINES D'OR DU KIVU ORIE", "23")]
    [InlineData("Deutsche Bank AG", "20")]
    [InlineData("JSC TACTICAL MISSILES CORP.", "21")]
    [InlineData("ООО Технология Плюс (OOO Tekhnologiya Plyus)", "19")]
    public void Search_OtherSpellings_FindTheParty(string name, string party)
    {
        (string id, float score) = Best(name);
        Assert.Equal(party, id);
        Assert.True(score >= ScoreBands.Review, $"{name}: {score}");
    }

    /// <summary>Scripts that tables can read, and what a name says besides itself: trade name, former name, branch.</summary>
    [Theory]
    [InlineData("华为技术有限公司", "HUAWEI TECHNOLOGIES CO., LTD.")]
    [InlineData("深圳市大疆创新科技", "SHENZHEN DAJIANG CHUANGXIN TECHNOLOGY")]
    [InlineData("三菱重工業株式会社", "Mitsubishi Heavy Industries Ltd")]
    [InlineData("トヨタ", "TOYOTA")]
    [InlineData("Γαζπρομ", "GAZPROM")]
    [InlineData("بانک ملی ایران", "BANK MELLI IRAN")]
    [InlineData("בנק", "BNK")]
    [InlineData("삼성", "SAMSEONG")]
    [InlineData("John Smith t/a Kolomna Lathe Works", "KOLOMNA LATHE WORKS JSC")]
    [InlineData("Acme GmbH d/b/a Helios Petrochem", "HELIOS PETROCHEM LLC")]
    [InlineData("New Name LLC (formerly Helios Petrochem LLC)", "HELIOS PETROCHEM LLC")]
    [InlineData("New Name previously known as Helios Petrochem", "HELIOS PETROCHEM LLC")]
    [InlineData("Bank Melli Iran, Hamburg Branch", "BANK MELLI IRAN")]
    [InlineData("Müller und Söhne", "Mueller & Soehne")]
    public void Search_ScriptsAndAdditions_AreRead(string name, string listed)
    {
        var searcher = new NameSearcher(ScreeningIndex.Build([Listed("1", listed)]));
        var hits = new ScreeningHit[1];
        Assert.True(searcher.Search(new ScreeningQuery(name), ScoreBands.Review, hits) == 1, $"{name} beside {listed}");
    }

    /// <summary>features X18: what others scored near 1.</summary>
    [Theory]
    [Trait("Defect", "X18")]
    [InlineData("BELLETECH CORP")]
    [InlineData("emma daniels")]
    [InlineData("George Bush")]
    [InlineData("Bank of the West")]
    [InlineData("Government of Estonia")]
    [InlineData("Brigade 46")]
    [InlineData("CORP")]
    [InlineData("THE COMPANY LIMITED")]
    [InlineData("INTERNATIONAL TRADING CO")]
    [InlineData("GROUP HOLDINGS LTD")]
    [InlineData("BANK")]
    [InlineData("Bank AG")]
    [InlineData("PETROL")]
    [InlineData("NORD")]
    [InlineData("Trading Ltd")]
    [InlineData("X Company Limited")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("&&& ---")]
    public void Search_NamesThatOthersAlertOn_AlertOnNothing(string name) => Assert.True(Best(name).Score < ScoreBands.Review, $"{name}: {Best(name)}");

    [Fact]
    public void Search_EveryListedName_FindsItselfFirstInAnyCase()
    {
        foreach (ListedName listed in Index.Names.Where(n => n.Strength != NameStrength.WeakAlias))
        {
            foreach (string spelling in new[] { listed.Name, listed.Name.ToLowerInvariant(), listed.Name.ToUpperInvariant() }) Assert.Equal(listed.EntityId, Best(spelling).Id);
        }
    }

    [Fact]
    public void Search_WeakAliasAlone_DoesNotAlert()
    {
        Assert.Equal("12", Best("ELM").Id);
        Assert.True(Best("ELM").Score < ScoreBands.Review);
    }

    /// <summary>The letters are one name, spaces or not; a name that is spelled the very same comes first all the same.</summary>
    [Fact]
    public void Search_OnlySpacesDiffer_IsLikeButAfterTheVeryName()
    {
        Assert.Equal("27", Best("postbank").Id);
        Assert.Equal("28", Best("POST BANK").Id);
        Assert.True(ScoreOf("postbank", "28") < ScoreOf("postbank", "27"));
        Assert.True(ScoreOf("CVGMINERVEN", "34") >= ScoreOf("CVGQINERVEN", "34") && ScoreOf("CVGMINERVEN", "34") >= ScoreBands.Review);
    }

    /// <summary>Й and Ё in capitals are what they are in small letters.</summary>
    [Fact]
    public void Search_CyrillicCapitals_ScoreAsSmallLettersDo() => Assert.Equal(ScoreOf("ПАО Алексей Йодль", "29"), ScoreOf("ПАО АЛЕКСЕЙ ЙОДЛЬ", "29"));

    /// <summary>The same words without their legal form come before other words.</summary>
    [Fact]
    public void Search_SameWordsWithoutLegalForm_ComeBeforeLikeWords() => Assert.Equal("33", Best("orbeliani goldmines").Id);

    [Fact]
    public void Search_MorePartiesOfOneNameThanFinalists_FindsThemAll()
    {
        ScreeningIndex many = ScreeningIndex.Build([.. Enumerable.Range(0, NameSearcher.Finalists + 6).Select(i => Listed($"{i}", "Text of image"))]);
        var hits = new ScreeningHit[40];
        Assert.Equal(NameSearcher.Finalists + 6, new NameSearcher(many).Search(new ScreeningQuery("TEXT OF IMAGE"), ScoreBands.Review, hits));
    }

    [Fact]
    public void Search_OneWordWithoutSecondField_IsNotStrong()
    {
        Assert.True(Best("Carvana Co.").Score <= ScorePolicy.LoneSameName);
        Assert.True(Best("Carvana Co.", "IR").Score > Best("Carvana Co.").Score);
        Assert.True(Best("Carvana Co.", "US").Score < Best("Carvana Co.").Score);
    }

    [Theory]
    [InlineData("RU7701234567")]
    [InlineData("ru 770 123 45 67")]
    public void Search_SameIdentifier_DecidesWhateverTheName(string identifier)
    {
        var searcher = new NameSearcher(Index);
        var hits = new ScreeningHit[3];
        var query = new ScreeningQuery("Quite Another Name", Identifiers: [identifier]);
        Assert.True(searcher.Search(query, 0.9f, hits) > 0);
        Assert.Equal("11", Index.Names[hits[0].NameIndex].EntityId);
        Assert.Contains("decides", searcher.Explain(query, hits[0]).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Search_OtherNumber_ScoresBelowTheSame() => Assert.Equal("13", Best("Brigade Forty Four").Id);

    /// <summary>Any slip in, or any rare word added to, a listed name leaves its score where it was or lower.</summary>
    [Fact]
    public void Search_SlipsAndAddedWords_NeverRaiseTheScore()
    {
        string[] names = [.. Index.Names.Where(n => n.Strength != NameStrength.WeakAlias).Select(n => n.Name)];
        Prop.ForAll(Gen.Elements(names).ToArbitrary(), Gen.Choose(0, 999).ToArbitrary(), Gen.Elements("qzxwv".ToCharArray()).ToArbitrary(), (name, place, letter) =>
        {
            string id = Index.Names.First(n => n.Name == name).EntityId;
            float exact = ScoreOf(name, id);
            return ScoreOf(name.Insert(place % name.Length, letter.ToString()), id) <= exact + 1e-6 && ScoreOf(name.Remove(place % name.Length, 1), id) <= exact + 1e-6
                && ScoreOf($"{name} {letter}orquanta", id) <= exact + 1e-6 && ScoreOf($"Zub{letter}awi {name}", id) <= exact + 1e-6;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>The list's order is no part of the answer.</summary>
    [Fact]
    public void Search_ListInAnotherOrder_GivesTheSameScores()
    {
        ScreeningIndex reversed = ScreeningIndex.Build([.. Index.Names.Reverse()]);
        var there = new ScreeningHit[1];
        foreach (ListedName listed in Index.Names)
        {
            string name = listed.Name + " Services";
            int count = new NameSearcher(reversed).Search(new ScreeningQuery(name), 0, there);
            Assert.Equal(Best(name).Score, count == 0 ? 0 : there[0].Score, 5);
        }
    }

    [Fact]
    public void Search_AnyText_NeverThrowsAndStaysInRange() => Prop.ForAll<string?>(text =>
    {
        float score = Best(text ?? "").Score;
        return score is >= 0 and <= 1;
    }).QuickCheckThrowOnFailure();

    /// <summary>100 kB, marks without end, direction marks, halves of surrogate pairs: read as far as a name goes.</summary>
    [Theory]
    [InlineData("x", 100_000)]
    [InlineData("GAZPROM ", 20_000)]
    [InlineData("a\u0301\u0301\u0301\u0301", 20_000)]
    [InlineData("\u202Ea\u2066", 20_000)]
    [InlineData("\uD800", 50_000)]
    [InlineData("漢", 50_000)]
    [InlineData("(", 50_000)]
    [InlineData("a / ", 20_000)]
    public void Search_HostileNames_AreBounded(string piece, int times)
    {
        string hostile = string.Concat(Enumerable.Repeat(piece, times));
        Assert.InRange(Best(hostile).Score, 0, 1);
        Assert.Equal("1", Best("GAZPROM\u202E BURENIE\u200F\u0301").Id);
    }

    [Fact]
    public void Search_Repeated_AllocatesNothing()
    {
        var searcher = new NameSearcher(Index);
        var hits = new ScreeningHit[5];
        var query = new ScreeningQuery("Gazprom Burenie (ООО Газпром бурение)");
        for (int i = 0; i < 50; i++) searcher.Search(query, 0, hits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) searcher.Search(query, 0, hits);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 1024);
    }

    [Fact]
    public void Explain_Hit_NamesWordsFormsAndCountry()
    {
        var searcher = new NameSearcher(Index);
        var hits = new ScreeningHit[1];
        var query = new ScreeningQuery("Gazprom Drilling Holding Ltd", "AE");
        Assert.Equal(1, searcher.Search(query, 0.1f, hits));
        string text = searcher.Explain(query, hits[0]).ToString();
        Assert.Contains("GAZPROM is the same", text, StringComparison.Ordinal);
        Assert.Contains("DRILLING matched BURENIE (0.88", text, StringComparison.Ordinal);
        Assert.Contains("HOLDING is not in the listed name", text, StringComparison.Ordinal);
        Assert.Contains("country differs: AE/Russia (-0.10)", text, StringComparison.Ordinal);
    }

    private static (string Id, float Score) Best(string name, string country = "")
    {
        var hits = new ScreeningHit[1];
        int count = new NameSearcher(Index).Search(new ScreeningQuery(name, country), 0, hits);
        return count == 0 ? ("", 0) : (Index.Names[hits[0].NameIndex].EntityId, hits[0].Score);
    }

    private static float ScoreOf(string name, string party)
    {
        var hits = new ScreeningHit[50];
        int count = new NameSearcher(Index).Search(new ScreeningQuery(name), 0, hits);
        return hits.Take(count).Where(h => Index.Names[h.NameIndex].EntityId == party).Select(h => h.Score).DefaultIfEmpty(0).Max();
    }

    private static ListedName Listed(string id, string name, NameStrength strength = NameStrength.Primary, PartyKind kind = PartyKind.Organization, string country = "", string[]? identifiers = null) =>
        new(id, name, strength, kind, country, "test", identifiers);
}
