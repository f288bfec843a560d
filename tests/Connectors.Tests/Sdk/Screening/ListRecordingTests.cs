using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.EuFsf;
using Risk.Connectors.OfacCons;
using Risk.Connectors.OfacSdn;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;
using Risk.Connectors.UkConList;
using Risk.Connectors.UnSc;
using Risk.Connectors.UsCsl;
using Risk.Connectors.WorldBankDebarred;
using Risk.Rules.Signals;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.Screening;

/// <summary>Whole recorded lists: every party, name and identifier. The figures were counted with Python from the files, by other means.</summary>
public sealed class ListRecordingTests
{
    private readonly FetchAudit audit = new();

    [SharedFact]
    public void OfacSdn_Recording_HasEveryNameAndNumber() =>
        Assert.Equal("13821 parties, 34307 names; bic 153, duns 35, imo 878, isin 5", Counts(Ofac("ofac-sdn", "sdn", "alt", "add", "sdn_comments").Select(OfacSdnMapper.Map), "bic", "duns", "imo", "isin"));

    [SharedFact]
    public void OfacCons_Recording_HasEveryNameAndNumber() =>
        Assert.Equal("442 parties, 1587 names; bic 33, isin 162", Counts(Ofac("ofac-cons", "cons_prim", "cons_alt", "cons_add", "cons_comments").Select(OfacConsMapper.Map), "bic", "isin"));

    [SharedFact]
    public void UnSc_Recording_HasEveryNameAndNumber()
    {
        var list = new UnScList(audit);
        list.Read(Part("un-sc", "consolidated.xml"));
        ListEntry[] entries = [.. list.Records.Select(UnScMapper.Map)];
        Assert.Equal("1000 parties, 4184 names; bic 5, imo 16", Counts(entries, "bic", "imo"));
        Assert.All(entries, e => Assert.NotNull(e.ListedAt));
    }

    [SharedFact]
    public void EuFsf_Recording_HasEveryNameAndNumber()
    {
        var list = new EuFsfList(audit);
        list.Read(Part("eu-fsf", "xmlFullSanctionsList_1_1.xml"));
        Assert.Equal("1024 parties, 4751 names; bic 2, registration 3, companies_house 1", Counts(list.Records.Select(EuFsfMapper.Map), "bic", "registration", "companies_house"));
    }

    [SharedFact]
    public void UsCsl_Recording_HasEveryRowOfTheListsThatAreScreened()
    {
        var list = new UsCslList(audit);
        list.Read(Part("us-csl", "consolidated.csv"));
        Assert.Equal((3625, 3615), (list.Records.Count, list.Records.Select(UsCslMapper.Map).DistinctBy(e => e.Id).Count()));
    }

    [SharedFact]
    public void WorldBankDebarred_Recording_HasEveryRegistrationNumber()
    {
        var list = new WorldBankDebarredList(audit);
        list.Read(Part("worldbank-debarred", "SANCTIONED_FIRM.json"));
        Assert.Equal("1225 parties, 1416 names; registration 171", Counts(list.Records.Select(WorldBankDebarredMapper.Map), "registration"));
    }

    [SharedFact]
    public void UkConList_Recording_HasEveryNameAndNumber()
    {
        var list = new UkListFile(UkConListMapper.Layout, audit);
        list.Read(Part("uk-sanctions", "ConList.entities-ships.csv"));
        Assert.Equal("659 parties, 2177 names; imo 17, companies_house 7", Counts(list.Parties.Select(UkConListMapper.Map), "imo", "companies_house"));
    }

    private IEnumerable<OfacParty> Ofac(string folder, string parties, string aliases, string addresses, string comments)
    {
        var list = new OfacCsvList(audit);
        list.ReadParties(Part(folder, parties + ".csv"));
        list.ReadAliases(Part(folder, aliases + ".csv"));
        list.ReadAddresses(Part(folder, addresses + ".csv"));
        list.ReadComments(Part(folder, comments + ".csv"));
        return list.Parties;
    }

    private static Snapshot Part(string folder, string file) =>
        new(new SourceId("recorded"), file, "", "", SharedFactAttribute.Path("sources", folder, file), 0, 0, null, default, "", "");

    private static string Counts(IEnumerable<ListEntry> list, params string[] schemes)
    {
        ImmutableArray<ListEntry> entries = [.. list];
        ILookup<string, ListedIdentifier> identifiers = entries.SelectMany(e => e.Identifiers).ToLookup(i => i.Scheme);
        return string.Create(CultureInfo.InvariantCulture, $"{entries.Length} parties, {entries.Sum(e => e.Names.Length)} names; {string.Join(", ", schemes.Select(s => $"{s} {identifiers[s].Count()}"))}");
    }
}
