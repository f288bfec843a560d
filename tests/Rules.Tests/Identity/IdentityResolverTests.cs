using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Identity;

public sealed class IdentityResolverTests
{
    [Fact]
    public void Rank_FullNameAndCountryOnce_IsConfirmed()
    {
        IdentityCandidate found = Assert.Single(IdentityResolver.Rank(Ask("Candour Group Ltd"), [Entry("08957400", "CANDOUR GROUP LIMITED")]));
        Assert.Equal(IdentityVerdict.Confirmed, found.Verdict);
        Assert.Equal(["the full name is the same, legal form LIMITED too", "country agrees: GB"], found.Reasons.ToArray());
        Assert.InRange(found.Score, 0.9, 1);
    }

    [Theory]
    [InlineData("Candour Group", "GB", IdentityVerdict.Ambiguous)]
    [InlineData("Candour Group Ltd", "", IdentityVerdict.Likely)]
    [InlineData("Candour Group Ltd", "DE", IdentityVerdict.Ambiguous)]
    [InlineData("Candour Gruop Services Ltd", "GB", IdentityVerdict.Ambiguous)]
    [InlineData("Candor Group Ltd", "GB", IdentityVerdict.Ambiguous)]
    [InlineData("Candour Group plc", "GB", IdentityVerdict.Ambiguous)]
    [InlineData("Candour Group (UK) Ltd", "GB", IdentityVerdict.Ambiguous)]
    public void Rank_OneThingShort_IsNotConfirmed(string name, string country, IdentityVerdict expected) =>
        Assert.Equal(expected, Assert.Single(IdentityResolver.Rank(Ask(name, country), [Entry("08957400", "CANDOUR GROUP LIMITED")])).Verdict);

    [Fact]
    public void Rank_StrangersName_IsLeftOut() => Assert.Empty(IdentityResolver.Rank(Ask("Candour Group Ltd"), [Entry("1", "YOU LIMITED"), Entry("2", "FACEBOOK OPERATIONS, LLC")]));

    [Fact]
    public void Rank_TwoOfOneName_AreBothAmbiguousAndNameEachOther()
    {
        ImmutableArray<IdentityCandidate> found = IdentityResolver.Rank(Ask("Candour Group Ltd"), [Entry("08957400", "CANDOUR GROUP LIMITED"), Entry("11111111", "CANDOUR GROUP LTD")]);
        Assert.All(found, c => Assert.Equal(IdentityVerdict.Ambiguous, c.Verdict));
        Assert.Contains(found, c => c.Reasons.Contains("a namesake: CANDOUR GROUP LTD (11111111)"));
    }

    [Fact]
    public void Rank_NamesakeThatEnded_LeavesTheLivingOneConfirmed()
    {
        RegisteredEntity ended = Entry("11111111", "CANDOUR GROUP LTD") with { State = RegisteredState.Ended, StateText = "dissolved 2008-11-04" };
        ImmutableArray<IdentityCandidate> found = IdentityResolver.Rank(Ask("Candour Group Ltd"), [ended, Entry("08957400", "CANDOUR GROUP LIMITED")]);
        Assert.Equal([("08957400", IdentityVerdict.Confirmed), ("11111111", IdentityVerdict.Ambiguous)], found.Select(c => (c.Entity.Identifier(IdentifierScheme.CompaniesHouse), c.Verdict)));
        Assert.Equal(IdentityVerdict.Likely, Assert.Single(IdentityResolver.Rank(Ask("Candour Group Ltd"), [ended])).Verdict);
    }

    [Fact]
    public void Rank_NameThatIsAnothersFormerOne_IsLikelyOnly()
    {
        RegisteredEntity renamed = Entry("07310399", "PFB HIRE & SALES LTD") with { Names = [new("PFB HIRE & SALES LTD", RegisteredNameKind.Legal), new("HARBOUR HIRE LIMITED", RegisteredNameKind.Former)] };
        ImmutableArray<IdentityCandidate> found = IdentityResolver.Rank(Ask("Harbour Hire Ltd"), [renamed, Entry("07310390", "HARBOUR HIRE LIMITED")]);
        Assert.Equal([("07310390", IdentityVerdict.Likely), ("07310399", IdentityVerdict.Ambiguous)], found.Select(c => (c.Entity.Identifier(IdentifierScheme.CompaniesHouse), c.Verdict)));
        Assert.Contains("it is also another name of PFB HIRE & SALES LTD (07310399)", found[0].Reasons);
    }

