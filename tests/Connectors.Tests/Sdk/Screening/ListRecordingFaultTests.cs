using System.Text;
using Risk.Connectors.BisDpl;
using Risk.Connectors.EuFsf;
using Risk.Connectors.OfacCons;
using Risk.Connectors.Sdk;
using Risk.Connectors.UkConList;
using Risk.Connectors.UnSc;
using Risk.Connectors.UsCsl;
using Risk.Connectors.WorldBankDebarred;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.Screening;

/// <summary>Recorded lists, with a supplier that is on them: faults and changed files clear nothing, and what is only written anew says the same.</summary>
public sealed class ListRecordingFaultTests : IAsyncLifetime
{
    private const string Ofac = "sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/";

    private UpstreamStub stub = null!;

    public async Task InitializeAsync() => stub = await UpstreamStub.StartAsync();

    public async Task DisposeAsync() => await stub.DisposeAsync();

    [SharedFact]
    public Task OfacCons_Recording_StandsFaults()
    {
        foreach (string part in new[] { "cons_alt", "cons_add", "cons_comments" })
            stub.ServeFile(Ofac + part.ToUpperInvariant() + ".CSV", SharedFactAttribute.Path("sources", "ofac-cons", part + ".csv"), "text/csv");
        return StandsFaultsAsync(new OfacConsModule(), Ofac + "CONS_PRIM.CSV", ["ofac-cons", "cons_prim.csv"], "Rosneft Trade Limited");
    }

    [SharedFact]
    public Task UnSc_Recording_StandsFaults() =>
        StandsFaultsAsync(new UnScModule(), "scsanctions.un.org/resources/xml/en/consolidated.xml", ["un-sc", "consolidated.xml"], "Butembo Airlines", "DATAID", "FIRST_NAME", "dateGenerated");

    [SharedFact]
    public Task EuFsf_Recording_StandsFaults() =>
        StandsFaultsAsync(
            new EuFsfModule(), "webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content", ["eu-fsf", "xmlFullSanctionsList_1_1.xml"], "Fatah Revolutionary Council", "wholeName", "subjectType",
            "generationDate");

    [SharedFact]
    public Task UsCsl_Recording_StandsFaults() =>
        StandsFaultsAsync(
            new UsCslModule(), "data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv", ["us-csl", "consolidated.csv"], "Academy of Aerospace Solid Propulsion Technology (AASPT)",
            "programs", "alt_names", "end_date");

    [SharedFact]
    public Task WorldBankDebarred_Recording_StandsFaults() =>
        StandsFaultsAsync(
            new WorldBankDebarredModule(), "apigwext.worldbank.org/dvsvc/v1.0/json/APPLICATION/ADOBE_EXPRNCE_MGR/FIRM/SANCTIONED_FIRM", ["worldbank-debarred", "SANCTIONED_FIRM.json"], "", "SUPP_ID", "SUPP_NAME",
            "DEBAR_TO_DATE", "ZPROCSUPP");

    [SharedFact]
    public Task BisDpl_Recording_StandsFaults() =>
        StandsFaultsAsync(new BisDplModule(), "www.bis.doc.gov/dpl/dpl.txt", ["bis-dpl", "dpl.txt"], "Soccer Zone", "\"Name\"", "Expiration_Date");

    [SharedFact]
    public Task UkConList_Recording_StandsFaults() =>
        StandsFaultsAsync(
            new UkConListModule(), "ofsistorage.blob.core.windows.net/publishlive/2022format/ConList.csv", ["uk-sanctions", "ConList.entities-ships.csv"], "3M Mizan Machinery Manufacturing", "Group ID", "Name 6",
            "Listed On");

    /// <param name="listed">A name on the list; "": none is looked for.</param>
    /// <param name="needed">What the list cannot be read without.</param>
    private async Task StandsFaultsAsync(IConnectorModule module, string address, string[] file, string listed, params string[] needed)
    {
        using var kit = new ConnectorKit(module, stub) { Now = new DateTimeOffset(2021, 7, 7, 0, 0, 0, TimeSpan.Zero) };
        string secret = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(secret, "k3y");
        kit.Options["Token"] = kit.Options["ApiKey"] = "file:" + secret;
        byte[] recorded = await File.ReadAllBytesAsync(SharedFactAttribute.Path(["sources", .. file]));
        stub.Serve(address, recorded, "text/plain");
        Supplier supplier = ListFaults.Supplier("S1", listed.Length == 0 ? "Nobody's Name" : listed);
        if (listed.Length > 0) await ListFaults.ClearNothingAsync(kit, stub, supplier, address);
        else (await kit.RunAsync([supplier])).Ok();

        string text = Encoding.UTF8.GetString(recorded);
        foreach (string name in needed)
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
            stub.Serve(address, text.Replace(name, name + "X", StringComparison.Ordinal), "text/plain");
            ConnectorRun run = await kit.RunAsync([supplier]);
            Assert.True(run.Failure is { IsQuarantine: true } && run.Updates.Count == 0, $"without {name}: {run.Failure?.Message ?? "taken for the list"}");
        }

        stub.Serve(address, [0xEF, 0xBB, 0xBF, .. recorded], "text/plain");
        Assert.Equal(listed.Length == 0 ? 0 : 1, (await kit.RunAsync([supplier])).Ok().Events.Count);
    }
}
