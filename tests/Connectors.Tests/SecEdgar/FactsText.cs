using System.Text.Json.Nodes;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>Writes answers in the format of data.sec.gov/api/xbrl/companyfacts.</summary>
internal sealed class FactsText(long cik = 1234)
{
    private readonly JsonObject concepts = [];

    public FactsText Instant(string concept, string end, double value, string filed = "2026-02-20", string accession = "0000001234-26-000007", string unit = "USD") =>
        Add(concept, null, end, value, filed, accession, unit);

    public FactsText Flow(string concept, string start, string end, double value, string filed = "2026-02-20", string accession = "0000001234-26-000007", string unit = "USD") =>
        Add(concept, start, end, value, filed, accession, unit);

    /// <summary>A balance sheet and a year, every input of every ratio: 2.0, 0.6, 4.0 and 3.2284.</summary>
    public static FactsText Whole(string start = "2025-01-01", string end = "2025-12-31") => new FactsText()
        .Instant("Assets", end, 1000).Instant("AssetsCurrent", end, 400).Instant("LiabilitiesCurrent", end, 200).Instant("Liabilities", end, 600)
        .Instant("StockholdersEquity", end, 400).Instant("RetainedEarningsAccumulatedDeficit", end, 100)
        .Flow("OperatingIncomeLoss", start, end, 132.5).Flow("InterestExpense", start, end, 33.125);

    public FactsText Without(string concept)
    {
        concepts.Remove(concept);
        return this;
    }

    public byte[] Write() => System.Text.Encoding.UTF8.GetBytes(new JsonObject
    {
        ["cik"] = cik,
        ["entityName"] = "ACME \"&'\\",
        ["facts"] = new JsonObject
        {
            ["dei"] = new JsonObject { ["EntityCommonStockSharesOutstanding"] = new JsonObject { ["units"] = new JsonObject { ["shares"] = new JsonArray(new JsonObject { ["end"] = "2026-02-15", ["val"] = 1, ["accn"] = "0000001234-26-000007", ["form"] = "10-K", ["filed"] = "2026-02-20" }) } } },
            ["us-gaap"] = concepts.DeepClone(),
        },
    }.ToJsonString());

    private FactsText Add(string concept, string? start, string end, double value, string filed, string accession, string unit)
    {
        if (concepts[concept] is null) concepts[concept] = new JsonObject { ["label"] = concept, ["description"] = null, ["units"] = new JsonObject() };
        JsonObject units = concepts[concept]!["units"]!.AsObject();
        if (units[unit] is null) units[unit] = new JsonArray();
        var row = new JsonObject { ["end"] = end, ["val"] = value, ["accn"] = accession, ["fy"] = null, ["fp"] = null, ["form"] = "10-K", ["filed"] = filed };
        if (start is not null) row["start"] = start;
        units[unit]!.AsArray().Add(row);
        return this;
    }
}
