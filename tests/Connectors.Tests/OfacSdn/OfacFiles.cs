using Risk.Testing;

namespace Risk.Connectors.Tests.OfacSdn;

/// <summary>Small files in the list's documented format; the parties are made up.</summary>
internal sealed record OfacFiles(string Parties, string Aliases, string Addresses, string Comments)
{
    private const string Prefix = "sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/";

    public static string PartiesAddress => Prefix + "SDN.CSV";

    public static string AliasesAddress => Prefix + "ALT.CSV";

    public static string AddressesAddress => Prefix + "ADD.CSV";

    public static string CommentsAddress => Prefix + "SDN_COMMENTS.CSV";

    public static OfacFiles Load() => new(Text("sdn.csv"), Text("alt.csv"), Text("add.csv"), Text("sdn_comments.csv"));

    public void ServeOn(UpstreamStub stub)
    {
        stub.Serve(PartiesAddress, Parties, "text/csv");
        stub.Serve(AliasesAddress, Aliases, "text/csv");
        stub.Serve(AddressesAddress, Addresses, "text/csv");
        stub.Serve(CommentsAddress, Comments, "text/csv");
    }

    public OfacFiles Without(string entNum) => new(Rest(Parties, entNum), Rest(Aliases, entNum), Rest(Addresses, entNum), Comments);

    private static string Rest(string file, string entNum) => string.Concat(file.Split("\r\n").Where(l => !l.StartsWith(entNum + ",", StringComparison.Ordinal)).Select(l => l == "\u001A" ? l : l + "\r\n"));

    private static string Text(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "OfacSdn", "Fixtures", file));
}