    [Fact]
    public void Rank_SameIdentifier_DecidesBeforeNames()
    {
        IdentityQuestion shell = Ask("Shell", "GB", (IdentifierScheme.CompaniesHouse, "04366849"));
        RegisteredEntity right = Entry("04366849", "SHELL PLC", ("lei", "21380068P1DRHMJ8KU70")), other = Entry("00140141", "SHELL LIMITED", ("lei", "213800U0Y0BG42UO2S25"));
        ImmutableArray<IdentityCandidate> found = IdentityResolver.Rank(shell, [other, right]);
        Assert.Equal([IdentityVerdict.Confirmed, IdentityVerdict.None], found.Select(c => c.Verdict));
        Assert.Equal("the same companies_house 04366849", found[0].Reasons[0]);
        Assert.Contains("its companies_house is 00140141, the supplier's is 04366849", found[1].Reasons);
    }

    [Fact]
    public void Rank_SameTickerAnotherName_IsAmbiguous() =>
        Assert.Equal(IdentityVerdict.Ambiguous, Assert.Single(IdentityResolver.Rank(Ask("Barnes Group Inc.", "US", ("ticker", "B")), [Entry("", "BARRICK MINING CORP", ("cik", "0000756894"), ("ticker", "B"))])).Verdict);

    [Theory]
    [InlineData("a branch of X, no company of its own", RegisteredState.Active)]
    [InlineData("", RegisteredState.Void)]
    public void Rank_BranchOrVoidEntry_IsAmbiguous(string dependence, RegisteredState state) =>
        Assert.Equal(IdentityVerdict.Ambiguous, Assert.Single(IdentityResolver.Rank(Ask("Candour Group Ltd"), [Entry("08957400", "CANDOUR GROUP LIMITED") with { Dependence = dependence, State = state }])).Verdict);

    [Fact]
    public void Rank_CityOfThePortfolio_HelpsANameWithoutItsForm() => Assert.Equal(
        IdentityVerdict.Likely, Assert.Single(IdentityResolver.Rank(Ask("Candour Group") with { City = "LONDON" }, [Entry("08957400", "CANDOUR GROUP LIMITED") with { City = "London" }])).Verdict);

    [Fact]
    public void Rank_AnyRegister_ConfirmsAtMostOneByNameAndIgnoresTheOrder()
    {
        Gen<RegisteredEntity> entry = from words in Gen.ArrayOf(Gen.Elements("Candour", "Group", "Leeds", "Hire"), 2)
                                      from form in Gen.Elements("Limited", "Ltd", "PLC", "")
                                      from number in Gen.Choose(1, 99_999)
                                      from state in Gen.Elements(RegisteredState.Active, RegisteredState.Ended)
                                      from country in Gen.Elements("GB", "DE", "")
                                      select Entry(number.ToString("D8", System.Globalization.CultureInfo.InvariantCulture), string.Join(' ', words) + " " + form) with { State = state, Country = country };
        Prop.ForAll(Gen.ArrayOf(entry).ToArbitrary(), register =>
        {
            RegisteredEntity[] unique = [.. register.DistinctBy(e => e.Identifier(IdentifierScheme.CompaniesHouse))];
            ImmutableArray<IdentityCandidate> found = IdentityResolver.Rank(Ask("Candour Hire Ltd"), unique), turned = IdentityResolver.Rank(Ask("Candour Hire Ltd"), [.. unique.Reverse()]);
            Assert.InRange(found.Count(c => c.Verdict == IdentityVerdict.Confirmed), 0, 1);
            Assert.Equal(found.Select(c => (c.Entity.Identifier(IdentifierScheme.CompaniesHouse), c.Verdict)), turned.Select(c => (c.Entity.Identifier(IdentifierScheme.CompaniesHouse), c.Verdict)));
        }).QuickCheckThrowOnFailure();
    }

    private static IdentityQuestion Ask(string name, string country = "GB", params (string Scheme, string Value)[] identifiers) => new(name, [], country, "", Texts(identifiers));

    private static RegisteredEntity Entry(string number, string name, params (string Scheme, string Value)[] more) => new()
    {
        Identifiers = Texts([.. more, .. number.Length > 0 ? [(IdentifierScheme.CompaniesHouse, number)] : Array.Empty<(string, string)>()]), Names = [new RegisteredName(name, RegisteredNameKind.Legal)],
        Country = "GB", State = RegisteredState.Active,
    };

    private static ImmutableSortedDictionary<string, string> Texts((string Key, string Value)[] texts) => texts.ToImmutableSortedDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
}
