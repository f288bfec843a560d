using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>Writes answers in the format of data.sec.gov/submissions, newest filing first as upstream does.</summary>
internal sealed class SubmissionsText(long cik = 1234, int first = 1)
{
    private readonly List<(string Form, string Filed, string Period, string Items, string Accession)> rows = [];

    public object CikMember { get; set; } = cik.ToString("D10", CultureInfo.InvariantCulture);

    public string?[] Tickers { get; set; } = [];

    public string?[] Exchanges { get; set; } = [];

    public (string Name, string To)[] Files { get; set; } = [];

    public Action<JsonObject> Damage { get; set; } = _ => { };

    /// <summary>Adds a filing; accession numbers count up: 0000001234-99-000001 and so on.</summary>
    public SubmissionsText File(string form, string filed, string items = "", string period = "")
    {
        rows.Add((form, filed, period, items, Accession(rows.Count + first)));
        return this;
    }

    public static string Accession(int number) => string.Create(CultureInfo.InvariantCulture, $"0000001234-99-{number:D6}");

    public byte[] Page() => JsonSerializer.SerializeToUtf8Bytes(Columns());

    public byte[] Write()
    {
        JsonObject columns = Columns();
        Damage(columns);
        var answer = new JsonObject
        {
            ["cik"] = JsonSerializer.SerializeToNode(CikMember),
            ["name"] = "Company `!#$(),:;=.-;\\|@/{}&'\\WA\\",
            ["category"] = "Non-accelerated filer<br>Smaller reporting company",
            ["tickers"] = JsonSerializer.SerializeToNode(Tickers),
            ["exchanges"] = JsonSerializer.SerializeToNode(Exchanges),
            ["addresses"] = new JsonObject { ["mailing"] = new JsonObject { ["street1"] = "1 MAIN ST", ["isForeignLocation"] = null } },
            ["filings"] = new JsonObject
            {
                ["recent"] = columns,
                ["files"] = new JsonArray([.. Files.Select(f => new JsonObject { ["name"] = f.Name, ["filingCount"] = 1, ["filingFrom"] = "2001-01-01", ["filingTo"] = f.To })]),
            },
        };
        return JsonSerializer.SerializeToUtf8Bytes(answer);
    }

    private JsonObject Columns()
    {
        var newestFirst = Enumerable.Reverse(rows).ToList();
        return new JsonObject
        {
            ["accessionNumber"] = Column(r => r.Accession),
            ["filingDate"] = Column(r => r.Filed),
            ["reportDate"] = Column(r => r.Period),
            ["acceptanceDateTime"] = Column(r => r.Filed + "T16:50:52.000Z"),
            ["form"] = Column(r => r.Form),
            ["fileNumber"] = Column(_ => "001-00001"),
            ["items"] = Column(r => r.Items),
            ["size"] = new JsonArray([.. newestFirst.Select(_ => JsonValue.Create(1000))]),
        };

        JsonArray Column(Func<(string Form, string Filed, string Period, string Items, string Accession), string> cell) => new([.. newestFirst.Select(r => JsonValue.Create(cell(r)))]);
    }
}
